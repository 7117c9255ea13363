/** The launcher under a Node that is too old: a line and exit code 2, whatever that Node lacks. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packageRoot } from './package.ts';

const launcher = join(packageRoot, 'bin/kinebench.js');
/** What an old Node says of itself, for the process of the launcher. */
const pretend = `data:text/javascript,Object.defineProperty(process,'versions',{value:{...process.versions,node:'20.9.0'}})`;

test('an old Node is told what it takes', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', pretend, launcher, '--version']);
  expect({ status, stdout: stdout.toString() }).toEqual({ status: 2, stdout: '' });
  expect(stderr.toString()).toMatch(/^kinebench needs Node\.js 24\.12 or newer; this is .*\n$/);
});

test('nothing is imported by name that an old Node may lack: it would fail before the first line', () => {
  const named = [...readFileSync(launcher, 'utf8').matchAll(/^import \{(.*)\} from '(.*)';$/gm)].map(
    ([, names, from]) => `${from}:${names}`,
  );
  expect(named).toEqual(['node:fs: existsSync ']);
});
