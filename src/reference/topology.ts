/**
 * The shards of one stream: those that are open, by the hash keys they hold, and those that were. A change (split, merge, a
 * new count) is planned for an instant; whoever asks first after it finds it made as of that instant: parents closed,
 * children open, no hash key without a shard. Nothing runs in the background.
 */
import { initialRanges, rangeIndexOf, type HashRange } from '../protocol/hash.ts';
import type { Faults } from './faults.ts';
import type { Shard, ShardParents } from './shard.ts';

/** A moment on both hands of the clock. */
export interface Instant {
  readonly nowNs: number;
  readonly nowMs: number;
}

/** Makes the shard with an index. */
export type ShardMaker = (index: number, range: HashRange, at: Instant, parents?: ShardParents) => Shard;

interface Change {
  readonly at: Instant;
  /** The shards that it may close. */
  readonly closing: readonly Shard[];
  readonly make: (at: Instant) => void;
}

/** The shards of one stream. */
export class Topology {
  readonly #shards: Shard[] = [];
  readonly #make: ShardMaker;
  readonly #faults: Faults;
  #open: readonly Shard[] = [];
  #ranges: readonly HashRange[] = [];
  #changes: Change[] = [];

  /** Fresh shards with equal shares of the hash keys. */
  constructor(shardCount: number, make: ShardMaker, faults: Faults, at: Instant) {
    this.#make = make;
    this.#faults = faults;
    const ranges = initialRanges(shardCount);
    const gap = shardCount > 1 && faults.fires('shard.range-gap');
    this.#open = ranges.map(({ start, end }, index) =>
      this.#add({ start, end: gap && index < shardCount - 1 ? end - 1n : end }, at),
    );
    this.#ranges = this.#open.map(({ range }) => range);
  }

  /** All there ever were, by index. */
  get shards(): readonly Shard[] {
    return this.#shards;
  }

  /** Those that take records, by hash key. */
  get open(): readonly Shard[] {
    return this.#open;
  }

  /** The open shard that holds a hash key. */
  holding(hashKey: bigint): Shard {
    const index = rangeIndexOf(this.#ranges, hashKey);
    // Only a fault leaves a hash key without a shard: the one before the gap takes it.
    return this.#open[index] ?? this.#open.findLast(({ range }) => range.start <= hashKey) ?? this.#open[0]!;
  }

  /** The open shard after another one, by hash key; after the last the first. */
  after(shard: Shard): Shard {
    return this.#open[(this.#open.indexOf(shard) + 1) % this.#open.length]!;
  }

  /** The shards that took over the hash keys of one that was closed. */
  childrenOf(parent: Shard): Shard[] {
    return this.#shards.filter(({ parents }) => parents?.parent === parent || parents?.adjacent === parent);
  }

  /** Plans a change; those who watch the shards that it closes are told when to look again. */
  plan(at: Instant, closing: readonly Shard[], make: (at: Instant) => void): void {
    this.#changes.push({ at, closing, make });
    for (const shard of closing) {
      shard.closesAtNs = Math.min(shard.closesAtNs, at.nowNs);
      shard.announce(at.nowNs);
    }
  }

  /** Makes the changes whose instant has come. */
  settle(nowNs: number): void {
    if (this.#changes.length === 0) return;
    const due = this.#changes.filter(({ at }) => at.nowNs <= nowNs).sort((a, b) => a.at.nowNs - b.at.nowNs);
    if (due.length === 0) return;
    this.#changes = this.#changes.filter(({ at }) => at.nowNs > nowNs);
    for (const { at, closing, make } of due) {
      make(at);
      // Who waits for the end of a shard that has stayed open would wait for a time that is over.
      for (const shard of closing) if (shard.closedMs === undefined) shard.closesAtNs = this.#closesAtNs(shard);
    }
  }

  #closesAtNs(shard: Shard): number {
    const times = this.#changes.filter(({ closing }) => closing.includes(shard)).map(({ at }) => at.nowNs);
    return Math.min(Number.POSITIVE_INFINITY, ...times);
  }

  /** Closes a shard and opens two that meet at `hashKey`, which the second one holds. */
  split(parent: Shard, hashKey: bigint, at: Instant): [Shard, Shard] {
    const overlap = this.#faults.fires('reshard.child-overlap') ? 0n : 1n;
    const { start, end } = parent.range;
    const lower = this.#add({ start, end: hashKey - overlap }, at, { parent });
    const upper = this.#add({ start: hashKey, end }, at, { parent });
    this.#replace([parent], [lower, upper], at);
    return [lower, upper];
  }

  /** Splits a shard in the middle of its hash keys, of which it must have two at least. */
  halve(parent: Shard, at: Instant): [Shard, Shard] {
    const { start, end } = parent.range;
    return this.split(parent, start + (end - start + 1n) / 2n, at);
  }

  /** Splits the widest shards in the middle until there are `shardCount`, or no hash keys are left to divide. */
  grow(shardCount: number, at: Instant): void {
    while (this.#open.length < shardCount) {
      const widest = this.#open.map(widthOf).reduce((a, b) => (a > b ? a : b));
      if (widest < 2n) return;
      // All of a size go in one turn: looking for the widest before each split would take a square of the count.
      for (const shard of this.#open) {
        if (this.#open.length < shardCount && 2n * widthOf(shard) > widest) this.halve(shard, at);
      }
    }
  }

  /** Closes two shards and opens one that holds the hash keys of both. */
  merge(parent: Shard, adjacent: Shard, at: Instant): Shard {
    const start = parent.range.start < adjacent.range.start ? parent.range.start : adjacent.range.start;
    const end = parent.range.end > adjacent.range.end ? parent.range.end : adjacent.range.end;
    const child = this.#add({ start, end }, at, { parent, adjacent });
    this.#replace([parent, adjacent], [child], at);
    return child;
  }

  /**
   * Gives each of `shardCount` shards an equal share of the hash keys, by splits and merges alone, as AWS does: what lies
   * across a new border is split there, then all pieces of one share are merged. Pieces live for no time; they are listed
   * all the same, and every shard's ancestors can be followed.
   */
  scale(shardCount: number, at: Instant): void {
    const shares = initialRanges(shardCount);
    for (const { start } of shares) {
      const holder = this.holding(start);
      if (holder.range.start !== start) this.split(holder, start, at);
    }
    for (const { start, end } of shares) {
      let shard = this.holding(start);
      while (shard.range.end !== end) shard = this.merge(shard, this.after(shard), at);
    }
  }

  #add(range: HashRange, at: Instant, parents?: ShardParents): Shard {
    const shard = this.#make(this.#shards.length, range, at, parents);
    this.#shards.push(shard);
    return shard;
  }

  #replace(parents: readonly Shard[], children: readonly Shard[], at: Instant): void {
    for (const parent of parents) parent.close(at);
    const places = parents.map((parent) => this.#open.indexOf(parent)).sort((a, b) => a - b);
    // The last one first, so that the places before it hold; the children lie where the first one was.
    for (const place of places.toReversed()) {
      const instead = place === places[0] ? children : [];
      this.#open = this.#open.toSpliced(place, 1, ...instead);
      this.#ranges = this.#ranges.toSpliced(place, 1, ...instead.map(({ range }) => range));
    }
  }
}

function widthOf({ range: { start, end } }: Shard): bigint {
  return end - start + 1n;
}
