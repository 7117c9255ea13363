import { createHistogram } from 'node:perf_hooks';
import { expect, test } from 'vitest';
import { LatencyHistogram } from './histogram.ts';

function of(values: readonly number[]): LatencyHistogram {
  const histogram = new LatencyHistogram();
  for (const value of values) {
    histogram.record(value);
    histogram.event();
  }
  return histogram;
}

/** Deterministic, spread over five decades. */
const values = Array.from({ length: 20_000 }, (_, i) => Math.round(10_000 * 1.0007 ** ((i * 7919) % 20_000)) + 1_000);

test('agrees with a second implementation within 0.1 % at every percentile', () => {
  const ours = of(values);
  const oracle = createHistogram({ lowest: 1, highest: 2 ** 43, figures: 5 });
  for (const value of values) oracle.record(value);
  for (const p of [0.001, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999]) {
    const expected = oracle.percentile(p * 100);
    expect(Math.abs(ours.percentileNs(p)! - expected), `p=${p}`).toBeLessThan(expected * 0.001 + 64);
  }
  expect(ours.meanNs).toBeCloseTo(values.reduce((a, b) => a + b) / values.length, 3);
  expect(ours.maxNs).toBe(Math.max(...values));
});

test('adding and coding keep every figure', () => {
  const parts = [of(values.slice(0, 7)), of(values.slice(7, 9000)), of(values.slice(9000).map((v) => -v))];
  const merged = new LatencyHistogram();
  for (const part of parts) merged.add(LatencyHistogram.decode(structuredClone(part.encode())));
  const whole = of([...values.slice(0, 9000), ...values.slice(9000).map((v) => -v)]);
  for (const p of [0.01, 0.3, 0.5, 0.56, 0.9, 0.999])
    expect(merged.percentileNs(p), `p=${p}`).toBe(whole.percentileNs(p));
  expect(merged.meanNs).toBeCloseTo(whole.meanNs, 3);
  expect([merged.count, merged.minNs, merged.maxNs, merged.negativeCount]).toEqual([
    whole.count,
    whole.minNs,
    whole.maxNs,
    whole.negativeCount,
  ]);
});

test('negative values are kept, in their place', () => {
  const histogram = of([
    ...Array.from({ length: 50 }, () => -5_000_000),
    ...Array.from({ length: 50 }, () => 5_000_000),
  ]);
  expect(histogram.negativeCount).toBe(50);
  expect(histogram.percentileNs(0.4)! / -5_000_000).toBeCloseTo(1, 2);
  expect(histogram.percentileNs(0.6)! / 5_000_000).toBeCloseTo(1, 2);
  expect(histogram.minNs).toBe(-5_000_000);
});

test('a percentile needs ten independent events beyond it', () => {
  expect(of(values.slice(0, 999)).percentileNs(0.99)).toBeNull();
  expect(of(values.slice(0, 1000)).percentileNs(0.99)).not.toBeNull();
  const onePoll = new LatencyHistogram();
  for (const value of values) onePoll.record(value);
  onePoll.event();
  expect(onePoll.percentileNs(0.5)).toBeNull();
});

test('skipped operations rank above every value', () => {
  const histogram = of(Array.from({ length: 980 }, () => 1_000_000));
  for (let i = 0; i < 20; i += 1) histogram.skip();
  expect(histogram.percentileNs(0.98)! / 1_000_000).toBeCloseTo(1, 2);
  expect(histogram.percentileNs(0.99)).toBeNull();
  expect(histogram.count).toBe(980);
});

/** Every other value below zero, as far apart as values can be. */
const mixed = values.map((value, i) => (i % 2 === 0 ? -value : value));

test('at every rank, below zero and above, the value is that of the sorted list', () => {
  const ours = of(mixed.slice(0, 997));
  const sorted = mixed.slice(0, 997).sort((a, b) => a - b);
  for (let rank = 1; rank <= sorted.length; rank += 1) {
    const expected = sorted[rank - 1]!;
    const got = ours.valueAtNs(rank / sorted.length)!;
    expect(Math.abs(got - expected), `rank ${rank}`).toBeLessThanOrEqual(Math.abs(expected) * 0.001 + 64);
  }
});

test('no percentile lies outside what was recorded', () => {
  const below = of(Array.from({ length: 200 }, () => -1_234_567));
  expect([below.valueAtNs(0.001), below.percentileNs(0.5), below.minNs]).toEqual([-1_234_567, -1_234_567, -1_234_567]);
});

test('a histogram read back from a result is the one that was written', () => {
  const whole = of(mixed);
  whole.skip();
  const { positive, negative, ...exact } = whole.encode();
  const figures = {
    ...exact,
    histogram: positive,
    negativeHistogram: negative,
    count: whole.count,
    meanNs: whole.meanNs,
  };
  const read = LatencyHistogram.of(figures);
  for (const p of [0.001, 0.4, 0.5, 0.6, 0.999]) expect(read.percentileNs(p)).toBe(whole.percentileNs(p));
  expect([read.count, read.events, read.infinite, read.meanNs]).toEqual([whole.count, whole.events, 1, whole.meanNs]);
});
