import { describe, expect, test } from 'vitest';
import { Random } from '../random.ts';
import { SdkRetry } from './sdk-retry.ts';

const retry = (attemptsMax = 3, seed = 1) => new SdkRetry({ policy: 'sdk', attemptsMax }, new Random(seed));

describe('standard mode', () => {
  test('makes three attempts and no more', () => {
    const policy = retry();
    const call = policy.begin();
    expect(policy.failed(call, 'transient')).not.toBeNull();
    expect(policy.failed(call, 'transient')).not.toBeNull();
    expect(call.made).toBe(3);
    expect(policy.failed(call, 'transient')).toBeNull();
  });

  test.each([
    ['throttling', [1000, 2000, 4000, 8000, 16_000, 20_000, 20_000]],
    ['transient', [50, 100, 200, 400, 800, 1600, 3200]],
  ] as const)('waits anything up to the doubled base after a failure by %s', (why, boundsMs) => {
    const longest = boundsMs.map(() => 0);
    const shortest = boundsMs.map(() => Infinity);
    for (let seed = 0; seed < 400; seed += 1) {
      const policy = retry(boundsMs.length + 1, seed);
      const call = policy.begin();
      boundsMs.forEach((_, index) => {
        const waitMs = policy.failed(call, why)! / 1e6;
        longest[index] = Math.max(longest[index]!, waitMs);
        shortest[index] = Math.min(shortest[index]!, waitMs);
      });
    }
    boundsMs.forEach((bound, index) => {
      expect(longest[index]).toBeLessThan(bound);
      expect(longest[index]).toBeGreaterThan(bound * 0.98);
      expect(shortest[index]).toBeLessThan(bound * 0.02);
    });
  });

  test.each([
    ['throttling', 100],
    ['transient', 35],
  ] as const)('stops retrying failures by %s once %i retries have emptied the quota', (why, retries) => {
    const policy = retry(2);
    for (let n = 0; n < retries; n += 1) expect(policy.failed(policy.begin(), why)).not.toBeNull();
    expect(policy.failed(policy.begin(), why)).toBeNull();
  });

  test('a success pays back what its retry cost, a success at once pays 1', () => {
    const policy = retry(2);
    const calls = Array.from({ length: 100 }, () => policy.begin());
    for (const call of calls) policy.failed(call, 'throttling');
    expect(policy.failed(policy.begin(), 'throttling')).toBeNull();
    policy.succeeded(calls[0]!);
    expect(policy.failed(policy.begin(), 'throttling')).not.toBeNull();
    for (let n = 0; n < 4; n += 1) policy.succeeded(policy.begin());
    expect(policy.failed(policy.begin(), 'throttling')).toBeNull();
    policy.succeeded(policy.begin());
    expect(policy.failed(policy.begin(), 'throttling')).not.toBeNull();
  });

  test('the quota never holds more than it began with', () => {
    const policy = retry(2);
    for (let n = 0; n < 1000; n += 1) policy.succeeded(policy.begin());
    for (let n = 0; n < 100; n += 1) policy.failed(policy.begin(), 'throttling');
    expect(policy.failed(policy.begin(), 'throttling')).toBeNull();
  });
});
