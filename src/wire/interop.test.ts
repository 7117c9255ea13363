/** Our client and the reference, two readings of one protocol: every operation and fan-out, by every way there is. */
import { describe, expect, test } from 'vitest';
import { NS_PER_MS, NS_PER_S, systemClock, VirtualClock } from '../clock.ts';
import type { OperationName } from '../protocol/operations.ts';
import { Random } from '../random.ts';
import { everyCall } from '../reference/all-operations.test-data.ts';
import { createEndpoint, type Endpoint, type EndpointOptions } from '../reference/endpoint.ts';
import { faultNamed, Faults } from '../reference/faults.ts';
import { startServer } from '../reference/server.ts';
import { createClient, type TransportChoice, type WireClient } from './client.ts';
import { inProcessTransport } from './in-process.ts';
import type { SubscriptionMessage } from './subscription.ts';

const key = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
const StreamName = 'orders';
const StreamARN = `arn:aws:kinesis:us-east-1:000000000000:stream/${StreamName}`;
const ShardId = 'shardId-000000000000';

interface Way {
  readonly name: string;
  readonly secure: boolean;
  readonly choice: TransportChoice;
}

const ways = (['h1', 'h2'] as const).flatMap((protocol) =>
  [false, true].flatMap((secure) =>
    (['json', 'cbor'] as const).map((encoding): [string, Way] => {
      const name = `${protocol}, ${secure ? 'TLS' : 'plain'}, ${encoding}`;
      return [name, { name, secure, choice: { protocol, subscriptions: protocol, encoding } }];
    }),
  ),
);

interface Connected extends AsyncDisposable {
  readonly client: WireClient;
}

async function connected(endpoint: Endpoint, { secure, choice }: Way): Promise<Connected> {
  const server = await startServer(endpoint);
  const where = { region: 'us-east-1', credentials: async () => key, transport: choice };
  const client = secure
    ? createClient({ ...where, url: server.tlsUrl, ca: await server.certificate() }, systemClock)
    : createClient({ ...where, url: server.url }, systemClock);
  return {
    client,
    async [Symbol.asyncDispose]() {
      client.close();
      await server.close();
    },
  };
}

/** What all calls over every operation come to, a second apart. Signatures are checked. */
async function outputsOf(connect: (endpoint: Endpoint) => Promise<Connected>): Promise<unknown[]> {
  // Signed with the time of day, checked against it: the endpoint's clock has to be near it.
  const clock = new VirtualClock(Math.floor(systemClock.now() / 1000) * 1000);
  const endpoint = createEndpoint({ clock, random: new Random(9), limits: 'off', auth: 'verify', keys: [key] });
  await using connection = await connect(endpoint);
  const startMs = clock.now();
  const known = { consumerArn: '', channelArn: '', iterator: '' };
  const outputs: unknown[] = [];
  for (let index = 0; index < everyCall(known).length; index += 1) {
    const { operation, input } = everyCall(known)[index]!;
    const outcome = await connection.client.call(operation, input);
    expect(outcome, operation).toMatchObject({ kind: 'ok' });
    const output = Object(outcome.kind === 'ok' ? outcome.output : undefined) as Record<string, unknown>;
    if (typeof output['ShardIterator'] === 'string') known.iterator = output['ShardIterator'];
    if ('ChannelDescription' in output) known.channelArn = String(Object(output['ChannelDescription'])['ChannelARN']);
    if ('Consumer' in output) known.consumerArn = String(Object(output['Consumer'])['ConsumerARN']);
    outputs.push({ operation, output: plain(output, startMs) });
    await clock.advance(NS_PER_S);
  }
  return outputs;
}

