import { describe, expect, test } from 'vitest';
import { NS_PER_S } from '../../clock.ts';
import type { Input, OperationName } from '../../protocol/operations.ts';
import { Random } from '../../random.ts';
import { createEndpoint, handleWhole } from '../endpoint.ts';
import { awsLimits } from '../limits.ts';
import { virtualEndpoint, type VirtualEndpoint } from '../virtual-endpoint.ts';

const StreamName = 's';
const StreamARN = 'arn:aws:kinesis:us-east-1:000000000000:stream/s';
const onDemand = { StreamMode: 'ON_DEMAND' } as const;
const mode = (StreamMode: 'ON_DEMAND' | 'PROVISIONED') => ({ StreamARN, StreamModeDetails: { StreamMode } });
const commit = ({ must }: VirtualEndpoint) =>
  must('UpdateAccountSettings', { MinimumThroughputBillingCommitment: { Status: 'ENABLED' } });

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

const data = (bytes: number) => Buffer.alloc(bytes).toString('base64');

describe('what a billing commitment brings', () => {
  test('warm throughput takes one: in CreateStream, UpdateStreamMode and UpdateStreamWarmThroughput', async () => {
    const endpoint = await withStream();
    const other = { StreamName: 'other', StreamModeDetails: onDemand, WarmThroughputMiBps: 20 };
    const refused = { name: 'ValidationException' };
    expect(await change(endpoint, 'CreateStream', other)).toMatchObject(refused);
    expect(await change(endpoint, 'UpdateStreamMode', { ...mode('ON_DEMAND'), WarmThroughputMiBps: 5 })).toMatchObject(
      refused,
    );
    expect((await change(endpoint, 'UpdateStreamMode', mode('ON_DEMAND'))).ok).toBe(true);
    const update = { StreamName, WarmThroughputMiBps: 40 };
    expect(await change(endpoint, 'UpdateStreamWarmThroughput', update)).toMatchObject(refused);
    await commit(endpoint);
    expect((await change(endpoint, 'CreateStream', other)).ok).toBe(true);
    expect((await change(endpoint, 'UpdateStreamWarmThroughput', update)).ok).toBe(true);
  });

  test('fifty consumers for on-demand streams only', async () => {
    const endpoint = await withStream({ limits: 'aws', createConsumerMs: 0 });
    await commit(endpoint);
    const register = async (index: number) =>
      (await change(endpoint, 'RegisterStreamConsumer', { StreamARN, ConsumerName: `c${index}` })).ok;
    for (let index = 0; index < 20; index += 1) expect(await register(index)).toBe(true);
    expect(await register(20)).toBe(false);
    await change(endpoint, 'UpdateStreamMode', mode('ON_DEMAND'));
    expect(await register(20)).toBe(true);
  });

  test('UpdateStreamMode to the mode that a stream has leaves its warm throughput; to provisioned takes it away', async () => {
    const endpoint = await withStream();
    await commit(endpoint);
    await change(endpoint, 'UpdateStreamMode', { ...mode('ON_DEMAND'), WarmThroughputMiBps: 7 });
    const warm = async () =>
      (await endpoint.must('DescribeStreamSummary', { StreamName })).StreamDescriptionSummary.WarmThroughput
        ?.TargetMiBps;
    await change(endpoint, 'UpdateStreamMode', mode('ON_DEMAND'));
    expect(await warm()).toBe(7);
    await change(endpoint, 'UpdateStreamMode', { ...mode('ON_DEMAND'), WarmThroughputMiBps: 9 });
    expect(await warm()).toBe(9);
    await change(endpoint, 'UpdateStreamMode', mode('PROVISIONED'));
    expect(await warm()).toBeUndefined();
  });
});

