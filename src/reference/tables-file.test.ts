import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readTables, tablesOf } from './tables-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'kinebench-tables-'));
afterAll(() => rmSync(folder, { recursive: true }));

function fileOf(text: string): string {
  const file = join(folder, 'tables.yaml');
  writeFileSync(file, text);
  return file;
}

test('a file names tables and the types of their columns, in order', () => {
  const texts = readTables(fileOf('lake.clicks: { id: bigint, tags: array<string> }\n'));
  expect(tablesOf(texts)).toEqual({
    'lake.clicks': [
      { name: 'id', type: { kind: 'int', bits: 64 } },
      { name: 'tags', type: { kind: 'array', element: { kind: 'string' } } },
    ],
  });
});

test.each([
  ['lake.clicks: { id: number }', /:1:20: lake\.clicks\.id: .*a type of Hive/],
  ['clicks: { id: int }', /a name such as lake\.clicks/],
  ['- lake', /./],
])('%j is refused', (text, message) => {
  expect(() => readTables(fileOf(text))).toThrow(message);
});

test('a file that is not there is refused, and so is a type that is none', () => {
  expect(() => readTables(join(folder, 'nowhere.yaml'))).toThrow(/cannot read tables from/);
  expect(() => tablesOf({ 'a.b': { c: 'binary' } })).toThrow('a.b: the type binary of the column c');
});
