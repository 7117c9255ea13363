/** Result files on the command line: a `result.json`, or a folder that holds some at any depth. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { CONFORMANCE_FILE } from '../conformance-result.ts';
import { ExitCode } from '../exit-code.ts';
import { OperatorError } from '../operator-error.ts';
import { RESULT_SERIES_FILE } from '../result-series.ts';
import type { Result } from '../result.ts';
import { parseResult } from '../result-reader.ts';

export interface ResultFile {
  readonly file: string;
  readonly result: Result;
}

/** What may lie beside results and is none. */
const otherDocuments = [RESULT_SERIES_FILE, CONFORMANCE_FILE];

export function readResults(path: string): ResultFile[] {
  if (!existsSync(path)) {
    throw new OperatorError(`there is no ${path}`, {
      code: 'result-not-found',
      exitCode: ExitCode.usage,
      hint: 'give a result.json, or a folder with results such as reports/runs/<when>-<scenario>',
    });
  }
  const files = statSync(path).isDirectory()
    ? readdirSync(path, { recursive: true, encoding: 'utf8' })
        .filter((entry) => entry.endsWith('.json') && !otherDocuments.includes(basename(entry)))
        .map((entry) => join(path, entry))
    : [path];
  if (files.length === 0) {
    throw new OperatorError(`${path} holds no result`, {
      code: 'result-not-found',
      hint: 'a result is a file that ends in .json',
    });
  }
  return files.toSorted().map((file) => ({ file, result: parseResult(readFileSync(file, 'utf8'), file) }));
}