describe('constraints that only the stream knows', () => {
  test('every violation of every record is counted', async () => {
    const { call } = await withStream();
    const over = { Data: data(2 ** 20 + 1), PartitionKey: 'k' };
    expect(await call('PutRecords', { StreamName, Records: [over, over, over] })).toMatchObject({
      name: 'ValidationException',
      message: expect.stringMatching(/^3 validation errors detected: .*records\.1\..*records\.2\..*records\.3\./),
    });
    const keyless = { Data: data(2 ** 20 + 1) };
    expect(await call('PutRecords', { StreamName, Records: [keyless, keyless] })).toMatchObject({
      message: expect.stringMatching(/^4 validation errors detected: Value null at 'records\.1\.member\.partitionKey'/),
    });
    expect(await call('PutRecord', { StreamName, ...keyless })).toMatchObject({
      message: expect.stringMatching(/^2 validation errors detected: Value null at 'partitionKey' .*Value at 'data'/),
    });
  });

  test('api.first-error-only names the first of them alone', async () => {
    const { call, faults } = await withStream({ faults: ['api.first-error-only'] });
    const keyless = { Data: data(2 ** 20 + 1) };
    const message = expect.stringMatching(/^1 validation error detected: .*artitionKey'/);
    expect(await call('PutRecord', { StreamName, ...keyless })).toMatchObject({ message });
    expect(await call('PutRecords', { StreamName, Records: [keyless, keyless] })).toMatchObject({ message });
    expect(faults.log()).toHaveLength(2);
  });

  test('and comes before what is wrong with a hash key', async () => {
    const { call } = await withStream();
    const Records = [{ Data: '', PartitionKey: 'k', ExplicitHashKey: String(2n ** 128n) }, { Data: '' }];
    expect(await call('PutRecords', { StreamName, Records })).toMatchObject({
      message: expect.stringMatching(/^1 validation error detected: Value null at 'records\.2/),
    });
  });
});

describe('ListShards', () => {
  /** Two shards merged a minute after their creation; the parents' ends and the child's beginning, in ms. */
  async function merged() {
    const endpoint = await withStream({ updateStreamMs: 1000 }, 2);
    await endpoint.clock.advance(60 * NS_PER_S);
    const merge = { StreamName, ShardToMerge: 'shardId-0', AdjacentShardToMerge: 'shardId-1' };
    await change(endpoint, 'MergeShards', merge);
    return { ...endpoint, atMs: endpoint.clock.now() };
  }

  test.each(['AT_TIMESTAMP', 'FROM_TIMESTAMP'] as const)('%s includes shards that ended exactly then', async (Type) => {
    const { must, atMs, clock } = await merged();
    await clock.advance(NS_PER_S);
    const count = async (ms: number) =>
      (await must('ListShards', { StreamName, ShardFilter: { Type, Timestamp: ms / 1000 } })).Shards.length;
    expect([await count(atMs - 1), await count(atMs), await count(atMs + 1)]).toEqual(
      Type === 'AT_TIMESTAMP' ? [2, 3, 1] : [3, 3, 1],
    );
  });

  test('ExclusiveStartShardId and AFTER_SHARD_ID hold both', async () => {
    const { must } = await withStream({}, 4);
    const from = async (ExclusiveStartShardId: string, ShardId: string) =>
      (
        await must('ListShards', {
          StreamName,
          ExclusiveStartShardId,
          ShardFilter: { Type: 'AFTER_SHARD_ID', ShardId },
        })
      ).Shards.map(({ ShardId: id }) => id.at(-1));
    expect(await from('shardId-0', 'shardId-2')).toEqual(['3']);
    expect(await from('shardId-2', 'shardId-0')).toEqual(['3']);
  });

  test('a token comes with nothing that names its stream or its place', async () => {
    const { must, call, clock } = await withStream({}, 4);
    const { NextToken } = await must('ListShards', { StreamName, MaxResults: 1 });
    for (const [member, value] of [
      ['ExclusiveStartShardId', 'shardId-0'],
      ['StreamCreationTimestamp', clock.now() / 1000],
    ] as const) {
      expect(await call('ListShards', { NextToken: NextToken!, [member]: value })).toMatchObject({
        name: 'InvalidArgumentException',
        message: `NextToken and ${member} cannot be provided together.`,
      });
    }
  });
});

test('StreamCreationTimestamp is compared by the second, of shards and of consumers', async () => {
  const { call, must, clock } = virtualEndpoint();
  await clock.advance(0.25 * NS_PER_S);
  await must('CreateStream', { StreamName, ShardCount: 1 });
  await clock.advance(NS_PER_S);
  const { StreamCreationTimestamp: createdS } = (await must('DescribeStreamSummary', { StreamName }))
    .StreamDescriptionSummary;
  for (const [StreamCreationTimestamp, ok] of [
    [createdS, true],
    [Math.floor(createdS), true],
    [Math.floor(createdS) + 1, false],
  ] as const) {
    expect((await call('ListShards', { StreamName, StreamCreationTimestamp })).ok).toBe(ok);
    expect((await call('ListStreamConsumers', { StreamARN, StreamCreationTimestamp })).ok).toBe(ok);
  }
});

describe('budgets of the control plane', () => {
  const figures = {
    ...awsLimits,
    controlCalls: { ...awsLimits.controlCalls, ListShards: { perS: 1, capacity: 2, per: 'stream' } },
  } as const;

  test('a call that is allowed on another account’s stream draws on that stream', async () => {
    const clock = (await withStream()).clock;
    const endpoint = createEndpoint({ limits: figures, createStreamMs: 0, clock, random: new Random(1) });
    const send = async (account: string, operation: string, input: object) => {
      const headers = {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': `Kinesis_20131202.${operation}`,
        'x-amz-date': '20260101T000000Z',
        authorization: `AWS4-HMAC-SHA256 Credential=${account}/20260101/us-east-1/kinesis/aws4_request, SignedHeaders=host, Signature=0`,
      };
      const body = Buffer.from(JSON.stringify(input));
      return (await handleWhole(endpoint, { method: 'POST', path: '/', headers, body })).status;
    };
    const [ours, theirs] = ['111111111111', '222222222222'];
    const arn = `arn:aws:kinesis:us-east-1:${theirs}:stream/s`;
    for (const account of [ours, theirs]) await send(account, 'CreateStream', { StreamName, ShardCount: 1 });
    const Policy = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { AWS: ours }, Action: 'kinesis:*', Resource: arn }],
    });
    expect(await send(theirs, 'PutResourcePolicy', { ResourceARN: arn, Policy })).toBe(200);
    const foreign = { StreamARN: arn };
    expect([await send(ours, 'ListShards', foreign), await send(ours, 'ListShards', foreign)]).toEqual([200, 200]);
    expect(await send(ours, 'ListShards', { StreamName })).toBe(200);
    expect(await send(theirs, 'ListShards', { StreamName })).toBe(400);
  });

  test('a page by token draws on its stream', async () => {
    const { must, call } = await withStream({ limits: figures }, 4);
    const { NextToken } = await must('ListShards', { StreamName, MaxResults: 1 });
    expect((await call('ListShards', { NextToken: NextToken!, MaxResults: 1 })).ok).toBe(true);
    expect(await call('ListShards', { NextToken: NextToken! })).toMatchObject({ name: 'LimitExceededException' });
    expect(await call('ListShards', { StreamName })).toMatchObject({ name: 'LimitExceededException' });
  });
});

