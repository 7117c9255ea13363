/**
 * Calls of PutRecords, one right after the other, beyond what a shard takes: of 500 records 475 go to one shard, and 25 to
 * another that stays far below its limits. The answers are the history that the statements about partial failure judge.
 */
import { NS_PER_S } from '../../src/clock.ts';
import type { PutRecordsResultEntry, Shard } from '../../src/protocol/operations.ts';
import type { Context, Stream } from '../context.ts';
import { Unobservable } from '../context.ts';
import { Prepared } from '../prepared.ts';
import { type Finding, holds, unobserved } from '../statement.ts';
import { rangeOf } from '../streams.ts';
import { hasFailed } from './result-entry.ts';

const RECORDS = 500;
/** One record of so many goes to the shard that has room. */
const COLD_PERIOD = 20;
/** Failed entries that are enough to judge by. */
const ENOUGH = 50;
/** Ten calls are five times what a shard takes in a second; who needs more than four seconds for them stays below its rate. */
const CALLS_MAX = 10;
const LOAD_NS = 4 * NS_PER_S;

/** A record that was sent and what its call said of it; undefined where the answer has no entry for it. */
export interface Sent {
  readonly partitionKey: string;
  readonly data: string;
  readonly cold: boolean;
  readonly result: PutRecordsResultEntry | undefined;
}

/** One call. */
export interface OverloadCall {
  readonly sent: readonly Sent[];
  readonly results: readonly PutRecordsResultEntry[];
  readonly failedRecordCount: unknown;
}

export interface Overload {
  readonly stream: Stream;
  readonly hot: Shard;
  readonly cold: Shard;
  readonly calls: readonly OverloadCall[];
}

/** The load of this session. */
export const overload = new Prepared<Overload>(async (context) => {
  const { clock } = context;
  const stream = await context.stream(2, 'fresh');
  const [hot, cold] = stream.shards;
  if (!hot || !cold) throw new Unobservable(`stream ${stream.name} was made with 2 shards and shows fewer`);
  const calls: OverloadCall[] = [];
  const startNs = clock.monotonicNs();
  let failed = 0;
  while (failed < ENOUGH && calls.length < CALLS_MAX && clock.monotonicNs() - startNs < LOAD_NS) {
    const call = await put(context, stream, hot, cold);
    calls.push(call);
    failed += call.results.filter(hasFailed).length;
  }
  return { stream, hot, cold, calls };
});

/** What was found to hold of the load, if any of it failed; else nothing was put to the test. */
export function holdsUnderLoad({ calls, hot }: Overload, message: string): Finding {
  const records = calls.flatMap(({ results }) => results);
  return records.some(hasFailed)
    ? holds(message)
    : unobserved(
        `no record failed: ${records.length}, nearly all for ${hot.ShardId}, were put in ${calls.length} calls at once`,
      );
}

async function put(context: Context, { name }: Stream, hot: Shard, cold: Shard): Promise<OverloadCall> {
  const entries = Array.from({ length: RECORDS }, (_, index) => {
    const isCold = index % COLD_PERIOD === COLD_PERIOD - 1;
    return { partitionKey: `key-${index}`, data: context.data(), cold: isCold };
  });
  const { Records, FailedRecordCount } = await context.send('PutRecords', {
    StreamName: name,
    Records: entries.map((entry) => ({
      PartitionKey: entry.partitionKey,
      Data: entry.data,
      ExplicitHashKey: String(rangeOf(entry.cold ? cold : hot).start),
    })),
  });
  return {
    sent: entries.map((entry, index) => ({ ...entry, result: Records[index] })),
    results: Records,
    failedRecordCount: FailedRecordCount,
  };
}
