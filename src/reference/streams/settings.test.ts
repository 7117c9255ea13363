import { describe, expect, test } from 'vitest';
import { NS_PER_S } from '../../clock.ts';
import { shardIdOf } from '../../protocol/hash.ts';
import type { Input, OperationName } from '../../protocol/operations.ts';
import { virtualEndpoint, type VirtualEndpoint } from '../virtual-endpoint.ts';

const StreamName = 's';
const StreamARN = 'arn:aws:kinesis:us-east-1:000000000000:stream/s';

async function withStream(options: Parameters<typeof virtualEndpoint>[0] = {}, shardCount = 1) {
  const endpoint = virtualEndpoint(options);
  await endpoint.stream(StreamName, shardCount);
  return endpoint;
}

/** Sends a change, and waits until it is made. */
async function change<O extends OperationName>({ call, clock }: VirtualEndpoint, operation: O, input: Input<O>) {
  const answer = await call(operation, input);
  await clock.advance(NS_PER_S);
  return answer;
}

const summary = async ({ must }: VirtualEndpoint) =>
  (await must('DescribeStreamSummary', { StreamName })).StreamDescriptionSummary;

const bytes = (count: number) => Buffer.alloc(count, 7).toString('base64');
const put = ({ call }: VirtualEndpoint, Data: string, rest: object = {}) =>
  call('PutRecord', { StreamName, Data, PartitionKey: 'k', ...rest });

async function stored({ must }: VirtualEndpoint) {
  const start = { StreamName, ShardId: 'shardId-0', ShardIteratorType: 'TRIM_HORIZON' } as const;
  const { ShardIterator } = await must('GetShardIterator', start);
  return (await must('GetRecords', { ShardIterator: ShardIterator! })).Records;
}

describe('encryption', () => {
  const key = { StreamName, EncryptionType: 'KMS', KeyId: 'alias/one' } as const;

  test('UPDATING, then records carry it; those from before do not', async () => {
    const endpoint = await withStream();
    await put(endpoint, 'AAAA');
    await endpoint.must('StartStreamEncryption', key);
    expect(await summary(endpoint)).toMatchObject({ StreamStatus: 'UPDATING', EncryptionType: 'NONE' });
    const during = await put(endpoint, 'BBBB');
    await endpoint.clock.advance(NS_PER_S);
    expect(await summary(endpoint)).toMatchObject({
      StreamStatus: 'ACTIVE',
      EncryptionType: 'KMS',
      KeyId: 'alias/one',
    });
    const after = await put(endpoint, 'CCCC');
    expect([during, after]).toMatchObject([
      { value: expect.not.objectContaining({ EncryptionType: 'KMS' }) },
      { value: { EncryptionType: 'KMS' } },
    ]);
    expect(
      await endpoint.must('PutRecords', { StreamName, Records: [{ Data: 'DDDD', PartitionKey: 'k' }] }),
    ).toMatchObject({ EncryptionType: 'KMS' });
    const shown = (await stored(endpoint)).map(({ Data, EncryptionType }) => [Data, EncryptionType]);
    expect(shown).toEqual([
      ['AAAA', undefined],
      ['BBBB', undefined],
      ['CCCC', 'KMS'],
      ['DDDD', 'KMS'],
    ]);
    await change(endpoint, 'StopStreamEncryption', key);
    expect(await summary(endpoint)).toMatchObject({ EncryptionType: 'NONE' });
    expect(await stored(endpoint)).toHaveLength(4);
  });

  test.each([
    ['off', 'KMSDisabledException'],
    ['gone', 'KMSNotFoundException'],
    ['going', 'KMSInvalidStateException'],
    ['theirs', 'KMSAccessDeniedException'],
  ] as const)('a key that cannot be used, %s: %s', async (KeyId, name) => {
    const kmsKeys = { off: 'disabled', gone: 'missing', going: 'pending-deletion', theirs: 'denied' } as const;
    const endpoint = await withStream({ kmsKeys });
    expect(await change(endpoint, 'StartStreamEncryption', { ...key, KeyId })).toMatchObject({ name });
    expect(await summary(endpoint)).toMatchObject({ StreamStatus: 'ACTIVE', EncryptionType: 'NONE' });
  });

  test('25 starts in 24 hours', async () => {
    const endpoint = await withStream();
    for (let index = 0; index < 25; index += 1) {
      expect((await change(endpoint, 'StartStreamEncryption', { ...key, KeyId: `key-${index}` })).ok).toBe(true);
    }
    const again = { ...key, KeyId: 'last' };
    expect(await change(endpoint, 'StartStreamEncryption', again)).toMatchObject({ name: 'LimitExceededException' });
    await endpoint.clock.advance(86_400 * NS_PER_S);
    expect((await change(endpoint, 'StartStreamEncryption', again)).ok).toBe(true);
  });
});

