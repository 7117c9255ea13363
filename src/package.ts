/** Where kinebench itself lies, and which version it is: the same from the sources (`src/`) as from the build (`dist/src/`). */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder that holds package.json; `scenarios/` and `targets/` lie beside it. */
export const packageRoot = rootAbove(dirname(fileURLToPath(import.meta.url)));

/** The version in package.json. */
export const version = (JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { version: string })
  .version;

function rootAbove(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder;
  if (dirname(folder) === folder) throw new Error(`no package.json above ${import.meta.url}`);
  return rootAbove(dirname(folder));
}
