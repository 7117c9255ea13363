import { describe, expect, test } from 'vitest';
import { NS_PER_MS, NS_PER_S } from '../clock.ts';
import { HASH_KEY_COUNT, shardIdOf } from '../protocol/hash.ts';
import type { Shard } from '../protocol/operations.ts';
import { Random } from '../random.ts';
import { awsLimits, type Limits } from './limits.ts';
import { virtualEndpoint, type VirtualEndpoint } from './virtual-endpoint.ts';

const StreamName = 's';
const StreamARN = 'arn:aws:kinesis:us-east-1:000000000000:stream/s';
const onDemand = { StreamMode: 'ON_DEMAND' } as const;

/** Shards of a thousandth of the size: 1,000 bytes/s and 100 records/s, to be split above half of that. */
const small: Limits = {
  ...awsLimits,
  writeBytes: { perS: 1000, capacity: 1000 },
  writeRecords: { perS: 100, capacity: 100 },
  onDemand: { ...awsLimits.onDemand, splitBytesPerS: 500, splitRecordsPerS: 50 },
};
/** The same, quick to judge. */
const hasty: Limits = { ...small, onDemand: { ...small.onDemand, windowS: 10, splitAfterS: 20 } };
const RECORD_BYTES = 100;
const Data = Buffer.alloc(RECORD_BYTES - 1).toString('base64');

/** An endpoint with an on-demand stream, its clock at a whole second, its first window just begun. */
async function grown(limits: Limits | 'off' = small, rest: object = {}): Promise<VirtualEndpoint> {
  const endpoint = virtualEndpoint({ limits, createStreamMs: 0 });
  await endpoint.must('UpdateAccountSettings', { MinimumThroughputBillingCommitment: { Status: 'ENABLED' } });
  await endpoint.must('CreateStream', { StreamName, StreamModeDetails: onDemand, ...rest });
  return endpoint;
}

const shardsOf = async ({ must }: VirtualEndpoint) => (await must('ListShards', { StreamName })).Shards;
const isOpen = ({ SequenceNumberRange }: Shard) => SequenceNumberRange.EndingSequenceNumber === undefined;
const openCount = async (endpoint: VirtualEndpoint) => (await shardsOf(endpoint)).filter(isOpen).length;
const summary = async ({ must }: VirtualEndpoint) =>
  (await must('DescribeStreamSummary', { StreamName })).StreamDescriptionSummary;

/** Hash keys spread evenly from one to another. */
function spread(count: number, from = 0n, to = HASH_KEY_COUNT): string[] {
  return Array.from({ length: count }, (_, index) => String(from + ((to - from) * BigInt(index)) / BigInt(count)));
}

/** Sends a record to each of the hash keys, second by second: how many were stored in each. */
async function load({ must, clock }: VirtualEndpoint, hashKeys: readonly string[], seconds: number, data = Data) {
  const Records = hashKeys.map((ExplicitHashKey) => ({ Data: data, PartitionKey: 'k', ExplicitHashKey }));
  const stored: number[] = [];
  for (let second = 0; second < seconds; second += 1) {
    const { FailedRecordCount = 0 } = await must('PutRecords', { StreamName, Records });
    stored.push(Records.length - FailedRecordCount);
    await clock.advance(NS_PER_S);
  }
  return stored;
}

/** Whether the open shards hold every hash key once, and every other shard is the parent of two. */
function sound(shards: readonly Shard[]): boolean {
  const open = shards.filter(isOpen).map(({ HashKeyRange }) => HashKeyRange);
  open.sort((a, b) => (BigInt(a.StartingHashKey) < BigInt(b.StartingHashKey) ? -1 : 1));
  const tiled = open.every(({ StartingHashKey: start }, index) =>
    index === 0 ? start === '0' : BigInt(start) === BigInt(open[index - 1]!.EndingHashKey) + 1n,
  );
  const whole = BigInt(open.at(-1)!.EndingHashKey) === HASH_KEY_COUNT - 1n;
  const halves = shards
    .filter((shard) => !isOpen(shard))
    .map(({ ShardId }) => shards.filter(({ ParentShardId }) => ParentShardId === ShardId).length);
  return tiled && whole && halves.every((count) => count === 2);
}

