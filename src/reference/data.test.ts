import { describe, expect, test } from 'vitest';
import { NS_PER_MS, NS_PER_S } from '../clock.ts';
import { hashKeyOf, initialRanges, rangeIndexOf } from '../protocol/hash.ts';
import type { KinesisRecord, ShardIteratorType } from '../protocol/operations.ts';
import { compareSequenceNumbers } from '../protocol/sequence-number.ts';
import { parseSequenceNumber } from './sequence-number.ts';
import { virtualEndpoint, type VirtualEndpoint } from './virtual-endpoint.ts';

const S = 's';
const shard0 = 'shardId-000000000000';

async function iteratorOf(endpoint: VirtualEndpoint, type: ShardIteratorType, rest: object = {}): Promise<string> {
  const input = { StreamName: S, ShardId: shard0, ShardIteratorType: type, ...rest };
  return (await endpoint.must('GetShardIterator', input)).ShardIterator!;
}

async function drain(endpoint: VirtualEndpoint, from: string, Limit = 10_000): Promise<KinesisRecord[]> {
  const records: KinesisRecord[] = [];
  for (let iterator = from; ;) {
    const answer = await endpoint.must('GetRecords', { ShardIterator: iterator, Limit });
    records.push(...answer.Records);
    iterator = answer.NextShardIterator!;
    if (answer.MillisBehindLatest === 0) return records;
  }
}

async function putNumbered(endpoint: VirtualEndpoint, count: number, everyMs = 1): Promise<string[]> {
  const numbers: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const Data = Buffer.from(String(index)).toString('base64');
    const input = { StreamName: S, Data, PartitionKey: `k${index}`, ExplicitHashKey: '0' };
    numbers.push((await endpoint.must('PutRecord', input)).SequenceNumber);
    await endpoint.clock.advance(everyMs * NS_PER_MS);
  }
  return numbers;
}

const textOf = ({ Data }: KinesisRecord) => Buffer.from(Data, 'base64').toString();

describe('routing', () => {
  test('a record goes to the shard whose range holds the MD5 of its key', async () => {
    const endpoint = virtualEndpoint();
    await endpoint.stream(S, 7);
    const ranges = initialRanges(7);
    for (let index = 0; index < 300; index += 1) {
      const PartitionKey = `ключ-${index}`;
      const { ShardId } = await endpoint.must('PutRecord', { StreamName: S, Data: '', PartitionKey });
      expect(Number(ShardId.slice(8))).toBe(rangeIndexOf(ranges, hashKeyOf(PartitionKey)));
    }
  });

  test.each([
    ['at the hash of a key', 0n, 2],
    ['right behind it', 1n, 1],
    ['a little before it', -5n, 2],
  ])('a shard that is split %s', async (_name, offset, index) => {
    const endpoint = virtualEndpoint();
    await endpoint.stream(S, 1);
    const NewStartingHashKey = String(hashKeyOf('k') + offset);
    await endpoint.must('SplitShard', { StreamName: S, ShardToSplit: 'shardId-0', NewStartingHashKey });
    await endpoint.clock.advance(NS_PER_S);
    const { ShardId } = await endpoint.must('PutRecord', { StreamName: S, Data: '', PartitionKey: 'k' });
    expect(ShardId).toBe(`shardId-00000000000${index}`);
  });

  test('an explicit hash key goes to its range, both ends included, and must be below 2^128', async () => {
    const endpoint = virtualEndpoint();
    await endpoint.stream(S, 3);
    for (const [index, { start, end }] of initialRanges(3).entries()) {
      for (const key of [start, end]) {
        const input = { StreamName: S, Data: '', PartitionKey: 'k', ExplicitHashKey: String(key) };
        expect((await endpoint.must('PutRecord', input)).ShardId).toBe(`shardId-00000000000${index}`);
      }
    }
    const ExplicitHashKey = String(2n ** 128n);
    const Records = [
      { Data: '', PartitionKey: 'k' },
      { Data: '', PartitionKey: 'k', ExplicitHashKey },
    ];
    expect(await endpoint.call('PutRecords', { StreamName: S, Records })).toMatchObject({
      name: 'InvalidArgumentException',
      message: `Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. Specified value was ${ExplicitHashKey}`,
    });
  });
});

