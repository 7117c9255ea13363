/** What the tests of subscriptions begin with: a stream, a consumer, and short ways to subscribe and put. */
import type { StartingPosition } from '../protocol/operations.ts';
import { virtualEndpoint, type VirtualEndpoint } from './virtual-endpoint.ts';
import type { VirtualSubscription } from './virtual-subscription.ts';

/** The stream of `fanOut`, and its only shard. */
export const StreamName = 's';
export const ShardId = 'shardId-000000000000';
const text = (data: string) => Buffer.from(data, 'base64').toString();

/** A virtual endpoint with what its subscriptions need. */
export interface FanOut extends VirtualEndpoint {
  readonly ConsumerARN: string;
  readonly from: (position: StartingPosition, slow?: boolean) => Promise<VirtualSubscription>;
  readonly put: (data: string) => Promise<string>;
}

/** An endpoint with a stream of one shard and an active consumer `c`, the clock at a whole second. */
export async function fanOut(options: Parameters<typeof virtualEndpoint>[0] = {}): Promise<FanOut> {
  const endpoint = virtualEndpoint(options);
  await endpoint.stream(StreamName, 1);
  const ConsumerARN = await endpoint.consumer(StreamName, 'c');
  const from = async (position: StartingPosition, slow = false) => {
    const outcome = await endpoint.clock.runUntilSettled(
      endpoint.subscribe({ ConsumerARN, ShardId, StartingPosition: position }, { slow }),
    );
    if (!outcome.ok) throw new Error(`${outcome.name}: ${outcome.message}`);
    return outcome.value;
  };
  const put = async (data: string) => {
    const Data = Buffer.from(data).toString('base64');
    const input = { StreamName, Data, PartitionKey: 'k' };
    return (await endpoint.clock.runUntilSettled(endpoint.must('PutRecord', input))).SequenceNumber;
  };
  return { ...endpoint, ConsumerARN, from, put };
}

/** The data of every record that came, as texts. */
export const recordsOf = ({ events }: VirtualSubscription) =>
  events.flatMap(({ Records }) => Records.map(({ Data }) => text(Data)));
