import { expect, test } from 'vitest';
import { z } from 'zod';
import { parseYaml } from './yaml-file.ts';

const schema = z.strictObject({
  writeRecords: z.strictObject({ perS: z.number() }).optional(),
  count: z.int().optional(),
  keys: z.array(z.strictObject({ secretAccessKey: z.string() })).optional(),
});

/** What is said of a text, line by line. */
function said(text: string): string[] {
  const kind = { code: 'f-invalid', hint: 'mend it' };
  const keysAt = ([first]: readonly unknown[]) =>
    first === undefined
      ? { lead: 'there are', keys: ['writeRecords', 'count', 'keys'] }
      : { lead: 'a key has', keys: ['secretAccessKey', 'accessKeyId'] };
  try {
    parseYaml(text, 'f.yaml', schema, { ...kind, keysAt });
    return [];
  } catch (error) {
    return error instanceof Error ? error.message.split('\n') : [];
  }
}

test.each([
  ['writeRecord: { perS: 1 }', 'f.yaml:1:1: unknown key "writeRecord"; did you mean writeRecords?'],
  ['colour: 1', 'f.yaml:1:1: unknown key "colour"; there are writeRecords, count, keys'],
  // Part of one valid word alone is enough to be known.
  ['keys:\n  - { secret: s }', 'f.yaml:2:7: unknown key "keys.entry 1.secret"; did you mean secretAccessKey?'],
])('an unknown key is told with the nearest one, or with all: %j', (text, message) => {
  expect(said(text)).toContain(message);
});

test.each([
  ['writeRecords: { perS: 7\ncount: 1\n', 'f.yaml:1:15: this { is never closed'],
  ['writeRecords: { perS: 7 ]\n', 'f.yaml:1:15: this { is never closed'],
  ['keys: [1, [2, 3]\n', 'f.yaml:1:7: this [ is never closed'],
  ['count: "1\nkeys: []\n', 'f.yaml:1:8: this " is never closed'],
  ['count: 1\ncount: 2\n', 'f.yaml:2:1: this key stands twice'],
  ['writeRecords:\n  perS: 1\n perS: 2\n', 'f.yaml:3:1: this line is indented otherwise than those it belongs to'],
  [
    'count: *elsewhere\n',
    'f.yaml:1:1: this is no YAML: Unresolved alias (the anchor must be set before the alias): elsewhere',
  ],
])('what is no YAML is told where it begins: %j', (text, message) => {
  expect(said(text)).toContain(message);
});
