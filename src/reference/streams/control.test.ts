import { describe, expect, test } from 'vitest';
import { NS_PER_MS, NS_PER_S } from '../../clock.ts';
import { virtualEndpoint } from '../virtual-endpoint.ts';

describe('the life of a stream', () => {
  test('CREATING, ACTIVE after 500 ms, DELETING, gone, and new when created again', async () => {
    const { clock, must, call } = virtualEndpoint();
    const status = async () =>
      (await must('DescribeStreamSummary', { StreamName: 's' })).StreamDescriptionSummary.StreamStatus;
    await must('CreateStream', { StreamName: 's', ShardCount: 2 });
    expect(await status()).toBe('CREATING');
    expect((await must('DescribeStream', { StreamName: 's' })).StreamDescription.Shards).toEqual([]);
    expect(await call('PutRecord', { StreamName: 's', Data: '', PartitionKey: 'k' })).toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'Stream s under account 000000000000 not found.',
    });
    await clock.advance(499 * NS_PER_MS);
    expect(await status()).toBe('CREATING');
    await clock.advance(NS_PER_MS);
    expect(await status()).toBe('ACTIVE');
    expect(await call('CreateStream', { StreamName: 's', ShardCount: 1 })).toMatchObject({
      name: 'ResourceInUseException',
      message: 'Stream s under account 000000000000 already exists.',
    });
    const { ShardId } = await must('PutRecord', { StreamName: 's', Data: '', PartitionKey: 'k' });
    const old = await must('GetShardIterator', { StreamName: 's', ShardId, ShardIteratorType: 'TRIM_HORIZON' });
    await must('DeleteStream', { StreamName: 's' });
    expect(await status()).toBe('DELETING');
    await clock.advance(500 * NS_PER_MS);
    expect(await call('DescribeStream', { StreamName: 's' })).toMatchObject({ name: 'ResourceNotFoundException' });
    await must('CreateStream', { StreamName: 's', ShardCount: 2 });
    await clock.advance(NS_PER_S);
    expect(await call('GetRecords', { ShardIterator: old.ShardIterator! })).toMatchObject({
      name: 'ResourceNotFoundException',
    });
    const fresh = await must('GetShardIterator', { StreamName: 's', ShardId, ShardIteratorType: 'TRIM_HORIZON' });
    expect((await must('GetRecords', { ShardIterator: fresh.ShardIterator! })).Records).toEqual([]);
  });

  test('four shards where no number is given', async () => {
    const { must, clock } = virtualEndpoint();
    await must('CreateStream', { StreamName: 's' });
    await clock.advance(NS_PER_S);
    expect((await must('ListShards', { StreamName: 's' })).Shards).toHaveLength(4);
  });

  test('by name, by ARN, by both, by neither', async () => {
    const { must, call, stream } = virtualEndpoint();
    await stream('s', 1);
    const StreamARN = 'arn:aws:kinesis:us-east-1:000000000000:stream/s';
    for (const ref of [{ StreamName: 's' }, { StreamARN }, { StreamName: 's', StreamARN }]) {
      expect((await must('DescribeStreamSummary', ref)).StreamDescriptionSummary.StreamARN).toBe(StreamARN);
    }
    expect(await call('DescribeStreamSummary', {})).toMatchObject({ name: 'InvalidArgumentException' });
    const foreign = 'arn:aws:kinesis:us-east-1:111111111111:stream/s';
    expect(await call('DescribeStreamSummary', { StreamARN: foreign })).toMatchObject({
      message: 'Stream s under account 111111111111 not found.',
    });
    expect(await call('DescribeStreamSummary', { StreamARN: `${StreamARN}:x` })).toMatchObject({
      message: 'Stream s:x under account 000000000000 not found.',
    });
  });
});

test('a fraction in an integer is cut off', async () => {
  const { must, clock } = virtualEndpoint();
  await must('CreateStream', { StreamName: 's', ShardCount: 2.9 });
  await clock.advance(NS_PER_S);
  expect((await must('ListShards', { StreamName: 's', MaxResults: 1.5 })).Shards).toHaveLength(1);
  expect((await must('DescribeStreamSummary', { StreamName: 's' })).StreamDescriptionSummary.OpenShardCount).toBe(2);
});