describe('sequence numbers', () => {
  test('56 digits, strictly rising, the same on put and on read, and they decode', async () => {
    const endpoint = virtualEndpoint();
    await endpoint.stream(S, 1);
    const numbers = await putNumbered(endpoint, 50, 100);
    expect(numbers.every((number) => /^[1-9]\d{55}$/.test(number))).toBe(true);
    expect(numbers.toSorted(compareSequenceNumbers)).toEqual(numbers);
    const read = await drain(endpoint, await iteratorOf(endpoint, 'TRIM_HORIZON'));
    expect(read.map(({ SequenceNumber }) => SequenceNumber)).toEqual(numbers);
    expect(parseSequenceNumber(numbers[49]!)).toEqual({
      shardIndex: 0,
      index: 50,
      createdS: 1_767_225_600,
      putS: 1_767_225_605,
    });
  });

  test('the sample in AWS’s own documentation decodes', () => {
    const parts = parseSequenceNumber('49607357361271740811418664280693044274821622880012337186');
    expect(parts).toMatchObject({ shardIndex: 2 });
    expect(new Date(parts!.putS * 1000).toISOString()).toMatch(/^2020-0/);
  });

  test.each([
    ['a second later', 1000],
    ['in the same second', 0],
  ])('one of a deleted stream means nothing to the stream of its name that was created %s', async (_name, laterMs) => {
    const times = { createStreamMs: 0, deleteStreamMs: 0, createConsumerMs: 0 };
    const endpoint = virtualEndpoint(times);
    await endpoint.stream(S, 1);
    const old = await putNumbered(endpoint, 5);
    await endpoint.must('DeleteStream', { StreamName: S });
    await endpoint.clock.advance(laterMs * NS_PER_MS);
    await endpoint.must('ListStreams', {});
    await endpoint.stream(S, 1);
    const fresh = await putNumbered(endpoint, 8);
    const ShardId = 'shardId-000000000000';
    const foreign = (operation: string) => ({
      name: 'InvalidArgumentException',
      message: `StartingSequenceNumber ${old[4]} used in ${operation} on shard ${ShardId} in stream s under account 000000000000 is invalid because it did not come from this stream.`,
    });
    const consumerArn = await endpoint.consumer(S, 'c');
    for (const type of ['AT_SEQUENCE_NUMBER', 'AFTER_SEQUENCE_NUMBER'] as const) {
      const place = { StreamName: S, ShardId, ShardIteratorType: type, StartingSequenceNumber: old[4]! };
      expect(await endpoint.call('GetShardIterator', place)).toMatchObject(foreign('GetShardIterator'));
      const StartingPosition = { Type: type, SequenceNumber: old[4]! };
      const subscribed = endpoint.subscribe({ ConsumerARN: consumerArn, ShardId, StartingPosition });
      expect(await subscribed).toMatchObject(foreign('SubscribeToShard'));
    }
    const after = await iteratorOf(endpoint, 'AFTER_SEQUENCE_NUMBER', { StartingSequenceNumber: fresh[4] });
    expect(await drain(endpoint, after)).toHaveLength(3);
  });

  test('one for ordering must come from here and not from the future', async () => {
    const endpoint = virtualEndpoint();
    await endpoint.stream(S, 1);
    const [last] = await putNumbered(endpoint, 1);
    const input = { StreamName: S, Data: '', PartitionKey: 'k' };
    await endpoint.must('PutRecord', { ...input, SequenceNumberForOrdering: last! });
    expect(await endpoint.call('PutRecord', { ...input, SequenceNumberForOrdering: '17' })).toMatchObject({
      name: 'InvalidArgumentException',
      message: 'ExclusiveMinimumSequenceNumber 17 used in PutRecord on stream s under account 000000000000 is invalid.',
    });
  });
});

