import { describe, expect, test } from 'vitest';
import { NS_PER_S } from '../../clock.ts';
import { shardIdOf } from '../../protocol/hash.ts';
import type { ListShardsInput } from '../../protocol/operations.ts';
import { virtualEndpoint, type VirtualEndpoint } from '../virtual-endpoint.ts';

const StreamName = 's';
const HOUR_NS = 3600 * NS_PER_S;

async function withStream(shardCount = 1) {
  const endpoint = virtualEndpoint();
  await endpoint.stream(StreamName, shardCount);
  return endpoint;
}

const put = ({ must }: VirtualEndpoint) =>
  must('PutRecord', { StreamName, Data: 'AAAA', PartitionKey: 'k', ExplicitHashKey: '0' });

async function change(endpoint: VirtualEndpoint, operation: 'Increase' | 'Decrease', RetentionPeriodHours: number) {
  const answer = await endpoint.call(`${operation}StreamRetentionPeriod`, { StreamName, RetentionPeriodHours });
  await endpoint.clock.advance(NS_PER_S);
  return answer;
}

async function readable({ must }: VirtualEndpoint): Promise<number> {
  const start = { StreamName, ShardId: 'shardId-0', ShardIteratorType: 'TRIM_HORIZON' } as const;
  const { ShardIterator } = await must('GetShardIterator', start);
  return (await must('GetRecords', { ShardIterator: ShardIterator! })).Records.length;
}

describe('retention', () => {
  test.each([
    ['Increase', 24, true],
    ['Increase', 8760, true],
    ['Increase', 8761, false],
    ['Decrease', 24, true],
    ['Decrease', 23, false],
    ['Decrease', 25, false],
  ] as const)('%s to %i hours, from 24: accepted %s', async (operation, hours, accepted) => {
    expect((await change(await withStream(), operation, hours)).ok).toBe(accepted);
  });

  test('the wrong direction names the right operation', async () => {
    const endpoint = await withStream();
    await change(endpoint, 'Increase', 48);
    expect(await change(endpoint, 'Increase', 47)).toMatchObject({
      name: 'InvalidArgumentException',
      message:
        'Requested retention period (47 hours) for stream s can not be shorter than existing retention period (48 hours). Use DecreaseRetentionPeriod API.',
    });
  });

  test('longer: what is there stays for longer, what was trimmed stays gone', async () => {
    const endpoint = await withStream();
    await put(endpoint);
    await endpoint.clock.advance(2 * HOUR_NS);
    await put(endpoint);
    await endpoint.clock.advance(23 * HOUR_NS);
    await change(endpoint, 'Increase', 168);
    expect(await readable(endpoint)).toBe(1);
    await endpoint.clock.advance(100 * HOUR_NS);
    expect(await readable(endpoint)).toBe(1);
  });

  test('shorter: what is older is unreadable at once', async () => {
    const endpoint = await withStream();
    await change(endpoint, 'Increase', 48);
    await put(endpoint);
    await endpoint.clock.advance(30 * HOUR_NS);
    expect(await readable(endpoint)).toBe(1);
    await change(endpoint, 'Decrease', 24);
    expect(await readable(endpoint)).toBe(0);
  });
});

