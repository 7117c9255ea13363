/**
 * The log of one shard: records in the order of storing, addressed by ordinal (0, 1, 2 …; an ordinal is reused only after
 * `truncate`), in segments. Finding by sequence index or time is a binary search; trimming moves a horizon and lets whole segments go. An
 * empty log holds nothing, a small one little: segments grow fourfold from 1 KiB to 1 MiB, anew after all was trimmed.
 */
import type { LogMemory } from './log-memory.ts';
import { StoredPage, type RecordPage, type Slice } from './record-page.ts';
import { Segment, type Column, type NewRecord, type RecordMarks } from './segment.ts';
import type { SequenceNumbers } from './sequence-number.ts';

const SEGMENT_BYTES_FIRST = 1024;
const SEGMENT_BYTES_MAX = 1024 * 1024;
const SEGMENT_GROWTH = 4;

/** The records of one shard. */
export class ShardLog {
  readonly #numbers: SequenceNumbers;
  readonly #memory: LogMemory;
  #segments: Segment[] = [];
  #segmentBytes = SEGMENT_BYTES_FIRST;
  #horizon = 0;
  #end = 0;
  #oldestMs = Number.POSITIVE_INFINITY;

  /** An empty log whose records get these numbers and whose bytes go on this account. */
  constructor(numbers: SequenceNumbers, memory: LogMemory) {
    this.#numbers = numbers;
    this.#memory = memory;
  }

  /** Ordinal of the next record to be stored. */
  get end(): number {
    return this.#end;
  }

  /** Ordinal of the oldest record that is not trimmed; `end` when there is none. */
  get horizon(): number {
    return this.#horizon;
  }

  /** When the oldest record that is not trimmed arrived, ms since the epoch; infinite when there is none. */
  get oldestMs(): number {
    return this.#oldestMs;
  }

