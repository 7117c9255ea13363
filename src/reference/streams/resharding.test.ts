import { describe, expect, test } from 'vitest';
import { NS_PER_MS, NS_PER_S } from '../../clock.ts';
import { HASH_KEY_COUNT, hashKeyOf, shardIdOf } from '../../protocol/hash.ts';
import type { Shard } from '../../protocol/operations.ts';
import { Random } from '../../random.ts';
import { awsLimits } from '../limits.ts';
import { virtualEndpoint, type VirtualEndpoint } from '../virtual-endpoint.ts';

const StreamName = 's';
const half = HASH_KEY_COUNT / 2n;

async function withStream(shardCount: number, options: Parameters<typeof virtualEndpoint>[0] = {}) {
  const endpoint = virtualEndpoint(options);
  await endpoint.stream(StreamName, shardCount);
  return endpoint;
}

const shardsOf = async ({ must }: VirtualEndpoint) => (await must('ListShards', { StreamName })).Shards;
const statusOf = async ({ must }: VirtualEndpoint) =>
  (await must('DescribeStreamSummary', { StreamName })).StreamDescriptionSummary.StreamStatus;
const isOpen = ({ SequenceNumberRange }: Shard) => SequenceNumberRange.EndingSequenceNumber === undefined;

function split({ must }: VirtualEndpoint, shard: number, key: bigint) {
  return must('SplitShard', { StreamName, ShardToSplit: shardIdOf(shard), NewStartingHashKey: String(key) });
}

/** Whether the open shards hold every hash key once. */
function tiles(shards: readonly Shard[]): boolean {
  const ranges = shards
    .filter(isOpen)
    .map(
      ({ HashKeyRange: { StartingHashKey, EndingHashKey } }) =>
        [BigInt(StartingHashKey), BigInt(EndingHashKey)] as const,
    )
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const ends = [-1n, ...ranges.map(([, end]) => end)];
  return ranges.every(([start], index) => start === ends[index]! + 1n) && ends.at(-1) === HASH_KEY_COUNT - 1n;
}

describe('SplitShard', () => {
  test('UPDATING, then two children that tile the closed parent', async () => {
    const endpoint = await withStream(1);
    await split(endpoint, 0, half);
    expect(await statusOf(endpoint)).toBe('UPDATING');
    expect((await shardsOf(endpoint)).every(isOpen)).toBe(true);
    await endpoint.clock.advance(500 * NS_PER_MS - 1);
    expect(await shardsOf(endpoint)).toHaveLength(1);
    await endpoint.clock.advance(1);
    expect(await statusOf(endpoint)).toBe('ACTIVE');
    const [parent, lower, upper] = await shardsOf(endpoint);
    expect(parent).toMatchObject({
      ShardId: shardIdOf(0),
      SequenceNumberRange: { EndingSequenceNumber: expect.any(String) },
    });
    expect(lower).toMatchObject({
      ShardId: shardIdOf(1),
      ParentShardId: shardIdOf(0),
      HashKeyRange: { StartingHashKey: '0', EndingHashKey: String(half - 1n) },
    });
    expect(upper).toMatchObject({ ShardId: shardIdOf(2), HashKeyRange: { StartingHashKey: String(half) } });
    const starting = BigInt(lower!.SequenceNumberRange.StartingSequenceNumber);
    expect(starting).toBeGreaterThan(BigInt(parent!.SequenceNumberRange.EndingSequenceNumber!));
  });

  test.each([
    [0n, false],
    [1n, false],
    [2n, true],
    [HASH_KEY_COUNT - 2n, true],
    [HASH_KEY_COUNT - 1n, false],
  ])('a new starting hash key of %s: accepted %s', async (key, accepted) => {
    const endpoint = await withStream(1);
    const input = { StreamName, ShardToSplit: 'shardId-0', NewStartingHashKey: String(key) };
    expect(await endpoint.call('SplitShard', input)).toMatchObject(
      accepted
        ? { ok: true }
        : {
            name: 'InvalidArgumentException',
            message: expect.stringContaining(
              `NewStartingHashKey ${key} used in SplitShard() on shard ${shardIdOf(0)} in stream s`,
            ),
          },
    );
  });

  test('refused while another change is under way, for an unknown shard, and for a closed one', async () => {
    const endpoint = await withStream(1);
    await split(endpoint, 0, half);
    const again = (shard: string) =>
      endpoint.call('SplitShard', { StreamName, ShardToSplit: shard, NewStartingHashKey: '7' });
    expect(await again('shardId-0')).toMatchObject({
      name: 'ResourceInUseException',
      message: 'Stream s under account 000000000000 not ACTIVE, instead in state UPDATING',
    });
    await endpoint.clock.advance(NS_PER_S);
    expect(await again('shardId-0')).toMatchObject({ name: 'InvalidArgumentException' });
    expect(await again('shardId-9')).toMatchObject({
      message: 'Could not find shard shardId-000000000009 in stream s under account 000000000000.',
    });
  });

  test('the quota of shards counts open ones, and one more per split', async () => {
    const endpoint = await withStream(2, { limits: 'aws' });
    const { OpenShardCount, ShardLimit } = await endpoint.must('DescribeLimits', {});
    expect([OpenShardCount, ShardLimit]).toEqual([2, 20_000]);
    await split(endpoint, 0, 5n);
    await endpoint.clock.advance(NS_PER_S);
    expect((await endpoint.must('DescribeLimits', {})).OpenShardCount).toBe(3);
  });
});

