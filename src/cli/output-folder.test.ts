/** A run that was refused leaves no folder, and nothing that was there before is touched. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeOutputFolder } from './output-folder.ts';

let base: string;
beforeEach(() => (base = mkdtempSync(join(tmpdir(), 'kinebench-output-'))));
afterEach(() => rmSync(base, { recursive: true }));

test('what was made and has stayed empty goes, what was there before stays', () => {
  const old = join(base, 'old');
  mkdirSync(old);
  makeOutputFolder(join(old, 'runs', 'first'))[Symbol.dispose]();
  expect(existsSync(join(old, 'runs'))).toBe(false);
  makeOutputFolder(old)[Symbol.dispose]();
  expect(existsSync(old)).toBe(true);
});

test('what was written stays', () => {
  const folder = join(base, 'runs', 'first');
  const made = makeOutputFolder(folder);
  writeFileSync(join(folder, 'result.json'), '{}');
  made[Symbol.dispose]();
  expect(existsSync(join(folder, 'result.json'))).toBe(true);
});
