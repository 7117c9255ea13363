/**
 * A stretch of a shard's log, outside the JavaScript heap: one block of bytes with data and partition key of each record,
 * one after the other, and 32 bytes of columns a record beside it. Times and positions are kept as distances from the
 * segment's first record, so that most fit in four bytes. Nothing of a record is a JavaScript object until it is read.
 */
import type { LogMemory } from './log-memory.ts';

/** A record to be stored. */
export interface NewRecord {
  readonly data: Uint8Array;
  /** Absent where it was not sent (AUTO distribution); "" is never valid. */
  readonly partitionKey: string | undefined;
  /** Data and partition key. */
  readonly bytes: number;
  /** Whether the stream was encrypted when the record was put. */
  readonly encrypted: boolean;
  /** Whether it named a record that it must follow; the order of storing does so in any case. */
  readonly chained: boolean;
}

/** What the log knows of a record besides what was sent. Each rises from record to record. */
export interface RecordMarks {
  /** Position in the shard's sequence numbers. */
  readonly index: number;
  readonly arrivalMs: number;
  /** Readable from here on. */
  readonly visibleAtNs: number;
  /** Acknowledged at this time. */
  readonly acknowledgedAtNs: number;
}

/** The columns that can be searched: each is sorted. */
export type Column = keyof RecordMarks;

/** A record where it lies: data from `dataAt` to `keyAt` of the block, the partition key from there to `end`. */
export interface StoredRecord {
  block: Buffer;
  dataAt: number;
  keyAt: number;
  end: number;
  hasKey: boolean;
  encrypted: boolean;
  index: number;
  arrivalMs: number;
}

/** Columns of times, as doubles: visible, acknowledged. */
const TIMES = 2;
/** Columns of four bytes: distance in index, distance in arrival, end in the block, mark of the key. */
const MARKS = 4;
const BYTES_PER_RECORD = TIMES * 8 + MARKS * 4;
const DISTANCE_MAX = 2 ** 32 - 1;
/** In the mark of the key, beside its length: it was not sent; the stream was encrypted. */
const KEY_ABSENT = 1 << 30;
const ENCRYPTED = 1 << 29;
const KEY_BYTES = ENCRYPTED - 1;
/** Room for records that the columns begin with. */
const ROOM_FIRST = 16;

/** A block of records; full when `fits` says no more. */
export class Segment {
  /** Ordinal of its first record in the shard. */
  readonly first: number;
  readonly #memory: LogMemory;
  readonly #indexBase: number;
  readonly #arrivalBase: number;
  #block: Buffer;
  #used = 0;
  #count = 0;
  #times: Float64Array;
  #marks: Uint32Array;

  /** An empty segment with a block of so many bytes, to begin with a record of these marks. */
  constructor(
    first: number,
    blockBytes: number,
    { index, arrivalMs }: Pick<RecordMarks, 'index' | 'arrivalMs'>,
    memory: LogMemory,
  ) {
    this.first = first;
    this.#memory = memory;
    this.#indexBase = index;
    this.#arrivalBase = arrivalMs;
    this.#block = Buffer.allocUnsafeSlow(blockBytes);
    this.#times = new Float64Array(TIMES * ROOM_FIRST);
    this.#marks = new Uint32Array(MARKS * ROOM_FIRST);
    memory.bytes += this.bytesHeld;
  }

  /** Bytes that a segment takes before its columns grow. */
  static bytesAtFirst(blockBytes: number): number {
    return blockBytes + ROOM_FIRST * BYTES_PER_RECORD;
  }

  /** Bytes of block and columns. */
  get bytesHeld(): number {
    return this.#block.length + this.#times.byteLength + this.#marks.byteLength;
  }

  /** Ordinal after its last record. */
  get next(): number {
    return this.first + this.#count;
  }

  /** Whether so many bytes and a record of these marks can be stored. */
  fits(bytes: number, { index, arrivalMs }: RecordMarks): boolean {
    return (
      this.#used + bytes <= this.#block.length &&
      index >= this.#indexBase &&
      index - this.#indexBase <= DISTANCE_MAX &&
      arrivalMs >= this.#arrivalBase &&
      arrivalMs - this.#arrivalBase <= DISTANCE_MAX
    );
  }