describe('record size', () => {
  test.each([
    [1023, false],
    [1024, true],
    [10_240, true],
    [10_241, false],
  ])('%i KiB: accepted %s', async (MaxRecordSizeInKiB, accepted) => {
    expect((await change(await withStream(), 'UpdateMaxRecordSize', { StreamARN, MaxRecordSizeInKiB })).ok).toBe(
      accepted,
    );
  });

  test('the cap counts data and key: at it accepted, one byte more refused; before the change 1 MiB', async () => {
    const endpoint = await withStream();
    expect((await put(endpoint, bytes(2 ** 20))).ok).toBe(false);
    await change(endpoint, 'UpdateMaxRecordSize', { StreamARN, MaxRecordSizeInKiB: 2048 });
    expect((await put(endpoint, bytes(2 ** 21 - 1))).ok).toBe(true);
    expect(await put(endpoint, bytes(2 ** 21))).toMatchObject({ name: 'ValidationException' });
    expect(Buffer.from((await stored(endpoint))[0]!.Data, 'base64')).toEqual(Buffer.alloc(2 ** 21 - 1, 7));
    expect(await summary(endpoint)).toMatchObject({ MaxRecordSizeInKiB: 2048 });
  });

  test('a tank of 10 MiB that refills at 1 MiB/s', async () => {
    const endpoint = await withStream({ limits: 'aws' });
    await change(endpoint, 'UpdateMaxRecordSize', { StreamARN, MaxRecordSizeInKiB: 10_240 });
    const five = bytes(5 * 2 ** 20 - 1);
    const accepted = async () => (await put(endpoint, five)).ok;
    expect([await accepted(), await accepted(), await accepted()]).toEqual([true, true, false]);
    await endpoint.clock.advance(5 * NS_PER_S - 1);
    expect(await accepted()).toBe(false);
    await endpoint.clock.advance(1);
    expect(await accepted()).toBe(true);
  });
});

describe('mode', () => {
  const onDemand = { StreamARN, StreamModeDetails: { StreamMode: 'ON_DEMAND' } } as const;
  const provisioned = { StreamARN, StreamModeDetails: { StreamMode: 'PROVISIONED' } } as const;

  test('created on demand: four shards, and none by number', async () => {
    const { call, must, clock } = virtualEndpoint();
    const { StreamModeDetails } = onDemand;
    expect((await call('CreateStream', { StreamName, ShardCount: 2, StreamModeDetails })).ok).toBe(false);
    await must('CreateStream', { StreamName, StreamModeDetails });
    await clock.advance(NS_PER_S);
    expect((await must('DescribeStreamSummary', { StreamName })).StreamDescriptionSummary).toMatchObject({
      StreamModeDetails,
      OpenShardCount: 4,
    });
    expect(await must('DescribeLimits', {})).toMatchObject({ OnDemandStreamCount: 1, OnDemandStreamCountLimit: 50 });
  });

  test('switched twice in 24 hours; shards and records stay; shards cannot be changed on demand', async () => {
    const endpoint = await withStream();
    await put(endpoint, 'AAAA');
    expect((await change(endpoint, 'UpdateStreamMode', onDemand)).ok).toBe(true);
    const split = { StreamName, ShardToSplit: 'shardId-0', NewStartingHashKey: '9' };
    expect(await endpoint.call('SplitShard', split)).toMatchObject({ name: 'ValidationException' });
    expect((await change(endpoint, 'UpdateStreamMode', provisioned)).ok).toBe(true);
    expect(await change(endpoint, 'UpdateStreamMode', onDemand)).toMatchObject({ name: 'LimitExceededException' });
    expect(await stored(endpoint)).toHaveLength(1);
    await endpoint.clock.advance(86_400 * NS_PER_S);
    expect((await change(endpoint, 'UpdateStreamMode', onDemand)).ok).toBe(true);
  });

  test('warm throughput on demand only, 10 GiB/s at the most', async () => {
    const endpoint = await withStream();
    await endpoint.must('UpdateAccountSettings', { MinimumThroughputBillingCommitment: { Status: 'ENABLED' } });
    const warm = (WarmThroughputMiBps: number) =>
      change(endpoint, 'UpdateStreamWarmThroughput', { StreamName, WarmThroughputMiBps });
    expect(await warm(10)).toMatchObject({ name: 'ValidationException' });
    await change(endpoint, 'UpdateStreamMode', onDemand);
    expect(await warm(10_240)).toMatchObject({
      value: { WarmThroughput: { TargetMiBps: 10_240, CurrentMiBps: 10_240 } },
    });
    expect((await warm(10_241)).ok).toBe(false);
  });

  test('AUTO on demand only: no key needed, a key that was sent comes back, all shards are used', async () => {
    const endpoint = await withStream({}, 3);
    const auto = { StreamARN, RecordDistributionStrategy: 'AUTO' } as const;
    expect(await change(endpoint, 'UpdateStreamRecordDistributionStrategy', auto)).toMatchObject({
      name: 'InvalidArgumentException',
    });
    await change(endpoint, 'UpdateStreamMode', onDemand);
    await endpoint.must('UpdateStreamRecordDistributionStrategy', auto);
    const shards = new Set<string>();
    for (let index = 0; index < 6; index += 1) {
      const input = index % 2 === 0 ? { StreamName, Data: 'AAAA' } : { StreamName, Data: 'AAAA', PartitionKey: 'same' };
      shards.add((await endpoint.must('PutRecord', input)).ShardId);
    }
    expect([...shards].sort()).toEqual([0, 1, 2].map(shardIdOf));
    expect(new Set((await stored(endpoint)).map(({ PartitionKey }) => PartitionKey))).toEqual(
      new Set(['same', undefined]),
    );
  });
});

