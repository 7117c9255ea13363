/**
 * Writes at a fixed rate, whatever they are answered: calls leave on an absolute schedule, and one that would leave too late is left
 * out, so that a slow machine sends less than planned and never a burst.
 */
import { NS_PER_S } from '../../src/clock.ts';
import { isThrottle } from '../../src/protocol/errors.ts';
import type { HashRange } from '../../src/protocol/hash.ts';
import type { Context, Stream } from '../context.ts';

export interface LoadPlan {
  readonly callsPerS: number;
  readonly recordsPerCall: number;
  /** Data of a record, in bytes. */
  readonly dataBytes: number;
  readonly seconds: number;
  /** Every record gets the first hash key of this shard; without it, its key decides. */
  readonly into?: HashRange | undefined;
}

/** One call, and what became of its records. */
export interface Batch {
  readonly sentNs: number;
  readonly answeredNs: number;
  readonly records: number;
  readonly stored: number;
  readonly throttled: number;
}

/** Bytes of every partition key. */
const KEY_BYTES = 4;

/** What a record costs of the limits, in bytes. */
export function recordBytes({ dataBytes }: LoadPlan): number {
  return dataBytes + KEY_BYTES;
}

/** Sends the load; batches in the order they were sent. Records neither stored nor throttled failed in another way. */
export async function load(context: Context, stream: Stream, plan: LoadPlan): Promise<Batch[]> {
  const { clock, client } = context;
  const { callsPerS, recordsPerCall, dataBytes, seconds, into } = plan;
  const everyNs = NS_PER_S / callsPerS;
  const Data = Buffer.alloc(dataBytes).toString('base64');
  const Records = Array.from({ length: recordsPerCall }, (_, index) => ({
    PartitionKey: String(index).padStart(KEY_BYTES, '0'),
    Data,
    ...(into && { ExplicitHashKey: String(into.start) }),
  }));
  const startNs = clock.monotonicNs();
  const calls = Array.from({ length: seconds * callsPerS }, async (_, index): Promise<Batch | undefined> => {
    const dueNs = startNs + index * everyNs;
    await clock.sleepUntil(dueNs);
    if (clock.monotonicNs() - dueNs > everyNs) return undefined;
    const outcome = await client.call('PutRecords', { StreamName: stream.name, Records });
    const { sentNs, answeredNs } = outcome;
    const batch = { sentNs, answeredNs, records: recordsPerCall, stored: 0, throttled: 0 };
    if (outcome.kind === 'error' && isThrottle(outcome.code)) return { ...batch, throttled: recordsPerCall };
    if (outcome.kind !== 'ok') return batch;
    const results = outcome.output.Records;
    return {
      ...batch,
      stored: results.filter(({ SequenceNumber, ErrorCode }) => SequenceNumber && !ErrorCode).length,
      throttled: results.filter(({ ErrorCode }) => ErrorCode && isThrottle(ErrorCode)).length,
    };
  });
  const batches = (await Promise.all(calls)).filter((batch) => batch !== undefined);
  context.count('records offered', sumOf(batches, 'records'));
  return batches;
}

export function sumOf(batches: readonly Batch[], what: 'records' | 'stored' | 'throttled'): number {
  return batches.reduce((sum, batch) => sum + batch[what], 0);
}
