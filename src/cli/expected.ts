/** The list of known failures that a target is judged under: the one that was named, or the one that ships for its preset. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { type ExpectedEntry, expectedText, parseExpected, renewed, withExpected } from '../../conformance/expected.ts';
import { systemClock } from '../clock.ts';
import type { ConformanceResult } from '../conformance-result.ts';
import { OperatorError } from '../operator-error.ts';
import { packageRoot } from '../package.ts';

export interface ExpectedArguments {
  /** A preset or a target file; default the embedded reference. */
  readonly target?: string | undefined;
  /** A URL, which has no list that ships. */
  readonly endpoint?: string | undefined;
  /** A list of one's own. */
  readonly expected?: string | undefined;
  /** Writes the list anew, for review. */
  readonly updateExpected?: boolean | undefined;
}

type Print = (line: string) => void;

/**
 * Reads the list before anything is judged; what it returns marks the known failures of a result, and first renews the list
 * where that was asked for. Throws `expected-invalid`, `expected-not-found`.
 */
export function underExpected(
  given: ExpectedArguments,
): (result: ConformanceResult, print: Print) => ConformanceResult {
  const file = given.expected ?? shippedFile(given);
  if (file === undefined) {
    if (given.updateExpected !== true) return (result) => result;
    throw new OperatorError('there is no list of known failures to be written anew', {
      code: 'usage',
      hint: 'name one: --expected FILE --update-expected',
    });
  }
  if (given.updateExpected === true) {
    const entries = existsSync(file) ? read(file) : [];
    return (result, print) => {
      if (result.run.interrupted || result.run.died !== null) {
        print(`${relative('.', file)} is left as it was: the run did not end`);
        return marked(result, file, entries);
      }
      const anew = renewed(entries, result.judgements);
      write(file, anew, result);
      print(
        `${relative('.', file)} lists ${anew.length} known failures, of ${entries.length} before: read what changed`,
      );
      return marked(result, file, anew);
    };
  }
  if (!existsSync(file)) {
    if (given.expected === undefined) return (result) => result;
    throw new OperatorError(`there is no ${file}`, {
      code: 'expected-not-found',
      hint: '--update-expected writes it, from what is found now',
    });
  }
  const entries = read(file);
  return (result) => marked(result, file, entries);
}

/** Only presets have one; that of an installed package is not to be written. */
function shippedFile({ target = 'embedded', endpoint, updateExpected }: ExpectedArguments): string | undefined {
  const isClone = existsSync(join(packageRoot, 'src'));
  if (endpoint !== undefined || !/^[\w-]+$/.test(target) || (updateExpected === true && !isClone)) return undefined;
  return join(packageRoot, 'conformance/targets', `${target}.expected.yaml`);
}

function read(file: string): ExpectedEntry[] {
  return parseExpected(readFileSync(file, 'utf8'), relative('.', file));
}

function marked(result: ConformanceResult, file: string, entries: readonly ExpectedEntry[]): ConformanceResult {
  const today = new Date(systemClock.now()).toISOString().slice(0, 10);
  return withExpected(result, { file: relative('.', file), entries, today });
}

function write(file: string, entries: readonly ExpectedEntry[], { target, run, kinebench }: ConformanceResult): void {
  const about = [
    `What ${target.description} is known to miss, as kinebench ${kinebench} saw it on ${run.endedAt.slice(0, 10)}.`,
    'Renewed by `kinebench conform … --update-expected`; reasons, links and days are kept, and are for people to write.',
  ];
  writeFileSync(file, expectedText(entries, about));
}
