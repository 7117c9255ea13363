/**
 * Attempts on each shard, one by one, as far as they tell what limits it: those shortly before the first throttle, and some
 * thousands after it. Memory is bounded by shards, not by the length of a run: what came long before the first throttle is
 * forgotten, what comes long after it is not kept.
 */

/** Attempts kept of those before the first throttle. */
const BEFORE_MAX = 4096;
/** Attempts kept of one shard altogether. */
const ATTEMPTS_MAX = 16_384;
/** Shards of which attempts are kept, writes and reads apart. */
const SHARDS_MAX = 128;

export type AttemptSide = 'write' | 'read';

/** What is kept of one shard; can be cloned between threads. */
export interface AttemptExport {
  readonly side: AttemptSide;
  /** Alias. */
  readonly stream: string;
  readonly shard: string;
  /** Monotonic ns at which each was sent. */
  readonly atNs: readonly number[];
  /** Data and keys; of a throttled read nothing is known, 0. */
  readonly bytes: readonly number[];
  readonly accepted: readonly boolean[];
  /** From when to when nothing is missing; infinite where nothing was forgotten or left out. */
  readonly fromNs: number;
  readonly toNs: number;
}

interface Entries {
  readonly side: AttemptSide;
  readonly stream: string;
  readonly shard: string;
  atNs: number[];
  bytes: number[];
  accepted: boolean[];
  throttled: boolean;
  fromNs: number;
  toNs: number;
}

export class AttemptLog {
  readonly #shards = new Map<string, Entries>();

  /** Notes an attempt that was accepted or throttled; what failed otherwise says nothing of a limit. */
  add(side: AttemptSide, stream: string, shard: string, atNs: number, bytes: number, accepted: boolean): void {
    const entries = this.#entriesOf(side, stream, shard);
    if (!entries || entries.toNs < Infinity) return;
    if (!accepted) entries.throttled = true;
    entries.atNs.push(atNs);
    entries.bytes.push(bytes);
    entries.accepted.push(accepted);
    if (!entries.throttled && entries.atNs.length >= 2 * BEFORE_MAX) forget(entries);
    if (entries.atNs.length >= ATTEMPTS_MAX) entries.toNs = atNs;
  }

  export(): AttemptExport[] {
    return [...this.#shards.values()];
  }

  #entriesOf(side: AttemptSide, stream: string, shard: string): Entries | undefined {
    const key = `${side}|${stream}|${shard}`;
    const known = this.#shards.get(key);
    if (known || this.#shards.size >= SHARDS_MAX) return known;
    const fresh = { side, stream, shard, atNs: [], bytes: [], accepted: [], throttled: false };
    const entries: Entries = { ...fresh, fromNs: -Infinity, toNs: Infinity };
    this.#shards.set(key, entries);
    return entries;
  }
}

function forget(entries: Entries): void {
  entries.atNs = entries.atNs.slice(-BEFORE_MAX);
  entries.bytes = entries.bytes.slice(-BEFORE_MAX);
  entries.accepted = entries.accepted.slice(-BEFORE_MAX);
  entries.fromNs = entries.atNs[0]!;
}
