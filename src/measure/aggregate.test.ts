import { expect, test } from 'vitest';
import { Aggregate } from './aggregate.ts';
import { Recorder } from './recorder.ts';

const labels = { fleet: 'w', phase: 'steady', metric: 'service', outcome: 'accepted' };
const S = 1_000_000_000;

test('two threads and many snapshots give what one recorder would have given', () => {
  const aggregate = new Aggregate();
  const threads = [new Recorder(S), new Recorder(S)];
  const sources = threads.map(() => aggregate.source());
  for (let i = 0; i < 4000; i += 1) {
    const thread = threads[i % 2]!;
    const histogram = thread.latency(labels, i * 1_000_000);
    histogram.record((i + 1) * 1000);
    histogram.event();
    thread.count(
      { fleet: 'w', phase: 'steady', metric: 'accepted', shard: null, attribution: 'answer' },
      i * 1_000_000,
      2,
      10,
    );
    if (i % 333 === 0) sources[i % 2]!(structuredClone(thread.snapshot()));
  }
  for (const [index, thread] of threads.entries()) sources[index]!(thread.snapshot());
  aggregate.close(3);
  const [total] = aggregate.latencies;
  expect(total!.histogram.count).toBe(4000);
  expect(total!.histogram.percentileNs(0.5)! / 2_000_000).toBeCloseTo(1, 2);
  const [line] = aggregate.lines;
  expect(line!.points.map((point) => point?.count)).toEqual([1000, 1000, 1000]);
  expect(line!.points[1]!.p50Ns! / 1_500_000).toBeCloseTo(1, 2);
  expect(line!.points[1]!.p99Ns).not.toBeNull();
  expect([...line!.open.keys()]).toEqual([3]);
  expect(aggregate.counts).toMatchObject([{ count: 8000, bytes: 40_000, counts: [2000, 2000, 2000, 2000] }]);
  expect(aggregate.sum({ metric: 'accepted' })).toBe(8000);
  expect(aggregate.sum({ metric: 'throttled' })).toBe(0);
});

test('labels keep their numbers from snapshot to snapshot, and a bin that comes back is added to', () => {
  const aggregate = new Aggregate();
  const recorder = new Recorder(S);
  const add = aggregate.source();
  const count = (shard: string, atNs: number, records: number) =>
    recorder.count(
      { fleet: 'w', phase: 'steady', metric: 'accepted', shard, attribution: 'answer' },
      atNs,
      records,
      10 * records,
    );
  count('a', 0, 1);
  count('b', 0, 2);
  count('a', S, 4);
  count('a', 0, 8);
  add(recorder.snapshot());
  add(recorder.snapshot());
  count('c', S, 16);
  count('a', S, 32);
  add(recorder.snapshot());
  expect(aggregate.counts).toMatchObject([
    { shard: 'a', count: 45, bytes: 450, counts: [9, 36], byteCounts: [90, 360] },
    { shard: 'b', count: 2, counts: [2] },
    { shard: 'c', count: 16, counts: [undefined, 16] },
  ]);
});
