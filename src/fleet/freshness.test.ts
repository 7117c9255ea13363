/** How old the oldest record was at each second, known only afterwards. */
import { expect, test } from 'vitest';
import { Freshness } from './freshness.ts';

function agesS(endS: number, ...delivered: readonly (readonly [sentS: number, atS: number])[]): number[] {
  const freshness = new Freshness();
  for (const [sentS, atS] of delivered) freshness.delivered(sentS * 1e9, atS * 1e9);
  const sampled: number[] = [];
  freshness.sample(endS * 1e9, (_, ageNs) => sampled.push(ageNs / 1e9));
  expect(freshness.series).toEqual({ everyNs: 1e9, agesNs: sampled.map((age) => age * 1e9) });
  return sampled;
}

test('a record is under way from when it was sent until it is there, and no longer', () => {
  expect(agesS(4, [0.5, 2.5])).toEqual([0, 0.5, 1.5, 0, 0]);
  expect(agesS(4, [1, 3])).toEqual([0, 0, 1, 0, 0]);
  expect(agesS(2)).toEqual([0, 0, 0]);
});

test('of several the oldest counts, whichever came first', () => {
  expect(agesS(3, [0, 3], [1.5, 2.5])).toEqual([0, 1, 2, 0]);
  expect(agesS(3, [1.5, 2.5], [0, 3])).toEqual([0, 1, 2, 0]);
});

test('what was sent before the load began counts from the first second on', () => {
  expect(agesS(1, [-5, 0.5])).toEqual([5, 0]);
});

test('a long run is told in spans, each by its highest age', () => {
  const freshness = new Freshness();
  freshness.delivered(0, 3.5e9);
  freshness.sample(1199e9, () => {});
  const { everyNs, agesNs } = freshness.series;
  expect([everyNs, agesNs.length, ...agesNs.slice(0, 3)]).toEqual([2e9, 600, 1e9, 3e9, 0]);
});
