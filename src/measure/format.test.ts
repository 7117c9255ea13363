import { describe, expect, test } from 'vitest';
import {
  formatBytes,
  formatDuration,
  formatFactor,
  formatPercentile,
  formatPlural,
  formatRate,
  formatShare,
  formatTick,
  formatValue,
} from './format.ts';

describe('numbers', () => {
  test.each([
    [0, '0 s'],
    [640, '640 ns'],
    [999.6, '1.00 µs'],
    [8_123_456, '8.12 ms'],
    [999_600, '1.00 ms'],
    [-1_204_000, '-1.20 ms'],
    [92_000_000_000, '92.0 s'],
    [3_600_000_000_000, '3,600 s'],
  ])('duration %d', (ns, text) => expect(formatDuration(ns)).toBe(text));

  test.each([
    [0, '0 %'],
    [1, '100 %'],
    [0.3333, '33.3 %'],
    [0.99996, '> 99.99 %'],
    [0.00001, '< 0.01 %'],
    [0.0042, '0.42 %'],
  ])('share %d: almost all is not all', (share, text) => expect(formatShare(share)).toBe(text));

  test('rates, bytes, plurals', () => {
    expect([formatRate(1499.7), formatRate(37.52), formatRate(0)]).toEqual(['1,500', '37.5', '0']);
    expect([formatBytes(512), formatBytes(1_536_000)]).toEqual(['512 B', '1.46 MiB']);
    expect([formatPlural(1, 'poll'), formatPlural(1200, 'poll')]).toEqual(['1 poll', '1,200 polls']);
  });

  test('a percentile without enough events is not a number', () => {
    expect(formatPercentile(null, 40)).toBe('n/a (40 events)');
    expect(formatPercentile(2e6, 40)).toBe('2.00 ms');
  });

  test('ticks say no more than they must', () => {
    expect([formatTick(1e6, 'duration'), formatTick(1500, 'records/s'), formatTick(30, 'time')]).toEqual([
      '1 ms',
      '1,500',
      '30 s',
    ]);
    expect(formatTick(1_048_576, 'bytes/s')).toBe('1 MiB/s');
  });
});

test.each([
  [1_234_567, 'ns', '1.23 ms'],
  [450, 'ns', '450 ns'],
  [2e9, 'ns', '2.00 s'],
  [799.96, 'records/s', '800 records/s'],
  [1_048_576, 'bytes/s', '1.00 MiB/s'],
  [0.3333, 'share', '33.3 %'],
  [0, 'share', '0 %'],
  [null, 'ns', '—'],
] as const)('%s %s prints as %s', (value, unit, text) => expect(formatValue(value, unit)).toBe(text));

test('a ratio that is not defined prints as a dash', () => {
  expect([formatFactor(null), formatFactor(0.98765)]).toEqual(['—', '0.988x']);
});