test('the fault that lets UpdateShardCount go to any number stops where the memory would', async () => {
  const { call } = await withStream(1, { faults: ['reshard.unbounded'] });
  const scale = (TargetShardCount: number) =>
    call('UpdateShardCount', { StreamName, TargetShardCount, ScalingType: 'UNIFORM_SCALING' });
  expect(await scale(1_000_000_000)).toMatchObject({ name: 'LimitExceededException' });
  expect(await scale(3)).toMatchObject({ ok: true });
});

describe('the quota of shards', () => {
  test('counts those of changes under way too: two at once do not share the last place', async () => {
    const endpoint = await withStream(2, { limits: { ...awsLimits, shardsMax: 6 } });
    const { call, must, clock } = endpoint;
    await endpoint.stream('t', 2);
    await must('UpdateShardCount', { StreamName, TargetShardCount: 4, ScalingType: 'UNIFORM_SCALING' });
    const ofOther = { StreamName: 't', ShardToSplit: 'shardId-0', NewStartingHashKey: '1000' };
    const full = {
      name: 'LimitExceededException',
      message: expect.stringContaining('shard count for the account: 6.'),
    };
    expect(await call('SplitShard', ofOther)).toMatchObject(full);
    expect(await call('CreateStream', { StreamName: 'u', ShardCount: 1 })).toMatchObject(full);
    expect((await must('DescribeLimits', {})).OpenShardCount).toBe(4);
    await clock.advance(NS_PER_S);
    expect((await must('DescribeLimits', {})).OpenShardCount).toBe(6);
    await must('MergeShards', { StreamName: 't', ShardToMerge: 'shardId-0', AdjacentShardToMerge: 'shardId-1' });
    await clock.advance(NS_PER_S);
    expect(await call('CreateStream', { StreamName: 'u', ShardCount: 1 })).toMatchObject({ ok: true });
  });
});

describe('MergeShards', () => {
  test('one child with both parents, in either order', async () => {
    const endpoint = await withStream(3);
    await endpoint.must('MergeShards', { StreamName, ShardToMerge: 'shardId-2', AdjacentShardToMerge: 'shardId-1' });
    await endpoint.clock.advance(NS_PER_S);
    const shards = await shardsOf(endpoint);
    expect(shards[3]).toMatchObject({ ParentShardId: shardIdOf(2), AdjacentParentShardId: shardIdOf(1) });
    expect(tiles(shards)).toBe(true);
  });

  test('refused for shards that are not neighbours', async () => {
    const { call } = await withStream(3);
    for (const other of ['shardId-2', 'shardId-0']) {
      const input = { StreamName, ShardToMerge: 'shardId-0', AdjacentShardToMerge: other };
      expect(await call('MergeShards', input)).toMatchObject({
        name: 'InvalidArgumentException',
        message: expect.stringContaining('are not an adjacent pair of shards eligible for merging'),
      });
    }
  });
});