describe('growth', () => {
  test('a load above half of what the shards take doubles them, ten minutes after the end of its window', async () => {
    const endpoint = await grown();
    const stored = await load(endpoint, spread(30), 659);
    expect(stored.every((count) => count === 30)).toBe(true);
    await endpoint.clock.advance(NS_PER_S - 1);
    expect(await openCount(endpoint)).toBe(4);
    await endpoint.clock.advance(1);
    const shards = await shardsOf(endpoint);
    expect(shards.filter(isOpen)).toHaveLength(8);
    expect(sound(shards)).toBe(true);
    expect(await summary(endpoint)).toMatchObject({ StreamStatus: 'ACTIVE', OpenShardCount: 8 });
  });

  test('twice the peak is taken at once; more is throttled to what the shards take, until they are split', async () => {
    const endpoint = await grown();
    await load(endpoint, spread(20), 900);
    expect(await openCount(endpoint)).toBe(4);
    expect(new Set(await load(endpoint, spread(40), 30))).toEqual(new Set([40]));
    const stored = await load(endpoint, spread(60), 900);
    const more = stored.findIndex((count, second) => second > 60 && count === 60);
    expect(new Set(stored.slice(1, more))).toEqual(new Set([40]));
    expect(new Set(stored.slice(more))).toEqual(new Set([60]));
    // The window that the load began in ended 30 s later.
    expect(more).toBe(630);
    expect(await openCount(endpoint)).toBe(8);
  });

  test('a load of eight times what the shards take is reached by doubling, and in the end twice of it is', async () => {
    const endpoint = await grown({ ...hasty, onDemand: { ...hasty.onDemand, unevenSplitsMax: 2 } });
    const counts: number[] = [];
    for (let step = 0; step < 6; step += 1) {
      counts.push(await openCount(endpoint));
      await load(endpoint, spread(320), 30);
    }
    expect(counts).toEqual([4, 8, 16, 32, 64, 64]);
    expect(sound(await shardsOf(endpoint))).toBe(true);
  });

  test('by records as well as by bytes', async () => {
    const endpoint = await grown();
    await load(endpoint, spread(200), 60, '');
    await endpoint.clock.advance(900 * NS_PER_S);
    expect(await openCount(endpoint)).toBe(4);
    await load(endpoint, spread(204), 120, '');
    await endpoint.clock.advance(900 * NS_PER_S);
    expect(await openCount(endpoint)).toBe(8);
  });

  test('a hot shard alone is split, in the middle of its hash keys', async () => {
    const endpoint = await grown();
    const quarter = HASH_KEY_COUNT / 4n;
    await load(endpoint, spread(6, quarter, 2n * quarter), 60);
    await endpoint.clock.advance(780 * NS_PER_S);
    const shards = await shardsOf(endpoint);
    expect(shards.filter((shard) => !isOpen(shard)).map(({ ShardId }) => ShardId)).toEqual([shardIdOf(1)]);
    expect(shards.slice(4).map(({ ParentShardId, HashKeyRange }) => [ParentShardId, HashKeyRange])).toEqual([
      [shardIdOf(1), { StartingHashKey: String(quarter), EndingHashKey: String((3n * quarter) / 2n - 1n) }],
      [shardIdOf(1), { StartingHashKey: String((3n * quarter) / 2n), EndingHashKey: String(2n * quarter - 1n) }],
    ]);
  });

  test('a hot key is not isolated: it gets what one shard takes, and four splits in vain are enough', async () => {
    const endpoint = await grown(hasty);
    const key = Array.from({ length: 20 }, () => String(HASH_KEY_COUNT / 3n));
    const stored = await load(endpoint, key, 600);
    expect(new Set(stored)).toEqual(new Set([10]));
    expect(await openCount(endpoint)).toBe(8);
    expect(sound(await shardsOf(endpoint))).toBe(true);
  });

  test('goes on where it can divide: two hot keys of a shard come apart, and both get a shard’s worth', async () => {
    const endpoint = await grown(hasty);
    const two = Array.from({ length: 20 }, (_, index) => String((HASH_KEY_COUNT * (index % 2 === 0 ? 1n : 3n)) / 33n));
    expect((await load(endpoint, two, 10)).at(-1)).toBe(10);
    expect((await load(endpoint, two, 300)).at(-1)).toBe(20);
  });

  test('ends at the most shards that a stream grows to', async () => {
    const endpoint = await grown({ ...hasty, onDemand: { ...hasty.onDemand, shardsMax: 7 } });
    await load(endpoint, spread(40), 100);
    expect(await openCount(endpoint)).toBe(7);
    expect(sound(await shardsOf(endpoint))).toBe(true);
  });

  test('with the figures of AWS: 600 KB/s for a minute', async () => {
    const endpoint = await grown(awsLimits);
    await load(endpoint, ['0'], 60, Buffer.alloc(599_999).toString('base64'));
    await endpoint.clock.advance(839 * NS_PER_S);
    expect(await openCount(endpoint)).toBe(5);
  });
});

