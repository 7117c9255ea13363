import { describe, expect, test } from 'vitest';
import { Random } from '../random.ts';
import { type Knee, type KneeOptions, type ProbeVerdict, searchKnee } from './knee.ts';

const options: KneeOptions = { low: 100, high: 5000, within: 0.05, probesMax: 20 };

function search(verdictOf: (value: number, probe: number) => ProbeVerdict, more: Partial<KneeOptions> = {}): Knee {
  const knee = searchKnee({ ...options, ...more });
  let step = knee.next('unknown');
  for (let probe = 1; !step.done; probe += 1) step = knee.next(verdictOf(step.value, probe));
  return step.value;
}

const below =
  (knee: number) =>
  (value: number): ProbeVerdict =>
    value <= knee ? 'holds' : 'breaks';

describe('a clean knee', () => {
  test.each([100, 101, 150, 1000, 1234, 4900, 4999])('at %i is bracketed within the precision', (at) => {
    const knee = search(below(at));
    expect(knee).toMatchObject({ outcome: 'found', contradictions: 0 });
    expect(knee.low!).toBeLessThanOrEqual(at);
    expect(knee.high!).toBeGreaterThan(at);
    expect(knee.high! / knee.low!).toBeLessThanOrEqual(1.05);
    expect(knee.uncertainty!).toBeLessThanOrEqual(0.026);
    expect(Math.abs(knee.value! - at) / at).toBeLessThanOrEqual(0.05);
  });

  test('takes the probes of a bisection, both ends, and two to confirm', () => {
    const { probes } = search(below(1000));
    expect(probes.slice(0, 3).map(({ value }) => value)).toEqual([100, 5000, 707]);
    // ln(50) / ln(1.05) = 80 steps of 5 %: seven halvings.
    expect(probes).toHaveLength(2 + 7 + 2);
    expect(probes.every(({ value }) => Number.isInteger(value))).toBe(true);
  });

  test('between neighbouring whole numbers ends there', () => {
    expect(search(below(3), { low: 1, high: 8 })).toMatchObject({ outcome: 'found', low: 3, high: 4 });
  });

  test('between fractions is not rounded to whole numbers', () => {
    expect(search(below(0.7), { low: 0.5, high: 1, within: 0.01 }).value).toBeCloseTo(0.7, 2);
  });
});

test('what holds everywhere or nowhere takes one probe more than it must', () => {
  expect(search(() => 'holds')).toMatchObject({ outcome: 'always', low: 5000, high: null, value: null });
  expect(search(() => 'holds').probes).toHaveLength(2);
  expect(search(() => 'breaks')).toMatchObject({ outcome: 'never', low: null, high: 100, value: null });
});

test('a probe that proves nothing ends the search undecided, with what was known', () => {
  const knee = search((value, probe) => (probe === 4 ? 'unknown' : below(1000)(value)));
  expect(knee).toMatchObject({ outcome: 'undecided', low: 707, high: 5000, value: null });
  expect(knee.explanation).toContain('proved nothing');
});

test('probes that run out leave a bracket as wide as it is', () => {
  const knee = search(below(1000), { probesMax: 5 });
  expect(knee.probes).toHaveLength(5);
  expect(knee).toMatchObject({ outcome: 'found', low: 707, high: 1153 });
  expect(knee.explanation).toContain('5 probes');
  expect(search(below(1000), { probesMax: 1 })).toMatchObject({ outcome: 'undecided', low: 100, high: null });
});

describe('a noisy knee', () => {
  test('one that broke by accident is found out when its bracket is confirmed, and lies inside the wider one', () => {
    // The third probe, 707, breaks once although the knee is at 1000.
    const knee = search((value, probe) => (probe === 3 ? 'breaks' : below(1000)(value)), { probesMax: 40 });
    expect(knee.contradictions).toBeGreaterThan(0);
    expect(knee.explanation).toContain('noisy');
    expect(knee.low!).toBeLessThanOrEqual(707);
    expect(knee.high!).toBeGreaterThan(1000);
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'a knee as wide as a tenth of its value is inside the bracket, seed %i',
    (seed) => {
      const random = new Random(seed);
      const knee = search((value) => (value <= 1000 * (0.95 + 0.1 * random.uniform()) ? 'holds' : 'breaks'));
      expect(knee.outcome).toBe('found');
      expect(knee.low!).toBeLessThanOrEqual(1050);
      expect(knee.high!).toBeGreaterThanOrEqual(950);
      expect(knee.high! / knee.low!).toBeLessThan(1.3);
    },
  );

  test('never asks for more probes than it was given', () => {
    const random = new Random(3);
    const knee = search((value) =>
      value === 100 ? 'holds' : value === 5000 || random.uniform() < 0.5 ? 'breaks' : 'holds',
    );
    expect(knee.probes.length).toBeLessThanOrEqual(20);
  });
});
