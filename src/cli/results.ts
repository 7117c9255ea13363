/** Result files on the command line: a `result.json`, or a folder that holds some at any depth; the same for series and what was judged. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseConformance } from '../conformance-reader.ts';
import { CONFORMANCE_FILE, type ConformanceResult } from '../conformance-result.ts';
import { ExitCode } from '../exit-code.ts';
import { OperatorError } from '../operator-error.ts';
import { parseResultSeries, RESULT_SERIES_FILE, type ResultSeries } from '../result-series.ts';
import type { Result } from '../result.ts';
import { parseResult } from '../result-reader.ts';

export interface ResultFile {
  readonly file: string;
  readonly result: Result;
}

/** What may lie beside results and is none. */
const otherDocuments = [RESULT_SERIES_FILE, CONFORMANCE_FILE];

export function readResults(path: string): ResultFile[] {
  const files = filesOf(path, (name) => name.endsWith('.json') && !otherDocuments.includes(name));
  if (files.length === 0) {
    throw new OperatorError(`${path} holds no result`, {
      code: 'result-not-found',
      hint: 'a result is a file that ends in .json',
    });
  }
  return files.map((file) => ({ file, result: parseResult(readFileSync(file, 'utf8'), file) }));
}

export interface SeriesFile {
  readonly file: string;
  readonly series: ResultSeries;
}

/** The `series.json` itself, or those in a folder, where there are any. */
export function readSeries(path: string): SeriesFile[] {
  return filesOf(path, (name) => name === RESULT_SERIES_FILE).map((file) => ({
    file,
    series: parseResultSeries(readFileSync(file, 'utf8'), file),
  }));
}

/** What was judged: a `conformance.json` itself, or those in a folder. */
export function readConformances(path: string): ConformanceResult[] {
  const files = filesOf(path, (name) => name === CONFORMANCE_FILE);
  if (files.length === 0) {
    throw new OperatorError(`${path} holds no ${CONFORMANCE_FILE}`, {
      code: 'result-not-found',
      hint: '`kinebench conform` writes one for each target',
    });
  }
  return files.map((file) => parseConformance(readFileSync(file, 'utf8'), file));
}

/** What a path names: itself, or of a folder's files, at any depth, those that are wanted. */
function filesOf(path: string, wanted: (name: string) => boolean): string[] {
  if (!existsSync(path)) {
    throw new OperatorError(`there is no ${path}`, {
      code: 'result-not-found',
      exitCode: ExitCode.usage,
      hint: 'give the document of an earlier run, or a folder with some, such as those in reports/runs',
    });
  }
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((entry) => wanted(basename(entry)))
    .map((entry) => join(path, entry))
    .toSorted();
}
