import { describe, expect, test } from 'vitest';
import { LatencyHistogram } from '../measure/histogram.ts';
import { curveOf, distributionOf } from './distribution.ts';
import { latencyDoc } from './example-result.test-data.ts';

const MS = 1e6;
const evenly = (count: number): number[] => Array.from({ length: count }, (_, index) => (index + 1) * MS);

describe('percentiles', () => {
  test('rest on independent events, not on values', () => {
    const doc = latencyDoc('pollers', 'propagation', 'received', evenly(10_000), 100);
    const distribution = distributionOf([doc])!;
    expect(distribution.valueAt(0.9)! / MS).toBeCloseTo(9000, -2);
    expect(distribution.valueAt(0.901)).toBeNull();
  });

  test('below ten tail events there is no number, and no curve at all below ten events', () => {
    expect(distributionOf([latencyDoc('w', 'service', 'accepted', evenly(19))])!.valueAt(0.5)).toBeNull();
    expect(curveOf(distributionOf([latencyDoc('w', 'service', 'accepted', evenly(9))])!)).toEqual([]);
    expect(distributionOf([])).toBeNull();
  });

  test('skipped operations rank above every value', () => {
    const doc = { ...latencyDoc('w', 'response', 'accepted', evenly(1000)), infinite: 1000 };
    const distribution = distributionOf([doc])!;
    expect(distribution.valueAt(0.25)! / MS).toBeCloseTo(500, -1);
    expect(distribution.valueAt(0.6)).toBeNull();
  });

  test('values below zero rank below the others', () => {
    const doc = latencyDoc('p', 'propagation', 'received', [...evenly(500).map((ns) => -ns), ...evenly(500)]);
    const distribution = distributionOf([doc])!;
    expect(distribution.valueAt(0.25)! / MS).toBeCloseTo(-250, -1);
    expect(distribution.valueAt(0.75)! / MS).toBeCloseTo(250, -1);
  });

  test('several fleets are merged by buckets', () => {
    const docs = [
      latencyDoc(
        'fast',
        'service',
        'accepted',
        Array.from({ length: 900 }, () => MS),
      ),
      latencyDoc(
        'slow',
        'service',
        'accepted',
        Array.from({ length: 100 }, () => 100 * MS),
      ),
    ];
    const distribution = distributionOf(docs)!;
    expect(distribution.valueAt(0.5)! / MS).toBeCloseTo(1, 1);
    expect(distribution.valueAt(0.95)! / MS).toBeCloseTo(100, 0);
    expect(distribution.meanNs / MS).toBeCloseTo(10.9);
  });
});

describe('curves', () => {
  test('hold at most 120 points, rise, and end where ten events are left', () => {
    const curve = curveOf(distributionOf([latencyDoc('w', 'service', 'accepted', evenly(10_000))])!);
    expect(curve).toHaveLength(120);
    expect(curve.at(-1)!.p).toBeCloseTo(0.999, 9);
    expect(curve.every((point, index) => index === 0 || point.ns >= curve[index - 1]!.ns)).toBe(true);
  });
});

test('a point of the curve is the percentile that the table and the expectations have, to the last rank', () => {
  const doc = latencyDoc(
    'w',
    'service',
    'accepted',
    evenly(997).map((ns) => (ns % 3 === 0 ? -ns : ns)),
  );
  const ours = LatencyHistogram.of(doc);
  const distribution = distributionOf([doc])!;
  for (let rank = 1; rank <= 980; rank += 1) expect(distribution.valueAt(rank / 997)).toBe(ours.valueAtNs(rank / 997));
});
