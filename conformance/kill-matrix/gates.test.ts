import { describe, expect, test } from 'vitest';
import { killsOf, problemsOf } from './gates.ts';
import type { KillMatrix, Tally } from './matrix.ts';
import { killMatrixPage } from './page.ts';

const held: Tally = { holds: 2, broken: 0, unobserved: 0, crashed: 0, activated: 0, killed: 0, said: null };
const killed: Tally = { ...held, holds: 0, broken: 2, activated: 2, killed: 2, said: 'seen' };
const ids = ['KIN-ORD-02', 'KIN-IT-01', 'KIN-IT-02', 'KIN-IT-03', 'KIN-IT-04'];
const named = [
  'ord.swap-adjacent',
  'iter.horizon-skips-first',
  'iter.latest-includes-last',
  'iter.at-is-after',
  'thr.off',
];

/** Five statements, each killed by its own fault alone, on two seeds; some cells changed. */
function matrix(change: { baseline?: object; control?: object; faults?: Record<string, object> } = {}): KillMatrix {
  const green = Object.fromEntries(ids.map((id) => [id, held]));
  const faults = [...named, 'tag.append-only'].map((fault, index) => {
    const own = { [ids[index] ?? ids[0]!]: killed };
    return [fault, { ...own, ...change.faults?.[fault] }] as const;
  });
  return {
    format: 'kinebench-kill-matrix',
    version: 2,
    kinebench: '0.1.0',
    seeds: [1, 2],
    complete: true,
    statements: ids.map((id, index) => ({ id, fault: named[index]!, sentence: `Sentence <${id}>.` })),
    baseline: { ...green, ...change.baseline },
    controls: { 'control.latency': { ...green, ...change.control } },
    faults: Object.fromEntries(faults),
    sessions: { judged: 40, spared: 30, cpuS: 7 },
  };
}

test('a diagonal without more has no problem', () => {
  expect(problemsOf(matrix())).toEqual([]);
});

test('the page says what was found, draws it, and gives what came from elsewhere as text', () => {
  const making = { command: 'npm run kill-matrix', day: '2026-11-26' };
  const page = killMatrixPage(matrix(), making).replaceAll(/\s+/g, ' ');
  expect(page).toContain(
    '5 of 5 statements are killed by the fault they name on every one of 2 seeds; every gate holds',
  );
  expect(page).toContain('killed by the fault it names (5)');
  expect(page).toContain('Sentence &lt;KIN-IT-01&gt;.');
  const bad = { faults: { 'thr.off': { 'KIN-IT-04': { ...held, activated: 2, said: '<b>' } } } };
  const page2 = killMatrixPage(matrix(bad), making).replaceAll(/\s+/g, ' ');
  expect(page2).toContain('4 of 5 statements are killed');
  expect(page2).toContain('not killed by thr.off (2 of 2 seeds)');
  expect(page2).toContain('or not killed by the fault it names (1)');
});

describe('problems', () => {
  const once = { ...held, holds: 1, broken: 1, activated: 1, killed: 1, said: 'once' };
  test.each([
    [
      'a baseline that does not hold',
      { baseline: { 'KIN-IT-01': { ...held, holds: 1, unobserved: 1 } } },
      'KIN-IT-01 does not hold without a fault (1 of 2',
    ],
    ['a red control', { control: { 'KIN-IT-01': once } }, 'KIN-IT-01 is red under control.latency'],
    [
      'a check that sees nothing',
      { faults: { 'thr.off': { 'KIN-IT-04': { ...held, activated: 2 }, 'KIN-IT-01': killed } } },
      'KIN-IT-04 is not killed by thr.off (2 of 2 seeds): the fault was at work and nothing was seen',
    ],
    [
      'a fault that is never at work',
      { faults: { 'thr.off': { 'KIN-IT-04': held, 'KIN-IT-01': killed } } },
      'KIN-IT-04 is not killed by thr.off (2 of 2 seeds): the fault was never at work',
    ],
    [
      'a kill in one seed only',
      { faults: { 'thr.off': { 'KIN-IT-04': once } } },
      'KIN-IT-04 is not killed by thr.off (1 of 2 seeds)',
    ],
    [
      'red without the fault',
      { faults: { 'tag.append-only': { 'KIN-IT-01': { ...killed, killed: 0, activated: 0 } } } },
      'KIN-IT-01 is red with tag.append-only, which did nothing',
    ],
    [
      'a fault that is too broad',
      { faults: { 'tag.append-only': Object.fromEntries(ids.slice(0, 3).map((id) => [id, killed])) } },
      'tag.append-only turns 3 of 5 statements red',
    ],
    [
      'a crash',
      { faults: { 'tag.append-only': { 'KIN-IT-01': { ...held, holds: 1, crashed: 1, said: 'TypeError' } } } },
      'KIN-IT-01 crashed or hung with tag.append-only: TypeError',
    ],
  ])('%s', (_what, change, problem) => {
    const found = problemsOf(matrix(change));
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(problem);
  });

  test('a fault that nothing sees', () => {
    const unseen = { faults: { 'tag.append-only': { 'KIN-ORD-02': { ...held, activated: 2 } } } };
    expect(problemsOf(matrix(unseen))).toEqual(['tag.append-only kills nothing: no statement can see it']);
    expect(problemsOf({ ...matrix(unseen), complete: false })).toEqual([]);
  });

  test('two of five are not too many', () => {
    const two = Object.fromEntries(ids.slice(0, 2).map((id) => [id, killed]));
    expect(problemsOf(matrix({ faults: { 'tag.append-only': two } }))).toEqual([]);
  });
});

test('kills in all seeds and in some are told apart', () => {
  const row = { a: killed, b: { ...killed, broken: 1, killed: 1, holds: 1 }, c: held };
  expect(killsOf(row, 2)).toEqual({ always: ['a'], sometimes: ['b'] });
});
