/**
 * The shards of one stream: those that are open, by the hash keys they hold, and those that were. A change (split, merge, a
 * new count) is planned for an instant; whoever asks first after it finds it made as of that instant: parents closed,
 * children open, no hash key without a shard. Nothing runs in the background. A closed shard is kept until its stream lets
 * go of it; indices only rise, so none is ever given twice.
 */
import { HASH_LOW_BITS, hashHighOf, hashKeyOf, initialRanges, rangeIndexOf, type HashRange } from '../protocol/hash.ts';
import type { StreamFaults } from './faults.ts';
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
  readonly closing: ReadonlySet<Shard>;
  /** How many more shards may be open in the course of it. */
  readonly opens: number;
  readonly make: (at: Instant) => void;
}

/** The shards of one stream. */
export class Topology {
  readonly #shards = new Map<number, Shard>();
  readonly #make: ShardMaker;
  readonly #faults: StreamFaults;
  /** The values of `#shards`, until they change. */
  #listed: readonly Shard[] | undefined;
  #open: readonly Shard[] = [];
  #ranges: readonly HashRange[] = [];
  /** The highest bits of where each range starts; undefined where ranges overlap, by a fault. */
  #highs: Float64Array | undefined;
  #changes: Change[] = [];
  /** Shards that are closed and not forgotten, in the order of their closing. */
  #closed: Shard[] = [];
  #made = 0;
  #createdSMax = 0;

