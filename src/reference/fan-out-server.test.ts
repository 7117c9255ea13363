import { request, type IncomingMessage } from 'node:http';
import { connect } from 'node:http2';
import {
  CreateStreamCommand,
  DeregisterStreamConsumerCommand,
  DescribeStreamConsumerCommand,
  KinesisClient,
  ListStreamConsumersCommand,
  PutRecordsCommand,
  RegisterStreamConsumerCommand,
  SubscribeToShardCommand,
  type SubscribeToShardEvent,
} from '@aws-sdk/client-kinesis';
import { decode, encode } from 'cborg';
import { expect, test } from 'vitest';
import { VirtualClock } from '../clock.ts';
import { createEndpoint } from './endpoint.ts';
import { EventStreamReader, type StreamMessage } from './event-stream-reader.ts';
import { startServer } from './server.ts';

const StreamName = 'orders';
const StreamARN = `arn:aws:kinesis:us-east-1:000000000000:stream/${StreamName}`;
const ShardId = 'shardId-000000000000';

const endpoint = () =>
  createEndpoint({ createStreamMs: 0, deleteStreamMs: 0, createConsumerMs: 0, deleteConsumerMs: 0, heartbeatMs: 50 });

function clientOf(url: string): KinesisClient {
  return new KinesisClient({
    endpoint: url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'any', secretAccessKey: 'key' },
  });
}

const headersOf = (contentType: string) => ({
  'content-type': contentType,
  'x-amz-target': 'Kinesis_20131202.SubscribeToShard',
  'x-amz-date': '20260101T000000Z',
  authorization: 'AWS4-HMAC-SHA256 Credential=x, SignedHeaders=host, Signature=0',
});

/** Subscribes over HTTP/1.1 with what Node has: the answer as soon as it has begun. */
function post(port: number, contentType: string, body: Buffer): Promise<IncomingMessage> {
  const headers = headersOf(contentType);
  return new Promise((resolve, reject) => {
    const sent = request({ port, host: '127.0.0.1', method: 'POST', headers }, resolve);
    sent.on('error', reject);
    sent.end(body);
  });
}

/** The first messages of an answer; then the client is gone. */
async function firstOf(response: IncomingMessage, count: number): Promise<StreamMessage[]> {
  const reader = new EventStreamReader();
  const messages: StreamMessage[] = [];
  for await (const chunk of response) {
    messages.push(...reader.read(chunk));
    // Leaving the loop destroys the response.
    if (messages.length >= count) break;
  }
  return messages.slice(0, count);
}

/** Data of `count` records, and the text of each. */
const records = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ Data: Buffer.from(`record ${index}`), PartitionKey: `k${index}` }));

test('the AWS SDK as it comes registers, subscribes, receives and deregisters', async () => {
  await using server = await startServer(endpoint());
  const client = clientOf(server.url);
  await client.send(new CreateStreamCommand({ StreamName, ShardCount: 1 }));
  const { Consumer } = await client.send(new RegisterStreamConsumerCommand({ StreamARN, ConsumerName: 'c' }));
  const { ConsumerARN } = Consumer!;
  const described = await client.send(new DescribeStreamConsumerCommand({ ConsumerARN }));
  expect(described.ConsumerDescription).toMatchObject({ ConsumerARN, ConsumerStatus: 'ACTIVE', StreamARN });
  expect((await client.send(new ListStreamConsumersCommand({ StreamARN }))).Consumers).toHaveLength(1);

  const subscribe = { ConsumerARN, ShardId, StartingPosition: { Type: 'LATEST' } } as const;
  const { EventStream } = await client.send(new SubscribeToShardCommand(subscribe));
  await expect(client.send(new SubscribeToShardCommand(subscribe))).rejects.toThrow('Another active subscription');
  await client.send(new PutRecordsCommand({ StreamName, Records: records(20) }));

  const events: SubscribeToShardEvent[] = [];
  const received: string[] = [];
  const drained = (async () => {
    for await (const { SubscribeToShardEvent: event } of EventStream!) {
      events.push(event!);
      received.push(...event!.Records!.map(({ Data }) => Buffer.from(Data!).toString()));
      // All records, heartbeats too, and then the end.
      const enough = received.length >= 20 && event!.Records!.length === 0;
      if (enough) await client.send(new DeregisterStreamConsumerCommand({ ConsumerARN }));
    }
  })();
  await expect(drained).rejects.toThrow('Consumer c under stream orders under account 000000000000 not found.');
  expect(received).toEqual(records(20).map(({ Data }) => Data.toString()));
  const [first] = events.flatMap(({ Records }) => Records!);
  expect(first!.ApproximateArrivalTimestamp).toBeInstanceOf(Date);
  const numbers = events.map(({ ContinuationSequenceNumber }) => BigInt(ContinuationSequenceNumber!));
  expect(numbers.toSorted((a, b) => (a < b ? -1 : 1))).toEqual(numbers);
  client.destroy();
});