  /** Bytes more that it would hold with another record of so many; undefined when that needs another segment. */
  growth(bytes: number): number | undefined {
    if (this.#used + bytes > this.#block.length) return undefined;
    return this.#count * TIMES < this.#times.length ? 0 : this.#count * BYTES_PER_RECORD;
  }

  /** Stores a record that fits. */
  append({ data, partitionKey, encrypted }: NewRecord, marks: RecordMarks): void {
    if (this.#count * TIMES === this.#times.length) this.#resizeColumns(this.#count * 2);
    const block = this.#block;
    block.set(data, this.#used);
    const keyAt = this.#used + data.length;
    const keyBytes = partitionKey === undefined ? 0 : block.write(partitionKey, keyAt, 'utf8');
    this.#used = keyAt + keyBytes;
    const time = this.#count * TIMES;
    this.#times[time] = marks.visibleAtNs;
    this.#times[time + 1] = marks.acknowledgedAtNs;
    const mark = this.#count * MARKS;
    this.#marks[mark] = marks.index - this.#indexBase;
    this.#marks[mark + 1] = marks.arrivalMs - this.#arrivalBase;
    this.#marks[mark + 2] = this.#used;
    this.#marks[mark + 3] = keyBytes | (partitionKey === undefined ? KEY_ABSENT : 0) | (encrypted ? ENCRYPTED : 0);
    this.#count += 1;
  }

  /** Gives back what the records do not need: nothing more will be stored. */
  seal(): void {
    this.#resizeColumns(this.#count);
    // A copy is worth it only where the records are few and large, and so the end of the block is.
    if (this.#block.length - this.#used <= this.#count * BYTES_PER_RECORD) return;
    const exact = Buffer.allocUnsafeSlow(this.#used);
    this.#block.copy(exact, 0, 0, this.#used);
    this.#memory.bytes -= this.#block.length - exact.length;
    this.#block = exact;
  }

  /** Another segment with the records before `ordinal`, of which there are some; who reads this one may go on. */
  before(ordinal: number): Segment {
    const marks = { index: this.#indexBase, arrivalMs: this.#arrivalBase };
    const copy = new Segment(this.first, this.#block.length, marks, this.#memory);
    const count = ordinal - this.first;
    copy.#resizeColumns(Math.max(count, ROOM_FIRST));
    copy.#times.set(this.#times.subarray(0, TIMES * count));
    copy.#marks.set(this.#marks.subarray(0, MARKS * count));
    copy.#count = count;
    copy.#used = copy.#endOf(count - 1);
    this.#block.copy(copy.#block, 0, 0, copy.#used);
    return copy;
  }

  /** Takes the segment off the account; who still reads it may go on. */
  release(): void {
    this.#memory.bytes -= this.bytesHeld;
  }

  /** A record's value in a column. */
  at(column: Column, ordinal: number): number {
    return this.#value(column, ordinal - this.first);
  }

  /** Puts a record's place and marks into `into`. */
  read(ordinal: number, into: StoredRecord): void {
    const at = ordinal - this.first;
    const mark = at * MARKS;
    const key = this.#marks[mark + 3]!;
    into.block = this.#block;
    into.dataAt = this.#endOf(at - 1);
    into.end = this.#marks[mark + 2]!;
    into.keyAt = into.end - (key & KEY_BYTES);
    into.hasKey = (key & KEY_ABSENT) === 0;
    into.encrypted = (key & ENCRYPTED) !== 0;
    into.index = this.#indexBase + this.#marks[mark]!;
    into.arrivalMs = this.#arrivalBase + this.#marks[mark + 1]!;
  }

  /** Bytes of the records in [from, to). */
  bytes(from: number, to: number): number {
    return this.#endOf(to - 1 - this.first) - this.#endOf(from - 1 - this.first);
  }

  /** Ordinal of the first record whose value in the column passes, as all later ones do; `next` when there is none. */
  firstPassing(column: Column, passes: (value: number) => boolean): number {
    return this.first + this.#search(this.#count, (at) => passes(this.#value(column, at)));
  }

  /** The greatest ordinal up to which the records from `from` on have at most so many bytes. */
  reach(from: number, bytes: number): number {
    const limit = this.#endOf(from - 1 - this.first) + bytes;
    return this.first + this.#search(this.#count, (at) => this.#endOf(at) > limit);
  }

  /** The first place that satisfies what all later ones satisfy; `count` when none does. */
  #search(count: number, satisfies: (at: number) => boolean): number {
    let low = 0;
    let high = count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (satisfies(middle)) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  #value(column: Column, at: number): number {
    if (column === 'visibleAtNs') return this.#times[at * TIMES]!;
    if (column === 'acknowledgedAtNs') return this.#times[at * TIMES + 1]!;
    if (column === 'index') return this.#indexBase + this.#marks[at * MARKS]!;
    return this.#arrivalBase + this.#marks[at * MARKS + 1]!;
  }

  #endOf(at: number): number {
    return at < 0 ? 0 : this.#marks[at * MARKS + 2]!;
  }

  #resizeColumns(room: number): void {
    const before = this.bytesHeld;
    const times = new Float64Array(TIMES * room);
    times.set(this.#times.subarray(0, TIMES * this.#count));
    const marks = new Uint32Array(MARKS * room);
    marks.set(this.#marks.subarray(0, MARKS * this.#count));
    this.#times = times;
    this.#marks = marks;
    this.#memory.bytes += this.bytesHeld - before;
  }
}