test('tags cannot be changed while a stream is CREATING or DELETING, and can while it is UPDATING', async () => {
  const { call, must, clock } = virtualEndpoint();
  await must('CreateStream', { StreamName, ShardCount: 1, Tags: { a: '1' } });
  const calls = async () => [
    await call('AddTagsToStream', { StreamName, Tags: { b: '1' } }),
    await call('TagResource', { ResourceARN: StreamARN, Tags: { b: '1' } }),
    await call('RemoveTagsFromStream', { StreamName, TagKeys: ['b'] }),
    await call('UntagResource', { ResourceARN: StreamARN, TagKeys: ['b'] }),
  ];
  const message = 'Stream s under account 000000000000 not ACTIVE, instead in state';
  for (const answer of await calls())
    expect(answer).toMatchObject({ name: 'ResourceInUseException', message: `${message} CREATING` });
  await clock.advance(NS_PER_S);
  await must('UpdateMaxRecordSize', { StreamARN, MaxRecordSizeInKiB: 2048 });
  for (const answer of await calls()) expect(answer.ok).toBe(true);
  await clock.advance(NS_PER_S);
  await must('DeleteStream', { StreamName });
  for (const answer of await calls()) expect(answer).toMatchObject({ message: `${message} DELETING` });
});

test('a change of the record size gives no bytes away: what was taken is taken in either bucket', async () => {
  const endpoint = await withStream({ limits: 'aws', updateStreamMs: 0 });
  const size = (MaxRecordSizeInKiB: number) => endpoint.must('UpdateMaxRecordSize', { StreamARN, MaxRecordSizeInKiB });
  const record = { StreamName, Data: data(5 * 2 ** 20), PartitionKey: 'k' };
  await size(10_240);
  expect((await endpoint.call('PutRecord', record)).ok).toBe(true);
  expect((await endpoint.call('PutRecord', { ...record, Data: data(4 * 2 ** 20) })).ok).toBe(true);
  for (let turn = 0; turn < 3; turn += 1) {
    await size(1024);
    await size(10_240);
    expect(await endpoint.call('PutRecord', record)).toMatchObject({
      name: 'ProvisionedThroughputExceededException',
    });
  }
  await size(1024);
  await endpoint.clock.advance(10 * NS_PER_S);
  await size(10_240);
  expect((await endpoint.call('PutRecord', { ...record, Data: data(10 * 2 ** 20 - 1) })).ok).toBe(true);
});