test('metrics go on and off, ALL for all', async () => {
  const endpoint = await withStream();
  const on = await change(endpoint, 'EnableEnhancedMonitoring', { StreamName, ShardLevelMetrics: ['ALL'] });
  expect(on).toMatchObject({ value: { CurrentShardLevelMetrics: [], StreamARN } });
  const off = { StreamName, ShardLevelMetrics: ['IncomingBytes' as const] };
  const answer = await change(endpoint, 'DisableEnhancedMonitoring', off);
  if (!answer.ok) throw new Error(answer.message);
  expect(answer.value.CurrentShardLevelMetrics).toHaveLength(7);
  expect(answer.value.DesiredShardLevelMetrics).toHaveLength(6);
  expect((await summary(endpoint)).EnhancedMonitoring[0]!.ShardLevelMetrics).not.toContain('IncomingBytes');
});

test('the billing commitment ends 24 hours after its beginning at the soonest, and raises the quota of consumers', async () => {
  const endpoint = await withStream({ limits: 'aws', createConsumerMs: 0 });
  const { must, call, clock } = endpoint;
  const set = (Status: 'ENABLED' | 'DISABLED') =>
    must('UpdateAccountSettings', { MinimumThroughputBillingCommitment: { Status } });
  const status = async () => (await must('DescribeAccountSettings', {})).MinimumThroughputBillingCommitment?.Status;
  expect(await status()).toBe('DISABLED');
  await change(endpoint, 'UpdateStreamMode', { StreamARN, StreamModeDetails: { StreamMode: 'ON_DEMAND' } });
  const register = async (index: number) => {
    await clock.advance(NS_PER_S);
    return (await call('RegisterStreamConsumer', { StreamARN, ConsumerName: `c${index}` })).ok;
  };
  for (let index = 0; index < 20; index += 1) expect(await register(index)).toBe(true);
  expect(await register(20)).toBe(false);
  await set('ENABLED');
  expect(await register(20)).toBe(true);
  await set('DISABLED');
  expect(await status()).toBe('ENABLED_UNTIL_EARLIEST_ALLOWED_END');
  await clock.advance(86_399 * NS_PER_S - NS_PER_S);
  expect(await status()).toBe('ENABLED_UNTIL_EARLIEST_ALLOWED_END');
  await clock.advance(NS_PER_S);
  expect(await status()).toBe('DISABLED');
});

