import { describe, expect, test } from 'vitest';
import { NS_PER_S } from '../clock.ts';
import { virtualEndpoint, type VirtualEndpoint } from './virtual-endpoint.ts';

const owner = '000000000000';
const friend = '111111111111';
const stranger = '222222222222';
const StreamARN = `arn:aws:kinesis:us-east-1:${owner}:stream/s`;
const badIterator = { name: 'InvalidArgumentException', message: 'Invalid ShardIterator.' };
const badToken = { name: 'InvalidArgumentException', message: 'Invalid NextToken.' };
const start = { StreamName: 's', ShardId: 'shardId-000000000000', ShardIteratorType: 'TRIM_HORIZON' } as const;

/** One string of each kind, for an endpoint with two streams, and the call that takes it. */
async function strings({ must, consumer }: VirtualEndpoint) {
  await consumer('s', 'first');
  await consumer('s', 'second');
  return {
    iterator: (await must('GetShardIterator', start)).ShardIterator!,
    shards: (await must('ListShards', { StreamName: 's', MaxResults: 1 })).NextToken!,
    streams: (await must('ListStreams', { Limit: 1 })).NextToken!,
    consumers: (await must('ListStreamConsumers', { StreamARN, MaxResults: 1 })).NextToken!,
  };
}

async function twoStreams(options: Parameters<typeof virtualEndpoint>[0] = {}) {
  const endpoint = virtualEndpoint(options);
  await endpoint.stream('s', 2);
  await endpoint.stream('t', 1);
  return endpoint;
}

type Strings = Awaited<ReturnType<typeof strings>>;

const uses = ({ call }: Pick<VirtualEndpoint, 'call'>, { iterator, shards, streams, consumers }: Strings) => [
  call('GetRecords', { ShardIterator: iterator }),
  call('ListShards', { NextToken: shards }),
  call('ListStreams', { NextToken: streams }),
  call('ListStreamConsumers', { StreamARN, NextToken: consumers }),
];

describe('a string that the endpoint handed out', () => {
  test('is taken back', async () => {
    const endpoint = await twoStreams();
    const outcomes = await Promise.all(uses(endpoint, await strings(endpoint)));
    expect(outcomes.map(({ ok }) => ok)).toEqual([true, true, true, true]);
  });

  test('is void after a reset, though the new streams have the numbers of the old ones', async () => {
    const endpoint = await twoStreams();
    const before = await strings(endpoint);
    endpoint.endpoint.reset();
    await endpoint.stream('s', 2);
    await endpoint.stream('t', 1);
    await strings(endpoint);
    expect(await Promise.all(uses(endpoint, before))).toMatchObject([badIterator, badToken, badToken, badToken]);
  });

  test('is void at another start with the same seed, and lasts over a restart', async () => {
    const endpoint = await twoStreams({ incarnation: 7 });
    const before = await strings(endpoint);
    endpoint.endpoint.restart();
    expect((await Promise.all(uses(endpoint, before))).map(({ ok }) => ok)).toEqual([true, true, true, true]);
    const again = await twoStreams({ incarnation: 8 });
    await strings(again);
    expect(await Promise.all(uses(again, before))).toMatchObject([badIterator, badToken, badToken, badToken]);
  });

  test.each([
    ['account', stranger, 'us-east-1'],
    ['region', owner, 'eu-west-1'],
  ])('is nothing to a caller of another %s', async (_name, accountId, region) => {
    const endpoint = await twoStreams();
    const { call } = endpoint.as(accountId, region);
    const { iterator, shards, streams } = await strings(endpoint);
    expect(await call('GetRecords', { ShardIterator: iterator })).toMatchObject(badIterator);
    const denied = { name: 'AccessDeniedException' };
    expect(await call('ListShards', { NextToken: shards })).toMatchObject(accountId === owner ? badToken : denied);
    expect(await call('ListStreams', { NextToken: streams })).toMatchObject(badToken);
  });

  test('expires after five minutes, whatever it is for', async () => {
    const endpoint = await twoStreams();
    const before = await strings(endpoint);
    await endpoint.clock.advance(300 * NS_PER_S - 1_000_000);
    expect((await Promise.all(uses(endpoint, before))).map(({ ok }) => ok)).toEqual([true, true, true, true]);
    await endpoint.clock.advance(1_000_000);
    const expired = { name: 'ExpiredNextTokenException', message: 'The NextToken has expired.' };
    const iterator = { name: 'ExpiredIteratorException' };
    expect(await Promise.all(uses(endpoint, before))).toMatchObject([iterator, expired, expired, expired]);
    endpoint.faults.arm('list.token-immortal');
    endpoint.faults.arm('iter.never-expires');
    expect((await Promise.all(uses(endpoint, before))).map(({ ok }) => ok)).toEqual([true, true, true, true]);
  });
});

