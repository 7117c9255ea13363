import { expect, test } from 'vitest';
import { ShardLimiter } from './shard-limiter.ts';

const S = 1e9;
const item = (bytes: number, expiresNs = Infinity) => ({ bytes, expiresNs });

/** Puts all in at 0 and releases as often as the limiter says it is worth it, until `untilNs`; gives the times of release. */
function times(puts: readonly (readonly [shard: string, bytes: number])[], untilNs: number): number[] {
  const limiter = new ShardLimiter<ReturnType<typeof item>>(1.5);
  const sent = puts.filter(([shard, bytes]) => limiter.pass(item(bytes), shard, 0)).map(() => 0);
  for (let nowNs = 0; nowNs <= untilNs;) {
    for (const _ of limiter.release(nowNs).released) sent.push(nowNs);
    const nextNs = limiter.nextNs(nowNs);
    expect(nextNs).toBeGreaterThan(nowNs);
    nowNs = nextNs;
  }
  return sent;
}

const copies = (n: number, shard: string, bytes: number) => Array.from({ length: n }, () => [shard, bytes] as const);

test('a shard gets a second of its limit at once, then 150 % of it', () => {
  const sent = times(copies(5000, 'shard', 100), 10 * S);
  expect(sent.filter((at) => at === 0)).toHaveLength(1000);
  expect(sent.filter((at) => at > 0 && at <= S)).toHaveLength(1500);
  expect(sent.filter((at) => at > S && at <= 2 * S)).toHaveLength(1500);
});

test('bytes are limited as records are, each shard by itself', () => {
  const sent = times([...copies(40, 'a', 104_857.6), ...copies(40, 'b', 104_857.6)], 10 * S);
  expect(sent.filter((at) => at === 0)).toHaveLength(20);
  expect(sent.filter((at) => at > 0 && at <= S)).toHaveLength(30);
});

test('what waits too long is handed out as expired, and takes no tokens; what expires first goes first', () => {
  const limiter = new ShardLimiter<ReturnType<typeof item>>(1.5);
  for (let n = 0; n < 1000; n += 1) expect(limiter.pass(item(1), 'shard', 0)).toBe(true);
  expect(limiter.pass(item(1), 'shard', 0)).toBe(false);
  expect(limiter.pass(item(2, 2 * S), 'shard', 0)).toBe(false);
  expect(limiter.pass(item(3, 1000), 'shard', 0)).toBe(false);
  expect(limiter.nextNs(0)).toBe(1000);
  expect(limiter.release(999)).toEqual({ released: [], expired: [] });
  expect(limiter.release(1000).expired).toMatchObject([{ bytes: 3 }]);
  expect(limiter.release(S / 1500 + 1).released).toMatchObject([{ bytes: 2 }]);
  expect(limiter.pass(item(1), 'shard', S / 1500 + 1)).toBe(false);
});

test('records of unknown shards pass, and one larger than a second of bytes passes a full bucket', () => {
  const limiter = new ShardLimiter<ReturnType<typeof item>>(1.5);
  for (let n = 0; n < 5000; n += 1) expect(limiter.pass(item(100), null, 0)).toBe(true);
  expect(limiter.pass(item(2 ** 21), 'shard', 0)).toBe(true);
  expect(limiter.pass(item(1), 'shard', 0)).toBe(false);
});