describe('tags by ARN', () => {
  test('the same store as by name, and consumers have their own', async () => {
    const endpoint = await withStream();
    const { must } = endpoint;
    const consumer = await endpoint.consumer(StreamName, 'c');
    await must('TagResource', { ResourceARN: StreamARN, Tags: { b: '1', a: '2' } });
    await must('AddTagsToStream', { StreamName, Tags: { b: '3' } });
    await must('TagResource', { ResourceARN: consumer, Tags: { c: '4' } });
    expect(await must('ListTagsForResource', { ResourceARN: StreamARN })).toEqual({
      Tags: [
        { Key: 'a', Value: '2' },
        { Key: 'b', Value: '3' },
      ],
    });
    expect(await must('ListTagsForResource', { ResourceARN: consumer })).toEqual({ Tags: [{ Key: 'c', Value: '4' }] });
    await must('UntagResource', { ResourceARN: StreamARN, TagKeys: ['a', 'none'] });
    await must('RemoveTagsFromStream', { StreamName, TagKeys: ['b'] });
    expect(await must('ListTagsForStream', { StreamName })).toEqual({ Tags: [], HasMoreTags: false });
  });

  test('what is not there is not found', async () => {
    const { call } = await withStream();
    for (const ResourceARN of [`${StreamARN}x`, `${StreamARN}/consumer/c:1`]) {
      expect(await call('ListTagsForResource', { ResourceARN })).toMatchObject({ name: 'ResourceNotFoundException' });
    }
  });
});

describe('DryRun', () => {
  const answer = { name: 'DryRunOperationException' };

  test('says that a call would have succeeded, and does nothing', async () => {
    const endpoint = await withStream({ limits: 'aws' });
    const { call, must } = endpoint;
    expect(await put(endpoint, 'AAAA', { DryRun: true })).toMatchObject(answer);
    const Records = [{ Data: 'AAAA', PartitionKey: 'k' }];
    expect(await call('PutRecords', { StreamName, Records, DryRun: true })).toMatchObject(answer);
    expect(await stored(endpoint)).toEqual([]);
    const start = { StreamName, ShardId: 'shardId-0', ShardIteratorType: 'LATEST' } as const;
    const { ShardIterator } = await must('GetShardIterator', start);
    for (let index = 0; index < 9; index += 1) {
      expect(await call('GetRecords', { ShardIterator: ShardIterator!, DryRun: true })).toMatchObject(answer);
      expect(await call('GetShardIterator', { ...start, DryRun: true })).toMatchObject(answer);
    }
    expect((await call('GetRecords', { ShardIterator: ShardIterator! })).ok).toBe(true);
  });

  test('looks at no throughput: not where a shard’s budgets are spent, not where a subscription just began', async () => {
    const endpoint = await withStream({ limits: 'aws' });
    const { call, must, subscribe, consumer } = endpoint;
    const start = { StreamName, ShardId: 'shardId-0', ShardIteratorType: 'LATEST' } as const;
    const { ShardIterator } = await must('GetShardIterator', start);
    for (let index = 0; index < 5; index += 1) await must('GetRecords', { ShardIterator: ShardIterator! });
    for (let index = 0; index < 4; index += 1) await must('GetShardIterator', start);
    expect(await call('GetRecords', { ShardIterator: ShardIterator! })).toMatchObject({ ok: false });
    expect(await call('GetShardIterator', start)).toMatchObject({ ok: false });
    expect(await call('GetRecords', { ShardIterator: ShardIterator!, DryRun: true })).toMatchObject(answer);
    expect(await call('GetShardIterator', { ...start, DryRun: true })).toMatchObject(answer);

    const input = {
      ShardId: 'shardId-0',
      StartingPosition: { Type: 'AT_SEQUENCE_NUMBER', SequenceNumber: '1' },
    } as const;
    const ConsumerARN = await consumer(StreamName, 'c');
    expect(await subscribe({ ...input, ConsumerARN })).toMatchObject({ name: 'InvalidArgumentException' });
    expect(await subscribe({ ...input, ConsumerARN })).toMatchObject({ name: 'LimitExceededException' });
    const dry = { ...input, ConsumerARN, StartingPosition: { Type: 'LATEST' }, DryRun: true } as const;
    expect(await subscribe(dry)).toMatchObject(answer);
  });

  test('says what is wrong where something is', async () => {
    const endpoint = await withStream();
    expect(
      await endpoint.call('PutRecord', { StreamName: 'none', Data: '', PartitionKey: 'k', DryRun: true }),
    ).toMatchObject({ name: 'ResourceNotFoundException' });
    expect(await put(endpoint, bytes(2 ** 20), { DryRun: true })).toMatchObject({ name: 'ValidationException' });
    expect(await endpoint.call('GetRecords', { ShardIterator: 'x', DryRun: true })).toMatchObject({
      name: 'InvalidArgumentException',
    });
  });
});
