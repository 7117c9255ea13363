/** The first program of docs/reference.md runs as it stands there, against a reference that was started as the page says. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import { packageRoot } from '../src/package.ts';
import { commandLine } from './command-line.ts';

const { start, clear } = commandLine();
/** Below the package, where its SDK is found. */
const folder = mkdtempSync(join(packageRoot, 'node_modules', '.first-program-'));

afterAll(() => {
  clear();
  rmSync(folder, { recursive: true });
});

test('it creates, puts, polls, is pushed to, and comes to its end by itself', async () => {
  const page = readFileSync(join(packageRoot, 'docs', 'reference.md'), 'utf8');
  const [, program = ''] = /```js\n([\s\S]*?)```/.exec(page) ?? [];
  const file = join(folder, 'first.mjs');
  writeFileSync(file, program);
  const server = start('serve', '--port', '0');
  await server.printed('stdout', 'ends it');
  const lines = server.output.stdout.matchAll(/\b(AWS_\w+)=(\S+)/g);
  const env = { ...process.env, ...Object.fromEntries([...lines].map(([, name, value]) => [name, value])) };
  const { stdout } = await promisify(execFile)(process.execPath, [file], { env, timeout: 60_000 });
  expect(stdout).toBe('polled hello\npushed hello\n');
});
