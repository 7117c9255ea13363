/** `kinebench run --simulate` from the command line down to the files it writes. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ExitCode } from '../exit-code.ts';
import { parseResult } from '../result-reader.ts';
import { commandLine } from './command-line.ts';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kinebench-simulate-'));
  vi.spyOn(console, 'log').mockImplementation(() => {});
});

afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

const simulated = async (out: string, seed: number, more: readonly string[] = []) => {
  const words = ['run', 'steady-ingest', '--simulate', '--quiet', '--seed', String(seed), '--out', join(folder, out)];
  const code = await commandLine([...words, ...more]);
  return { code, text: readFileSync(join(folder, out, 'result.json'), 'utf8') };
};

test('the same seed gives the same result.json byte for byte, another seed another', async () => {
  const [first, again, other] = [await simulated('a', 5), await simulated('b', 5), await simulated('c', 6)];
  expect(first.code).toBe(ExitCode.pass);
  expect(again.text === first.text).toBe(true);
  expect(other.text === first.text).toBe(false);
  const { environment, target, run, client } = parseResult(first.text, 'result.json');
  expect(environment).toMatchObject({ clock: 'virtual', cpu: 'any', hostClass: 'simulated' });
  expect(client).toMatchObject({ transport: 'in-process', connections: null });
  expect(target).toMatchObject({ modelled: true, description: expect.stringContaining('simulated') });
  expect(run.startedAt).toBe('2026-01-01T00:00:00.000Z');
  expect(readFileSync(join(folder, 'a', 'report.html'), 'utf8')).toContain('virtual: time was simulated');
});

test('a target file sets up the simulated reference, faults and all', async () => {
  const file = join(folder, 'broken.yaml');
  writeFileSync(file, 'kind: embedded\nname: broken\nlimits: off\nfaults: [log.ack-then-drop]\n');
  const { code, text } = await simulated('d', 5, ['--target', file]);
  expect(code).toBe(ExitCode.correctness);
  const { target, ledger } = parseResult(text, 'result.json');
  expect(target.name).toBe('broken');
  expect(ledger.counts.lost).toBeGreaterThan(0);
});

test('what lives in real time cannot be simulated', async () => {
  const run = commandLine(['run', 'steady-ingest', '--simulate', '--target', 'kinesalite', '--out', folder]);
  await expect(run).rejects.toMatchObject({ code: 'usage', message: expect.stringContaining('kinesalite') });
});

test('a time of day to start at is for one run in real time', async () => {
  const at = ['--seed', '1', '--start-at', '2999-01-01T00:00:00Z', '--out', folder];
  await expect(commandLine(['run', 'steady-ingest', '--simulate', ...at])).rejects.toMatchObject({
    code: 'usage',
    message: '--start-at does not go with a simulation',
  });
  const file = join(folder, 'several.yaml');
  writeFileSync(
    file,
    `name: several
question: Which?
expected: All.
matrix: { n: [1, 2] }
streams: { events: { use: there } }
fleets:
  writers: { produce: PutRecord, agents: 2, rate: "{n} * 10 records/s total", record: { size: 100 B, key: uniform(100) } }
phases: [{ name: steady, for: 5s }]
`,
  );
  await expect(commandLine(['run', file, '--segment', '1/2', ...at])).rejects.toMatchObject({
    code: 'usage',
    message: '--segment does not go with a matrix, repeats or a search',
  });
});
