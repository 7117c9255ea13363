/**
 * The log of one shard: records in the order of storing, addressed by ordinal (0, 1, 2 …; an ordinal is never reused), in
 * segments. Finding by sequence index or time is a binary search; trimming moves a horizon and lets whole segments go.
 */
import { Segment, type Column, type RecordMarks } from './segment.ts';

/** A page of records: the bytes of their JSON, and where it ends. */
export interface Page {
  readonly parts: readonly Buffer[];
  readonly count: number;
  /** Data and partition keys. */
  readonly bytes: number;
  /** Ordinal after the last record of the page. */
  readonly next: number;
  /** Whether the page was cut by its byte limit. */
  readonly full: boolean;
}

/** The records of one shard. */
export class ShardLog {
  readonly #segments: Segment[] = [];
  #horizon = 0;
  #end = 0;

  /** Ordinal of the next record to be stored. */
  get end(): number {
    return this.#end;
  }

  /** Ordinal of the oldest record that is not trimmed; `end` when there is none. */
  get horizon(): number {
    return this.#horizon;
  }

  /** Stores a record's JSON and gives its ordinal. */
  append(json: string, marks: RecordMarks): number {
    const text = `${json},`;
    const textBytes = Buffer.byteLength(text);
    if (!this.#segments.at(-1)?.append(text, textBytes, marks)) {
      const segment = new Segment(this.#end, textBytes);
      segment.append(text, textBytes, marks);
      this.#segments.push(segment);
    }
    return this.#end++;
  }

  /** Forgets every record before `ordinal`. */
  trimTo(ordinal: number): void {
    this.#horizon = Math.max(this.#horizon, Math.min(ordinal, this.#end));
    const gone = this.#segments.findIndex((segment) => segment.next > this.#horizon);
    if (gone !== 0) this.#segments.splice(0, gone === -1 ? this.#segments.length : gone);
  }

  /** Forgets every record that arrived before `ms` since the epoch. */
  trimBefore(ms: number): void {
    const oldest = this.#segments[0];
    if (!oldest || this.#horizon === this.#end || oldest.at('arrivalMs', this.#horizon) >= ms) return;
    this.trimTo(this.firstAtLeast('arrivalMs', ms));
  }

  /** Ordinal of the first record whose value in a column is at least `value`; `end` when there is none. */
  firstAtLeast(column: Column, value: number): number {
    let low = 0;
    let high = this.#segments.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const segment = this.#segments[middle]!;
      if (segment.at(column, segment.next - 1) < value) low = middle + 1;
      else high = middle;
    }
    const found = this.#segments[low];
    return found ? Math.max(this.#horizon, found.firstAtLeast(column, value)) : this.#end;
  }

  /** A record's value in a column. The record must not be trimmed. */
  at(column: Column, ordinal: number): number {
    return this.#segments[this.#segmentOf(ordinal)]!.at(column, ordinal);
  }

  /** The JSON of one record. It must not be trimmed. */
  json(ordinal: number): string {
    const segment = this.#segments[this.#segmentOf(ordinal)]!;
    return segment
      .text(ordinal, ordinal + 1)
      .toString('utf8')
      .slice(0, -1);
  }

  /** At most `countMax` records and `bytesMax` bytes of [from, to); the first record always fits. */
  page(from: number, to: number, countMax: number, bytesMax: number): Page {
    const start = Math.max(from, this.#horizon);
    const stop = Math.min(to, start + countMax);
    const parts: Buffer[] = [];
    let bytes = 0;
    let at = start;
    let full = false;
    for (let number = this.#segmentOf(at); at < stop && !full; number += 1) {
      const segment = this.#segments[number]!;
      const begin = at;
      const until = Math.min(stop, segment.next);
      for (; at < until; at += 1) {
        const size = segment.bytes[at - segment.first]!;
        full = at > start && bytes + size > bytesMax;
        if (full) break;
        bytes += size;
      }
      if (at > begin) parts.push(segment.text(begin, at));
    }
    return { parts, count: Math.max(0, at - start), bytes, next: Math.max(at, from), full };
  }

  /** Position of the segment that holds an ordinal. */
  #segmentOf(ordinal: number): number {
    let low = 0;
    let high = this.#segments.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#segments[middle]!.next <= ordinal) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
