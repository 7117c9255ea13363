/** Folders for results, made before the work begins: an hour of measuring must not end at a full disk or a typo. */
import { accessSync, constants, existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { OperatorError } from '../operator-error.ts';

/** Makes the folder and those above it. Throws OperatorError `output-not-writable`. */
export function makeOutputFolder(folder: string): void {
  try {
    make(resolve(folder));
    accessSync(folder, constants.W_OK);
    if (!statSync(folder).isDirectory()) throw new Error('it is a file');
  } catch (error) {
    throw new OperatorError(`results cannot be written to ${folder}: ${(error as Error).message}`, {
      code: 'output-not-writable',
      hint: 'give another folder with --out',
    });
  }
}

/** Step by step: on some file systems (/proc) Node's own recursive mkdir never returns. */
function make(folder: string): void {
  if (existsSync(folder)) return;
  make(dirname(folder));
  mkdirSync(folder);
}
