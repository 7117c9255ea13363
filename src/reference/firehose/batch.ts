/**
 * Records that are to be one object: their bytes, one behind the other, in blocks. A block takes many records, so that a small
 * one costs its bytes and no object of its own.
 */

/** Blocks grow with what is there, from the first of these sizes to the second: most buffers stay small. */
const BLOCK_BYTES_FIRST = 1024;
const BLOCK_BYTES_MAX = 64 * 1024;
/** What it takes to remember where a record ends, roughly. */
const MARK_BYTES = 64;
const nothing = Buffer.alloc(0);

/** A record by itself. */
export interface HeldRecord {
  /** With what follows it. */
  readonly data: Uint8Array;
  readonly arrivalMs: number;
  /** The name of its buffer and its place in it. */
  readonly id: string;
}

/** What a buffer holds. */
export class Batch {
  /** When the oldest of its records arrived, ms since the epoch; they need not come in the order of their arrival. */
  oldestMs: number;
  newestMs: number;
  /** Of all records with their delimiters. */
  bytes = 0;
  records = 0;
  #lastBytes = 0;
  readonly #full: Buffer[] = [];
  #block = nothing;
  #used = 0;
  /** Where each record ends and when it arrived; undefined where nobody needs to tell them apart. */
  readonly #marks: { readonly end: number; readonly arrivalMs: number }[] | undefined;

  /** An empty one whose first record arrives at `nowMs`; one that is to be taken apart again remembers where records end. */
  constructor(nowMs: number, apart = false) {
    this.oldestMs = nowMs;
    this.newestMs = nowMs;
    this.#marks = apart ? [] : undefined;
  }

  /** What it takes of the memory. */
  get heldBytes(): number {
    return this.bytes + MARK_BYTES * (this.#marks?.length ?? 0);
  }

  /** Takes a record, by copy, and what follows it. */
  add(data: Uint8Array, delimiter: Uint8Array, nowMs: number): void {
    const bytes = data.length + delimiter.length;
    if (this.#used + bytes > this.#block.length) {
      this.#full.push(this.#block.subarray(0, this.#used));
      this.#block = Buffer.allocUnsafeSlow(Math.max(bytes, Math.min(BLOCK_BYTES_MAX, BLOCK_BYTES_FIRST + this.bytes)));
      this.#used = 0;
    }
    this.#block.set(data, this.#used);
    if (delimiter.length > 0) this.#block.set(delimiter, this.#used + data.length);
    this.#used += bytes;
    this.bytes += bytes;
    this.records += 1;
    this.#lastBytes = bytes;
    this.oldestMs = Math.min(this.oldestMs, nowMs);
    this.newestMs = Math.max(this.newestMs, nowMs);
    this.#marks?.push({ end: this.bytes, arrivalMs: nowMs });
  }

  /** Forgets its last record. */
  forgetLast(): void {
    this.bytes -= this.#lastBytes;
    this.#marks?.pop();
  }

  /** All of it. */
  body(): Buffer {
    return Buffer.concat([...this.#full, this.#block], this.bytes);
  }

  /** Its records, each by itself, where it was made to be taken apart; their ids begin with a name. */
  apart(name: string): HeldRecord[] {
    const body = this.body();
    let from = 0;
    return (this.#marks ?? []).map(({ end, arrivalMs }, index) => {
      const data = body.subarray(from, end);
      from = end;
      return { data, arrivalMs, id: `${name}${String(index).padStart(8, '0')}` };
    });
  }
}
