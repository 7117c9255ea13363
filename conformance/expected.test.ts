import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ConformanceResult } from '../src/conformance-result.ts';
import { packageRoot } from '../src/package.ts';
import { presetNames } from '../src/target/load.ts';
import { missingMuch } from '../src/report/conformance.test-data.ts';
import { type ExpectedEntry, expectedText, parseExpected, renewed, withExpected } from './expected.ts';

const shipped = join(packageRoot, 'conformance/targets');

const list = `statements:
  - id: KIN-ORD-02
    verdicts: [fail]
    reason: pages are cut at the wrong place
    link: https://example.org/issues/7
    expires: 2027-05-31
  - { id: KIN-IT-01, verdicts: [warn, pass], reason: sometimes }
`;

test('a list says what is known, why, where and until when', () => {
  expect(parseExpected(list, 'a.yaml')).toEqual([
    {
      id: 'KIN-ORD-02',
      verdicts: ['fail'],
      reason: 'pages are cut at the wrong place',
      link: 'https://example.org/issues/7',
      expires: '2027-05-31',
    },
    { id: 'KIN-IT-01', verdicts: ['warn', 'pass'], reason: 'sometimes' },
  ]);
});

const bad = `statements:
  - id: KIN-ORD-2
    verdicts: [fail]
    reason: a typo
  - id: KIN-IT-01
    verdicts: [pass]
    reson: another
    reason: ''
    expires: tomorrow
  - id: KIN-IT-02
    verdicts: [broken]
    reason: no verdict
    link: nowhere
  - { id: KIN-IT-03, verdicts: [fail], reason: once }
  - { id: KIN-IT-03, verdicts: [warn], reason: twice }
`;

test('every fault of a list is named with file, line and column', () => {
  const faults = (text: string) => {
    try {
      parseExpected(text, 'a.yaml');
      return [];
    } catch (error) {
      return (error as Error).message.split('\n');
    }
  };
  expect(faults(bad)).toEqual([
    expect.stringMatching(/^a.yaml:6:15: .*a pass alone needs no entry/),
    expect.stringMatching(/^a.yaml:7:5: unknown key "statements.entry 2.reson"; did you mean reason\?/),
    expect.stringMatching(/^a.yaml:8:13: statements.entry 2.reason: it is empty/),
    expect.stringMatching(/^a.yaml:9:14: .*a day such as 2027-05-31 is wanted/),
    expect.stringMatching(/^a.yaml:11:16: .*one of fail, warn, indeterminate, pass is wanted/),
    expect.stringMatching(/^a.yaml:13:11: .*a URL is wanted/),
  ]);
  const named = bad
    .replace(/ {4}(reson|expires|link): .*\n/g, '')
    .replace("''", 'none')
    .replace('broken', 'fail');
  expect(faults(named)).toEqual([
    expect.stringMatching(/^a.yaml:2:9: .*there is no statement KIN-ORD-2; did you mean KIN-ORD-02\?/),
    expect.stringMatching(/^a.yaml:6:15: .*a pass alone needs no entry/),
    expect.stringMatching(/^a.yaml:12:11: .*KIN-IT-03 stands twice/),
  ]);
});

function under(...entries: ExpectedEntry[]): ConformanceResult {
  return withExpected(missingMuch(), { file: 'a.yaml', entries, today: '2026-11-26' });
}

function verdictIn({ judgements }: ConformanceResult, id: string): string {
  const { verdict, message } = judgements.find((one) => one.id === id)!;
  return `${verdict}: ${message}`;
}

test.each<[ExpectedEntry, string]>([
  [{ id: 'KIN-PART-02', verdicts: ['fail'], reason: 'r' }, 'known-fail: sent'],
  [{ id: 'KIN-PART-02', verdicts: ['warn'], reason: 'r' }, 'fail: sent'],
  [{ id: 'KIN-PART-02', verdicts: ['fail'], reason: 'r', expires: '2026-11-26' }, 'known-fail: sent'],
  [{ id: 'KIN-PART-02', verdicts: ['fail'], reason: 'r', expires: '2026-11-25' }, 'fail: sent'],
  [{ id: 'KIN-PART-01', verdicts: ['fail'], reason: 'r' }, 'fail: passes, though it is listed'],
  [{ id: 'KIN-PART-01', verdicts: ['fail', 'pass'], reason: 'r' }, 'pass: '],
  [{ id: 'KIN-PART-01', verdicts: ['fail'], reason: 'r', expires: '2026-11-25' }, 'pass: '],
  [{ id: 'KIN-IT-01', verdicts: ['fail'], reason: 'r' }, 'skip: '],
  [{ id: 'KIN-IT-02', verdicts: ['fail'], reason: 'r' }, 'indeterminate: '],
])('an entry %j makes it %s', (entry, verdict) => {
  expect(verdictIn(under(entry), entry.id).startsWith(verdict)).toBe(true);
});

test('what is known stays in the figures, and the result says which list it was', () => {
  const result = under({ id: 'KIN-PART-02', verdicts: ['fail'], reason: 'r' });
  expect(result.expected).toBe('a.yaml');
  expect(result.divergence).toMatchObject({ broken: 2, known: 2 });
});

test('a list is renewed: what fails comes in, what passes goes, what was not judged stays as it is', () => {
  const before: ExpectedEntry[] = [
    { id: 'KIN-PART-01', verdicts: ['fail'], reason: 'mended since' },
    { id: 'KIN-PART-02', verdicts: ['fail'], reason: 'written by hand', link: 'https://example.org' },
    { id: 'KIN-IT-01', verdicts: ['fail'], reason: 'skipped today' },
    { id: 'KIN-RET-01', verdicts: ['fail'], reason: 'not asked for' },
  ];
  const { judgements } = missingMuch();
  const left = judgements.slice(0, 2);
  const anew = renewed(before, [
    ...left,
    { ...judgements[1]!, id: 'KIN-IT-03', message: `two: "words"\nand # more ${'7'.repeat(56)} ${'long '.repeat(99)}` },
    judgements[5]!,
  ]);
  expect(anew).toEqual([
    before[1],
    before[2],
    { id: 'KIN-IT-03', verdicts: ['fail'], reason: expect.stringMatching(/^two: "words" and # more … long .{200,}…$/) },
    before[3],
  ]);
  expect(parseExpected(expectedText(anew, ['about']), 'a.yaml')).toEqual(anew);
  expect(parseExpected(expectedText([], ['about']), 'a.yaml')).toEqual([]);
});

test.each(readdirSync(shipped))('%s, which ships, is one', (name) => {
  const file = join(shipped, name);
  expect(presetNames().map((preset) => `${preset}.expected.yaml`)).toContain(name);
  expect(parseExpected(readFileSync(file, 'utf8'), file).length).toBeGreaterThan(0);
});
