import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { connect } from 'node:http2';
import { describe, expect, test } from 'vitest';
import { NS_PER_MS, NS_PER_S } from '../clock.ts';
import { HASH_KEY_COUNT, shardIdOf } from '../protocol/hash.ts';
import { createEndpoint } from './endpoint.ts';
import { fanOut, recordsOf } from './fan-out.test-data.ts';
import { startServer } from './server.ts';
import { virtualEndpoint, type VirtualEndpoint } from './virtual-endpoint.ts';

const StreamName = 's';
const text = (data: string) => Buffer.from(data, 'base64').toString();

async function put({ must }: VirtualEndpoint, data: string, hashKey = 0n): Promise<string> {
  const Data = Buffer.from(data).toString('base64');
  const input = { StreamName, Data, PartitionKey: 'k', ExplicitHashKey: String(hashKey) };
  return (await must('PutRecord', input)).SequenceNumber;
}

async function iteratorOf({ must }: VirtualEndpoint, shard = 0, type: 'TRIM_HORIZON' | 'LATEST' = 'TRIM_HORIZON') {
  const input = { StreamName, ShardId: shardIdOf(shard), ShardIteratorType: type };
  return (await must('GetShardIterator', input)).ShardIterator!;
}

async function read(endpoint: VirtualEndpoint, ShardIterator: string): Promise<string[]> {
  return (await endpoint.must('GetRecords', { ShardIterator })).Records.map(({ Data }) => text(Data));
}

/** Two shards, `old` in each more than a second ago, `new` in the first one just now. */
async function written(faults: string[] = []): Promise<VirtualEndpoint> {
  const endpoint = virtualEndpoint({ faults });
  await endpoint.stream(StreamName, 2);
  await put(endpoint, 'old');
  await put(endpoint, 'other', HASH_KEY_COUNT - 1n);
  await endpoint.clock.advance(NS_PER_S);
  await put(endpoint, 'new');
  await put(endpoint, 'newer');
  return endpoint;
}

describe('a restart', () => {
  test('loses nothing, and iterators, tokens and settings of before are good after it', async () => {
    const endpoint = await written();
    const { must } = endpoint;
    await must('AddTagsToStream', { StreamName, Tags: { a: '1' } });
    const ShardIterator = await iteratorOf(endpoint);
    const { NextToken } = await must('ListShards', { StreamName, MaxResults: 1 });
    const before = await must('DescribeStream', { StreamName });
    endpoint.endpoint.restart();
    expect(await read(endpoint, ShardIterator)).toEqual(['old', 'new', 'newer']);
    expect(await must('DescribeStream', { StreamName })).toEqual(before);
    expect((await must('ListShards', { NextToken: NextToken! })).Shards).toHaveLength(1);
    expect((await must('ListTagsForStream', { StreamName })).Tags).toEqual([{ Key: 'a', Value: '1' }]);
  });

  test('keeps what was on its way: a put that was not acknowledged yet, a change of shards', async () => {
    const endpoint = virtualEndpoint({ latency: 'aws' });
    const { must, clock } = endpoint;
    await endpoint.stream(StreamName, 1);
    const NewStartingHashKey = String(HASH_KEY_COUNT / 2n);
    await clock.runUntilSettled(must('SplitShard', { StreamName, ShardToSplit: 'shardId-0', NewStartingHashKey }));
    const unanswered = put(endpoint, 'under way');
    endpoint.endpoint.restart();
    await clock.runUntilSettled(unanswered);
    await clock.advance(NS_PER_S);
    const iterator = await clock.runUntilSettled(iteratorOf(endpoint));
    expect(await clock.runUntilSettled(read(endpoint, iterator))).toEqual(['under way']);
    expect((await clock.runUntilSettled(must('ListShards', { StreamName }))).Shards).toHaveLength(3);
  });

  test('ends subscriptions without a word; the next one may come at once, and goes on where they were', async () => {
    const endpoint = await fanOut();
    const first = await endpoint.from({ Type: 'LATEST' });
    const slow = await endpoint.from({ Type: 'LATEST' }).catch((error: unknown) => String(error));
    expect(slow).toContain('Another active subscription exists');
    await endpoint.put('a');
    await endpoint.clock.advance(NS_PER_S);
    endpoint.endpoint.restart();
    await endpoint.clock.advance(1);
    expect(first.endedAtNs).toBeDefined();
    expect(first.messages.map(({ kind }) => kind)).not.toContain('exception');
    await endpoint.put('b');
    const SequenceNumber = first.events.at(-1)!.ContinuationSequenceNumber!;
    const second = await endpoint.from({ Type: 'AFTER_SEQUENCE_NUMBER', SequenceNumber });
    await endpoint.clock.advance(NS_PER_S);
    expect([recordsOf(first), recordsOf(second)]).toEqual([['a'], ['b']]);
  });

  test('finds a reader that had not come back for more gone', async () => {
    const endpoint = await fanOut();
    const slow = await endpoint.from({ Type: 'LATEST' }, true);
    await slow.take();
    endpoint.endpoint.restart();
    await endpoint.put('a');
    expect(await slow.take()).toBe(false);
  });
});