describe('UpdateShardCount', () => {
  const scale = ({ call }: VirtualEndpoint, TargetShardCount: number) =>
    call('UpdateShardCount', { StreamName, TargetShardCount, ScalingType: 'UNIFORM_SCALING' });

  test.each([
    [4, 8, true],
    [4, 9, false],
    [4, 2, true],
    [4, 1, false],
    [5, 3, true],
    [5, 2, false],
  ])('from %i to %i: accepted %s', async (from, to, accepted) => {
    expect((await scale(await withStream(from), to)).ok).toBe(accepted);
  });

  // Thirty thousand splits and merges: seconds, where lists that are sorted anew for each take a minute.
  test('from ten thousand to one less', { timeout: 60_000 }, async () => {
    const endpoint = await withStream(10_000);
    expect((await scale(endpoint, 9999)).ok).toBe(true);
    await endpoint.clock.advance(NS_PER_S);
    const { StreamDescriptionSummary } = await endpoint.must('DescribeStreamSummary', { StreamName });
    expect(StreamDescriptionSummary.OpenShardCount).toBe(9999);
    const put = (ExplicitHashKey: string) =>
      endpoint.must('PutRecord', { StreamName, Data: '', PartitionKey: 'k', ExplicitHashKey });
    const shardIds = new Set<string>();
    for (let part = 0n; part < 50n; part += 1n) shardIds.add((await put(String((2n ** 128n * part) / 50n))).ShardId);
    expect(shardIds.size).toBe(50);
  });

  test.each([
    [1, 2],
    [3, 4],
    [4, 3],
    [7, 5],
    [5, 9],
  ])('from %i to %i: equal shares, made by splits and merges alone', async (from, to) => {
    const endpoint = await withStream(from);
    expect(await scale(endpoint, to)).toMatchObject({ value: { CurrentShardCount: from, TargetShardCount: to } });
    await endpoint.clock.advance(NS_PER_S);
    const shards = await shardsOf(endpoint);
    const open = shards.filter(isOpen);
    expect(open).toHaveLength(to);
    expect(tiles(shards)).toBe(true);
    const widths = open.map(({ HashKeyRange: h }) => Number(BigInt(h.EndingHashKey) - BigInt(h.StartingHashKey)));
    expect(Math.max(...widths) / Math.min(...widths)).toBeCloseTo(1, 9);
    const ids = new Set(shards.map(({ ShardId }) => ShardId));
    for (const { ParentShardId, AdjacentParentShardId } of shards.slice(from)) {
      expect(ids).toContain(ParentShardId);
      if (AdjacentParentShardId !== undefined) expect(ids).toContain(AdjacentParentShardId);
    }
  });

  test('ten thousand to one less, which takes some thirty thousand splits and merges', async () => {
    const endpoint = await withStream(10_000);
    expect(await scale(endpoint, 9_999)).toMatchObject({ ok: true });
    await endpoint.clock.advance(NS_PER_S);
    const shards: Shard[] = [];
    for (let NextToken: string | undefined, pages = 0; pages === 0 || (NextToken && pages < 50); pages += 1) {
      const page = await endpoint.must('ListShards', NextToken ? { NextToken } : { StreamName });
      shards.push(...page.Shards);
      NextToken = page.NextToken;
    }
    expect(shards.map(({ ShardId }) => ShardId)).toEqual(
      Array.from({ length: 39_995 }, (_, index) => shardIdOf(index)),
    );
    expect(shards.filter(isOpen)).toHaveLength(9_999);
    expect(tiles(shards)).toBe(true);
  });

  test.each(['shard.range-gap', 'reshard.child-overlap'])(
    'comes to an end where hash keys are not held once: %s',
    async (fault) => {
      for (const [from, to] of [
        [1, 2],
        [4, 2],
        [4, 5],
        [5, 4],
      ] as const) {
        const endpoint = await withStream(from, { faults: [fault] });
        expect(await scale(endpoint, to)).toMatchObject({ ok: true });
        await endpoint.clock.advance(NS_PER_S);
        expect((await shardsOf(endpoint)).filter(isOpen).length).toBeGreaterThan(0);
      }
    },
  );

  test('ten times in 24 hours', async () => {
    const endpoint = await withStream(1);
    for (let index = 0; index < 10; index += 1) {
      expect((await scale(endpoint, index % 2 === 0 ? 2 : 1)).ok).toBe(true);
      await endpoint.clock.advance(NS_PER_S);
    }
    expect(await scale(endpoint, 2)).toMatchObject({ name: 'LimitExceededException' });
    await endpoint.clock.advance(86_391 * NS_PER_S);
    expect((await scale(endpoint, 2)).ok).toBe(true);
  });
});

