import { expect, test } from 'vitest';
import { keyBytesMax, keyBytesMean, parseKey, partitionKeyOf } from './key.ts';

test.each([
  ['uniform(1000)', { kind: 'uniform', keys: 1000 }],
  ['round-robin(10)', { kind: 'round-robin', keys: 10 }],
  ['zipf(1.1)', { kind: 'zipf', exponent: 1.1, keys: 1000 }],
  ['zipf(1.1, 50)', { kind: 'zipf', exponent: 1.1, keys: 50 }],
  ['hot(1%, 90%)', { kind: 'hot', keys: 1000, keyShare: 0.01, trafficShare: 0.9 }],
  ['hot(10%, 50%, 20)', { kind: 'hot', keys: 20, keyShare: 0.1, trafficShare: 0.5 }],
  ['shard(3)', { kind: 'shard', index: 3 }],
])('%s', (text, plan) => expect(parseKey(text)).toEqual(plan));

test.each([
  'unifrom(10)',
  'uniform',
  'uniform()',
  'uniform(0)',
  'uniform(1, 2)',
  'zipf(0)',
  'zipf()',
  'hot(10%)',
  'hot(0.1, 0.9)',
  'hot(50%, 10%)',
  'hot(1%, 90%, 1)',
  'shard(x)',
])('%s is refused', (text) => expect(() => parseKey(text)).toThrow());

/** The slow way: every key, weighted. */
function meanBySum(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + partitionKeyOf(number).length, 0) / numbers.length;
}
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);

test('key bytes are those of the keys as written', () => {
  expect(keyBytesMean({ kind: 'uniform', keys: 1000 })).toBeCloseTo(meanBySum(range(0, 1000)), 9);
  expect(keyBytesMean({ kind: 'round-robin', keys: 7 })).toBe(5);
  expect(keyBytesMean({ kind: 'hot', keys: 1000, keyShare: 0.05, trafficShare: 0.8 })).toBeCloseTo(
    0.8 * meanBySum(range(0, 50)) + 0.2 * meanBySum(range(50, 1000)),
    9,
  );
  expect(keyBytesMean({ kind: 'shard', index: 0 })).toBe(5);
  const zipf = keyBytesMean({ kind: 'zipf', exponent: 1, keys: 20 });
  expect(zipf).toBeGreaterThan(5);
  expect(zipf).toBeLessThan(meanBySum(range(0, 20)));
  expect(keyBytesMax({ kind: 'uniform', keys: 1000 })).toBe('key-999'.length);
});
