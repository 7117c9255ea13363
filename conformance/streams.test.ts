import { expect, test } from 'vitest';
import type { Context } from './context.ts';
import { openShards } from './streams.ts';

const range = { StartingHashKey: '0', EndingHashKey: '9' };
const shard = { ShardId: 's', HashKeyRange: range, SequenceNumberRange: { StartingSequenceNumber: '1' } };

/** What a check finds where ListShards is answered with this. */
function open(answer: object): Promise<unknown> {
  const send = (() => Promise.resolve(answer)) as unknown as Context['send'];
  return openShards(send, 'stream').then(
    (shards) => shards.map(({ ShardId }) => ShardId),
    (error: Error) => error.name,
  );
}

test.each([
  [{ Shards: [shard] }, ['s']],
  [{ Shards: [{ ...shard, SequenceNumberRange: { ...shard.SequenceNumberRange, EndingSequenceNumber: '2' } }] }, []],
  [{}, 'Unobservable'],
  [{ Shards: null }, 'Unobservable'],
  [{ Shards: [null] }, 'Unobservable'],
  [{ Shards: [{ ...shard, SequenceNumberRange: null }] }, 'Unobservable'],
  [{ Shards: [{ ...shard, HashKeyRange: null }, shard] }, 'Unobservable'],
  [{ Shards: [{ ...shard, HashKeyRange: { ...range, EndingHashKey: 'x' } }, shard] }, 'Unobservable'],
])('open shards of %j: %j', async (answer, expected) => {
  expect(await open(answer)).toEqual(expected);
});