/** Without what the time of day changes: iterators and tokens hidden, numbers of sequence, times from the start. */
function plain(value: unknown, startMs: number, name = ''): unknown {
  if (Buffer.isBuffer(value)) return value.toString('hex');
  if (typeof value === 'number' && /Timestamp$|At$/.test(name)) return Math.round(value * 1000) - startMs;
  if (
    typeof value === 'string' &&
    /Iterator|Token|SequenceNumber$|ConsumerARN|ChannelARN|ChannelId|ErrorOutputPrefix|LogGroupName|StreamId/.test(name)
  )
    return typeof value;
  if (Array.isArray(value)) return value.map((each) => plain(each, startMs, name));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key_, each]) => [key_, plain(each, startMs, key_)]));
}

describe('every operation', () => {
  const first = outputsOf((endpoint) => connected(endpoint, ways[0]![1]));

  test.each(ways)('by %s: succeeds, signed, with the same output', async (_, way) => {
    expect(await outputsOf((endpoint) => connected(endpoint, way))).toEqual(await first);
  });

  test('the list is over every operation, and has data', async () => {
    const outputs = (await first) as { operation: OperationName; output: Record<string, unknown> }[];
    const read = outputs.find(({ operation }) => operation === 'GetRecords')!;
    expect(JSON.stringify(read.output)).toContain('"Data":"00010203"');
    expect(new Set(outputs.map(({ operation }) => operation)).size).toBeGreaterThan(35);
  });
});

test.each(ways)('an error by %s has its name, text and status', async (_, way) => {
  await using connection = await connected(createEndpoint({ auth: 'verify', keys: [key] }), way);
  expect(await connection.client.call('DescribeStreamSummary', { StreamName: 'none' })).toMatchObject({
    kind: 'error',
    code: 'ResourceNotFoundException',
    message: expect.stringContaining('none') as string,
    status: 400,
  });
});

/** A stream with one consumer: its ARN. */
async function consumerOf(client: WireClient): Promise<string> {
  await client.call('CreateStream', { StreamName, ShardCount: 1 });
  const outcome = await client.call('RegisterStreamConsumer', { StreamARN, ConsumerName: 'c' });
  if (outcome.kind !== 'ok') throw new Error(JSON.stringify(outcome));
  return outcome.output.Consumer.ConsumerARN;
}

const atOnce: EndpointOptions = {
  limits: 'off',
  createStreamMs: 0,
  deleteStreamMs: 0,
  createConsumerMs: 0,
  heartbeatMs: 50,
};
const from = (ConsumerARN: string) => ({ ConsumerARN, ShardId, StartingPosition: { Type: 'TRIM_HORIZON' } }) as const;

