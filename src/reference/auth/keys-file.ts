/** Reads the keys of an endpoint that verifies signatures from a YAML file, so that no secret stands on a command line. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { OperatorError } from '../../operator-error.ts';
import { parseYaml } from '../../yaml-file.ts';
import { keyring, type AccessKey } from './access-key.ts';

const text = z.string().min(1);
const key = z.strictObject({
  accessKeyId: text,
  secretAccessKey: text,
  accountId: z
    .string()
    .regex(/^\d{12}$/, 'twelve digits, in quotes')
    .exactOptional(),
  sessionToken: text.exactOptional(),
  expires: z.iso.datetime({ offset: true, error: 'a time such as "2026-12-01T00:00:00Z"' }).exactOptional(),
});

/** The keys of a file. Throws an OperatorError that names every fault with its place, and never a secret. */
export function readKeys(file: string): AccessKey[] {
  let yaml: string;
  try {
    yaml = readFileSync(file, 'utf8');
  } catch (error) {
    throw new OperatorError(
      `cannot read keys from ${file}: ${error instanceof Error ? error.message : String(error)}`,
      {
        code: 'keys-unreadable',
        hint: 'docs/reference.md shows such a file.',
        cause: error,
      },
    );
  }
  const listed = parseYaml(yaml, file, z.array(key).min(1, 'at least one key'), {
    code: 'keys-invalid',
    hint: 'docs/reference.md shows such a file.',
    keysAt: () => ({ lead: 'there are', keys: Object.keys(key.shape) }),
  });
  const keys = listed.map(({ expires, ...rest }) => ({
    ...rest,
    ...(expires === undefined ? {} : { expiresMs: Date.parse(expires) }),
  }));
  keyring(keys);
  return keys;
}
