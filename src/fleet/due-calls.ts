/**
 * The calls of one agent as they fall due. Large ones are drafted and written ahead: the bytes of 8 MiB take tens of milliseconds to
 * fill, encode and hash, in which the generator would be late for them and for every other call of its thread. Written ahead
 * are the calls of one due time, up to a bound on their bytes, so that memory does not depend on the size of a burst.
 */
import type { ProduceFleet, SizePlan } from '../scenario/plan.ts';
import { putsToDelivery } from './firehose-put.ts';
import type { PutRecord } from './put-record.ts';

/** Calls of less are made as they leave: it takes less than a timer is late. */
const LARGE_BYTES = 1 << 20;
/** So long before they are due, in ns, if nothing of before is still to be sent. */
export const AHEAD_NS = 500_000_000;
/** Data of an agent that is written ahead, at the most, and that of one call more. */
const AHEAD_BYTES = 32 << 20;

export interface DueCall {
  readonly dueNs: number;
  /** Where they were written ahead. */
  readonly records: readonly PutRecord[] | undefined;
}

/**
 * Whether calls of a fleet are written ahead; those of a file, of a chain and of a batch that is gathered say too late what is in
 * them, and those into a delivery stream have 4 MiB at the most.
 */
export function isLarge(fleet: ProduceFleet): boolean {
  const { data, recordBytes, batchRecords, gather, chain } = fleet;
  const filled = data.kind === 'random' || data.kind === 'zeros';
  return filled && !putsToDelivery(fleet) && !gather && !chain && batchRecords * bytesMax(recordBytes) >= LARGE_BYTES;
}

function bytesMax(size: SizePlan): number {
  return size.kind === 'fixed' ? size.bytes : size.maxBytes;
}

/**
 * The calls that are due at these times, each to be taken when it is due.
 * @param write drafts the call of a due time and writes it; null where nothing is to be written now
 * @param until waits for a time
 */
export async function* writtenAhead(
  dueTimes: Iterable<number>,
  write: (dueNs: number) => readonly PutRecord[] | null,
  until: (atNs: number) => Promise<void>,
): AsyncGenerator<DueCall> {
  let ahead: DueCall[] = [];
  let bytes = 0;
  for (const dueNs of dueTimes) {
    if (ahead.length > 0 && (dueNs > ahead[0]!.dueNs || bytes >= AHEAD_BYTES)) {
      yield* ahead;
      ahead = [];
      bytes = 0;
    }
    await until(dueNs - AHEAD_NS);
    const records = write(dueNs) ?? undefined;
    ahead.push({ dueNs, records });
    for (const { dataBytes } of records ?? []) bytes += dataBytes;
  }
  yield* ahead;
}