describe('no growth', () => {
  test('of a stream that is as full as it may be, of a quiet one, and without limits', async () => {
    const half = await grown();
    await load(half, spread(20), 1000);
    const quiet = await grown();
    await quiet.clock.advance(86_400 * NS_PER_S);
    const unlimited = await grown('off');
    await load(unlimited, spread(100), 120);
    await unlimited.clock.advance(900 * NS_PER_S);
    expect(await Promise.all([half, quiet, unlimited].map(openCount))).toEqual([4, 4, 4]);
  });

  test('by what is throttled: only what is stored counts', async () => {
    const limits = { ...small, onDemand: { ...small.onDemand, splitBytesPerS: 1050 } };
    const endpoint = await grown(limits);
    await load(endpoint, spread(80), 120);
    await endpoint.clock.advance(900 * NS_PER_S);
    expect(await openCount(endpoint)).toBe(4);
  });

  test('of a provisioned stream, before and after a time on demand', async () => {
    const endpoint = virtualEndpoint({ limits: small, updateStreamMs: 0 });
    const { must } = endpoint;
    const provisioned = { StreamMode: 'PROVISIONED' } as const;
    await endpoint.stream(StreamName, 2);
    await load(endpoint, spread(20), 120);
    await endpoint.clock.advance(900 * NS_PER_S);
    expect(await openCount(endpoint)).toBe(2);
    await must('UpdateStreamMode', { StreamARN, StreamModeDetails: onDemand });
    expect(await openCount(endpoint)).toBe(2);
    await load(endpoint, spread(20), 700);
    expect(await openCount(endpoint)).toBe(4);
    // More splits are planned when the mode goes back.
    await load(endpoint, spread(40), 240);
    await must('UpdateStreamMode', { StreamARN, StreamModeDetails: provisioned });
    await load(endpoint, spread(40), 120);
    await endpoint.clock.advance(900 * NS_PER_S);
    expect(await openCount(endpoint)).toBe(4);
    const split = { StreamName, ShardToSplit: 'shardId-3', NewStartingHashKey: String(HASH_KEY_COUNT / 4n + 9n) };
    expect((await endpoint.call('SplitShard', split)).ok).toBe(true);
  });
});

describe('who asks, and when', () => {
  test.each([
    [undefined, 8],
    [1, 1049],
  ])('makes no difference: asked every second, or an hour later; warm %s', async (WarmThroughputMiBps, count) => {
    const [often, late] = [await grown(), await grown()];
    for (const endpoint of [often, late]) {
      await load(endpoint, spread(40), 100);
      if (WarmThroughputMiBps !== undefined)
        await endpoint.must('UpdateStreamWarmThroughput', { StreamName, WarmThroughputMiBps });
    }
    for (let second = 0; second < 3600; second += 1) {
      await often.clock.advance(NS_PER_S);
      await summary(often);
    }
    await late.clock.advance(3600 * NS_PER_S);
    expect(await shardsOf(late)).toEqual(await shardsOf(often));
    expect((await summary(late)).OpenShardCount).toBe(count);
  });

  test('a subscription is told the children of its shard at the split', async () => {
    const endpoint = await grown();
    const ConsumerARN = await endpoint.consumer(StreamName, 'c');
    await load(endpoint, spread(40), 60);
    await endpoint.clock.advance(550 * NS_PER_S);
    const start = { ConsumerARN, ShardId: 'shardId-0', StartingPosition: { Type: 'LATEST' } } as const;
    const told = await endpoint.subscribe(start);
    if (!told.ok) throw new Error(told.message);
    await endpoint.clock.advance(60 * NS_PER_S);
    expect(told.value.events.at(-1)).toMatchObject({ ChildShards: [{}, {}], ContinuationSequenceNumber: null });
    expect(told.value.endedAtNs).toBe(660 * NS_PER_S);
  });
});

