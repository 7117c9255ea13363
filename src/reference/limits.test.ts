import { describe, expect, test } from 'vitest';
import { NS_PER_MS, NS_PER_S } from '../clock.ts';
import { awsLimits } from './limits.ts';
import { TokenBucket } from './token-bucket.ts';
import { virtualEndpoint, type VirtualEndpoint } from './virtual-endpoint.ts';

const S = 's';
const PTE = 'ProvisionedThroughputExceededException';

async function limited(shardCount = 1): Promise<VirtualEndpoint> {
  const endpoint = virtualEndpoint({ limits: 'aws' });
  await endpoint.stream(S, shardCount);
  return endpoint;
}

const record = (bytes: number) => ({ Data: Buffer.alloc(bytes - 1).toString('base64'), PartitionKey: 'k' });

async function stored(endpoint: VirtualEndpoint, bytes: number): Promise<boolean> {
  return (await endpoint.call('PutRecord', { StreamName: S, ...record(bytes), ExplicitHashKey: '0' })).ok;
}

async function iteratorOf(endpoint: VirtualEndpoint): Promise<string> {
  const input = { StreamName: S, ShardId: 'shardId-000000000000', ShardIteratorType: 'TRIM_HORIZON' } as const;
  return (await endpoint.must('GetShardIterator', input)).ShardIterator!;
}

/** How many of `perS` evenly offered records a second are stored, second by second. */
async function storedBySecond(
  endpoint: VirtualEndpoint,
  perS: number,
  bytes: number,
  seconds: number,
): Promise<number[]> {
  const counts: number[] = [];
  const startNs = endpoint.clock.monotonicNs();
  for (let index = 0; index < perS * seconds; index += 1) {
    await endpoint.clock.advance(startNs + Math.round((index * NS_PER_S) / perS) - endpoint.clock.monotonicNs());
    const second = Math.floor(index / perS);
    counts[second] = (counts[second] ?? 0) + ((await stored(endpoint, bytes)) ? 1 : 0);
  }
  return counts;
}

describe('writes', () => {
  test('1,500 records/s offered: the bucket’s thousand on top at first, then 1,000 a second exactly', async () => {
    expect(await storedBySecond(await limited(), 1500, 100, 6)).toEqual([1500, 1499, 1000, 1000, 1000, 1000]);
  }, 30_000);

  test('2 MiB/s offered: 1 MiB/s is stored', async () => {
    expect(await storedBySecond(await limited(), 32, 65_536, 5)).toEqual([31, 16, 16, 16, 16]);
  });

  test('a second of silence gives a second of records, two seconds no more', async () => {
    const endpoint = await limited();
    const burst = async () => {
      const Records = Array.from({ length: 500 }, () => record(1));
      let count = 0;
      for (let call = 0; call < 3; call += 1) {
        count += 500 - (await endpoint.must('PutRecords', { StreamName: S, Records })).FailedRecordCount!;
      }
      return count;
    };
    expect(await burst()).toBe(1000);
    await endpoint.clock.advance(100 * NS_PER_MS);
    expect(await burst()).toBe(100);
    await endpoint.clock.advance(2 * NS_PER_S);
    expect(await burst()).toBe(1000);
  });

  test('PutRecords fails record by record: a large one is refused, small ones around it are stored', async () => {
    const endpoint = await limited();
    const Records = [record(600_000), record(600_000), record(400_000)];
    const answer = await endpoint.must('PutRecords', { StreamName: S, Records });
    expect(answer.FailedRecordCount).toBe(1);
    expect(answer.Records[1]).toEqual({
      ErrorCode: PTE,
      ErrorMessage: 'Rate exceeded for shard shardId-000000000000 in stream s under account 000000000000.',
    });
    expect(answer.Records.map(({ SequenceNumber }) => SequenceNumber !== undefined)).toEqual([true, false, true]);
    const { Records: read } = await endpoint.must('GetRecords', { ShardIterator: await iteratorOf(endpoint) });
    expect(read.map(({ SequenceNumber }) => SequenceNumber)).toEqual([
      answer.Records[0]!.SequenceNumber,
      answer.Records[2]!.SequenceNumber,
    ]);
  });

  test('a hot shard leaves a cold one alone', async () => {
    const endpoint = await limited(2);
    for (let call = 0; call < 3; call += 1) await stored(endpoint, 1_000_000);
    expect(await stored(endpoint, 1_000_000)).toBe(false);
    const ExplicitHashKey = String(2n ** 128n - 1n);
    await endpoint.must('PutRecord', { StreamName: S, ...record(1_000_000), ExplicitHashKey });
  });
});

