/**
 * Recorded runs against AWS: conformance results of target `aws`, committed under `conformance/recordings/`. A statement that
 * held in one of them is AWS-validated. Until somebody with an account has run it there, there are none, and reports say so.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseConformance } from '../src/conformance-reader.ts';
import { OperatorError } from '../src/operator-error.ts';
import { packageRoot } from '../src/package.ts';

/** The ids of statements that held at AWS. Throws OperatorError `result-invalid` for a recording that is none. */
export function awsValidated(folder = join(packageRoot, 'conformance/recordings')): ReadonlySet<string> {
  if (!existsSync(folder)) return new Set();
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => join(folder, name));
  return new Set(files.flatMap(heldIn));
}

function heldIn(file: string): string[] {
  const { target, judgements } = parseConformance(readFileSync(file, 'utf8'), file);
  if (target.kind !== 'aws') {
    throw new OperatorError(`${file}: this was recorded from ${target.name}, not from AWS`, {
      code: 'result-invalid',
      hint: 'a recording is made by `kinebench conform --target aws`',
    });
  }
  return judgements.filter(({ outcome }) => outcome === 'holds').map(({ id }) => id);
}
