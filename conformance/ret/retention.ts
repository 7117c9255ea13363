/** A stream's retention, and changes of it: waited for until they are in force as far as the endpoint says. */
import { RETENTION_HOURS_DEFAULT } from '../../src/protocol/limits.ts';
import { type Context, type Stream, Unobservable } from '../context.ts';
import { changed } from '../patience.ts';

export type RetentionChange = 'IncreaseStreamRetentionPeriod' | 'DecreaseStreamRetentionPeriod';

/** A fresh stream that keeps records for 24 hours, as new ones do. */
export async function dayStream(context: Context, shards: number): Promise<Stream> {
  const stream = await context.stream(shards, 'fresh');
  const hours = await retentionOf(context, stream, RETENTION_HOURS_DEFAULT);
  if (hours === RETENTION_HOURS_DEFAULT) return stream;
  throw new Unobservable(`a new stream has a retention of ${hours} h, not 24: that is the matter of KIN-RET-01`);
}

/** Changes it; where the endpoint does not, nothing that follows can be judged. */
export async function setRetention(
  context: Context,
  stream: Stream,
  change: RetentionChange,
  hours: number,
): Promise<void> {
  await context.send(change, { StreamName: stream.name, RetentionPeriodHours: hours });
  const told = await retentionOf(context, stream, hours);
  if (told !== hours)
    throw new Unobservable(`${change} to ${hours} was accepted, and DescribeStreamSummary says ${told}`);
}

/** What the endpoint says of it once the stream is ACTIVE and what is due had its time to show, in hours. */
export async function retentionOf(context: Context, stream: Stream, due: number): Promise<number> {
  const summary = await changed(context, stream, ({ RetentionPeriodHours }) => RetentionPeriodHours === due);
  const hours: unknown = summary.RetentionPeriodHours;
  if (typeof hours === 'number') return hours;
  throw new Unobservable(`DescribeStreamSummary says RetentionPeriodHours ${JSON.stringify(hours)}`);
}
