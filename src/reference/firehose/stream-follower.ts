/**
 * Reads all shards of a stream from a moment on, each once a second, until it is ended or the stream is gone. At the end of a closed
 * shard its children are read from their beginning, once all their parents are done. Where to begin is asked of nobody, and takes
 * nothing from the budget of iterators (assumed). How a shard is read, and at whose expense, is said by who follows.
 */
import assert from 'node:assert/strict';
import { NS_PER_S, type Clock } from '../../clock.ts';
import type { ChildShard } from '../../protocol/operations.ts';
import type { Arrival, Caller } from '../arrival.ts';
import type { RecordPage } from '../record-page.ts';
import type { Shard } from '../shard.ts';
import type { Stream } from '../stream.ts';
import { ordinalOf, type Start } from '../streams/starting-position.ts';

const POLL_NS = NS_PER_S;
/** The longest pause of a follower that waits, in polls. */
const POLLS_MAX = 64;

/** What one read of a shard gave. */
export interface ShardTurn {
  /** When it is there. */
  readonly atNs: number;
  readonly page: RecordPage;
  /** Where to read on; undefined at the end of a closed shard. */
  readonly next: number | undefined;
  /** At the end, who has its hash keys. */
  readonly children: readonly Pick<ChildShard, 'ShardId' | 'ParentShards'>[];
  /** Whether there is more to be read at once. */
  readonly more: boolean;
}

/** What a follower is made of. */
export interface StreamFollowerParts {
  readonly clock: Clock;
  readonly stream: Stream;
  readonly caller: Caller;
  /** Whether there is room for more: a page that overshoots the memory cap is the last one for a while. */
  readonly ready: () => boolean;
  /** Reads a shard from a position on; `later` where it cannot be read now, `never` where it cannot be any more. */
  readonly read: (shard: Shard, position: number, arrival: Arrival) => ShardTurn | 'later' | 'never';
  readonly take: (page: RecordPage, at: Arrival, shard: Shard) => void;
  /** Whether a shard is let alone that has nothing new: where nobody is told of reads that find nothing. */
  readonly waits?: boolean;
}

/** Follows one stream. */
export class StreamFollower {
  readonly #parts: StreamFollowerParts;
  readonly #ended = new AbortController();
  /** Shards that are being read, and whether they are done. */
  readonly #shards = new Map<string, { done: boolean }>();

  /** Begins to read all open shards from now on. */
  constructor(parts: StreamFollowerParts, arrival: Arrival, from: 'LATEST' | 'TRIM_HORIZON' = 'LATEST') {
    this.#parts = parts;
    for (const shard of parts.stream.shardsOpen(arrival)) this.#begin(shard, from, arrival);
  }

  /** Reads no more. */
  end(): void {
    this.#ended.abort();
  }

  #begin(shard: Shard, type: 'LATEST' | 'TRIM_HORIZON', arrival: Arrival): void {
    if (this.#shards.has(shard.id)) return;
    this.#shards.set(shard.id, { done: false });
    const { stream } = this.#parts;
    shard.settle();
    stream.trim(shard, arrival.nowMs);
    const start: Start = { operation: 'GetShardIterator', type, number: undefined, timestamp: undefined };
    const position = ordinalOf(start, stream, shard, arrival);
    assert(typeof position === 'number', 'both beginnings are in every shard');
    void this.#follow(shard, position);
  }

  /** Reads a shard from a position to its end. */
  async #follow(shard: Shard, from: number): Promise<void> {
    const { clock, ready, read, take, waits = false } = this.#parts;
    let position = from;
    let polls = 1;
    let refused = 0;
    for (let dueNs = clock.monotonicNs() + POLL_NS; ; dueNs += polls * POLL_NS) {
      await clock.sleepUntil(dueNs, this.#ended.signal);
      if (this.#ended.signal.aborted) return;
      const turn = ready() ? read(shard, position, this.#now()) : 'later';
      if (turn === 'never') return;
      if (turn === 'later') {
        // Who would otherwise be idle looks less and less often.
        polls = waits ? Math.min(2 ** refused, POLLS_MAX) : 1;
        refused += 1;
        continue;
      }
      refused = 0;
      await clock.sleepUntil(turn.atNs, this.#ended.signal);
      if (this.#ended.signal.aborted) return;
      take(turn.page, this.#now(), shard);
      if (turn.next === undefined) {
        this.#finish(shard, turn.children);
        return;
      }
      position = turn.next;
      polls = turn.more ? 0 : 1;
      if (!waits || position < shard.log.end || shard.closedMs !== undefined) continue;
      await this.#news(shard);
      // On in the same rhythm.
      dueNs += Math.max(0, Math.floor((clock.monotonicNs() - dueNs) / POLL_NS)) * POLL_NS;
    }
  }

  /** Waits until there is something new about a shard, or it is read no more. */
  #news(shard: Shard): Promise<void> {
    const { signal } = this.#ended;
    return new Promise((resolve) => {
      const changed = () => {
        shard.unwatch(watcher);
        signal.removeEventListener('abort', changed);
        resolve();
      };
      const watcher = { changed };
      shard.watch(watcher);
      signal.addEventListener('abort', changed, { once: true });
    });
  }

  #now(): Arrival {
    const { clock, caller } = this.#parts;
    return { nowNs: clock.monotonicNs(), nowMs: clock.now(), caller };
  }

  #finish({ id }: Shard, children: ShardTurn['children']): void {
    this.#shards.get(id)!.done = true;
    for (const { ShardId, ParentShards } of children) {
      const child = this.#parts.stream.topology.shards.find((shard) => shard.id === ShardId);
      const ready = ParentShards.every((parent) => this.#shards.get(parent)?.done !== false);
      if (child && ready) this.#begin(child, 'TRIM_HORIZON', this.#now());
    }
  }
}