describe('a stream that grows under writers', () => {
  test.each([1, 2, 3])('loses nothing, and keeps every key in order: seed %i', async (seed) => {
    const limits = { ...small, onDemand: { ...small.onDemand, windowS: 2, splitAfterS: 2 } };
    const endpoint = await grown(limits);
    const { must, clock } = endpoint;
    const random = new Random(seed);
    const sent = new Map<string, string[]>();
    let throttled = 0;
    for (let round = 0; round < 2500; round += 1) {
      const PartitionKey = `k${random.below(60)}`;
      const data = Buffer.from(`${PartitionKey}/${round}`.padEnd(RECORD_BYTES)).toString('base64');
      const put = await endpoint.call('PutRecord', { StreamName, Data: data, PartitionKey });
      if (put.ok) sent.set(PartitionKey, [...(sent.get(PartitionKey) ?? []), data]);
      else throttled += 1;
      // From 50 to 250 records a second.
      await clock.advance(Math.round((2 * random.uniform() * NS_PER_S) / (50 + round / 12)));
    }
    await clock.advance(NS_PER_S);
    const shards = await shardsOf(endpoint);
    expect(throttled).toBeGreaterThan(0);
    expect(shards.filter(isOpen).length).toBeGreaterThan(8);
    expect(sound(shards)).toBe(true);
    const got = new Map<string, string[]>();
    for (const { ShardId } of shards) {
      const start = { StreamName, ShardId, ShardIteratorType: 'TRIM_HORIZON' } as const;
      const { ShardIterator } = await must('GetShardIterator', start);
      const { Records, MillisBehindLatest } = await must('GetRecords', { ShardIterator: ShardIterator! });
      expect(MillisBehindLatest).toBe(0);
      for (const { Data: seen, PartitionKey = '' } of Records)
        got.set(PartitionKey, [...(got.get(PartitionKey) ?? []), seen]);
    }
    expect(Object.fromEntries(got)).toEqual(Object.fromEntries(sent));
  });
});

describe('warm throughput', () => {
  const settled = ({ clock }: VirtualEndpoint) => clock.advance(500 * NS_PER_MS);

  test('a new stream begins with the shards for it', async () => {
    const endpoint = await grown(awsLimits, { WarmThroughputMiBps: 9 });
    expect(await summary(endpoint)).toMatchObject({
      OpenShardCount: 9,
      WarmThroughput: { TargetMiBps: 9, CurrentMiBps: 9 },
    });
    expect(await openCount(await grown(awsLimits, { WarmThroughputMiBps: 1 }))).toBe(4);
  });

  test('the target at once, the current when the shards are there; lowered, the shards stay', async () => {
    const endpoint = await grown(awsLimits);
    const warm = (WarmThroughputMiBps: number) =>
      endpoint.must('UpdateStreamWarmThroughput', { StreamName, WarmThroughputMiBps });
    expect(await warm(11)).toMatchObject({ WarmThroughput: { TargetMiBps: 11, CurrentMiBps: 4 } });
    expect(await summary(endpoint)).toMatchObject({
      StreamStatus: 'UPDATING',
      WarmThroughput: { TargetMiBps: 11, CurrentMiBps: 4 },
    });
    await settled(endpoint);
    expect(await summary(endpoint)).toMatchObject({
      StreamStatus: 'ACTIVE',
      OpenShardCount: 11,
      WarmThroughput: { TargetMiBps: 11, CurrentMiBps: 11 },
    });
    expect(sound(await shardsOf(endpoint))).toBe(true);
    expect(await warm(5)).toMatchObject({ WarmThroughput: { TargetMiBps: 5, CurrentMiBps: 5 } });
    await settled(endpoint);
    expect(await openCount(endpoint)).toBe(11);
  });

  test('with a switch to on-demand; then what is written can make it grow further', async () => {
    const endpoint = virtualEndpoint({ limits: small });
    await endpoint.stream(StreamName, 2);
    await endpoint.must('UpdateAccountSettings', { MinimumThroughputBillingCommitment: { Status: 'ENABLED' } });
    await endpoint.must('UpdateStreamMode', { StreamARN, StreamModeDetails: onDemand, WarmThroughputMiBps: 0 });
    await settled(endpoint);
    await load(endpoint, spread(20), 60);
    await endpoint.clock.advance(900 * NS_PER_S);
    expect(await openCount(endpoint)).toBe(4);
  });

  test('10 GiB/s, the most there is', async () => {
    const endpoint = await grown(awsLimits);
    await endpoint.must('UpdateStreamWarmThroughput', { StreamName, WarmThroughputMiBps: 10_240 });
    await settled(endpoint);
    expect(await summary(endpoint)).toMatchObject({
      OpenShardCount: 10_240,
      WarmThroughput: { TargetMiBps: 10_240, CurrentMiBps: 10_240 },
    });
  });
});
