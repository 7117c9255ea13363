/** What docs/reference.md tells its reader to run does what the page says: the first program, the script for CI. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import { NS_PER_S, sleepFor, systemClock } from '../src/clock.ts';
import { packageRoot } from '../src/package.ts';
import { commandLine } from './command-line.ts';

const page = readFileSync(join(packageRoot, 'docs', 'reference.md'), 'utf8');
const { start, clear } = commandLine();
/** Below the package, where its SDK is found. */
const folder = mkdtempSync(join(packageRoot, 'node_modules', '.first-program-'));

afterAll(() => {
  clear();
  rmSync(folder, { recursive: true });
});

/** The script of the page for CI, with this build for npx's, a port of our own and other tests. */
function script(port: number, tests: string): string {
  const text = page.match(/```sh\n([^`]*--json > reference\.json[^`]*)```/)?.[1] ?? '';
  const own = text.replace('npx kinebench', `'${process.execPath}' '${join(packageRoot, 'bin', 'kinebench.js')}'`);
  return own.replace('--port 4567', `--port ${port}`).replace(/npm test\n$/, tests);
}

function run(text: string): Promise<{ code: unknown; stderr: string }> {
  const cwd = mkdtempSync(join(folder, 'ci-'));
  return new Promise((resolve) => {
    execFile('sh', ['-c', text], { cwd, timeout: 60_000 }, (error, _stdout, stderr) =>
      resolve({ code: error?.code ?? 0, stderr }),
    );
  });
}

test('the script for CI ends with the code of its tests, and its server with it', async () => {
  const { code, stderr } = await run(script(0, 'cat reference.json >&2; exit 7\n'));
  expect(code).toBe(7);
  const { pid }: { pid: number } = JSON.parse(stderr);
  // It takes a moment to end; the script waits for nothing.
  const gone = () => {
    try {
      return !process.kill(pid, 0);
    } catch {
      return true;
    }
  };
  for (let looks = 0; looks < 300 && !gone(); looks += 1) await sleepFor(systemClock, 0.1 * NS_PER_S);
  expect(gone()).toBe(true);
});

test('where the port is in use the script for CI ends too', async () => {
  const server = start('serve', '--port', '0', '--json');
  await server.printed('stdout', '\n');
  const { url }: { url: string } = JSON.parse(server.output.stdout);
  expect(await run(script(Number(new URL(url).port), 'exit 7\n'))).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('is in use'),
  });
});

test('it creates, puts, polls, is pushed to, and comes to its end by itself', async () => {
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