test('the end of a closed shard: no iterator, the children named; before it an iterator', async () => {
  const endpoint = await withStream(1);
  const { must, clock } = endpoint;
  for (const Data of ['AAAA', 'BBBB']) await must('PutRecord', { StreamName, Data, PartitionKey: 'k' });
  await split(endpoint, 0, half);
  const start = { StreamName, ShardId: 'shardId-0', ShardIteratorType: 'TRIM_HORIZON' } as const;
  const { ShardIterator } = await must('GetShardIterator', start);
  const before = await must('GetRecords', { ShardIterator: ShardIterator! });
  expect(before.Records).toHaveLength(2);
  await clock.advance(NS_PER_S);
  const first = await must('GetRecords', { ShardIterator: ShardIterator!, Limit: 1 });
  expect(first.ChildShards).toBeUndefined();
  const last = await must('GetRecords', { ShardIterator: first.NextShardIterator! });
  expect(last).toMatchObject({
    NextShardIterator: null,
    ChildShards: [
      { ShardId: shardIdOf(1), ParentShards: [shardIdOf(0)], HashKeyRange: { StartingHashKey: '0' } },
      { ShardId: shardIdOf(2), ParentShards: [shardIdOf(0)] },
    ],
  });
  const atTheEnd = await must('GetRecords', { ShardIterator: before.NextShardIterator! });
  expect(atTheEnd).toMatchObject({ Records: [], NextShardIterator: null });
});

test('a subscription to a shard that is split is told at the instant, though nobody asks', async () => {
  const endpoint = await withStream(1);
  const ConsumerARN = await endpoint.consumer(StreamName, 'c');
  const told = await endpoint.subscribe({
    ConsumerARN,
    ShardId: 'shardId-0',
    StartingPosition: { Type: 'LATEST' },
  });
  if (!told.ok) throw new Error(told.message);
  const beganNs = endpoint.clock.monotonicNs();
  await split(endpoint, 0, half);
  await endpoint.clock.advance(NS_PER_S);
  const { events, endedAtNs } = told.value;
  expect(events).toMatchObject([{ Records: [], ChildShards: [{ ShardId: shardIdOf(1) }, { ShardId: shardIdOf(2) }] }]);
  expect(events[0]!.ContinuationSequenceNumber).toBeNull();
  expect(endedAtNs).toBe(beganNs + 500 * NS_PER_MS);
});

test('a subscription to a shard that a change leaves open goes on, and does not wait for a time that is over', async () => {
  const endpoint = await withStream(2);
  const ConsumerARN = await endpoint.consumer(StreamName, 'c');
  const input = { ConsumerARN, ShardId: 'shardId-0', StartingPosition: { Type: 'LATEST' } } as const;
  const told = await endpoint.subscribe(input);
  if (!told.ok) throw new Error(told.message);
  await endpoint.must('UpdateShardCount', { StreamName, TargetShardCount: 2, ScalingType: 'UNIFORM_SCALING' });
  await endpoint.clock.advance(NS_PER_S);
  await endpoint.must('PutRecord', { StreamName, Data: 'AAAA', PartitionKey: 'k', ExplicitHashKey: '0' });
  await endpoint.clock.advance(NS_PER_S);
  expect(told.value.events).toMatchObject([{ Records: [{ Data: 'AAAA' }] }]);
  expect(told.value.endedAtNs).toBeUndefined();
});

