/** What a stream can be told, and what fleets may then put into it. */
import { expect, test } from 'vitest';
import { parseScenario } from './parse.ts';

const planOf = (stream: string, record = '{ size: 1 KiB, key: uniform(10) }', expectation = 'throttled.count = 0') =>
  parseScenario(
    `
name: streams
question: What can a stream be told?
expected: This, or it is wrong.
streams: { events: ${stream} }
fleets: { writers: { produce: PutRecord, rate: 10 records/s, record: ${record} } }
phases: [{ name: steady, for: 10s }]
expect: ["${expectation}"]
`,
    { file: 's.yaml' },
  ).plan;

test('defaults are left out, so that plans of before there were choices keep their hash', () => {
  expect(planOf('{ shards: 2 }').streams).toEqual([{ alias: 'events', create: { shards: 2, retentionHours: 24 } }]);
  expect(planOf('{ shards: 2, mode: provisioned, retention: 1d }').streams).toEqual(planOf('{ shards: 2 }').streams);
});

test('retention, mode and the size of records', () => {
  expect(planOf('{ mode: on-demand, retention: 7d, max-record-size: 10 MiB }').streams).toEqual([
    { alias: 'events', create: { shards: null, retentionHours: 168, mode: 'on-demand', recordKiBMax: 10_240 } },
  ]);
});

test('records are as large as their stream takes them, and those of a stream that is not ours as the service does', () => {
  const large = '{ size: 9 MiB, key: uniform(10) }';
  expect(() => planOf('{ shards: 1 }', large)).toThrow(
    'the stream takes 1048576 — 1048571 B at the most with these keys, or raise the stream',
  );
  expect(() => planOf('{ shards: 1, max-record-size: 8 MiB }', large)).toThrow('the stream takes 8388608');
  expect(planOf('{ shards: 1, max-record-size: 10 MiB }', large).fleets).toHaveLength(1);
  expect(planOf('{ use: theirs }', large).fleets).toHaveLength(1);
  expect(() => planOf('{ use: theirs }', '{ size: 10 MiB, key: uniform(10) }')).toThrow('the stream takes 10485760');
});

test('on demand nobody knows the shards beforehand', () => {
  const ninth = 'accepted.count{shard=shardId-000000000009} > 0';
  expect(() => planOf('{ shards: 2 }', undefined, ninth)).toThrow('there is no shard shardId-000000000009');
  expect(planOf('{ mode: on-demand }', undefined, ninth).expect).toHaveLength(1);
  expect(planOf('{ mode: on-demand }', '{ size: 1 KiB, key: shard(3) }').fleets).toHaveLength(1);
});

test('a load longer than the retention can be verified: what expires is told from what is lost', () => {
  const text = (stream: string) => `
name: streams
question: Is anything lost in a day?
expected: No, or it is wrong.
streams: { events: ${stream} }
fleets: { writers: { produce: PutRecord, rate: 1 records/min, record: { size: 1 KiB, key: uniform(10) } } }
phases: [{ name: day, for: 24h }]
verify: [no-loss]
`;
  expect(parseScenario(text('{ shards: 1 }'), { file: 's.yaml' }).plan.verify).toEqual(['no-loss']);
});
