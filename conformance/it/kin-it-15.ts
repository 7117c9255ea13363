/**
 * KIN-IT-15: MillisBehindLatest says how far behind a reader is. What is judged is what AWS says of it: above zero while records are
 * left to read, zero when none is. How exact it is, AWS does not say: its examples have whole seconds, so records are put more than
 * one apart; where it is seconds too little, or grows by more than the passing time although a record was read, that is told.
 */
import { NS_PER_MS, NS_PER_S, sleepFor } from '../../src/clock.ts';
import type { ReceivedRecords } from '../../src/wire/received.ts';
import type { Context } from '../context.ts';
import { type Acknowledged, absent, firstShard, inOrder, iteratorAt, put, sweep } from '../records.ts';
import { type Finding, broken, holds, loose, statement, unobserved } from '../statement.ts';

const RECORDS = 5;
const APART_NS = 1.1 * NS_PER_S;
const PAUSE_NS = 0.22 * NS_PER_S;
/** By how much an answer may be wrong, and two of them differ in their idea of now, in ms. */
const TOLERANCE_MS = 1000;

export const kinIt15 = statement({
  id: 'KIN-IT-15',
  level: 'MUST',
  evidence: ['model'],
  sentence: 'MillisBehindLatest is above zero while records are left to read, and zero at the tip.',
  source: 'GetRecords, MillisBehindLatest',
  fault: 'poll.behind-always-0',
  needs: [],
  exercises: { 'answers behind the tip': RECORDS - 1, 'answers at the tip': 1 },
  check: async (context) => {
    const stream = await context.stream(1);
    const { ShardId: shardId } = firstShard(stream);
    const acknowledged: Acknowledged[] = [];
    for (let index = 0; index < RECORDS; index += 1) {
      acknowledged.push(await put(context, stream, { key: 'behind' }));
      await sleepFor(context.clock, APART_NS);
    }
    const seen = await sweep(context, stream, shardId, acknowledged);
    if (absent(acknowledged, seen).length > 0) return unobserved('not all of what was put became readable');
    const oldest = inOrder(acknowledged)[0]!;
    const at = { type: 'AT_SEQUENCE_NUMBER', sequenceNumber: oldest.sequenceNumber } as const;
    return follow(context, await iteratorAt(context, stream, shardId, at), acknowledged);
  },
});

/** Reads one by one to the tip. */
async function follow(context: Context, from: string, acknowledged: readonly Acknowledged[]): Promise<Finding> {
  const { clock, settleNs } = context;
  const left = new Set(acknowledged.map((record) => record.sequenceNumber));
  const told: number[] = [];
  let before: { behindMs: number; sentNs: number } | undefined;
  let iterator: string | null | undefined = from;
  let emptyFromNs: number | undefined;
  let odd: string | undefined;
  for (;;) {
    if (!iterator) return unobserved('an answer had no NextShardIterator: that is the matter of KIN-IT-08');
    const sentNs = clock.monotonicNs();
    const page: ReceivedRecords = await context.send('GetRecords', { ShardIterator: iterator, Limit: 1 });
    const behindMs = page.MillisBehindLatest;
    if (typeof behindMs !== 'number') return broken(`an answer of GetRecords has MillisBehindLatest ${behindMs}`);
    told.push(behindMs);
    for (const { SequenceNumber } of page.Records) left.delete(SequenceNumber);
    const said = `records put ${APART_NS / NS_PER_MS} ms apart and read one by one: MillisBehindLatest ${told.join(', ')}`;
    if (left.size > 0) {
      context.count('answers behind the tip');
      if (behindMs <= 0) return broken(`${said}, with ${left.size} records left to read; zero is the tip`);
      const passedMs = before ? (clock.monotonicNs() - before.sentNs) / NS_PER_MS : 0;
      if (before && behindMs > before.behindMs + passedMs + TOLERANCE_MS) {
        odd ??= `${said}: the last is more than the one before, though a record was read`;
      }
      // By whatever two of the record that was read, the next one, the newest one and now it is counted.
      if (behindMs < (left.size - 1) * (APART_NS / NS_PER_MS) - TOLERANCE_MS) {
        odd ??= `${said}, with ${left.size} records left to read: the last is less than lies between them`;
      }
      if (page.Records.length > 0) before = { behindMs, sentNs };
    } else if (behindMs === 0) {
      context.count('answers at the tip');
      return odd === undefined ? holds(said) : loose(odd);
    } else {
      emptyFromNs ??= clock.monotonicNs();
      if (clock.monotonicNs() - emptyFromNs > settleNs) {
        return broken(`${said}: not zero ${settleNs / NS_PER_S} s after the last record was read`);
      }
    }
    if (clock.monotonicNs() > context.deadlineNs)
      return unobserved(`${said}: the tip was not reached before the deadline`);
    iterator = page.NextShardIterator;
    await sleepFor(clock, PAUSE_NS);
  }
}