describe('a subscription', () => {
  test.each(ways)(
    'by %s: events as they come, an exception as a value, and a refusal before it begins',
    async (_, way) => {
      await using connection = await connected(createEndpoint(atOnce), way);
      const { client } = connection;
      const ConsumerARN = await consumerOf(client);
      const told: number[] = [];
      const outcome = await client.subscribe(from(ConsumerARN), { onSent: (sentNs) => told.push(sentNs) });
      if (outcome.kind !== 'ok') throw new Error(JSON.stringify(outcome));
      expect(told).toEqual([outcome.sentNs]);
      expect(await client.subscribe(from(ConsumerARN))).toMatchObject({
        kind: 'error',
        code: 'ResourceInUseException',
      });
      const putNs = systemClock.monotonicNs();
      await client.call('PutRecord', { StreamName, Data: Buffer.from('one'), PartitionKey: 'k' });
      const messages: SubscriptionMessage[] = [];
      for await (const message of outcome.messages) {
        messages.push(message);
        if (message.kind !== 'event' || message.event.Records.length === 0) continue;
        expect(message.receivedNs).toBeGreaterThan(putNs);
        await client.call('DeregisterStreamConsumer', { ConsumerARN });
      }
      const records = messages.flatMap((message) => (message.kind === 'event' ? message.event.Records : []));
      expect(records).toMatchObject([{ Data: Buffer.from('one'), PartitionKey: 'k' }]);
      expect(records[0]!.ApproximateArrivalTimestamp! * 1000).toBeCloseTo(systemClock.now(), -5);
      expect(messages.at(-1)).toMatchObject({ kind: 'exception', code: 'ResourceNotFoundException' });
    },
  );

  test.each(ways.filter(([, { secure }]) => !secure))(
    'by %s: ends by signal, and by leaving it; then nothing waits',
    async (_, way) => {
      const clock = new VirtualClock();
      await using connection = await connected(createEndpoint({ ...atOnce, clock }), way);
      const { client } = connection;
      const ConsumerARN = await consumerOf(client);
      const before = clock.sleeping;
      const abort = new AbortController();
      const follow = async (leave: (kind: string) => boolean) => {
        const outcome = await client.subscribe(from(ConsumerARN), { signal: abort.signal });
        if (outcome.kind !== 'ok') throw new Error(JSON.stringify(outcome));
        const kinds: string[] = [];
        for await (const message of outcome.messages) {
          kinds.push(message.kind === 'broken' ? message.reason : message.kind);
          if (leave(kinds.at(-1)!)) break;
        }
        await expect.poll(() => clock.sleeping).toBe(before);
        await clock.advance(10 * NS_PER_S);
        return kinds;
      };
      const following = follow(() => true);
      await expect.poll(() => clock.sleeping).toBeGreaterThan(before);
      await clock.advance(NS_PER_S);
      expect(await following).toEqual(['event']);
      const aborted = follow(() => {
        abort.abort();
        return false;
      });
      await expect.poll(() => clock.sleeping).toBeGreaterThan(before);
      await clock.advance(NS_PER_S);
      expect((await aborted).slice(-1)).toEqual(['closed']);
      const outcome = await client.subscribe(from(ConsumerARN), { signal: abort.signal });
      expect(outcome).toMatchObject({ kind: 'connection', reason: 'closed', maybe: false });
    },
  );

  test('whose event fails its CRC is broken there', async () => {
    const faults = new Faults();
    faults.arm(faultNamed('efo.bad-crc'));
    await using connection = await connected(createEndpoint({ ...atOnce, faults }), ways[0]![1]);
    const { client } = connection;
    const ConsumerARN = await consumerOf(client);
    const Records = ['a', 'b'].map((text) => ({ Data: Buffer.from(text), PartitionKey: 'k' }));
    await client.call('PutRecords', { StreamName, Records });
    const outcome = await client.subscribe(from(ConsumerARN));
    if (outcome.kind !== 'ok') throw new Error(JSON.stringify(outcome));
    const messages: SubscriptionMessage[] = [];
    for await (const message of outcome.messages) messages.push(message);
    expect(messages).toMatchObject([{ kind: 'broken', reason: 'bad-crc' }]);
  });

  test('in process, on the virtual clock, says when it received what', async () => {
    const clock = new VirtualClock();
    const endpoint = createEndpoint({ ...atOnce, clock, heartbeatMs: 5000 });
    const where = { url: 'http://reference.invalid', region: 'us-east-1', credentials: async () => key };
    const client = createClient(
      where,
      clock,
      inProcessTransport((request) => endpoint.handle(request), clock),
    );
    const ConsumerARN = await clock.runUntilSettled(consumerOf(client));
    const outcome = await clock.runUntilSettled(client.subscribe(from(ConsumerARN)));
    if (outcome.kind !== 'ok') throw new Error(JSON.stringify(outcome));
    const read = async () => {
      const receivedMs: number[] = [];
      for await (const message of outcome.messages) {
        if (message.kind !== 'event') return { receivedMs, last: message.kind };
        receivedMs.push(message.receivedNs / NS_PER_MS);
      }
      throw new Error('a subscription without an end');
    };
    const { receivedMs, last } = await clock.runUntilSettled(read());
    expect(last).toBe('end');
    expect(receivedMs.at(-1)! - receivedMs[0]!).toBe(290_000);
    client.close();
  });
});
