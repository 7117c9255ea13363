import { expect, test } from 'vitest';
import { differences, misses, type Run } from './steadiness.ts';

const said = { id: 'KIN-IT-01', what: 'holds', message: 'seen', digest: 'a' };
const first: Run = { name: 'run 1', seed: 1, said: [said] };

test.each<[string, Run, string[]]>([
  ['the same', { ...first, name: 'run 3' }, []],
  ['other bytes with another seed', { name: 'run 2', seed: 2, said: [{ ...said, digest: 'b' }] }, []],
  [
    'other bytes with the same seed',
    { name: 'run 3', seed: 1, said: [{ ...said, digest: 'b' }] },
    ['KIN-IT-01: holds in run 3 as in run 1, in other words or by other calls: seen'],
  ],
  [
    'another verdict',
    { name: 'run 2', seed: 2, said: [{ ...said, what: 'unobserved', message: 'late' }] },
    ['KIN-IT-01: unobserved in run 2 (late), holds in run 1 (seen)'],
  ],
  [
    'other statements',
    { name: 'run 2', seed: 2, said: [{ ...said, id: 'KIN-IT-02' }] },
    ['KIN-IT-02: holds in run 2, not judged in run 1', 'KIN-IT-01: not judged in run 2'],
  ],
])('%s', (_what, run, expected) => {
  expect(differences(first, run)).toEqual(expected);
});

test('what is broken on the reference is told; what could not be observed is not', () => {
  const found = ['holds', 'pass', 'skip', 'indeterminate', 'warn', 'broken'].map((what) => ({ ...said, what }));
  expect(misses({ ...first, said: found })).toEqual([
    'KIN-IT-01: warn in run 1: seen',
    'KIN-IT-01: broken in run 1: seen',
  ]);
});
