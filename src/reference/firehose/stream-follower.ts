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
    const { clock, ready, read, take } = this.#parts;
    let position = from;
    let more = false;
    for (let dueNs = clock.monotonicNs() + POLL_NS; ; dueNs += more ? 0 : POLL_NS) {
      await clock.sleepUntil(dueNs, this.#ended.signal);
      if (this.#ended.signal.aborted) return;
      more = false;
      if (!ready()) continue;
      const turn = read(shard, position, this.#now());
      if (turn === 'never') return;
      if (turn === 'later') continue;
      await clock.sleepUntil(turn.atNs, this.#ended.signal);
      if (this.#ended.signal.aborted) return;
      take(turn.page, this.#now(), shard);
      if (turn.next === undefined) {
        this.#finish(shard, turn.children);
        return;
      }
      position = turn.next;
      more = turn.more;
    }
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
