/** What shows each fault of fan-out and of several readers: the scenarios of faults.test.ts that concern them. */
import { NS_PER_MS, NS_PER_S } from '../clock.ts';
import type { StartingPosition } from '../protocol/operations.ts';
import type { Scenario } from './fault-scenario.test-data.ts';
import type { FaultName } from './faults.ts';
import type { VirtualEndpoint } from './virtual-endpoint.ts';
import type { VirtualSubscription } from './virtual-subscription.ts';

const StreamName = 's';
const ShardId = 'shardId-000000000000';
const StreamARN = 'arn:aws:kinesis:us-east-1:000000000000:stream/s';

async function subscribed(
  { subscribe }: VirtualEndpoint,
  ConsumerARN: string,
  position: StartingPosition,
  slow = false,
): Promise<VirtualSubscription> {
  const outcome = await subscribe({ ConsumerARN, ShardId, StartingPosition: position }, { slow });
  if (!outcome.ok) throw new Error(outcome.message);
  return outcome.value;
}

async function put({ must }: VirtualEndpoint, count: number, bytes = 1): Promise<void> {
  const Data = Buffer.alloc(bytes).toString('base64');
  const Records = Array.from({ length: count }, () => ({ Data, PartitionKey: 'k', ExplicitHashKey: '0' }));
  await must('PutRecords', { StreamName, Records });
}

/** Everything that one reader of shard 0 sees in `seconds` after `work`. */
const pushed =
  (seconds: number, work: Scenario): Scenario =>
  async (endpoint) => {
    const consumer = await endpoint.consumer(StreamName, 'c');
    const subscription = await subscribed(endpoint, consumer, { Type: 'LATEST' });
    await work(endpoint);
    await endpoint.clock.advance(seconds * NS_PER_S);
    return [subscription.messages, subscription.endedAtNs];
  };

/** How a second call goes so many seconds after the first, and whether the first subscription has ended then. */
const again =
  (afterS: number): Scenario =>
  async (endpoint) => {
    const consumer = await endpoint.consumer(StreamName, `c${afterS}`);
    const first = await subscribed(endpoint, consumer, { Type: 'LATEST' });
    await endpoint.clock.advance(afterS * NS_PER_S);
    const input = { ConsumerARN: consumer, ShardId, StartingPosition: { Type: 'LATEST' } } as const;
    const second = await endpoint.subscribe(input);
    await endpoint.clock.advance(0);
    return [second.ok, first.endedAtNs];
  };

const resumed: Scenario = async (endpoint) => {
  const { clock } = endpoint;
  const consumer = await endpoint.consumer(StreamName, 'c');
  const first = await subscribed(endpoint, consumer, { Type: 'TRIM_HORIZON' });
  await put(endpoint, 1);
  await clock.advance(NS_PER_MS);
  await first.leave();
  await put(endpoint, 1);
  await put(endpoint, 1);
  await clock.advance(5 * NS_PER_S);
  const SequenceNumber = first.events.at(-1)!.ContinuationSequenceNumber!;
  const second = await subscribed(endpoint, consumer, { Type: 'AFTER_SEQUENCE_NUMBER', SequenceNumber });
  await clock.advance(0);
  return second.events[0]?.Records.length;
};

const slowNeighbour: Scenario = async (endpoint) => {
  const { clock } = endpoint;
  const fast = await subscribed(endpoint, await endpoint.consumer(StreamName, 'fast'), { Type: 'LATEST' });
  const slow = await subscribed(endpoint, await endpoint.consumer(StreamName, 'slow'), { Type: 'LATEST' }, true);
  await slow.take();
  await put(endpoint, 1);
  await slow.take();
  await clock.advance(NS_PER_S);
  await put(endpoint, 1);
  await clock.advance(NS_PER_S);
  const before = fast.events.length;
  await slow.take();
  await clock.advance(NS_PER_S);
  return [before, fast.events.map(({ atNs }) => atNs)];
};

