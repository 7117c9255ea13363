/** A Kinesis stream as the source: who reads it, how often, what of it, and beside whom. */
import { describe, expect, test } from 'vitest';
import { NS_PER_MS, NS_PER_S } from '../../clock.ts';
import { AggregateBuilder } from '../../protocol/aggregation.ts';
import { virtualEndpoint, type VirtualEndpoint } from '../virtual-endpoint.ts';
import type { DestinationObject } from './destination.ts';

const S = 's';
const DeliveryStreamName = 'd';
const KinesisStreamARN = `arn:aws:kinesis:us-east-1:000000000000:stream/${S}`;
const RoleARN = 'arn:aws:iam::000000000000:role/firehose';

const create = ({ firehose }: VirtualEndpoint, name: string, IntervalInSeconds = 10) =>
  firehose.call('CreateDeliveryStream', {
    DeliveryStreamName: name,
    DeliveryStreamType: 'KinesisStreamAsSource',
    KinesisStreamSourceConfiguration: { KinesisStreamARN, RoleARN },
    ExtendedS3DestinationConfiguration: {
      RoleARN,
      BucketARN: 'arn:aws:s3:::lake',
      BufferingHints: { SizeInMBs: 1, IntervalInSeconds },
    },
  });

async function ready(shards: number, options = {}): Promise<VirtualEndpoint> {
  const endpoint = virtualEndpoint(options);
  await endpoint.stream(S, shards);
  return endpoint;
}

const put = ({ must }: VirtualEndpoint, data: string | Buffer, PartitionKey = 'k') =>
  must('PutRecord', { StreamName: S, PartitionKey, Data: Buffer.from(data).toString('base64') });

async function iterator({ must }: VirtualEndpoint, ShardIteratorType: 'LATEST' | 'TRIM_HORIZON'): Promise<string> {
  const place = { StreamName: S, ShardId: 'shardId-000000000000' };
  return (await must('GetShardIterator', { ...place, ShardIteratorType })).ShardIterator!;
}

const text = ({ body }: DestinationObject) => Buffer.from(body).toString();
const all = ({ held }: VirtualEndpoint) => held.objects.map(text).join('');

