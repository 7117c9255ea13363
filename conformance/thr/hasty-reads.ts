/** Reads of one shard at thrice the allowed rate, on an absolute schedule, and what each was answered. */
import { NS_PER_S } from '../../src/clock.ts';
import type { Outcome } from '../../src/wire/outcome.ts';
import type { ReceivedRecords } from '../../src/wire/received.ts';
import type { Context } from '../context.ts';
import { type Acknowledged, firstShard, iteratorAt, put, sweep } from '../records.ts';

/** Calls a second, and for how long. */
export const HASTY_RATE = 15;
export const HASTY_S = 3;

/** What the reads were answered, and the time from the first call to the last answer. */
interface HastyReads {
  readonly outcomes: readonly Outcome<ReceivedRecords>[];
  readonly tookS: number;
}

/** Puts a record, waits until it can be read, then reads it over and over from one iterator. */
export async function readHastily(context: Context): Promise<HastyReads> {
  const { clock, client } = context;
  const stream = await context.stream(1);
  const { ShardId: shardId } = firstShard(stream);
  const record: Acknowledged = await put(context, stream, { key: 'read-hastily' });
  await sweep(context, stream, shardId, [record]);
  const at = { type: 'AT_SEQUENCE_NUMBER', sequenceNumber: record.sequenceNumber } as const;
  const iterator = await iteratorAt(context, stream, shardId, at);
  const startNs = clock.monotonicNs();
  const calls = Array.from({ length: HASTY_RATE * HASTY_S }, async (_, index) => {
    await clock.sleepUntil(startNs + (index * NS_PER_S) / HASTY_RATE);
    return client.call('GetRecords', { ShardIterator: iterator, Limit: 1 });
  });
  const outcomes = await Promise.all(calls);
  const tookS = (clock.monotonicNs() - startNs) / NS_PER_S;
  if (tookS < HASTY_S * 1.5) context.count('reads beyond the limit', outcomes.length - Math.ceil(5 * tookS));
  return { outcomes, tookS };
}
