/** Synthetic limiters of each kind, on seeded load and virtual time: the shape must be told from what they let through. */
import { describe, expect, test } from 'vitest';
import { Random } from '../random.ts';
import { type Attempt, throttleShape } from './throttle-shape.ts';

/** Whether an attempt passes; keeps its own books. */
type Limiter = (atNs: number, amount: number) => boolean;

function tokenBucket(perS: number, capacity: number): Limiter {
  let tokens = capacity;
  let last = 0;
  return (atNs, amount) => {
    tokens = Math.min(capacity, tokens + ((atNs - last) / 1e9) * perS);
    last = atNs;
    if (tokens < amount) return false;
    tokens -= amount;
    return true;
  };
}

function fixedWindow(limit: number, windowNs: number, phaseNs: number): Limiter {
  const used = new Map<number, number>();
  return (atNs, amount) => {
    const window = Math.floor((atNs - phaseNs) / windowNs);
    const now = used.get(window) ?? 0;
    if (now + amount > limit) return false;
    used.set(window, now + amount);
    return true;
  };
}

function slidingWindow(limit: number, windowNs: number): Limiter {
  const passed: [atNs: number, amount: number][] = [];
  return (atNs, amount) => {
    while (passed[0] && passed[0][0] <= atNs - windowNs) passed.shift();
    if (passed.reduce((sum, [, each]) => sum + each, 0) + amount > limit) return false;
    passed.push([atNs, amount]);
    return true;
  };
}

interface Load {
  readonly perS: number;
  readonly seconds: number;
  readonly arrivals: 'poisson' | 'uniform';
  readonly amount?: (random: Random) => number;
  /** When the first attempt may come. */
  readonly fromNs?: number;
  /** By how much the time that is told may be off, at the most. */
  readonly jitterNs?: number;
  /** Load for so long, then a pause of the same length, and so on. */
  readonly onNs?: number;
}

function drive(limiter: Limiter, load: Load, seed = 1): Attempt[] {
  const random = new Random(seed);
  const attempts: Attempt[] = [];
  let atNs = load.fromNs ?? 0;
  const endNs = atNs + load.seconds * 1e9;
  while (atNs < endNs) {
    const on = load.onNs === undefined || Math.floor(atNs / load.onNs) % 2 === 0;
    const amount = load.amount?.(random) ?? 1;
    if (on)
      attempts.push({ atNs: atNs + random.uniform() * (load.jitterNs ?? 0), amount, accepted: limiter(atNs, amount) });
    const meanNs = 1e9 / load.perS;
    atNs += load.arrivals === 'uniform' ? meanNs : random.exponential(meanNs);
  }
  return attempts;
}

const steady = { perS: 300, seconds: 20, arrivals: 'poisson' } as const;

describe('each kind is told apart, with its figures', () => {
  test.each([1, 2, 3, 4, 5])('a token bucket, seed %i', (seed) => {
    const shape = throttleShape(drive(tokenBucket(200, 200), steady, seed));
    expect(shape).toMatchObject({ kind: 'token-bucket', residual: expect.closeTo(0, 1) });
    expect(shape.sustainedPerS).toBeCloseTo(200, -1);
    expect(shape.burst! / 200).toBeCloseTo(1, 1);
    expect(shape.recoveryNs! / 1e9).toBeCloseTo(1, 1);
  });

  test.each([1, 2, 3, 4, 5])('a fixed window somewhere in time, seed %i', (seed) => {
    const shape = throttleShape(drive(fixedWindow(200, 1e9, 437e6), steady, seed));
    expect(shape).toMatchObject({ kind: 'fixed-window', recoveryNs: 1e9 });
    expect(shape.sustainedPerS! / 200).toBeCloseTo(1, 1);
    expect(shape.burst! / 200).toBeCloseTo(1, 1);
  });

  test.each([1, 2, 3, 4, 5])('a sliding window, seed %i', (seed) => {
    const shape = throttleShape(drive(slidingWindow(200, 1e9), steady, seed));
    expect(shape).toMatchObject({ kind: 'sliding-window', recoveryNs: 1e9, residual: 0 });
    expect(shape.burst! / 200).toBeCloseTo(1, 1);
  });

  test.each([1, 2, 3, 4, 5])('chance, seed %i', (seed) => {
    const random = new Random(seed + 100);
    const shape = throttleShape(drive(() => random.uniform() > 0.3, steady, seed));
    expect(shape).toMatchObject({ kind: 'random', burst: null });
    expect(shape.residual).toBeCloseTo(0.3, 1);
  });

  test('nothing, however much there was', () => {
    expect(throttleShape(drive(() => true, steady))).toMatchObject({ kind: 'none', throttled: 0, residual: null });
  });
});