describe('iterators', () => {
  test('each of the five kinds begins where it says', async () => {
    const endpoint = virtualEndpoint();
    await endpoint.stream(S, 1);
    const numbers = await putNumbered(endpoint, 10, 10);
    const records = await drain(endpoint, await iteratorOf(endpoint, 'TRIM_HORIZON'));
    const from = async (type: ShardIteratorType, rest: object) =>
      (await drain(endpoint, await iteratorOf(endpoint, type, rest), 3)).map(textOf).join('');
    expect(await from('TRIM_HORIZON', {})).toBe('0123456789');
    expect(await from('AT_SEQUENCE_NUMBER', { StartingSequenceNumber: numbers[4] })).toBe('456789');
    expect(await from('AFTER_SEQUENCE_NUMBER', { StartingSequenceNumber: numbers[4] })).toBe('56789');
    expect(await from('AFTER_SEQUENCE_NUMBER', { StartingSequenceNumber: numbers[9] })).toBe('');
    const timestamp = records[6]!.ApproximateArrivalTimestamp!;
    expect(await from('AT_TIMESTAMP', { Timestamp: timestamp })).toBe('6789');
    expect(await from('AT_TIMESTAMP', { Timestamp: timestamp + 0.001 })).toBe('789');
    expect(await from('AT_TIMESTAMP', { Timestamp: 0 })).toBe('0123456789');
    const latest = await iteratorOf(endpoint, 'LATEST');
    expect(await drain(endpoint, latest)).toEqual([]);
    await putNumbered(endpoint, 1);
    expect((await drain(endpoint, latest)).map(textOf)).toEqual(['0']);
  });

  test('is exact a hundred years later too, when nanoseconds no longer fit into a number', async () => {
    const endpoint = virtualEndpoint();
    await endpoint.stream(S, 1);
    for (const years of [1, 9, 90]) await endpoint.clock.advance(years * 365 * 86_400 * NS_PER_S);
    for (let turn = 1; turn <= 5; turn += 1) {
      const before = await iteratorOf(endpoint, 'LATEST');
      await putNumbered(endpoint, 1, 0);
      const after = await iteratorOf(endpoint, 'LATEST');
      expect(await drain(endpoint, before)).toHaveLength(1);
      expect(await drain(endpoint, after)).toHaveLength(0);
      await endpoint.clock.advance(NS_PER_MS + 1000 * turn);
    }
  });

  test('one lives five minutes, its successors as long', async () => {
    const endpoint = virtualEndpoint();
    await endpoint.stream(S, 1);
    const ShardIterator = await iteratorOf(endpoint, 'LATEST');
    await endpoint.clock.advance(299 * NS_PER_S);
    const { NextShardIterator } = await endpoint.must('GetRecords', { ShardIterator });
    await endpoint.clock.advance(NS_PER_S);
    expect(await endpoint.call('GetRecords', { ShardIterator })).toMatchObject({
      name: 'ExpiredIteratorException',
      message:
        'Iterator expired. The iterator was created at time Thu Jan 01 00:00:00 UTC 2026 while right now it is Thu Jan 01 00:05:00 UTC 2026 which is further in the future than the tolerated delay of 300000 milliseconds.',
    });
    await endpoint.must('GetRecords', { ShardIterator: NextShardIterator! });
  });

  test('garbage, flipped bits and tokens of another kind are refused', async () => {
    const endpoint = virtualEndpoint();
    await endpoint.stream(S, 2);
    const good = await iteratorOf(endpoint, 'LATEST');
    const bytes = Buffer.from(good, 'base64');
    const token = (await endpoint.must('ListShards', { StreamName: S, MaxResults: 1 })).NextToken!;
    const flipped = Array.from(bytes.keys(), (index) =>
      Buffer.from(bytes.with(index, bytes[index]! ^ 1)).toString('base64'),
    );
    for (const ShardIterator of ['x', `${good}A`, good.slice(1), token, ...flipped]) {
      expect(await endpoint.call('GetRecords', { ShardIterator })).toMatchObject({
        name: 'InvalidArgumentException',
        message: 'Invalid ShardIterator.',
      });
    }
  });

  test('one from before a reset is refused where its place is none of the new stream', async () => {
    const endpoint = virtualEndpoint();
    await endpoint.stream(S, 3);
    const input = { StreamName: S, ShardId: 'shardId-000000000002', ShardIteratorType: 'LATEST' } as const;
    const { ShardIterator: ofShard } = await endpoint.must('GetShardIterator', input);
    await putNumbered(endpoint, 2);
    const ofRecord = await iteratorOf(endpoint, 'LATEST');
    endpoint.endpoint.reset();
    await endpoint.stream(S, 1);
    await putNumbered(endpoint, 1);
    for (const ShardIterator of [ofShard!, ofRecord]) {
      expect(await endpoint.call('GetRecords', { ShardIterator })).toMatchObject({
        name: 'InvalidArgumentException',
        message: 'Invalid ShardIterator.',
      });
    }
  });

  test.each([
    ['LATEST', { StartingSequenceNumber: '0' }, /Request specified LATEST and also a StartingSequenceNumber\.$/],
    ['AT_SEQUENCE_NUMBER', {}, /Request specified AT_SEQUENCE_NUMBER and no StartingSequenceNumber\.$/],
    ['AT_TIMESTAMP', {}, /^Must specify timestampInMillis parameter/],
    [
      'AT_TIMESTAMP',
      { Timestamp: 1_767_225_700 },
      /cannot be greater .* timestampInMillis: 1767225700000, currentTimestampInMillis: 1767225600500$/,
    ],
    ['AT_SEQUENCE_NUMBER', { StartingSequenceNumber: '17' }, /^StartingSequenceNumber 17 used in GetShardIterator/],
  ] as const)('%s with %j is refused', async (ShardIteratorType, rest, message) => {
    const endpoint = virtualEndpoint();
    await endpoint.stream(S, 1);
    const input = { StreamName: S, ShardId: shard0, ShardIteratorType, ...rest };
    expect(await endpoint.call('GetShardIterator', input)).toMatchObject({
      name: 'InvalidArgumentException',
      message: expect.stringMatching(message),
    });
  });

  test('a number of another shard is refused; a shard id may be short; an unknown one is not found', async () => {
    const endpoint = virtualEndpoint();
    await endpoint.stream(S, 2);
    const [StartingSequenceNumber] = await putNumbered(endpoint, 1);
    const input = {
      StreamName: S,
      ShardIteratorType: 'AT_SEQUENCE_NUMBER',
      StartingSequenceNumber: StartingSequenceNumber!,
    } as const;
    await endpoint.must('GetShardIterator', { ...input, ShardId: 'shardId-0' });
    expect(await endpoint.call('GetShardIterator', { ...input, ShardId: 'shardId-000000000001' })).toMatchObject({
      message:
        'Invalid StartingSequenceNumber. It encodes shardId-000000000000, while it was used in a call to a shard with shardId-000000000001',
    });
    expect(await endpoint.call('GetShardIterator', { ...input, ShardId: 'shardId-000000000002' })).toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'Shard shardId-000000000002 in stream s under account 000000000000 does not exist',
    });
  });
});