describe('reads', () => {
  test('five calls a second, the sixth is refused and costs nothing', async () => {
    const endpoint = await limited();
    const ShardIterator = await iteratorOf(endpoint);
    const read = async () => (await endpoint.call('GetRecords', { ShardIterator })).ok;
    for (let call = 0; call < 5; call += 1) expect(await read()).toBe(true);
    expect(await endpoint.call('GetRecords', { ShardIterator })).toMatchObject({
      name: PTE,
      message: 'Rate exceeded for Shard - 000000000000/s/shardId-000000000000',
      body: expect.not.objectContaining({ Records: expect.anything() }),
    });
    let admitted = 0;
    for (let call = 0; call < 100; call += 1) {
      await endpoint.clock.advance(100 * NS_PER_MS);
      if (await read()) admitted += 1;
    }
    expect(admitted).toBe(50);
  });

  test('after an answer of 10 MiB the shard refuses reads for five seconds', async () => {
    const endpoint = virtualEndpoint({
      limits: { ...awsLimits, writeBytes: { perS: 2 ** 40, capacity: 2 ** 20 } },
    });
    await endpoint.stream(S, 1);
    for (let index = 0; index < 12; index += 1) {
      expect(await stored(endpoint, 1_048_576)).toBe(true);
      await endpoint.clock.advance(NS_PER_MS);
    }
    const first = await endpoint.must('GetRecords', { ShardIterator: await iteratorOf(endpoint) });
    expect(first.Records).toHaveLength(10);
    const input = { ShardIterator: first.NextShardIterator! };
    await endpoint.clock.advance(4999 * NS_PER_MS);
    expect(await endpoint.call('GetRecords', input)).toMatchObject({ name: PTE });
    await endpoint.clock.advance(NS_PER_MS);
    expect((await endpoint.must('GetRecords', input)).Records).toHaveLength(2);
  });

  test('an answer larger than what is left shuts the shard for a second and until the debt is paid', async () => {
    const endpoint = virtualEndpoint({ limits: { ...awsLimits, writeBytes: { perS: 2 ** 40, capacity: 2 ** 20 } } });
    await endpoint.stream(S, 1);
    for (let index = 0; index < 6; index += 1) {
      await stored(endpoint, 1_048_576);
      await endpoint.clock.advance(NS_PER_MS);
    }
    const ShardIterator = await iteratorOf(endpoint);
    const read = async (Limit: number) => (await endpoint.call('GetRecords', { ShardIterator, Limit })).ok;
    expect(await read(2)).toBe(true);
    expect(await read(1)).toBe(true);
    expect(await read(1)).toBe(false);
    await endpoint.clock.advance(999 * NS_PER_MS);
    expect(await read(1)).toBe(false);
    await endpoint.clock.advance(NS_PER_MS);
    // The bucket holds 1 MiB again; six of them leave a debt of five, which takes 2.5 s.
    expect(await read(6)).toBe(true);
    await endpoint.clock.advance(2499 * NS_PER_MS);
    expect(await read(1)).toBe(false);
    await endpoint.clock.advance(NS_PER_MS);
    expect(await read(1)).toBe(true);
  });
});

describe('calls', () => {
  test('five GetShardIterator a second and shard', async () => {
    const endpoint = await limited(2);
    for (let call = 0; call < 5; call += 1) await iteratorOf(endpoint);
    await expect(iteratorOf(endpoint)).rejects.toThrow(PTE);
    const other = { StreamName: S, ShardId: 'shardId-000000000001', ShardIteratorType: 'LATEST' } as const;
    await endpoint.must('GetShardIterator', other);
  });

  test('control calls of an account, and streams in creation', async () => {
    const endpoint = virtualEndpoint({ limits: 'aws', createStreamMs: 60_000 });
    for (let call = 0; call < 5; call += 1)
      await endpoint.must('CreateStream', { StreamName: `s${call}`, ShardCount: 1 });
    expect(await endpoint.call('CreateStream', { StreamName: 's5', ShardCount: 1 })).toMatchObject({
      name: 'LimitExceededException',
      message: 'Rate exceeded for stream s5 under account 000000000000.',
    });
    await endpoint.clock.advance(NS_PER_S);
    expect(await endpoint.call('CreateStream', { StreamName: 's5', ShardCount: 1 })).toMatchObject({
      name: 'LimitExceededException',
      message: expect.stringContaining('concurrently'),
    });
    await endpoint.clock.advance(60 * NS_PER_S);
    expect(await endpoint.call('CreateStream', { StreamName: 's6', ShardCount: 20_000 })).toMatchObject({
      message: expect.stringMatching(
        /^This request would exceed the shard limit for the account 000000000000 in us-east-1\. Current shard count for the account: 5\. Limit: 20000\./,
      ),
    });
  });
});

test('a request larger than a bucket waits for a full one and leaves its debt', () => {
  const bucket = new TokenBucket({ perS: 10, capacity: 10 }, 0);
  expect(bucket.has(0, 30)).toBe(true);
  bucket.take(0, 30);
  expect(bucket.has(2 * NS_PER_S, 1)).toBe(false);
  expect(bucket.has(2 * NS_PER_S + 100 * NS_PER_MS, 1)).toBe(true);
  expect(bucket.has(3 * NS_PER_S - 1, 30)).toBe(false);
  expect(bucket.has(3 * NS_PER_S, 30)).toBe(true);
});
