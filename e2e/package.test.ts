/** What npm would publish, installed in an empty folder, works: the launcher, the built CLI, its worker threads, its files. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { publint } from 'publint';
import { afterAll, beforeAll, expect, test } from 'vitest';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'kinebench-package-'));
const bin = join(folder, 'node_modules/kinebench/bin/kinebench.js');

beforeAll(async () => {
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder], { cwd: root });
  const packed = JSON.parse(stdout.slice(stdout.indexOf('['))) as { filename: string; files: { path: string }[] }[];
  const { filename, files } = packed[0]!;
  expect(files.map(({ path }) => path).filter((path) => /\.test\.|^src\//.test(path))).toEqual([]);
  // Its dependencies are the ones already installed here: an install from the registry would reach out to the network.
  mkdirSync(join(folder, 'node_modules/kinebench'), { recursive: true });
  for (const name of readdirSync(join(root, 'node_modules'))) {
    if (name !== 'kinebench') symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name));
  }
  await run('tar', [
    '-xzf',
    join(folder, filename),
    '-C',
    join(folder, 'node_modules/kinebench'),
    '--strip-components=1',
  ]);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('publint finds nothing to say of it', async () => {
  const { messages } = await publint({ pkgDir: join(folder, 'node_modules/kinebench'), pack: false });
  expect(messages).toEqual([]);
});

test('the installed command drives the embedded reference from its worker threads', async () => {
  const args = [
    'run',
    'steady-ingest',
    '--set',
    'phases.0.for=1s',
    '--set',
    'phases.1.for=3s',
    '--out',
    'out',
    '--quiet',
  ];
  const { stdout } = await run(process.execPath, [bin, ...args], { cwd: folder });
  expect(stdout).toContain('steady-ingest');
  const result = JSON.parse(readFileSync(join(folder, 'out/result.json'), 'utf8')) as {
    format: string;
    verdict: { word: string };
  };
  expect(result.format).toBe('kinebench-result');
  expect(result.verdict.word).toBe('pass');
  expect(readFileSync(join(folder, 'out/report.html'), 'utf8')).toContain('<!doctype html>');
});

test('it finds its scenarios and targets, and says its version', async () => {
  expect((await run(process.execPath, [bin, 'scenarios'], { cwd: folder })).stdout).toContain('write-limit-records');
  expect((await run(process.execPath, [bin, '--version'], { cwd: folder })).stdout.trim()).toMatch(/^\d+\.\d+\.\d+$/);
});

test('its public API can be imported by name', async () => {
  const program =
    'import { ExitCode, parseScenario } from "kinebench"; console.log(ExitCode.regression, typeof parseScenario)';
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', program], { cwd: folder });
  expect(stdout.trim()).toBe('4 function');
});
