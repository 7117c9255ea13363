/** The reader of plain JSON against JSON.parse: what it reads is the same, and what it gives up is what it says. */
import { describe, expect, test } from 'vitest';
import { Random } from '../random.ts';
import { readPlainJson } from './plain-json.ts';

const SEEDS = [1, 2, 3, 4];
const DOCUMENTS = 400;

/** A value of all sorts; texts of every length around that from which they are searched natively. */
function valueOf(random: Random, depth: number): unknown {
  const sort = random.below(depth > 4 ? 5 : 8);
  if (sort < 2) return 'abcXYZ+/=09 {}[]:,~'.repeat(20).slice(0, random.below(80));
  if (sort === 2) return random.below(2) === 0 ? -random.below(1e9) : random.below(1e9) / 7;
  if (sort === 3) return [true, false, null][random.below(3)];
  if (sort === 4) return '';
  const count = random.below(5);
  if (sort === 5) return Array.from({ length: count }, () => valueOf(random, depth + 1));
  const names = ['Data', 'PartitionKey', 'ExplicitHashKey', 'constructor', '7', 'n'.repeat(random.below(90)), ''];
  return Object.fromEntries(
    Array.from({ length: count }, () => [names[random.below(names.length)], valueOf(random, depth + 1)]),
  );
}

/** The text with or without blanks where JSON allows them. */
function written(value: unknown, random: Random): string {
  const text = JSON.stringify(value);
  return random.below(2) === 0 ? text : ` ${text.replaceAll(/([:,])(?=["[{\d])/g, '$1  ')} `;
}

/** What JSON.parse makes of it; undefined where it is no JSON. */
function parsed(text: Buffer): unknown {
  try {
    return JSON.parse(text.toString('utf8'));
  } catch {
    return undefined;
  }
}

describe('the reader of plain JSON', () => {
  test.each(SEEDS)('reads what JSON.parse reads (seed %i)', (seed) => {
    const random = new Random(seed);
    for (let document = 0; document < DOCUMENTS; document += 1) {
      const text = Buffer.from(written(valueOf(random, 0), random));
      const value = readPlainJson(text);
      expect(JSON.stringify(value), text.toString()).toBe(JSON.stringify(parsed(text)));
    }
  });

  test.each(SEEDS)('reads nothing that is no JSON, and nothing otherwise (seed %i)', (seed) => {
    const random = new Random(seed);
    const signs = Buffer.from('"{}[]:,\\ \n\0\u007fa1-.');
    let broken = 0;
    for (let document = 0; document < DOCUMENTS; document += 1) {
      const text = Buffer.from(written({ a: valueOf(random, 0), b: valueOf(random, 0) }, random));
      for (let change = 1 + random.below(3); change > 0; change -= 1) {
        text[random.below(text.length)] =
          random.below(8) === 0 ? 128 + random.below(128) : signs[random.below(signs.length)]!;
      }
      const value = readPlainJson(text);
      if (parsed(text) === undefined) broken += 1;
      if (value !== undefined) expect(JSON.stringify(value), text.toString()).toBe(JSON.stringify(parsed(text)));
    }
    expect(broken).toBeGreaterThan(DOCUMENTS / 4);
  });

  test.each(Array.from({ length: 20 }, (_, place) => place))(
    'finds a control character at place %i of a text, at any alignment',
    (place) => {
      for (let offset = 0; offset < 8; offset += 1) {
        const text = Buffer.alloc(offset + 40).subarray(offset);
        text.write(`{"a":"${'x'.repeat(24)}"}`.padEnd(40, ' '));
        expect(readPlainJson(text)).toStrictEqual({ a: 'x'.repeat(24) });
        text[6 + place] = 0x1f;
        expect(readPlainJson(text)).toBeUndefined();
        text[6 + place] = 0x7f;
        expect(readPlainJson(text)).toStrictEqual(parsed(text));
      }
    },
  );

  test.each([
    ['an escape', '{"a":"\\n"}'],
    ['a character beyond ASCII', '{"a":"é"}'],
    ['a line break between members', '{"a":1,\n"b":2}'],
    ['a member that would not be one', '{"__proto__":{"a":1}}'],
    ['lists without end within each other', `${'['.repeat(40)}${']'.repeat(40)}`],
    ['more values than any request has', `[${'1,'.repeat(30_000)}1]`],
  ])('leaves %s to JSON.parse', (_, text) => {
    expect(parsed(Buffer.from(text))).toBeDefined();
    expect(readPlainJson(Buffer.from(text))).toBeUndefined();
  });
});
