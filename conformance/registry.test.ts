import { readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { selectStatements, statements } from './registry.ts';
import { specification } from './specification.ts';
import { type Finding, type Statement, broken, caption, grade, holds, loose, unobserved } from './statement.ts';

const folder = dirname(fileURLToPath(import.meta.url));
const files = readdirSync(folder, { recursive: true, withFileTypes: true })
  .filter((entry) => /^kin-.*\.ts$/.test(entry.name))
  .map((entry) => join(basename(entry.parentPath), entry.name));

test('every statement has its file, and every file its entry', () => {
  const expected = statements.map(({ id }) => join(id.split('-')[1]!.toLowerCase(), `${id.toLowerCase()}.ts`));
  expect(files.sort()).toEqual(expected.sort());
});

test('ids are unique, and each fault is named by one statement', () => {
  expect(new Set(statements.map(({ id }) => id)).size).toBe(statements.length);
  expect(new Set(statements.map(({ fault }) => fault)).size).toBe(statements.length);
});

test('every statement says what has to be exercised before a pass counts', () => {
  expect(statements.filter(({ exercises }) => Object.keys(exercises).length === 0)).toEqual([]);
});

test('--only takes ids, groups, and nothing unknown', () => {
  const ids = (...only: string[]) => selectStatements(only).map(({ id }) => id);
  expect(ids()).toHaveLength(statements.length);
  expect(ids('KIN-ORD-02', 'it-01')).toEqual(['KIN-ORD-02', 'KIN-IT-01']);
  expect(ids('RET').every((id) => id.startsWith('KIN-RET-'))).toBe(true);
  expect(ids('RET')).toContain('KIN-RET-10');
  expect(() => ids('ORD-02', 'ORD-99', 'SOUP')).toThrow('no statement is called ORD-99, SOUP');
  expect(() => ids('KIN-TI-15')).toThrow(expect.objectContaining({ hint: 'did you mean IT-15?' }));
  expect(() => ids('THROTTLE')).toThrow(expect.objectContaining({ hint: 'did you mean THR?' }));
  expect(() => ids('SOUP')).toThrow(
    expect.objectContaining({ hint: expect.stringMatching(/^the groups are API, .* or SEC$/) }),
  );
});

function judged(finding: Finding, change: Partial<Statement> = {}) {
  return grade({ ...statements[0]!, exercises: { puts: 2 }, ...change }, finding, { puts: 2 }).verdict;
}

test.each([
  [judged(holds('')), 'pass'],
  [judged(broken('')), 'fail'],
  [judged(loose('')), 'warn'],
  [judged(unobserved('')), 'indeterminate'],
  [judged(holds(''), { exercises: { puts: 3 } }), 'indeterminate'],
  [judged(broken(''), { exercises: { puts: 3 } }), 'fail'],
  [judged(broken(''), { level: 'SHOULD' }), 'warn'],
  [judged(broken(''), { level: 'INFO' }), 'info'],
  [judged(broken(''), { evidence: ['emulator', 'recorded'] }), 'warn'],
  [judged(broken(''), { evidence: ['emulator', 'guide'] }), 'fail'],
])('a finding is graded by level, evidence and exercise: %s = %s', (verdict, expected) => {
  expect(verdict).toBe(expected);
});

test('only what AWS itself writes is more than provisional', () => {
  expect(caption({ ...statements[0]!, evidence: ['inferred'] }).provisional).toBe(true);
  expect(caption({ ...statements[0]!, evidence: ['inferred', 'model'] }).provisional).toBe(false);
});

test('the page of statements is as they are (vitest --update writes it)', async () => {
  await expect(specification()).toMatchFileSnapshot('../docs/conformance-statements.md');
});