describe('UpdateShardCount', () => {
  const scale = (endpoint: VirtualEndpoint, TargetShardCount: number) =>
    change(endpoint, 'UpdateShardCount', { StreamName, TargetShardCount, ScalingType: 'UNIFORM_SCALING' });

  test('to the present count is no change, and none of the ten of a day', async () => {
    const endpoint = await withStream({}, 2);
    for (let turn = 0; turn < 11; turn += 1) expect((await scale(endpoint, 2)).ok).toBe(true);
    for (let turn = 0; turn < 10; turn += 1) expect((await scale(endpoint, turn % 2 === 0 ? 3 : 2)).ok).toBe(true);
    expect(await scale(endpoint, 3)).toMatchObject({ name: 'LimitExceededException' });
    expect((await scale(endpoint, 2)).ok).toBe(true);
  });

  test('shards that live for no time count for the quota of shards', async () => {
    const limits = { ...awsLimits, shardsMax: 5 };
    // From 4 to 3, two shards are split before anything is merged: six are open for no time.
    expect(await scale(await withStream({ limits }, 4), 3)).toMatchObject({
      name: 'LimitExceededException',
      message: expect.stringContaining('would have resulted from this request: 2.'),
    });
    expect((await scale(await withStream({ limits: { ...awsLimits, shardsMax: 6 } }, 4), 3)).ok).toBe(true);
    expect((await scale(await withStream({ limits }, 4), 2)).ok).toBe(true);
  });
});

describe('smaller rules', () => {
  test('a shard that is not there is named with all its digits', async () => {
    const { call } = await withStream();
    const message = expect.stringContaining('shardId-000000000007');
    const input = { StreamName, ShardId: 'shardId-7', ShardIteratorType: 'LATEST' } as const;
    expect(await call('GetShardIterator', input)).toMatchObject({ message });
    const split = { StreamName, ShardToSplit: 'x-7', NewStartingHashKey: '9' };
    expect(await call('SplitShard', split)).toMatchObject({ message });
    expect(await call('GetShardIterator', { ...input, ShardId: 'none' })).toMatchObject({
      message: expect.stringContaining('Shard none in'),
    });
  });

  test('ret.bounds-off takes 9000 hours as well as 23', async () => {
    const endpoint = await withStream({ faults: ['ret.bounds-off'] });
    const retain = (RetentionPeriodHours: number) =>
      change(endpoint, 'IncreaseStreamRetentionPeriod', { StreamName, RetentionPeriodHours });
    expect((await retain(30)).ok).toBe(true);
    expect(endpoint.faults.log()).toEqual([]);
    expect((await retain(9000)).ok).toBe(true);
    expect(endpoint.faults.log()).toHaveLength(1);
  });

  test('lr.range strikes where a size is out of range only', async () => {
    const endpoint = await withStream({ faults: ['lr.range'] });
    await endpoint.must('UpdateMaxRecordSize', { StreamARN, MaxRecordSizeInKiB: 2048 });
    expect(endpoint.faults.log()).toEqual([]);
  });
});
