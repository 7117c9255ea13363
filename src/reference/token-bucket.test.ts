import { expect, test } from 'vitest';
import { Random } from '../random.ts';
import { TokenBucket } from './token-bucket.ts';

test('tokens are there at the nanosecond that was told, and not before', () => {
  const random = new Random(5);
  for (let round = 0; round < 500; round += 1) {
    const figures = { perS: 1 + random.below(1_000_000), capacity: 1 + random.below(1_000_000) };
    const nowNs = random.below(1_000_000_000);
    // More than it holds are there when it is full.
    const tokens = random.below(2 * figures.capacity);
    const bucket = new TokenBucket(figures, 0);
    bucket.take(0, figures.capacity * (1 + random.below(2)));
    const atNs = bucket.readyAtNs(nowNs, tokens);
    if (atNs > nowNs) expect(bucket.has(atNs - 1, tokens)).toBe(false);
    expect(bucket.has(atNs, tokens)).toBe(true);
  }
});