  /** Whether `unhide` would show anything. */
  get hides(): boolean {
    return (this.#segments[0]?.first ?? this.#horizon) < this.#horizon;
  }

  /** Bytes of blocks and columns, room for later records included. */
  get bytesHeld(): number {
    return this.#segments.reduce((sum, segment) => sum + segment.bytesHeld, 0);
  }

  /** Whether the memory cap leaves room for a record of so many bytes. */
  admits(bytes: number): boolean {
    if (this.#memory.bytesMax === Number.POSITIVE_INFINITY) return true;
    const growth = this.#segments.at(-1)?.growth(bytes) ?? Segment.bytesAtFirst(this.#blockBytes(bytes));
    return growth === 0 || this.#memory.allows(growth);
  }

  /** Stores a record and gives its ordinal. */
  append(record: NewRecord, marks: RecordMarks): number {
    let last = this.#segments.at(-1);
    if (!last?.fits(record.bytes, marks)) {
      last?.seal();
      last = new Segment(this.#end, this.#blockBytes(record.bytes), marks, this.#memory);
      this.#segments.push(last);
      this.#segmentBytes = Math.min(SEGMENT_BYTES_MAX, this.#segmentBytes * SEGMENT_GROWTH);
    }
    last.append(record, marks);
    if (this.#horizon === this.#end) this.#oldestMs = marks.arrivalMs;
    return this.#end++;
  }

  /** Forgets every record before `ordinal`. */
  trimTo(ordinal: number): void {
    this.#horizon = Math.max(this.#horizon, Math.min(ordinal, this.#end));
    let gone = 0;
    for (; gone < this.#segments.length && this.#segments[gone]!.next <= this.#horizon; gone += 1) {
      this.#segments[gone]!.release();
    }
    if (gone > 0) {
      this.#segments = this.#segments.slice(gone);
      if (this.#segments.length === 0) this.#segmentBytes = SEGMENT_BYTES_FIRST;
    }
    this.#look();
  }

  /** Loses every record from `ordinal` on, as a crash does with what was never written; the next ones get their ordinals. */
  truncate(ordinal: number): void {
    if (ordinal >= this.#end) return;
    for (const segment of this.#segments) if (segment.next > ordinal) segment.release();
    this.#segments = this.#segments
      .filter(({ first }) => first < ordinal)
      .map((segment) => (segment.next > ordinal ? segment.before(ordinal) : segment));
    if (this.#segments.length === 0) this.#segmentBytes = SEGMENT_BYTES_FIRST;
    this.#end = ordinal;
    this.#look();
  }

  /** Forgets every record that arrived before `ms` since the epoch. */
  trimBefore(ms: number): void {
    const oldest = this.#segments[0];
    if (!oldest || this.#horizon === this.#end || oldest.at('arrivalMs', this.#horizon) >= ms) return;
    this.trimTo(this.firstAtLeast('arrivalMs', ms));
  }

  /** Ordinal of the first record whose value in a column is at least `value`; `end` when there is none. */
  firstAtLeast(column: Column, value: number): number {
    return this.#first(column, (found) => found >= value);
  }

  /**
   * Ordinal of the first record whose value in a column is greater than `value`; `end` when there is none. Not the same as
   * `firstAtLeast` of `value + 1`: a virtual clock soon passes 2^53 ns (104 days), where that sum is `value` again.
   */
  firstAbove(column: Column, value: number): number {
    return this.#first(column, (found) => found > value);
  }

  #first(column: Column, passes: (value: number) => boolean): number {
    let low = 0;
    let high = this.#segments.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const segment = this.#segments[middle]!;
      if (passes(segment.at(column, segment.next - 1))) high = middle;
      else low = middle + 1;
    }
    const found = this.#segments[low];
    return found ? Math.max(this.#horizon, found.firstPassing(column, passes)) : this.#end;
  }

  /** What was put before `ms` is not shown, and kept: what a fault does that forgets to delete. */
  hideBefore(ms: number): void {
    this.#horizon = Math.max(this.#horizon, this.firstAtLeast('arrivalMs', ms));
    this.#look();
  }

  /** Shows again what was hidden. */
  unhide(): void {
    this.#horizon = this.#segments[0]?.first ?? this.#horizon;
    this.#look();
  }

  /** A record's value in a column. The record must not be trimmed. */
  at(column: Column, ordinal: number): number {
    return this.#segments[this.#segmentOf(ordinal)]!.at(column, ordinal);
  }

  /** At most `countMax` records and `bytesMax` bytes of [from, to); the first record always fits. */
  page(from: number, to: number, countMax: number, bytesMax: number): RecordPage {
    const start = Math.max(from, this.#horizon);
    const stop = Math.min(to, start + countMax);
    const slices: Slice[] = [];
    let bytes = 0;
    let at = start;
    let full = false;
    for (let place = this.#segmentOf(at); at < stop && !full; place += 1) {
      const segment = this.#segments[place]!;
      const wanted = Math.min(stop, segment.next);
      let until = Math.min(wanted, segment.reach(at, bytesMax - bytes));
      if (at === start && until === at) until = at + 1;
      full = until < wanted;
      if (until === at) break;
      slices.push({ segment, from: at, to: until });
      bytes += segment.bytes(at, until);
      at = until;
    }
    const count = Math.max(0, at - start);
    return new StoredPage(this.#numbers, slices, { count, bytes, next: Math.max(at, from), full });
  }

  /** Looks up when the oldest record arrived, once per change: every put asks, and with many shards its segment is far from the processor. */
  #look(): void {
    this.#oldestMs = this.#horizon >= this.#end ? Number.POSITIVE_INFINITY : this.at('arrivalMs', this.#horizon);
  }

  /** Bytes of the next block, if its first record has so many. */
  #blockBytes(recordBytes: number): number {
    return Math.max(this.#segmentBytes, recordBytes);
  }

  /** Position of the segment that holds an ordinal. */
  #segmentOf(ordinal: number): number {
    const oldest = this.#segments[0];
    if (!oldest || ordinal < oldest.next) return 0;
    let low = 1;
    let high = this.#segments.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#segments[middle]!.next <= ordinal) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