describe('across accounts', () => {
  async function shared(Action: string[]) {
    const endpoint = await twoStreams();
    const statement = { Effect: 'Allow', Principal: { AWS: friend }, Action };
    await endpoint.must('PutResourcePolicy', {
      ResourceARN: StreamARN,
      Policy: JSON.stringify({ Statement: [statement] }),
    });
    return { ...endpoint, theirs: endpoint.as(friend) };
  }

  test('an iterator belongs to its stream: who may read that, and names it, can use it, whoever asked for it', async () => {
    const { must, theirs } = await shared(['kinesis:Get*']);
    await must('PutRecord', { StreamName: 's', Data: 'bWluZQ==', PartitionKey: 'k', ExplicitHashKey: '0' });
    const ours = (await must('GetShardIterator', start)).ShardIterator!;
    const { StreamName: _, ...place } = start;
    const foreign = (await theirs.must('GetShardIterator', { ...place, StreamARN })).ShardIterator!;
    for (const ShardIterator of [ours, foreign]) {
      expect((await must('GetRecords', { ShardIterator })).Records).toMatchObject([{ Data: 'bWluZQ==' }]);
      expect((await theirs.must('GetRecords', { ShardIterator, StreamARN })).Records).toMatchObject([
        { Data: 'bWluZQ==' },
      ]);
      expect(await theirs.call('GetRecords', { ShardIterator })).toMatchObject(badIterator);
    }
  });

  test('leave to read one stream gives nothing of another one', async () => {
    const { must, theirs } = await shared(['kinesis:*']);
    const other = (await must('GetShardIterator', { ...start, StreamName: 't' })).ShardIterator!;
    expect(await theirs.call('GetRecords', { ShardIterator: other, StreamARN })).toMatchObject(badIterator);
  });

  test('the next page of shards needs the same leave as the first one', async () => {
    const { must, theirs } = await shared(['kinesis:ListShards']);
    const { NextToken } = await theirs.must('ListShards', { StreamARN, MaxResults: 1 });
    const { Shards } = await theirs.must('ListShards', { NextToken: NextToken! });
    expect(Shards).toMatchObject([{ ShardId: 'shardId-000000000001' }]);
    await must('DeleteResourcePolicy', { ResourceARN: StreamARN });
    const denied = { name: 'AccessDeniedException' };
    expect(await theirs.call('ListShards', { NextToken: NextToken! })).toMatchObject(denied);
  });
});

describe('the budget of the control plane', () => {
  const limits = 'aws';
  const spent = { name: 'LimitExceededException' };

  test('of a stream is drawn on by what is asked with its tokens', async () => {
    const { call, must } = await twoStreams({ limits });
    const { NextToken } = await must('ListShards', { StreamName: 's', MaxResults: 1 });
    for (let count = 1; count < 1000; count += 1) await must('ListShards', { NextToken: NextToken! });
    expect(await call('ListShards', { NextToken: NextToken! })).toMatchObject(spent);
    expect(await call('ListShards', { StreamName: 's' })).toMatchObject({
      ...spent,
      message: expect.stringContaining('stream s under'),
    });
    expect(await call('ListShards', { StreamName: 't' })).toMatchObject({ ok: true });
  });

  test('of a stream is drawn on by the calls for it, not by those for one of that name elsewhere', async () => {
    const endpoint = await twoStreams({ limits });
    const { must, as } = endpoint;
    const theirs = as(friend);
    await theirs.must('CreateStream', { StreamName: 's', ShardCount: 1 });
    const allowed = { Effect: 'Allow', Principal: '*', Action: 'kinesis:*' };
    await must('PutResourcePolicy', { ResourceARN: StreamARN, Policy: JSON.stringify({ Statement: allowed }) });
    await endpoint.clock.advance(NS_PER_S);
    for (let count = 0; count < 5; count += 1) await theirs.must('ListStreamConsumers', { StreamARN });
    expect(await theirs.call('ListStreamConsumers', { StreamARN })).toMatchObject(spent);
    expect(await must('DescribeStreamSummary', { StreamName: 's' })).toBeDefined();
    expect(await endpoint.call('ListStreamConsumers', { StreamARN })).toMatchObject(spent);
    const own = StreamARN.replace(owner, friend);
    expect(await theirs.call('ListStreamConsumers', { StreamARN: own })).toMatchObject({ ok: true });
  });
});
