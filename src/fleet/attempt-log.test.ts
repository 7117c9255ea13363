import { expect, test } from 'vitest';
import { AttemptLog } from './attempt-log.ts';

test('keeps what came shortly before the first throttle and some thousands after it, however long the run', () => {
  const log = new AttemptLog();
  const FIRST = 50_000;
  for (let at = 0; at < 100_000; at += 1) log.add('write', 'events', 'shard', at, 10, at !== FIRST);
  const [kept] = log.export();
  expect(kept!.atNs.length).toBe(16_384);
  expect(kept!.fromNs).toBe(kept!.atNs[0]);
  expect(kept!.atNs[0]).toBeLessThanOrEqual(FIRST - 4096);
  expect(kept!.atNs[0]).toBeGreaterThanOrEqual(FIRST - 8192);
  expect(kept!.toNs).toBe(kept!.atNs.at(-1));
  expect(kept!.accepted.filter((each) => !each)).toHaveLength(1);
});

test('a short run is kept whole, sides and shards apart', () => {
  const log = new AttemptLog();
  log.add('write', 'events', 'a', 1, 10, true);
  log.add('read', 'events', 'a', 2, 0, false);
  log.add('write', 'events', 'b', 3, 10, true);
  expect(log.export()).toMatchObject([
    { side: 'write', shard: 'a', atNs: [1], fromNs: -Infinity, toNs: Infinity },
    { side: 'read', shard: 'a', accepted: [false] },
    { side: 'write', shard: 'b' },
  ]);
});

test('no more shards than a bound are kept', () => {
  const log = new AttemptLog();
  for (let shard = 0; shard < 1000; shard += 1) log.add('write', 'events', String(shard), 1, 1, true);
  expect(log.export()).toHaveLength(128);
});
