/** What the tables of faults are made of: a scenario drives an endpoint and says what a client saw. */
import { NS_PER_MS, NS_PER_S } from '../clock.ts';
import type { KinesisRecord, ShardIteratorType } from '../protocol/operations.ts';
import type { VirtualEndpoint } from './virtual-endpoint.ts';

export const S = 's';
export const HOUR_NS = 3600 * NS_PER_S;

/** What a client sees of an endpoint with an active stream of four shards. Equal observations: the fault does not show. */
export type Scenario = (endpoint: VirtualEndpoint) => Promise<unknown>;

export async function iteratorOf(
  { must }: VirtualEndpoint,
  type: ShardIteratorType,
  rest: object = {},
): Promise<string> {
  const input = { StreamName: S, ShardId: 'shardId-0', ShardIteratorType: type, ...rest };
  return (await must('GetShardIterator', input)).ShardIterator!;
}

export async function read(endpoint: VirtualEndpoint, from: string, Limit?: number): Promise<KinesisRecord[]> {
  const records: KinesisRecord[] = [];
  for (let iterator = from; ;) {
    const answer = await endpoint.must('GetRecords', {
      ShardIterator: iterator,
      ...(Limit === undefined ? {} : { Limit }),
    });
    records.push(...answer.Records);
    iterator = answer.NextShardIterator!;
    if (answer.MillisBehindLatest === 0) return records;
  }
}

/** Forty records in shard 0, 5 ms apart, with their numbers. */
export async function fill({ must, clock }: VirtualEndpoint, count = 40): Promise<string[]> {
  const numbers: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const Data = Buffer.from([0xff, index]).toString('base64');
    const input = { StreamName: S, Data, PartitionKey: `k${index}`, ExplicitHashKey: '0' };
    numbers.push((await must('PutRecord', input)).SequenceNumber);
    await clock.advance(5 * NS_PER_MS);
  }
  return numbers;
}

export const replay =
  (Limit?: number): Scenario =>
  async (endpoint) => {
    const put = await fill(endpoint);
    await endpoint.clock.advance(2 * NS_PER_S);
    const iterator = await iteratorOf(endpoint, 'TRIM_HORIZON');
    return { put, read: await read(endpoint, iterator, Limit), again: await read(endpoint, iterator, Limit) };
  };
