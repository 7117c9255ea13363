/**
 * Gives back the memory of records that nobody asks for any more. A shard is trimmed when somebody puts or reads; one that
 * lies idle, and a stream that was deleted, would keep what they hold. So every request also looks at one more shard, in
 * turn over the whole endpoint, and whatever finds the memory cap reached looks at all of them.
 */
import { NS_PER_MS } from '../clock.ts';
import type { Arrival } from './arrival.ts';
import type { SealedStream } from './seal.ts';
import type { Stream } from './stream.ts';
import type { Instant } from './topology.ts';

/** A stream of the endpoint; undefined once it is gone. */
export interface StreamEntry extends SealedStream {
  stream: Stream | undefined;
}

/** Looking at all shards takes time in proportion to them, so it is not done for every refused put. */
const PAUSE_NS = 100 * NS_PER_MS;

/** Walks over all shards of an endpoint. */
export class Sweep {
  readonly #entries: readonly StreamEntry[];
  #entry = 0;
  #shard = 0;
  #allAtNs = Number.NEGATIVE_INFINITY;

  /** A sweep over a list that grows. */
  constructor(entries: readonly StreamEntry[]) {
    this.#entries = entries;
  }

  /** Looks at the next shard. */
  step(arrival: Arrival): void {
    const entry = this.#entries[this.#entry];
    if (this.#shard === 0) entry?.stream?.settle(arrival);
    const shard = entry?.stream?.topology.shards[this.#shard];
    if (entry?.stream && shard && !forget(entry, arrival)) {
      entry.stream.trim(shard, arrival.nowMs);
      this.#shard += 1;
      return;
    }
    this.#shard = 0;
    this.#entry = entry ? this.#entry + 1 : 0;
  }

  /** Looks at all shards, unless that was done in the last tenth of a second. */
  all(arrival: Instant): void {
    if (arrival.nowNs - this.#allAtNs < PAUSE_NS) return;
    this.#allAtNs = arrival.nowNs;
    for (const entry of this.#entries) {
      forget(entry, arrival);
      entry.stream?.settle(arrival);
      for (const shard of entry.stream?.topology.shards ?? []) entry.stream?.trim(shard, arrival.nowMs);
    }
  }
}

/** Forgets a stream that is gone, and what it holds. False: it is not gone. */
export function forget(entry: StreamEntry, { nowNs }: Pick<Instant, 'nowNs'>): boolean {
  if (!entry.stream?.gone(nowNs)) return false;
  if (!entry.stream.keepsLog) for (const { log } of entry.stream.topology.shards) log.trimTo(log.end);
  entry.stream = undefined;
  return true;
}