describe('lists', () => {
  test('ListStreams pages by limit and token, each stream once', async () => {
    const { must } = virtualEndpoint();
    const names = Array.from({ length: 120 }, (_, index) => `s-${String(index).padStart(3, '0')}`);
    for (const StreamName of names.toReversed()) await must('CreateStream', { StreamName, ShardCount: 1 });
    const first = await must('ListStreams', {});
    expect(first).toMatchObject({ StreamNames: names.slice(0, 100), HasMoreStreams: true });
    const rest = await must('ListStreams', { NextToken: first.NextToken! });
    expect(rest).toMatchObject({ StreamNames: names.slice(100), HasMoreStreams: false });
    expect(await must('ListStreams', { ExclusiveStartStreamName: 's-118' })).toMatchObject({ StreamNames: ['s-119'] });
  });

  test('ListShards pages by token, which excludes the name and dies after five minutes', async () => {
    const { must, call, stream, clock } = virtualEndpoint();
    await stream('s', 5);
    const first = await must('ListShards', { StreamName: 's', MaxResults: 3 });
    const rest = await must('ListShards', { NextToken: first.NextToken! });
    expect([...first.Shards, ...rest.Shards].map(({ ShardId }) => ShardId.slice(-1))).toEqual([
      '0',
      '1',
      '2',
      '3',
      '4',
    ]);
    expect(await call('ListShards', { StreamName: 's', NextToken: first.NextToken! })).toMatchObject({
      message: 'NextToken and StreamName cannot be provided together.',
    });
    expect(await call('ListShards', {})).toMatchObject({
      message: 'Either NextToken or StreamName should be provided.',
    });
    await clock.advance(299 * NS_PER_S);
    await must('ListShards', { NextToken: first.NextToken! });
    await clock.advance(NS_PER_S);
    expect(await call('ListShards', { NextToken: first.NextToken! })).toMatchObject({
      name: 'ExpiredNextTokenException',
    });
  });

  test('DescribeStream pages its shards; the starting numbers differ by the known step', async () => {
    const { must, stream } = virtualEndpoint();
    await stream('s', 3);
    const { StreamDescription } = await must('DescribeStream', { StreamName: 's', Limit: 2 });
    expect(StreamDescription.HasMoreShards).toBe(true);
    const [a, b] = StreamDescription.Shards.map(({ SequenceNumberRange }) =>
      BigInt(SequenceNumberRange.StartingSequenceNumber),
    );
    expect(b! - a!).toBe(22300745198530623141535718272648361505980432n);
    expect(StreamDescription.Shards[0]!.HashKeyRange.EndingHashKey).toBe('113427455640312821154458202477256070484');
    const rest = await must('DescribeStream', { StreamName: 's', ExclusiveStartShardId: 'shardId-000000000001' });
    expect(rest.StreamDescription.Shards.map(({ ShardId }) => ShardId)).toEqual(['shardId-000000000002']);
  });

  test('tags: replaced, sorted, paged, fifty at the most', async () => {
    const { must, call, stream } = virtualEndpoint();
    await stream('s', 1);
    await must('AddTagsToStream', { StreamName: 's', Tags: { b: '1', a: '2' } });
    await must('AddTagsToStream', { StreamName: 's', Tags: { b: '3' } });
    expect(await must('ListTagsForStream', { StreamName: 's', Limit: 1 })).toEqual({
      Tags: [{ Key: 'a', Value: '2' }],
      HasMoreTags: true,
    });
    expect(await must('ListTagsForStream', { StreamName: 's', ExclusiveStartTagKey: 'a' })).toMatchObject({
      Tags: [{ Key: 'b', Value: '3' }],
    });
    const Tags = Object.fromEntries(Array.from({ length: 49 }, (_, index) => [`t${index}`, 'x']));
    expect(await call('AddTagsToStream', { StreamName: 's', Tags })).toMatchObject({
      name: 'InvalidArgumentException',
    });
  });
});
