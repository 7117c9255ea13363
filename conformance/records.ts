/** Puts and reads as checks need them: complete, in patience with limits, and never past a deadline. */
import { sleepFor } from '../src/clock.ts';
import type { Shard, ShardIteratorType } from '../src/protocol/operations.ts';
import { compareSequenceNumbers } from '../src/protocol/sequence-number.ts';
import type { ReceivedRecord, ReceivedRecords } from '../src/wire/received.ts';
import { isRate } from './attempt.ts';
import { type Context, type Stream, Unobservable } from './context.ts';

/** A record that was acknowledged. */
export interface Acknowledged {
  readonly partitionKey: string;
  readonly data: string;
  readonly shardId: string;
  readonly sequenceNumber: string;
}

/** Pause between two reads of a shard, in ns: five a second are allowed. */
const READ_PAUSE_NS = 50_000_000;

/** Puts one record; its data are unique unless given. */
export async function put(
  context: Context,
  stream: Stream,
  record: { key: string; data?: string; explicitHashKey?: bigint; after?: Acknowledged },
): Promise<Acknowledged> {
  const data = record.data ?? context.data();
  const { ShardId, SequenceNumber } = await context.send('PutRecord', {
    StreamName: stream.name,
    PartitionKey: record.key,
    Data: data,
    ...(record.explicitHashKey === undefined ? {} : { ExplicitHashKey: String(record.explicitHashKey) }),
    ...(record.after === undefined ? {} : { SequenceNumberForOrdering: record.after.sequenceNumber }),
  });
  context.count('records put');
  return { partitionKey: record.key, data, shardId: ShardId, sequenceNumber: SequenceNumber };
}

/** Puts records in calls of at most 100; entries that were throttled are put again. */
export async function putAll(context: Context, stream: Stream, keys: readonly string[]): Promise<Acknowledged[]> {
  const acknowledged: Acknowledged[] = [];
  let rest = keys.map((key) => ({ PartitionKey: key, Data: context.data() }));
  while (rest.length > 0) {
    const batch = rest.slice(0, 100);
    const { Records } = await context.send('PutRecords', { StreamName: stream.name, Records: batch });
    const refused = batch.filter((entry, index) => {
      const { ShardId, SequenceNumber, ErrorCode, ErrorMessage } = Records[index] ?? {};
      if (ShardId && SequenceNumber) {
        acknowledged.push({
          partitionKey: entry.PartitionKey,
          data: entry.Data,
          shardId: ShardId,
          sequenceNumber: SequenceNumber,
        });
        return false;
      }
      if (isRate(ErrorCode ?? '') && context.clock.monotonicNs() < context.deadlineNs) return true;
      throw new Unobservable(
        `an entry of PutRecords was answered with ${ErrorCode ?? 'nothing'} ${ErrorMessage ?? ''}`,
      );
    });
    if (refused.length > 0) await sleepFor(context.clock, READ_PAUSE_NS * 4);
    rest = [...refused, ...rest.slice(batch.length)];
  }
  context.count('records put', acknowledged.length);
  return acknowledged;
}

/** Where a read begins. */
export interface Position {
  readonly type: ShardIteratorType;
  readonly sequenceNumber?: string;
}

/** The oldest record. */
export const horizon: Position = { type: 'TRIM_HORIZON' };

/** An iterator at a position. */
export async function iteratorAt(context: Context, stream: Stream, shardId: string, from: Position): Promise<string> {
  const { ShardIterator } = await context.send('GetShardIterator', {
    StreamName: stream.name,
    ShardId: shardId,
    ShardIteratorType: from.type,
    ...(from.sequenceNumber === undefined ? {} : { StartingSequenceNumber: from.sequenceNumber }),
  });
  if (typeof ShardIterator === 'string' && ShardIterator !== '') return ShardIterator;
  throw new Unobservable(`GetShardIterator ${from.type} on ${shardId} gave no iterator`);
}

export interface ReadOptions {
  readonly limit?: number;
  /** Reading ends once all of these were read; else when the tip was reached and the settling time is over. */
  readonly expect?: readonly Acknowledged[];
  /** Shown every answer as it comes. */
  readonly onPage?: (page: ReceivedRecords) => void;
}

/** Follows one chain of iterators; an empty page ends it only at the tip. Gives the records in the order they came. */
export async function read(
  context: Context,
  stream: Stream,
  shardId: string,
  from: Position | string,
  options: ReadOptions = {},
): Promise<ReceivedRecord[]> {
  const { clock } = context;
  const missing = new Set((options.expect ?? []).map((record) => record.sequenceNumber));
  const records: ReceivedRecord[] = [];
  let iterator: string | null | undefined =
    typeof from === 'string' ? from : await iteratorAt(context, stream, shardId, from);
  let tipNs: number | undefined;
  while (iterator) {
    const page: ReceivedRecords = await context.send('GetRecords', {
      ShardIterator: iterator,
      Limit: options.limit ?? 1000,
    });
    options.onPage?.(page);
    context.count('pages read');
    context.count('records read', page.Records.length);
    records.push(...page.Records);
    for (const { SequenceNumber } of page.Records) missing.delete(SequenceNumber);
    iterator = page.NextShardIterator;
    const nowNs = clock.monotonicNs();
    const atTip = page.Records.length === 0 && (page.MillisBehindLatest ?? 0) === 0;
    // The settling time counts from the first look at the tip; a page with records starts it anew.
    tipNs = atTip ? (tipNs ?? nowNs) : undefined;
    const settled = tipNs !== undefined && nowNs - tipNs >= context.settleNs;
    if (options.expect ? (missing.size === 0 && options.expect.length > 0) || settled : atTip) break;
    if (nowNs > context.deadlineNs)
      throw new Unobservable(`reading ${shardId} did not reach its end before the deadline`);
    if (page.Records.length === 0) await sleepFor(clock, READ_PAUSE_NS);
  }
  return records;
}

/** Reads a shard from its oldest record until everything expected was seen, or had its time to appear. */
export function sweep(
  context: Context,
  stream: Stream,
  shardId: string,
  expect: readonly Acknowledged[],
): Promise<ReceivedRecord[]> {
  return read(context, stream, shardId, horizon, { expect: expect.filter((record) => record.shardId === shardId) });
}

/** Acknowledged records, oldest first. */
export function inOrder(records: readonly Acknowledged[]): Acknowledged[] {
  return [...records].sort((a, b) => compareSequenceNumbers(a.sequenceNumber, b.sequenceNumber));
}

/** Those of `acknowledged` that are not among `records`. */
export function absent(acknowledged: readonly Acknowledged[], records: readonly ReceivedRecord[]): Acknowledged[] {
  const seen = new Set(records.map((record) => record.SequenceNumber));
  return acknowledged.filter((record) => !seen.has(record.sequenceNumber));
}

/** The first open shard, which every stream has. */
export function firstShard(stream: Stream): Shard {
  const [shard] = stream.shards;
  if (!shard) throw new Unobservable(`stream ${stream.name} has no open shard`);
  return shard;
}