test('over HTTP/1.1 the events come in chunks', async () => {
  const reference = endpoint();
  await using server = await startServer(reference);
  const client = clientOf(server.url);
  await client.send(new CreateStreamCommand({ StreamName, ShardCount: 1 }));
  const { Consumer } = await client.send(new RegisterStreamConsumerCommand({ StreamARN, ConsumerName: 'c' }));
  const body = { ConsumerARN: Consumer!.ConsumerARN, ShardId, StartingPosition: { Type: 'TRIM_HORIZON' } };
  await client.send(new PutRecordsCommand({ StreamName, Records: records(3) }));

  const response = await post(server.port, 'application/x-amz-json-1.1', Buffer.from(JSON.stringify(body)));
  expect(response.headers).toMatchObject({
    'content-type': 'application/vnd.amazon.eventstream',
    'transfer-encoding': 'chunked',
  });
  const messages = await firstOf(response, 3);
  expect(messages.map(({ headers: { ':event-type': type } }) => type)).toEqual([
    'initial-response',
    'SubscribeToShardEvent',
    'SubscribeToShardEvent',
  ]);
  expect(messages.every(({ intact }) => intact)).toBe(true);
  const { Records } = JSON.parse(messages[1]!.payload.toString());
  expect(Records.map(({ PartitionKey }: { PartitionKey: string }) => PartitionKey)).toEqual(['k0', 'k1', 'k2']);
  client.destroy();
});

test('a subscription in CBOR is told in CBOR', async () => {
  await using server = await startServer(endpoint());
  const client = clientOf(server.url);
  await client.send(new CreateStreamCommand({ StreamName, ShardCount: 1 }));
  const { Consumer } = await client.send(new RegisterStreamConsumerCommand({ StreamARN, ConsumerName: 'c' }));
  await client.send(new PutRecordsCommand({ StreamName, Records: records(1) }));
  const body = { ConsumerARN: Consumer!.ConsumerARN, ShardId, StartingPosition: { Type: 'TRIM_HORIZON' } };
  const response = await post(server.port, 'application/x-amz-cbor-1.1', Buffer.from(encode(body)));
  const messages = await firstOf(response, 3);
  expect(messages.map(({ headers }) => headers[':content-type'])).toEqual(
    Array<string>(3).fill('application/x-amz-cbor-1.1'),
  );
  const [first, event, idle] = messages.map(({ payload }) => decode(payload, { tags: { 1: (inner) => inner() } }));
  expect(first).toEqual({});
  expect(event.Records).toMatchObject([{ Data: new Uint8Array(Buffer.from('record 0')), PartitionKey: 'k0' }]);
  expect(event.Records[0].SequenceNumber).toBe(event.ContinuationSequenceNumber);
  expect(idle).toMatchObject({ Records: [], MillisBehindLatest: 0 });
  client.destroy();
});

test.each(['h1', 'h2'])('a client that leaves over %s leaves nothing that waits', async (protocol) => {
  const clock = new VirtualClock();
  await using server = await startServer(createEndpoint({ clock, createStreamMs: 0, createConsumerMs: 0 }));
  const client = clientOf(server.url);
  await client.send(new CreateStreamCommand({ StreamName, ShardCount: 1 }));
  const { Consumer } = await client.send(new RegisterStreamConsumerCommand({ StreamARN, ConsumerName: 'c' }));
  const { ConsumerARN } = Consumer!;
  const input = { ConsumerARN, ShardId, StartingPosition: { Type: 'LATEST' } } as const;
  const before = clock.sleeping;
  if (protocol === 'h1') {
    const response = await post(server.port, 'application/x-amz-json-1.1', Buffer.from(JSON.stringify(input)));
    await expect.poll(() => clock.sleeping).toBe(before + 1);
    response.socket.resetAndDestroy();
  } else {
    const session = connect(server.url);
    const fields = headersOf('application/x-amz-json-1.1');
    session.request({ ':method': 'POST', ...fields }).end(JSON.stringify(input));
    await expect.poll(() => clock.sleeping).toBe(before + 1);
    session.destroy();
  }
  await expect.poll(() => clock.sleeping).toBe(before);
  client.destroy();
});
