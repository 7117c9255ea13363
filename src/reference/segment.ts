/**
 * A stretch of a shard's log: the records as the JSON that GetRecords answers, one after the other in one block of bytes
 * outside the JavaScript heap, and what is needed to find them in plain arrays of numbers. A read is a copy of bytes: no
 * record is decoded, encoded or turned into an object again.
 */
const SEGMENT_BYTES_FIRST = 64 * 1024;
const SEGMENT_BYTES_MAX = 1024 * 1024;

/** What the log knows of a record besides its text. Each column rises from record to record, `bytes` and `end` apart. */
export interface RecordMarks {
  /** Position in the shard's sequence numbers. */
  readonly index: number;
  readonly arrivalMs: number;
  /** Readable from here on. */
  readonly visibleAtNs: number;
  /** Acknowledged at this time. */
  readonly acknowledgedAtNs: number;
  /** Data and partition key. */
  readonly bytes: number;
}

/** The columns that can be searched: each is sorted. */
export type Column = 'index' | 'arrivalMs' | 'visibleAtNs' | 'acknowledgedAtNs';

/** A block of records; full when `append` says so. */
export class Segment {
  /** Ordinal of its first record in the shard. */
  readonly first: number;
  readonly bytes: number[] = [];
  readonly #columns: Readonly<Record<Column, number[]>> = {
    index: [],
    arrivalMs: [],
    visibleAtNs: [],
    acknowledgedAtNs: [],
  };
  readonly #ends: number[] = [];
  readonly #block: Buffer;
  #used = 0;

  /** An empty segment with room for `textBytes` at least; segments of one log grow from 64 KiB to 1 MiB. */
  constructor(first: number, textBytes: number) {
    this.first = first;
    const wanted = first === 0 ? SEGMENT_BYTES_FIRST : SEGMENT_BYTES_MAX;
    this.#block = Buffer.allocUnsafeSlow(Math.max(wanted, textBytes));
  }

  get count(): number {
    return this.#ends.length;
  }

  /** Ordinal after its last record. */
  get next(): number {
    return this.first + this.#ends.length;
  }

  /** Stores a record; false when there is no room for its `textBytes`. */
  append(text: string, textBytes: number, marks: RecordMarks): boolean {
    if (this.#used + textBytes > this.#block.length) return false;
    this.#used += this.#block.write(text, this.#used);
    this.#ends.push(this.#used);
    this.bytes.push(marks.bytes);
    this.#columns.index.push(marks.index);
    this.#columns.arrivalMs.push(marks.arrivalMs);
    this.#columns.visibleAtNs.push(marks.visibleAtNs);
    this.#columns.acknowledgedAtNs.push(marks.acknowledgedAtNs);
    return true;
  }

  /** A record's value in a column. */
  at(column: Column, ordinal: number): number {
    return this.#columns[column][ordinal - this.first]!;
  }

  /** The text of the records in [from, to), each followed by a comma. A view, not a copy. */
  text(from: number, to: number): Buffer {
    const begin = from === this.first ? 0 : this.#ends[from - this.first - 1]!;
    return this.#block.subarray(begin, this.#ends[to - this.first - 1]);
  }

  /** Ordinal of the first record whose value in the column is at least `value`; `next` when there is none. */
  firstAtLeast(column: Column, value: number): number {
    const values = this.#columns[column];
    let low = 0;
    let high = values.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (values[middle]! < value) low = middle + 1;
      else high = middle;
    }
    return this.first + low;
  }
}
