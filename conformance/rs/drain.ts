/** A shard read to its end, which a closed one has, with what the answers say of children. */
import { sleepFor } from '../../src/clock.ts';
import type { ReceivedRecord, ReceivedRecords } from '../../src/wire/received.ts';
import { type Context, type Stream, Unobservable } from '../context.ts';
import { horizon, iteratorAt } from '../records.ts';

const PAUSE_NS = 50_000_000;

export interface Drained {
  readonly records: readonly ReceivedRecord[];
  /** The answer without a NextShardIterator; undefined where none came in the settling time at the tip. */
  readonly last: ReceivedRecords | undefined;
  /** Answers before it that named children. */
  readonly namedEarly: number;
}

/**
 * Reads a closed shard from its oldest record until there is no next iterator, for which it waits the settling time from when no
 * more records came.
 */
export async function drain(context: Context, stream: Stream, shardId: string): Promise<Drained> {
  const { clock, settleNs, deadlineNs } = context;
  const records: ReceivedRecord[] = [];
  let iterator = await iteratorAt(context, stream, shardId, horizon);
  let tipNs: number | undefined;
  let namedEarly = 0;
  for (;;) {
    const page: ReceivedRecords = await context.send('GetRecords', { ShardIterator: iterator, Limit: 1000 });
    records.push(...page.Records);
    if (!page.NextShardIterator) return { records, last: page, namedEarly };
    if (Array.isArray(page.ChildShards) && page.ChildShards.length > 0) namedEarly += 1;
    iterator = page.NextShardIterator;
    const nowNs = clock.monotonicNs();
    // Who is behind the tip may be given empty answers on the way there.
    const atTip = page.Records.length === 0 && (page.MillisBehindLatest ?? 0) === 0;
    tipNs = atTip ? (tipNs ?? nowNs) : undefined;
    if (tipNs !== undefined && nowNs - tipNs >= settleNs) return { records, last: undefined, namedEarly };
    if (nowNs > deadlineNs) throw new Unobservable(`reading ${shardId} did not reach its end before the deadline`);
    if (page.Records.length === 0) await sleepFor(clock, PAUSE_NS);
  }
}