describe('what makes it harder', () => {
  test('bytes of uneven size: the same kinds, in bytes', () => {
    const amount = (random: Random) => 100 + random.below(4000);
    const load = { ...steady, amount };
    const bucket = throttleShape(drive(tokenBucket(400_000, 400_000), load));
    expect(bucket.kind).toBe('token-bucket');
    expect(bucket.sustainedPerS! / 400_000).toBeCloseTo(1, 1);
    expect(bucket.burst! / 400_000).toBeCloseTo(1, 1);
    expect(throttleShape(drive(fixedWindow(400_000, 1e9, 437e6), load)).kind).toBe('fixed-window');
    expect(throttleShape(drive(slidingWindow(400_000, 1e9), load)).kind).toBe('sliding-window');
  });

  test('the wrong unit explains it worse than the right one', () => {
    const amount = (random: Random) => 100 + random.below(4000);
    const attempts = drive(tokenBucket(400_000, 400_000), { ...steady, amount });
    const records = throttleShape(attempts.map((attempt) => ({ ...attempt, amount: 1 })));
    expect(records.residual!).toBeGreaterThan(5 * throttleShape(attempts).residual!);
  });

  test('times that are off by some milliseconds', () => {
    const load = { ...steady, jitterNs: 8e6 };
    expect(throttleShape(drive(tokenBucket(200, 200), load)).kind).toBe('token-bucket');
    expect(throttleShape(drive(fixedWindow(200, 1e9, 437e6), load)).kind).toBe('fixed-window');
    expect(throttleShape(drive(slidingWindow(200, 1e9), load)).kind).toBe('sliding-window');
  });

  test('load with pauses, in which a bucket fills and nothing shows that it does', () => {
    const shape = throttleShape(drive(tokenBucket(200, 400), { ...steady, perS: 900, onNs: 3e9 }));
    expect(shape.kind).toBe('token-bucket');
    expect(shape.sustainedPerS! / 200).toBeCloseTo(1, 1);
    expect(shape.burst! / 400).toBeCloseTo(1, 1);
  });

  test('other windows and capacities', () => {
    expect(throttleShape(drive(fixedWindow(1000, 5e9, 1.3e9), { ...steady, seconds: 40 }))).toMatchObject({
      kind: 'fixed-window',
      recoveryNs: 5e9,
    });
    expect(throttleShape(drive(tokenBucket(200, 20), steady)).burst! / 20).toBeCloseTo(1, 0);
  });

  test('five calls a second, as reads of a shard are limited', () => {
    const shape = throttleShape(drive(tokenBucket(5, 5), { perS: 8, seconds: 60, arrivals: 'poisson' }));
    expect(shape.kind).toBe('token-bucket');
    expect(shape.sustainedPerS).toBeCloseTo(5, 0);
  });

  test('a read that is let through before its bytes are known, and pays for them afterwards', () => {
    const random = new Random(9);
    let debt = 0;
    let last = 0;
    const attempts = drive(() => true, { perS: 4, seconds: 120, arrivals: 'uniform' }).map(({ atNs }) => {
      debt = Math.max(0, debt - ((atNs - last) / 1e9) * 2e6);
      last = atNs;
      const accepted = debt <= 2e6;
      const amount = accepted ? 1e6 + random.below(3e6) : 0;
      debt += amount;
      return { atNs, amount, ask: 0, accepted };
    });
    const shape = throttleShape(attempts);
    expect(shape.kind).toBe('token-bucket');
    expect(shape.sustainedPerS! / 2e6).toBeCloseTo(1, 0);
  });
});

describe('undecided rather than a guess', () => {
  test('even load from a boundary on looks the same to both windows', () => {
    const even = { ...steady, perS: 250, arrivals: 'uniform' } as const;
    const fixed = throttleShape(drive(fixedWindow(150, 1e9, 0), even));
    expect(fixed).toMatchObject({ kind: 'undecided', explanation: expect.stringContaining('as well as each other') });
    expect(throttleShape(drive(slidingWindow(150, 1e9), even)).kind).toBe('undecided');
    // A bucket is told apart even so.
    expect(throttleShape(drive(tokenBucket(150, 150), even)).kind).toBe('token-bucket');
  });

  test('every third attempt throttled is neither a limit nor chance', () => {
    let count = 0;
    expect(throttleShape(drive(() => (count += 1) % 3 !== 0, steady)).kind).not.toBe('random');
  });

  test('a handful of throttles', () => {
    const shape = throttleShape(drive(tokenBucket(200, 200), { ...steady, perS: 300, seconds: 2.05 }));
    expect(shape.throttled).toBeLessThan(400);
    const few = throttleShape(drive(tokenBucket(200, 200), steady).slice(0, 640));
    expect(few).toMatchObject({ kind: 'undecided', explanation: expect.stringContaining('too few') });
  });

  test('a limit smaller than a tenth of what passes at once is none', () => {
    // Two polls in turn, every second one throttled, and the bytes of the others: "no bytes at all in 0.2 s" fits, and is no limit.
    const random = new Random(2);
    const attempts = Array.from({ length: 400 }, (_, index) => ({
      atNs: index * 100e6,
      amount: index % 2 === 0 ? 200 + random.below(400) : 0,
      ask: 0,
      accepted: index % 2 === 0,
    }));
    expect(throttleShape(attempts).kind).toBe('undecided');
  });

  test('half bucket, half chance', () => {
    const random = new Random(4);
    const bucket = tokenBucket(200, 200);
    const mixed: Limiter = (atNs, amount) => bucket(atNs, amount) && random.uniform() > 0.4;
    expect(throttleShape(drive(mixed, { ...steady, perS: 500 })).kind).toBe('undecided');
  });
});
