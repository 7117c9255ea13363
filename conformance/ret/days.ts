/**
 * A day and a few hours in the life of a stream: writers put a record into every shard at each full hour, and a minute before the
 * next one readers read all there is. So every record is seen at 59 minutes past every hour of its age, the last hour of its
 * retention and the first one after it included.
 */
import { RETENTION_HOURS_DEFAULT } from '../../src/protocol/limits.ts';
import type { Shard } from '../../src/protocol/operations.ts';
import type { Context, Stream } from '../context.ts';
import { MS_PER_HOUR, MS_PER_MINUTE, NS_PER_MINUTE, after } from '../passing-time.ts';
import { type Acknowledged, put, sweep } from '../records.ts';
import { rangeOf } from '../streams.ts';
import type { AgedHistory, AgedPut, Look } from './ages.ts';
import { dayStream } from './retention.ts';

/** Retention of a new stream. */
export const LIFE_MS = RETENTION_HOURS_DEFAULT * MS_PER_HOUR;
/** How long a record may outlive its retention before that counts, in ms (assumed: AWS names no time for trimming). */
export const SLACK_MS = 30 * MS_PER_MINUTE;

const SHARDS = 2;
const HOURS = RETENTION_HOURS_DEFAULT + 4;

/** A record with the time of its put. */
export type AgedRecord = Acknowledged & AgedPut;

/** Puts a record into each shard at once. */
export function putEverywhere(context: Context, stream: Stream): Promise<AgedRecord[]> {
  return Promise.all(
    stream.shards.map(async (shard) => {
      const sentMs = context.clock.now();
      const record = await put(context, stream, { key: `hour-${sentMs}`, explicitHashKey: rangeOf(shard).start });
      return { ...record, sentMs, answeredMs: context.clock.now() };
    }),
  );
}

/** Reads a shard from its oldest record on, with patience for those that are young enough to be there. */
export async function lookAt(
  context: Context,
  stream: Stream,
  { ShardId: shardId }: Shard,
  due: readonly Acknowledged[],
): Promise<Look> {
  const beganMs = context.clock.now();
  const records = await sweep(context, stream, shardId, due);
  context.count('looks');
  return { shardId, beganMs, endedMs: context.clock.now(), numbers: records.map((record) => record.SequenceNumber) };
}

/** Lives through a day and four hours. */
export async function liveThrough(context: Context): Promise<AgedHistory> {
  const stream = await dayStream(context, SHARDS);
  const puts: AgedRecord[] = [];
  const looks: Look[] = [];
  let now = context;
  for (let hour = 0; hour < HOURS; hour += 1) {
    puts.push(...(await putEverywhere(now, stream)));
    now = await after(now, 59 * NS_PER_MINUTE);
    const due = puts.filter(({ sentMs }) => now.clock.now() - sentMs < LIFE_MS);
    looks.push(...(await Promise.all(stream.shards.map((shard) => lookAt(now, stream, shard, due)))));
    now = await after(now, NS_PER_MINUTE);
  }
  return { puts, looks };
}