describe('reading', () => {
  test('an answer stops at 10,000 records and at 10 MiB, and says how far behind it is', async () => {
    const endpoint = virtualEndpoint();
    await endpoint.stream(S, 1);
    const Records = Array.from({ length: 500 }, () => ({ Data: '', PartitionKey: 'k' }));
    for (let call = 0; call < 21; call += 1) await endpoint.must('PutRecords', { StreamName: S, Records });
    const arrived = endpoint.clock.now();
    await endpoint.clock.advance(1500 * NS_PER_MS);
    const first = await endpoint.must('GetRecords', { ShardIterator: await iteratorOf(endpoint, 'TRIM_HORIZON') });
    expect(first.Records).toHaveLength(10_000);
    expect(first.MillisBehindLatest).toBe(endpoint.clock.now() - arrived);
    const second = await endpoint.must('GetRecords', { ShardIterator: first.NextShardIterator! });
    expect([second.Records.length, second.MillisBehindLatest]).toEqual([500, 0]);

    const Data = Buffer.alloc(1_000_000).toString('base64');
    for (let call = 0; call < 12; call += 1) {
      await endpoint.must('PutRecord', { StreamName: S, Data, PartitionKey: 'k' });
    }
    const third = await endpoint.must('GetRecords', { ShardIterator: second.NextShardIterator! });
    expect(third.Records).toHaveLength(10);
    const fourth = await endpoint.must('GetRecords', { ShardIterator: third.NextShardIterator! });
    expect(fourth.Records).toHaveLength(2);
  });

  test('data of every kind come back byte for byte, again and again', async () => {
    const endpoint = virtualEndpoint();
    await endpoint.stream(S, 1);
    const corpus = ['', '\0', '"\\\u2028', 'é', '𝒦']
      .map((text) => Buffer.from(text))
      .concat(Buffer.from([255, 254, 0, 128]));
    const Records = corpus.map((data) => ({
      Data: data.toString('base64'),
      PartitionKey: `"${data.toString('latin1')}\n`,
    }));
    await endpoint.must('PutRecords', { StreamName: S, Records });
    const iterator = await iteratorOf(endpoint, 'TRIM_HORIZON');
    for (let turn = 0; turn < 2; turn += 1) {
      const read = await drain(endpoint, iterator, 2);
      expect(read.map(({ Data, PartitionKey }) => ({ Data, PartitionKey }))).toEqual(Records);
    }
  });

  test('a key with half a surrogate pair is refused: it has no bytes that could come back', async () => {
    const endpoint = virtualEndpoint();
    await endpoint.stream(S, 1);
    const put = (PartitionKey: string) => endpoint.call('PutRecord', { StreamName: S, Data: '', PartitionKey });
    expect(await put('\ud83d\ude00')).toMatchObject({ ok: true });
    for (const key of ['\ud83d', '\ude00', 'a\udfffb']) {
      expect(await put(key)).toMatchObject({ name: 'SerializationException' });
    }
  });

  test('a record is readable for 24 hours to the millisecond, and an iterator at a trimmed one starts at the horizon', async () => {
    const endpoint = virtualEndpoint();
    await endpoint.stream(S, 1);
    const [first] = await putNumbered(endpoint, 2, 10);
    await endpoint.clock.advance(24 * 3600 * NS_PER_S - 20 * NS_PER_MS);
    const texts = async (type: ShardIteratorType, rest = {}) =>
      (await drain(endpoint, await iteratorOf(endpoint, type, rest))).map(textOf);
    expect(await texts('TRIM_HORIZON')).toEqual(['0', '1']);
    await endpoint.clock.advance(NS_PER_MS);
    expect(await texts('TRIM_HORIZON')).toEqual(['1']);
    expect(await texts('AT_SEQUENCE_NUMBER', { StartingSequenceNumber: first })).toEqual(['1']);
    await endpoint.clock.advance(10 * NS_PER_MS);
    expect(await texts('TRIM_HORIZON')).toEqual([]);
    await putNumbered(endpoint, 1);
    expect(await texts('TRIM_HORIZON')).toEqual(['0']);
  });
});