describe('a delivery stream that reads a Kinesis stream', () => {
  test('delivers what is put after it was created, and nothing from before', async () => {
    const endpoint = await ready(3);
    await put(endpoint, 'before,');
    await create(endpoint, DeliveryStreamName);
    const sent: string[] = [];
    for (let index = 0; index < 20; index += 1) {
      sent.push(`${index},`);
      await put(endpoint, `${index},`, `k${index}`);
      await endpoint.clock.advance(200 * NS_PER_MS);
    }
    await endpoint.clock.advance(15 * NS_PER_S);
    expect(all(endpoint).split(',').toSorted()).toEqual(sent.join('').split(',').toSorted());
  });

  test('is not made of a stream that has no shards yet, or soon has none', async () => {
    const endpoint = virtualEndpoint();
    await endpoint.must('CreateStream', { StreamName: S, ShardCount: 1 });
    const busy = { ok: false, name: 'ResourceInUseException', message: expect.stringContaining('CREATING') };
    expect(await create(endpoint, DeliveryStreamName)).toMatchObject(busy);
    await endpoint.clock.advance(NS_PER_S);
    expect(await create(endpoint, DeliveryStreamName)).toMatchObject({ ok: true });
    await endpoint.must('DeleteStream', { StreamName: S });
    expect(await create(endpoint, 'another')).toMatchObject({ ok: false, name: 'ResourceInUseException' });
  });

  test('reads once a second: a record is in the buffer at the next full second', async () => {
    const endpoint = await ready(1);
    await create(endpoint, DeliveryStreamName, 1);
    await endpoint.clock.advance(300 * NS_PER_MS);
    await put(endpoint, 'a');
    // Read a second after the creation, flushed a second later.
    await endpoint.clock.advance(1700 * NS_PER_MS - 1);
    expect(all(endpoint)).toBe('');
    await endpoint.clock.advance(1);
    expect(all(endpoint)).toBe('a');
  });

  test('describes its source, is listed by its type, and takes no puts', async () => {
    const endpoint = await ready(1);
    const startS = endpoint.clock.now() / 1000;
    await create(endpoint, DeliveryStreamName);
    await endpoint.clock.advance(NS_PER_S);
    const { firehose } = endpoint;
    const { DeliveryStreamDescription: shown } = await firehose.must('DescribeDeliveryStream', { DeliveryStreamName });
    expect(shown.Source).toEqual({
      KinesisStreamSourceDescription: { KinesisStreamARN, RoleARN, DeliveryStartTimestamp: startS },
    });
    const input = { DeliveryStreamType: 'KinesisStreamAsSource' } as const;
    expect((await firehose.must('ListDeliveryStreams', input)).DeliveryStreamNames).toEqual([DeliveryStreamName]);
    expect(await firehose.call('PutRecord', { DeliveryStreamName, Record: { Data: '' } })).toMatchObject({
      name: 'InvalidArgumentException',
      message: 'This operation is not permitted on KinesisStreamAsSource delivery stream type.',
    });
    expect(await firehose.call('StartDeliveryStreamEncryption', { DeliveryStreamName })).toMatchObject({
      name: 'InvalidArgumentException',
    });
  });

  test('takes apart what the KPL has put together, and nothing else', async () => {
    const endpoint = await ready(1);
    await create(endpoint, DeliveryStreamName);
    const builder = new AggregateBuilder();
    for (const data of ['a', 'b', 'c']) builder.add({ partitionKey: 'k', data: Buffer.from(data) });
    await put(endpoint, builder.encode());
    await put(endpoint, 'd');
    await endpoint.clock.advance(15 * NS_PER_S);
    expect(all(endpoint)).toBe('abcd');
  });

  test('shares the budget of the shard: with four other reads a second it gets its one, beside five it waits', async () => {
    const endpoint = await ready(1, { limits: 'aws' });
    await create(endpoint, DeliveryStreamName);
    const ShardIterator = await iterator(endpoint, 'LATEST');
    const read = () => endpoint.call('GetRecords', { ShardIterator });
    await endpoint.clock.advance(900 * NS_PER_MS);
    for (let call = 0; call < 5; call += 1) expect((await read()).ok).toBe(true);
    await put(endpoint, 'a');
    // At its second there is half a token.
    await endpoint.clock.advance(100 * NS_PER_MS);
    expect((await read()).ok).toBe(false);
    await endpoint.clock.advance(NS_PER_S);
    // Its read took one of the five that there are again.
    const after = [];
    for (let call = 0; call < 5; call += 1) after.push((await read()).ok);
    expect(after).toEqual([true, true, true, true, false]);
    await endpoint.clock.advance(15 * NS_PER_S);
    expect(all(endpoint)).toBe('a');
  });

  test('goes on where it was after ten minutes without a read that was let through', async () => {
    const endpoint = await ready(1, { limits: 'aws' });
    await create(endpoint, DeliveryStreamName);
    const ShardIterator = await iterator(endpoint, 'LATEST');
    for (let second = 0; second < 600; second += 1) {
      await endpoint.clock.advance(999 * NS_PER_MS);
      if (second % 200 === 0) await put(endpoint, `${second},`);
      const own = second < 290 ? ShardIterator : await iterator(endpoint, 'TRIM_HORIZON');
      while ((await endpoint.call('GetRecords', { ShardIterator: own })).ok);
      await endpoint.clock.advance(NS_PER_MS);
    }
    expect(all(endpoint)).toBe('');
    await endpoint.clock.advance(15 * NS_PER_S);
    expect(all(endpoint)).toBe('0,200,400,');
  });

  test('stops reading at the memory cap, a page beyond it, and goes on below it', async () => {
    const endpoint = await ready(2, { memoryBytesMax: 100_000 });
    const { memory } = endpoint.endpoint;
    await endpoint.firehose.create('direct', { BufferingHints: { SizeInMBs: 1, IntervalInSeconds: 60 } });
    await create(endpoint, DeliveryStreamName);
    for (const ExplicitHashKey of ['0', String(2n ** 128n - 1n)]) {
      const Data = Buffer.alloc(1000).toString('base64');
      await endpoint.must('PutRecord', { StreamName: S, PartitionKey: 'k', ExplicitHashKey, Data });
    }
    const Data = Buffer.alloc(100_000 - memory.bytes).toString('base64');
    await endpoint.firehose.must('PutRecord', { DeliveryStreamName: 'direct', Record: { Data } });
    expect(memory.bytes).toBe(100_000);
    await endpoint.clock.advance(5 * NS_PER_S);
    expect(memory.bytes).toBe(101_000);
    await endpoint.clock.advance(100 * NS_PER_S);
    const read = endpoint.held.objects.filter(({ key }) => key.includes(`/${DeliveryStreamName}-1-`));
    expect(read.reduce((sum, { body }) => sum + body.length, 0)).toBe(2000);
  });

  test('follows the children of shards that are split and merged, and loses nothing', async () => {
    const endpoint = await ready(2);
    const { must, clock } = endpoint;
    await create(endpoint, DeliveryStreamName);
    const sent: string[] = [];
    const some = async () => {
      for (let index = 0; index < 30; index += 1) {
        const name = `${sent.length},`;
        sent.push(name);
        await put(endpoint, name, `k${sent.length}`);
        await clock.advance(100 * NS_PER_MS);
      }
    };
    await some();
    await must('SplitShard', {
      StreamName: S,
      ShardToSplit: 'shardId-000000000000',
      NewStartingHashKey: String(2n ** 125n),
    });
    await some();
    await must('MergeShards', {
      StreamName: S,
      ShardToMerge: 'shardId-000000000003',
      AdjacentShardToMerge: 'shardId-000000000001',
    });
    await some();
    await clock.advance(20 * NS_PER_S);
    expect(all(endpoint).split(',').toSorted()).toEqual(sent.join('').split(',').toSorted());
  });

  test('reads a merged shard only when it is done with both of its parents', async () => {
    const endpoint = await ready(2, { limits: 'aws' });
    const { must, call, clock } = endpoint;
    await create(endpoint, DeliveryStreamName);
    const last = { StreamName: S, ShardId: 'shardId-000000000001' };
    const { ShardIterator } = await must('GetShardIterator', { ...last, ShardIteratorType: 'TRIM_HORIZON' });
    const data = (letters: string) => Buffer.from(letters).toString('base64');
    const ExplicitHashKey = String(2n ** 128n - 1n);
    await must('PutRecord', { StreamName: S, PartitionKey: 'k', ExplicitHashKey, Data: data('parent,') });
    const ShardToMerge = 'shardId-000000000000';
    await must('MergeShards', { StreamName: S, ShardToMerge, AdjacentShardToMerge: last.ShardId });
    for (let second = 0; second < 5; second += 1) {
      await clock.advance(900 * NS_PER_MS);
      // All that the second parent gives in this second.
      for (let read = 0; read < 5; read += 1) await call('GetRecords', { ShardIterator: ShardIterator! });
      if (second === 1) await put(endpoint, 'child,');
      await clock.advance(100 * NS_PER_MS);
    }
    await clock.advance(30 * NS_PER_S);
    expect(all(endpoint)).toBe('parent,child,');
  });

  test('ends with its delivery stream, with its Kinesis stream, and with a reset', async () => {
    const endpoint = await ready(2);
    await create(endpoint, DeliveryStreamName);
    await create(endpoint, 'other');
    await endpoint.clock.advance(NS_PER_S);
    expect(endpoint.clock.sleeping).toBe(4);
    await endpoint.firehose.must('DeleteDeliveryStream', { DeliveryStreamName });
    await endpoint.clock.advance(2 * NS_PER_S);
    expect(endpoint.clock.sleeping).toBe(2);
    await endpoint.must('DeleteStream', { StreamName: S });
    await endpoint.clock.advance(3 * NS_PER_S);
    expect(endpoint.clock.sleeping).toBe(0);
    await endpoint.stream(S, 2);
    await create(endpoint, 'third');
    await endpoint.clock.advance(NS_PER_S);
    endpoint.endpoint.reset();
    await endpoint.clock.advance(2 * NS_PER_S);
    expect(endpoint.clock.sleeping).toBe(0);
  });
});

test('a destination that is down loses nothing as long as the Kinesis stream keeps its records', async () => {
  let down = true;
  const bodies: string[] = [];
  const destination = {
    write: (object: DestinationObject) => {
      if (down) return Promise.reject(new Error('503'));
      bodies.push(text(object));
      return Promise.resolve();
    },
  };
  const endpoint = await ready(1, { destination });
  await endpoint.must('IncreaseStreamRetentionPeriod', { StreamName: S, RetentionPeriodHours: 48 });
  await create(endpoint, DeliveryStreamName);
  await put(endpoint, 'a');
  await endpoint.clock.advance(30 * 3600 * NS_PER_S);
  down = false;
  await endpoint.clock.advance(140 * NS_PER_S);
  expect(bodies).toEqual(['a']);
});

test('a Kinesis stream that is not there is refused', async () => {
  expect(await create(virtualEndpoint(), DeliveryStreamName)).toMatchObject({
    name: 'InvalidArgumentException',
    message: 'Stream s under account 000000000000 not found.',
  });
});
