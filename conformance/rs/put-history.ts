/** What writers noted of each record they tried to put, and what the log may hold of it: a pure checker, judged by its own tests. */
import type { Acknowledged } from '../records.ts';

/** One record: each has its own data. */
export interface Put {
  readonly data: string;
  /** Attempts that were not refused: each may have stored it once. */
  readonly storable: number;
  /** Undefined where no attempt was acknowledged. */
  readonly acknowledged: Acknowledged | undefined;
}

/** A record as it was read. */
export interface Shown {
  readonly shardId: string;
  readonly sequenceNumber: string;
  readonly data: string;
}

export interface Audit {
  /** Acknowledged, and nowhere to be read. */
  readonly lost: readonly Acknowledged[];
  /** Read at more places than attempts can have stored it at. */
  readonly doubled: readonly { readonly put: Put; readonly places: readonly Shown[] }[];
}

/** Holds what was read against what was put. One place that was read twice is one place. */
export function audit(puts: readonly Put[], shown: readonly Shown[]): Audit {
  const places = new Map<string, Map<string, Shown>>();
  for (const record of shown) {
    const own = places.get(record.data) ?? new Map<string, Shown>();
    places.set(record.data, own.set(`${record.shardId} ${record.sequenceNumber}`, record));
  }
  const of = (put: Put) => [...(places.get(put.data)?.values() ?? [])];
  return {
    lost: puts.flatMap((put) => (put.acknowledged && of(put).length === 0 ? put.acknowledged : [])),
    doubled: puts.flatMap((put) => (of(put).length > put.storable ? { put, places: of(put) } : [])),
  };
}