describe('a closed shard', () => {
  async function split() {
    const endpoint = await withStream();
    await put(endpoint);
    await endpoint.must('SplitShard', { StreamName, ShardToSplit: 'shardId-0', NewStartingHashKey: '1000' });
    await endpoint.clock.advance(NS_PER_S / 2);
    return endpoint;
  }

  test('is listed for the retention, and then gone with its records', async () => {
    const endpoint = await split();
    const ids = async () => (await endpoint.must('ListShards', { StreamName })).Shards.map(({ ShardId }) => ShardId);
    await endpoint.clock.advance(24 * HOUR_NS);
    expect(await ids()).toEqual([0, 1, 2].map(shardIdOf));
    await endpoint.clock.advance(NS_PER_S);
    expect(await ids()).toEqual([1, 2].map(shardIdOf));
    const start = { StreamName, ShardId: 'shardId-0', ShardIteratorType: 'TRIM_HORIZON' } as const;
    expect(await endpoint.call('GetShardIterator', start)).toMatchObject({ name: 'ResourceNotFoundException' });
    expect((await endpoint.must('DescribeStream', { StreamName })).StreamDescription.Shards).toHaveLength(2);
  });

  test('that has expired does not come back when the retention is raised', async () => {
    const endpoint = await split();
    const ids = async () => (await endpoint.must('ListShards', { StreamName })).Shards.map(({ ShardId }) => ShardId);
    await endpoint.clock.advance(24 * HOUR_NS + NS_PER_S);
    await change(endpoint, 'Increase', 48);
    expect(await ids()).toEqual([1, 2].map(shardIdOf));
    const start = { StreamName, ShardId: 'shardId-0', ShardIteratorType: 'TRIM_HORIZON' } as const;
    expect(await endpoint.call('GetShardIterator', start)).toMatchObject({ name: 'ResourceNotFoundException' });
  });

  test('that a shorter retention lets expire can still be left by an iterator from before', async () => {
    const endpoint = await split();
    await change(endpoint, 'Increase', 48);
    await endpoint.clock.advance(30 * HOUR_NS);
    const start = { StreamName, ShardId: 'shardId-0', ShardIteratorType: 'TRIM_HORIZON' } as const;
    const { ShardIterator } = await endpoint.must('GetShardIterator', start);
    await change(endpoint, 'Decrease', 24);
    const end = await endpoint.must('GetRecords', { ShardIterator: ShardIterator! });
    expect(end).toMatchObject({ Records: [], NextShardIterator: null });
    expect(end.ChildShards).toHaveLength(2);
    await endpoint.clock.advance(300 * NS_PER_S);
    expect(endpoint.endpoint.state().streams[0]!.shards.map(({ id }) => id)).toEqual([1, 2].map(shardIdOf));
  });

  test('is forgotten when no iterator can name it any more; its children keep its name, and new ones get new names', async () => {
    const endpoint = await split();
    const { must, call, clock } = endpoint;
    const kept = () => endpoint.endpoint.state().streams[0]!.shards.map(({ id }) => id);
    await clock.advance(24 * HOUR_NS);
    const start = { StreamName, ShardId: 'shardId-0', ShardIteratorType: 'TRIM_HORIZON' } as const;
    const { ShardIterator } = await must('GetShardIterator', start);
    await clock.advance(300 * NS_PER_S - 1_000_000);
    const end = await must('GetRecords', { ShardIterator: ShardIterator! });
    expect(end).toMatchObject({ Records: [], NextShardIterator: null });
    expect(end.ChildShards).toHaveLength(2);
    await clock.advance(NS_PER_S);
    expect(kept()).toEqual([1, 2].map(shardIdOf));
    expect(await call('GetRecords', { ShardIterator: ShardIterator! })).toMatchObject({
      name: 'ExpiredIteratorException',
    });
    endpoint.faults.arm('iter.never-expires');
    expect(await call('GetRecords', { ShardIterator: ShardIterator! })).toMatchObject({
      name: 'ResourceNotFoundException',
      message: `Shard ${shardIdOf(0)} in stream s under account 000000000000 does not exist`,
    });
    await must('MergeShards', { StreamName, ShardToMerge: 'shardId-1', AdjacentShardToMerge: 'shardId-2' });
    await clock.advance(NS_PER_S);
    expect((await must('ListShards', { StreamName })).Shards).toMatchObject([
      { ShardId: shardIdOf(1), ParentShardId: shardIdOf(0) },
      { ShardId: shardIdOf(2), ParentShardId: shardIdOf(0) },
      { ShardId: shardIdOf(3), ParentShardId: shardIdOf(1), AdjacentParentShardId: shardIdOf(2) },
    ]);
    await put(endpoint);
    expect(kept()).toHaveLength(3);
  });

  test('is kept while a fault goes on showing it, and its budget is nobody’s that needs one', async () => {
    const endpoint = await split();
    endpoint.faults.arm('ret.zombie-shard');
    await endpoint.clock.advance(25 * HOUR_NS);
    expect((await endpoint.must('ListShards', { StreamName })).Shards).toHaveLength(3);
    endpoint.faults.disarm('ret.zombie-shard');
    endpoint.faults.arm('thr.per-stream');
    expect((await endpoint.must('ListShards', { StreamName })).Shards).toHaveLength(2);
    await put(endpoint);
  });

  test('filters list what was open when', async () => {
    const endpoint = await split();
    const splitS = endpoint.clock.now() / 1000;
    await endpoint.clock.advance(10 * NS_PER_S);
    const list = async (filter: ListShardsInput['ShardFilter']) =>
      (await endpoint.must('ListShards', { StreamName, ShardFilter: filter! })).Shards.map(({ ShardId }) =>
        Number(ShardId.slice(-1)),
      );
    expect(await list({ Type: 'AT_LATEST' })).toEqual([1, 2]);
    expect(await list({ Type: 'FROM_TRIM_HORIZON' })).toEqual([0, 1, 2]);
    expect(await list({ Type: 'AT_TRIM_HORIZON' })).toEqual([0]);
    expect(await list({ Type: 'AT_TIMESTAMP', Timestamp: splitS - 0.001 })).toEqual([0]);
    expect(await list({ Type: 'AT_TIMESTAMP', Timestamp: splitS })).toEqual([0, 1, 2]);
    expect(await list({ Type: 'AT_TIMESTAMP', Timestamp: splitS + 0.001 })).toEqual([1, 2]);
    expect(await list({ Type: 'FROM_TIMESTAMP', Timestamp: splitS + 0.001 })).toEqual([1, 2]);
    expect(await list({ Type: 'FROM_TIMESTAMP', Timestamp: splitS - 0.001 })).toEqual([0, 1, 2]);
    expect(await list({ Type: 'FROM_TIMESTAMP', Timestamp: splitS })).toEqual([0, 1, 2]);
    expect(await list({ Type: 'AFTER_SHARD_ID', ShardId: 'shardId-1' })).toEqual([2]);
    await endpoint.clock.advance(24 * HOUR_NS);
    expect(await list({ Type: 'AT_TRIM_HORIZON' })).toEqual([1, 2]);
  });

  test('a token goes on with the filter of its page', async () => {
    const { must } = await split();
    const first = await must('ListShards', { StreamName, ShardFilter: { Type: 'AT_LATEST' }, MaxResults: 1 });
    const rest = await must('ListShards', { NextToken: first.NextToken! });
    expect([...first.Shards, ...rest.Shards].map(({ ShardId }) => ShardId)).toEqual([1, 2].map(shardIdOf));
    expect(rest.NextToken).toBeUndefined();
  });

  test.each([
    { Type: 'AT_TIMESTAMP' },
    { Type: 'AT_LATEST', Timestamp: 1 },
    { Type: 'AFTER_SHARD_ID' },
    { Type: 'AT_LATEST', ShardId: 'shardId-0' },
    { Type: 'FROM_TIMESTAMP', Timestamp: 9e9 },
  ] as const)('a filter that makes no sense is refused: %j', async (filter) => {
    const { call } = await withStream();
    expect(await call('ListShards', { StreamName, ShardFilter: filter })).toMatchObject({
      name: 'InvalidArgumentException',
    });
  });
});
