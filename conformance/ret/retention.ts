/** A stream's retention, and changes of it: waited for until they are in force as far as the endpoint says. */
import { NS_PER_S, sleepFor } from '../../src/clock.ts';
import { RETENTION_HOURS_DEFAULT } from '../../src/protocol/limits.ts';
import type { StreamDescriptionSummary } from '../../src/protocol/operations.ts';
import { type Context, type Stream, Unobservable } from '../context.ts';

const LOOK_NS = NS_PER_S / 4;

export type RetentionChange = 'IncreaseStreamRetentionPeriod' | 'DecreaseStreamRetentionPeriod';

/** A fresh stream that keeps records for 24 hours, as new ones do. */
export async function dayStream(context: Context, shards: number): Promise<Stream> {
  const stream = await context.stream(shards, 'fresh');
  const hours = await retentionOf(context, stream.name);
  if (hours === RETENTION_HOURS_DEFAULT) return stream;
  throw new Unobservable(`a new stream has a retention of ${hours} h, not 24: that is the matter of KIN-RET-01`);
}

/** Changes it; where the endpoint does not, nothing that follows can be judged. */
export async function setRetention(
  context: Context,
  { name }: Stream,
  change: RetentionChange,
  hours: number,
): Promise<void> {
  await context.send(change, { StreamName: name, RetentionPeriodHours: hours });
  const told = await retentionOf(context, name);
  if (told !== hours)
    throw new Unobservable(`${change} to ${hours} was accepted, and DescribeStreamSummary says ${told}`);
}

/** What the endpoint says of it once the stream is ACTIVE, in hours. */
export async function retentionOf(context: Context, name: string): Promise<number> {
  const summary = await activeSummary(context, name);
  const hours: unknown = summary.RetentionPeriodHours;
  if (typeof hours === 'number') return hours;
  throw new Unobservable(`DescribeStreamSummary says RetentionPeriodHours ${JSON.stringify(hours)}`);
}

/** The summary of a stream, once it is ACTIVE. */
export async function activeSummary(context: Context, name: string): Promise<StreamDescriptionSummary> {
  for (;;) {
    const { StreamDescriptionSummary: summary } = await context.send('DescribeStreamSummary', { StreamName: name });
    if (summary?.StreamStatus === 'ACTIVE') return summary;
    if (context.clock.monotonicNs() > context.deadlineNs) {
      throw new Unobservable(`stream ${name} is still ${summary?.StreamStatus}, not ACTIVE`);
    }
    await sleepFor(context.clock, LOOK_NS);
  }
}
