/** Folders for results, made before the work begins: an hour of measuring must not end at a full disk or a typo. */
import { accessSync, constants, existsSync, mkdirSync, readdirSync, rmdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { OperatorError } from '../operator-error.ts';

/**
 * Makes the folder and those above it; to be disposed of when the work is over: what was made and has stayed empty is removed, so
 * that a run which was refused leaves nothing. Throws OperatorError `output-not-writable`.
 */
export function makeOutputFolder(folder: string): Disposable {
  const made: string[] = [];
  try {
    make(resolve(folder), made);
    accessSync(folder, constants.W_OK);
    if (!statSync(folder).isDirectory()) throw new Error('it is a file');
  } catch (error) {
    throw new OperatorError(`results cannot be written to ${folder}: ${(error as Error).message}`, {
      code: 'output-not-writable',
      hint: 'give another folder with --out',
    });
  }
  return { [Symbol.dispose]: () => removeEmpty(made) };
}

/** Step by step: on some file systems (/proc) Node's own recursive mkdir never returns. */
function make(folder: string, made: string[]): void {
  if (existsSync(folder)) return;
  make(dirname(folder), made);
  mkdirSync(folder);
  made.push(folder);
}

/** Removes folders that are empty, the innermost first. */
function removeEmpty(folders: readonly string[]): void {
  for (const folder of folders.toReversed()) {
    if (!existsSync(folder) || readdirSync(folder).length > 0) return;
    rmdirSync(folder);
  }
}