describe('a storm of changes under writers', () => {
  test.each([1, 2, 3])('nothing lost or doubled, every key in order, every hash key held: seed %i', async (seed) => {
    const endpoint = await withStream(3, { updateStreamMs: 40 });
    const random = new Random(seed);
    const sent = new Map<string, string[]>();
    for (let round = 0; round < 400; round += 1) {
      const PartitionKey = `k${random.below(20)}`;
      const Data = Buffer.from(`${PartitionKey}/${round}`).toString('base64');
      const { ShardId } = await endpoint.must('PutRecord', { StreamName, Data, PartitionKey });
      sent.set(PartitionKey, [...(sent.get(PartitionKey) ?? []), Data]);
      const shards = await shardsOf(endpoint);
      const { HashKeyRange } = shards.find((shard) => shard.ShardId === ShardId)!;
      const key = hashKeyOf(PartitionKey);
      expect(key >= BigInt(HashKeyRange.StartingHashKey) && key <= BigInt(HashKeyRange.EndingHashKey)).toBe(true);
      if (random.below(6) === 0) await changeSomething(endpoint, random, shards);
      await endpoint.clock.advance(random.below(20) * NS_PER_MS);
    }
    await endpoint.clock.advance(NS_PER_S);
    const shards = await shardsOf(endpoint);
    expect(shards.length).toBeGreaterThan(20);
    expect(tiles(shards)).toBe(true);
    const got = new Map<string, string[]>();
    for (const shard of shards) await readAll(endpoint, shard, got);
    expect(Object.fromEntries(got)).toEqual(Object.fromEntries(sent));
  });

  async function changeSomething({ call }: VirtualEndpoint, random: Random, shards: readonly Shard[]) {
    const open = shards.filter(isOpen);
    const shard = open[random.below(open.length)]!;
    const start = BigInt(shard.HashKeyRange.StartingHashKey);
    const end = BigInt(shard.HashKeyRange.EndingHashKey);
    const next = open.find(({ HashKeyRange }) => BigInt(HashKeyRange.StartingHashKey) === end + 1n);
    const kind = random.below(3);
    if (kind === 0) {
      const NewStartingHashKey = String((start + end) / 2n);
      await call('SplitShard', { StreamName, ShardToSplit: shard.ShardId, NewStartingHashKey });
    } else if (kind === 1 && next) {
      await call('MergeShards', { StreamName, ShardToMerge: shard.ShardId, AdjacentShardToMerge: next.ShardId });
    } else {
      const TargetShardCount = 1 + random.below(2 * open.length);
      await call('UpdateShardCount', { StreamName, TargetShardCount, ScalingType: 'UNIFORM_SCALING' });
    }
  }

  /** Reads a shard to its end. Shards are read in the order of their ids, so parents come before children. */
  async function readAll({ must }: VirtualEndpoint, { ShardId }: Shard, into: Map<string, string[]>) {
    const start = { StreamName, ShardId, ShardIteratorType: 'TRIM_HORIZON' } as const;
    let iterator = (await must('GetShardIterator', start)).ShardIterator;
    while (iterator) {
      const answer = await must('GetRecords', { ShardIterator: iterator, Limit: 7 });
      for (const { Data, PartitionKey = '' } of answer.Records)
        into.set(PartitionKey, [...(into.get(PartitionKey) ?? []), Data]);
      if (answer.MillisBehindLatest === 0 && answer.Records.length === 0) return;
      iterator = answer.NextShardIterator ?? undefined;
    }
  }
});
