/** A shard read to its end, which a closed one has, with what the answers say of children. */
import { sleepFor } from '../../src/clock.ts';
import type { ReceivedRecord, ReceivedRecords } from '../../src/wire/received.ts';
import { type Context, type Stream, Unobservable } from '../context.ts';
import { horizon, iteratorAt } from '../records.ts';

const PAUSE_NS = 50_000_000;
/** So many settling times, a minute of them by default, of answers without a record are no way to the next one. */
const QUIET_SETTLINGS = 6;

export interface Drained {
  readonly records: readonly ReceivedRecord[];
  /** The answer without a NextShardIterator; undefined where none came. */
  readonly last: ReceivedRecords | undefined;
  /** Time from the last answer with records to the last one of all, in ns. */
  readonly quietNs: number;
  /** Answers before it that named children. */
  readonly namedEarly: number;
}

/**
 * Reads a closed shard from its oldest record until there is no next iterator, for which it waits the settling time at the tip. Who is
 * behind the tip may be given empty answers on the way to the next record: these it follows to the deadline.
 */
export async function drain(context: Context, stream: Stream, shardId: string): Promise<Drained> {
  const { clock, settleNs, deadlineNs } = context;
  const records: ReceivedRecord[] = [];
  let iterator = await iteratorAt(context, stream, shardId, horizon);
  let tipNs: number | undefined;
  let recordsNs = clock.monotonicNs();
  let namedEarly = 0;
  for (;;) {
    const page: ReceivedRecords = await context.send('GetRecords', { ShardIterator: iterator, Limit: 1000 });
    const nowNs = clock.monotonicNs();
    records.push(...page.Records);
    if (page.Records.length > 0) recordsNs = nowNs;
    const quietNs = nowNs - recordsNs;
    if (!page.NextShardIterator) return { records, last: page, quietNs, namedEarly };
    if (Array.isArray(page.ChildShards) && page.ChildShards.length > 0) namedEarly += 1;
    iterator = page.NextShardIterator;
    const atTip = page.Records.length === 0 && (page.MillisBehindLatest ?? 0) === 0;
    tipNs = atTip ? (tipNs ?? nowNs) : undefined;
    const isSettled = tipNs !== undefined && nowNs - tipNs >= settleNs;
    const isEndless = nowNs > deadlineNs && quietNs > QUIET_SETTLINGS * settleNs;
    if (isSettled || isEndless) return { records, last: undefined, quietNs, namedEarly };
    if (nowNs > deadlineNs) throw new Unobservable(`reading ${shardId} did not reach its end before the deadline`);
    if (page.Records.length === 0) await sleepFor(clock, PAUSE_NS);
  }
}
