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
  const { environment, target, run } = parseResult(first.text, 'result.json');
  expect(environment).toMatchObject({ clock: 'virtual', cpu: 'any', hostClass: 'simulated' });
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