const iterator = async ({ must }: VirtualEndpoint) =>
  (await must('GetShardIterator', { StreamName, ShardId, ShardIteratorType: 'TRIM_HORIZON' })).ShardIterator!;

const manyPolls: Scenario = async (endpoint) => {
  const readers = [await iterator(endpoint), await iterator(endpoint)];
  const outcomes = [];
  for (let round = 0; round < 4; round += 1) {
    for (const [reader, ShardIterator] of readers.entries()) {
      const outcome = await endpoint.call('GetRecords', { ShardIterator });
      if (outcome.ok) readers[reader] = outcome.value.NextShardIterator!;
      outcomes.push(outcome.ok);
      await endpoint.clock.advance(NS_PER_MS);
    }
  }
  return outcomes;
};

const twoPollers: Scenario = async (endpoint) => {
  await put(endpoint, 10);
  const [fast, slow] = [await iterator(endpoint), await iterator(endpoint)];
  await endpoint.must('GetRecords', { ShardIterator: fast });
  const first = await endpoint.must('GetRecords', { ShardIterator: slow, Limit: 2 });
  const second = await endpoint.must('GetRecords', { ShardIterator: first.NextShardIterator! });
  return first.Records.length + second.Records.length;
};

const handedOver: Scenario = async (endpoint) => {
  await put(endpoint, 10);
  const { Records } = await endpoint.must('GetRecords', { ShardIterator: await iterator(endpoint) });
  const { ShardIterator } = await endpoint.must('GetShardIterator', {
    StreamName,
    ShardId,
    ShardIteratorType: 'AFTER_SEQUENCE_NUMBER',
    StartingSequenceNumber: Records[2]!.SequenceNumber,
  });
  return (await endpoint.must('GetRecords', { ShardIterator: ShardIterator! })).Records.length;
};

const pushedAndPolled: Scenario = async (endpoint) => {
  const { clock } = endpoint;
  const consumers = [await endpoint.consumer(StreamName, 'c'), await endpoint.consumer(StreamName, 'd')];
  for (let second = 0; second < 4; second += 1) {
    await put(endpoint, 1, 1_000_000);
    await clock.advance(NS_PER_S);
  }
  const readers = [];
  for (const consumer of consumers) readers.push(await subscribed(endpoint, consumer, { Type: 'TRIM_HORIZON' }));
  await clock.advance(NS_PER_S);
  return readers.map(({ events }) => events.length);
};

const registered =
  (count: number, name: (index: number) => string): Scenario =>
  async ({ call, clock }) => {
    const outcomes = [];
    for (let index = 0; index < count; index += 1) {
      const outcome = await call('RegisterStreamConsumer', { StreamARN, ConsumerName: name(index) });
      outcomes.push(outcome.ok || outcome.name);
      await clock.advance(NS_PER_S);
    }
    return outcomes;
  };

/** Scenario by fault. */
export const fanOutFaults = {
  'life.delete-ignores-consumers': async (endpoint) => {
    await endpoint.consumer(StreamName, 'c');
    return (await endpoint.call('DeleteStream', { StreamName })).ok;
  },
  'efo.bad-crc': pushed(1, (endpoint) => put(endpoint, 2)),
  'efo.continuation-ahead': resumed,
  'efo.drop-on-burst': pushed(1, (endpoint) => put(endpoint, 150)),
  'efo.dup-name': registered(2, () => 'c'),
  'efo.immortal': pushed(301, async () => undefined),
  'efo.no-heartbeat': pushed(6, async () => undefined),
  'efo.no-limit': registered(21, (index) => `c${index}`),
  'efo.shared-quota': pushedAndPolled,
  'efo.two-live': async (endpoint) => [await again(4)(endpoint), await again(5)(endpoint)],
  'mc.checkpoint-ahead': handedOver,
  'mc.head-of-line': slowNeighbour,
  'mc.quota-per-client': manyPolls,
  'mc.shared-cursor': twoPollers,
} satisfies { readonly [F in FaultName]?: Scenario };
