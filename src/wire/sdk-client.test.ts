/** The AWS SDK behind the client's interface: the same outcomes as ours, for answers, errors, silence and broken connections. */
import { expect, test } from 'vitest';
import { NS_PER_MS, systemClock } from '../clock.ts';
import { createEndpoint } from '../reference/endpoint.ts';
import { startServer } from '../reference/server.ts';
import { createClient, type WireClient } from './client.ts';
import { endpointAt, put, rawServer } from './raw-server.test-data.ts';
import { createSdkClient } from './sdk-client.ts';

const StreamName = 'orders';
const StreamARN = `arn:aws:kinesis:us-east-1:000000000000:stream/${StreamName}`;
const ShardId = 'shardId-000000000000';

/** Calls of every kind, and what became of each. */
async function outcomesOf(client: WireClient): Promise<unknown[]> {
  await client.call('CreateStream', { StreamName, ShardCount: 1 });
  const stored = await client.call('PutRecord', { StreamName, Data: Buffer.from('one'), PartitionKey: 'k' });
  await client.call('PutRecords', { StreamName, Records: [{ Data: 'dHdv', PartitionKey: 'k' }] });
  const first = { StreamName, ShardId, ShardIteratorType: 'AT_TIMESTAMP', Timestamp: 1 } as const;
  const iterator = await client.call('GetShardIterator', first);
  if (iterator.kind !== 'ok') throw new Error(JSON.stringify(iterator));
  const read = await client.call('GetRecords', { ShardIterator: iterator.output.ShardIterator! });
  const missing = await client.call('DescribeStreamSummary', { StreamName: 'none' });
  const registered = await client.call('RegisterStreamConsumer', { StreamARN, ConsumerName: 'c' });
  if (registered.kind !== 'ok') throw new Error(JSON.stringify(registered));
  const { ConsumerARN } = registered.output.Consumer;
  const subscription = { ConsumerARN, ShardId, StartingPosition: { Type: 'TRIM_HORIZON' } } as const;
  const subscribed = await client.subscribe(subscription);
  if (subscribed.kind !== 'ok') throw new Error(JSON.stringify(subscribed));
  const refused = await client.subscribe(subscription);
  const messages: unknown[] = [];
  for await (const message of subscribed.messages) {
    messages.push(message);
    if (message.kind === 'event') await client.call('DeregisterStreamConsumer', { ConsumerARN });
  }
  return [stored, read, missing, refused, messages].map((outcome) => plain(outcome));
}

/** Without what differs from run to run. */
function plain(value: unknown, name = ''): unknown {
  if (Buffer.isBuffer(value)) return value.toString();
  if (/Ns$|Timestamp$|SequenceNumber$|Iterator$/.test(name)) return typeof value;
  if (Array.isArray(value)) return value.map((each) => plain(each));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  return Object.fromEntries(entries.map(([key, each]) => [key, plain(each, key)]));
}

test.each(['plain', 'TLS'])('its outcomes are those of our own client, %s', async (way) => {
  const fresh = () => createEndpoint({ limits: 'off', createStreamMs: 0, createConsumerMs: 0 });
  const outcomes: unknown[] = [];
  for (const create of [createClient, createSdkClient]) {
    await using server = await startServer(fresh());
    const url = way === 'TLS' ? server.tlsUrl : server.url;
    const ca = way === 'TLS' ? await server.certificate() : undefined;
    const client = await create(endpointAt(url, { ca }), systemClock);
    outcomes.push(await outcomesOf(client));
    client.close();
  }
  expect(outcomes[1]).toEqual(outcomes[0]);
});

test('it makes one attempt, gives up in time, and tells a refused connection from a cut one', async () => {
  await using silent = await rawServer(() => {});
  const client = await createSdkClient(endpointAt(silent.url), systemClock);
  const told: number[] = [];
  const outcome = await client.call('PutRecord', put, { timeoutNs: 100 * NS_PER_MS, onSent: (ns) => told.push(ns) });
  expect(outcome.kind).toBe('timeout');
  expect(told).toEqual([outcome.sentNs]);
  client.close();
  await using cut = await rawServer((socket) => socket.once('data', () => socket.destroy()));
  const unlucky = await createSdkClient(endpointAt(cut.url), systemClock);
  expect(await unlucky.call('PutRecord', put)).toMatchObject({ kind: 'connection', reason: 'cut', maybe: true });
  expect(cut.sockets).toHaveLength(1);
  unlucky.close();
  const nobody = await createSdkClient(endpointAt('http://127.0.0.1:1'), systemClock);
  const refused = await nobody.call('PutRecord', put);
  expect(refused).toMatchObject({ kind: 'connection', reason: 'unreachable', maybe: false });
  nobody.close();
  const nameless = await createSdkClient(
    endpointAt(silent.url, { credentials: () => Promise.reject(new Error('expired')) }),
    systemClock,
  );
  expect(await nameless.call('PutRecord', put)).toMatchObject({ kind: 'connection', reason: 'credentials' });
  nameless.close();
});