describe('imm.ack-before-fsync', () => {
  const fault = 'imm.ack-before-fsync';

  test('the last second is gone, what is older stays, and each shard that lost something is logged', async () => {
    const endpoint = await written([fault]);
    endpoint.endpoint.restart();
    expect(await read(endpoint, await iteratorOf(endpoint, 0))).toEqual(['old']);
    expect(await read(endpoint, await iteratorOf(endpoint, 1))).toEqual(['other']);
    expect(endpoint.faults.log()).toMatchObject([{ fault, stream: StreamName, shard: shardIdOf(0) }]);
  });

  test('an acknowledgement a second old was written, one that is younger was not', async () => {
    const endpoint = virtualEndpoint({ faults: [fault] });
    await endpoint.stream(StreamName, 1);
    await put(endpoint, 'a');
    await endpoint.clock.advance(1);
    await put(endpoint, 'b');
    await endpoint.clock.advance(NS_PER_S - 1);
    endpoint.endpoint.restart();
    expect(await read(endpoint, await iteratorOf(endpoint))).toEqual(['a']);
    await endpoint.clock.advance(NS_PER_S);
    endpoint.endpoint.restart();
    expect(await read(endpoint, await iteratorOf(endpoint))).toEqual(['a']);
    expect(endpoint.faults.activations()).toEqual({ [fault]: 1 });
  });

  test('the numbers of what is gone are given again, and a reader that was there misses what gets its place', async () => {
    const endpoint = virtualEndpoint({ faults: [fault] });
    await endpoint.stream(StreamName, 1);
    const lost = await put(endpoint, 'lost');
    const ahead = await iteratorOf(endpoint, 0, 'LATEST');
    endpoint.endpoint.restart();
    expect(await read(endpoint, ahead)).toEqual([]);
    expect(await put(endpoint, 'instead')).toBe(lost);
    await put(endpoint, 'after');
    expect(await read(endpoint, ahead)).toEqual(['after']);
    expect(await read(endpoint, await iteratorOf(endpoint))).toEqual(['instead', 'after']);
  });

  test('a page that is on its way stays what it was', async () => {
    const endpoint = virtualEndpoint({ faults: [fault], latency: 'aws' });
    const { clock } = endpoint;
    await endpoint.stream(StreamName, 1);
    await clock.runUntilSettled(put(endpoint, 'lost'));
    await clock.advance(500 * NS_PER_MS);
    const iterator = await clock.runUntilSettled(iteratorOf(endpoint));
    const reading = read(endpoint, iterator);
    endpoint.endpoint.restart();
    const instead = put(endpoint, 'LOST');
    expect(await clock.runUntilSettled(reading)).toEqual(['lost']);
    await clock.runUntilSettled(instead);
  });
});

describe('the sockets', () => {
  const headers = (operation: string) => ({
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-target': `Kinesis_20131202.${operation}`,
    'x-amz-date': '20260101T000000Z',
    authorization: 'AWS4-HMAC-SHA256 Credential=x, SignedHeaders=host, Signature=0',
  });

  test('every connection is cut, and the same port takes new ones', async () => {
    const endpoint = createEndpoint();
    await using server = await startServer(endpoint);
    const agent = new Agent({ keepAlive: true });
    const list = () =>
      new Promise<number | undefined>((resolve, reject) => {
        const options = {
          port: server.port,
          host: '127.0.0.1',
          method: 'POST',
          headers: headers('ListStreams'),
          agent,
        };
        const sent = request(options, (answer) => {
          answer.resume();
          answer.once('end', () => resolve(answer.statusCode));
        });
        sent.once('error', reject);
        sent.end('{}');
      });
    expect(await list()).toBe(200);
    const session = connect(server.url);
    await once(session, 'remoteSettings');
    session.on('error', () => {});
    expect(server.connections).toBe(2);
    const cut = once(session, 'close');
    server.cut();
    endpoint.restart();
    await cut;
    await expect.poll(() => server.connections).toBe(0);
    // The agent may not have noticed yet that its connection is cut.
    expect(await list().catch(list)).toBe(200);
    agent.destroy();
  });
});