  /** Fresh shards with equal shares of the hash keys. */
  constructor(shardCount: number, make: ShardMaker, faults: StreamFaults, at: Instant) {
    this.#make = make;
    this.#faults = faults;
    const ranges = initialRanges(shardCount);
    const gap = shardCount > 1 && faults.fires('shard.range-gap');
    this.#setOpen(
      ranges.map(({ start, end }, index) =>
        this.#add({ start, end: gap && index < shardCount - 1 ? end - 1n : end }, at),
      ),
    );
  }

  /** Those that are open, and those that were and are not forgotten, by index. */
  get shards(): readonly Shard[] {
    return (this.#listed ??= [...this.#shards.values()]);
  }

  /** One of them by its index. */
  at(index: number): Shard | undefined {
    return this.#shards.get(index);
  }

  /** Those that take records, by hash key. */
  get open(): readonly Shard[] {
    return this.#open;
  }

  /** The latest second of creation that any of its shards has or had. */
  get createdSMax(): number {
    return this.#createdSMax;
  }

  /** The open shard that holds a hash key. */
  holding(hashKey: bigint): Shard {
    const index = rangeIndexOf(this.#ranges, hashKey);
    // Only a fault leaves a hash key without a shard: the one before the gap takes it.
    return this.#open[index] ?? this.#open.findLast(({ range }) => range.start <= hashKey) ?? this.#open[0]!;
  }

  /** The open shard that holds the hash key of a partition key. */
  holdingKey(partitionKey: string): Shard {
    const highs = this.#highs;
    if (!highs) return this.holding(hashKeyOf(partitionKey));
    const high = hashHighOf(partitionKey);
    let low = 0;
    let after = highs.length;
    while (low < after) {
      const middle = (low + after) >>> 1;
      if (highs[middle]! <= high) low = middle + 1;
      else after = middle;
    }
    // Where the bits are those of a start too, the key may lie before it.
    return low === 0 || highs[low - 1] === high ? this.holding(hashKeyOf(partitionKey)) : this.#open[low - 1]!;
  }

  /** The open shard after another one, by hash key; after the last the first. */
  after(shard: Shard): Shard {
    return this.#open[(this.#open.indexOf(shard) + 1) % this.#open.length]!;
  }

  /** How many more shards may be open when all that is planned is made. */
  get coming(): number {
    return this.#changes.reduce((sum, { opens }) => sum + opens, 0);
  }

  /** Plans a change; those who watch the shards that it closes are told when to look again. */
  plan(at: Instant, closing: readonly Shard[], make: (at: Instant) => void, opens = 0): void {
    this.#changes.push({ at, closing: new Set(closing), opens, make });
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
    const times = this.#changes.filter(({ closing }) => closing.has(shard)).map(({ at }) => at.nowNs);
    return Math.min(Number.POSITIVE_INFINITY, ...times);
  }

  /** Forgets the shards that were closed before `ms` since the epoch, and gives them. Their children keep their ids. */
  forget(ms: number): readonly Shard[] {
    const kept = this.#closed.findIndex(({ closedMs = 0 }) => closedMs >= ms);
    if (kept === 0 || this.#closed.length === 0) return [];
    const gone = this.#closed.splice(0, kept < 0 ? this.#closed.length : kept);
    for (const shard of gone) {
      this.#shards.delete(shard.index);
      for (const child of shard.children) child.forgetParents();
    }
    this.#listed = undefined;
    return gone;
  }

  /** Closes a shard and opens two that meet at `hashKey`, which the second one holds. */
  split(parent: Shard, hashKey: bigint, at: Instant): void {
    this.#replace(new Map([[parent, this.#divide(parent, hashKey, at)]]));
  }

  /** Splits shards in the middle of their hash keys, of which each must have two at least. Gives what became of them. */
  halve(parents: readonly Shard[], at: Instant): ReadonlyMap<Shard, readonly [Shard, Shard]> {
    const halves = new Map<Shard, readonly [Shard, Shard]>();
    for (const parent of parents) {
      const { start, end } = parent.range;
      halves.set(parent, this.#divide(parent, start + (end - start + 1n) / 2n, at));
    }
    this.#replace(halves);
    return halves;
  }

  /** Splits the widest shards in the middle until there are `shardCount`, or no hash keys are left to divide. */
  grow(shardCount: number, at: Instant): void {
    while (this.#open.length < shardCount) {
      const widest = this.#open.map(widthOf).reduce((a, b) => (a > b ? a : b));
      if (widest < 2n) return;
      // All of a size go in one turn: looking for the widest before each split would take a square of the count.
      const wide = this.#open.filter((shard) => 2n * widthOf(shard) > widest);
      this.halve(wide.slice(0, shardCount - this.#open.length), at);
    }
  }

  /** Closes two shards and opens one that holds the hash keys of both. */
  merge(parent: Shard, adjacent: Shard, at: Instant): void {
    const child = this.#unite(parent, adjacent, at);
    const [first, second] = parent.range.start < adjacent.range.start ? [parent, adjacent] : [adjacent, parent];
    this.#replace(
      new Map([
        [first, [child]],
        [second, []],
      ]),
    );
  }

  /**
   * Gives each of `shardCount` shards an equal share of the hash keys, by splits and merges alone, as AWS does: what lies
   * across a new border is split there, then all pieces of one share are merged. Pieces live for no time; they are listed
   * all the same, and every shard's ancestors can be followed.
   */
  scale(shardCount: number, at: Instant): void {
    const shares = initialRanges(shardCount);
    const pieces: Shard[] = [];
    let next = 1;
    for (const shard of this.#open) {
      let rest = shard;
      for (; next < shardCount && shares[next]!.start <= rest.range.end; next += 1) {
        const border = shares[next]!.start;
        if (border <= rest.range.start) continue;
        const [piece, other] = this.#divide(rest, border, at);
        pieces.push(piece);
        rest = other;
      }
      pieces.push(rest);
    }
    const open: Shard[] = [];
    next = 0;
    for (const piece of pieces) {
      const begins = next < shardCount && piece.range.start >= shares[next]!.start;
      const last = open.at(-1);
      if (begins || !last) open.push(piece);
      else open[open.length - 1] = this.#unite(last, piece, at);
      while (next < shardCount && piece.range.start >= shares[next]!.start) next += 1;
    }
    this.#setOpen(open);
  }

  /** Closes a shard and makes two of it. */
  #divide(parent: Shard, hashKey: bigint, at: Instant): readonly [Shard, Shard] {
    const overlap = this.#faults.fires('reshard.child-overlap') ? 0n : 1n;
    const { start, end } = parent.range;
    const lower = this.#add({ start, end: hashKey - overlap }, at, { parent });
    const upper = this.#add({ start: hashKey, end }, at, { parent });
    this.#close(parent, at);
    return [lower, upper];
  }

  /** Closes two shards and makes one of them. */
  #unite(parent: Shard, adjacent: Shard, at: Instant): Shard {
    const start = parent.range.start < adjacent.range.start ? parent.range.start : adjacent.range.start;
    const end = parent.range.end > adjacent.range.end ? parent.range.end : adjacent.range.end;
    const child = this.#add({ start, end }, at, { parent, adjacent });
    this.#close(parent, at);
    this.#close(adjacent, at);
    return child;
  }

  #add(range: HashRange, at: Instant, parents?: ShardParents): Shard {
    const shard = this.#make(this.#made, range, at, parents);
    this.#made += 1;
    this.#createdSMax = Math.max(this.#createdSMax, shard.createdS);
    this.#shards.set(shard.index, shard);
    this.#listed = undefined;
    if (parents) {
      adopt(parents.parent, shard);
      if (parents.adjacent) adopt(parents.adjacent, shard);
    }
    return shard;
  }

  #close(shard: Shard, at: Instant): void {
    shard.close(at);
    this.#closed.push(shard);
  }

  /** Puts what became of them in the places of open shards, all in one go: the list is as long as the stream is wide. */
  #replace(instead: ReadonlyMap<Shard, readonly Shard[]>): void {
    const open: Shard[] = [];
    for (const shard of this.#open) {
      const children = instead.get(shard);
      if (children) open.push(...children);
      else open.push(shard);
    }
    this.#setOpen(open);
  }

  #setOpen(open: readonly Shard[]): void {
    this.#open = open;
    this.#ranges = open.map(({ range }) => range);
    const apart = this.#ranges.every(({ start }, place) => place === 0 || start > this.#ranges[place - 1]!.end);
    this.#highs = apart ? Float64Array.from(this.#ranges, ({ start }) => Number(start >> HASH_LOW_BITS)) : undefined;
  }
}

/** A list as long as it is: one that is pushed to has room for sixteen more. */
function adopt(parent: Shard, child: Shard): void {
  parent.children = [...parent.children, child];
}

function widthOf({ range: { start, end } }: Shard): bigint {
  return end - start + 1n;
}
