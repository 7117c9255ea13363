/**
 * Gathers items into batches: a batch is ready when it is full by count or by bytes, or when the first deadline among its items
 * has come. Batches leave in the order in which they were filled; one that is ready and finds no free slot waits here.
 *
 * Pure: time is a number.
 */

/** What is gathered. */
export interface Collectable {
  readonly bytes: number;
  /** Time by which it wants to leave. */
  readonly deadlineNs: number;
}

export interface Batch<T> {
  readonly items: readonly T[];
  /** When it was to leave: full, or its first deadline. */
  readonly readyNs: number;
}

export class Collector<T extends Collectable> {
  readonly #itemsMax: number;
  readonly #bytesMax: number;
  readonly #full: Batch<T>[] = [];
  #items: T[] = [];
  #bytes = 0;
  #deadlineNs = Infinity;

  constructor(limits: { readonly recordsMax: number; readonly bytesMax: number }) {
    this.#itemsMax = limits.recordsMax;
    this.#bytesMax = limits.bytesMax;
  }

  add(item: T, nowNs: number): void {
    if (this.#items.length > 0 && this.#bytes + item.bytes > this.#bytesMax) this.#close(nowNs);
    this.#items.push(item);
    this.#bytes += item.bytes;
    this.#deadlineNs = Math.min(this.#deadlineNs, item.deadlineNs);
    if (this.#items.length >= this.#itemsMax || this.#bytes >= this.#bytesMax) this.#close(nowNs);
  }

  /** The next batch that is ready by now, or null. */
  take(nowNs: number): Batch<T> | null {
    if (this.#full.length === 0 && this.#deadlineNs <= nowNs) this.#close(nowNs);
    return this.#full.shift() ?? null;
  }

  /** How many batches are ready. */
  ready(nowNs: number): number {
    return this.#full.length + (this.#deadlineNs <= nowNs ? 1 : 0);
  }

  /** When the next batch is ready; Infinity when there is none to come. */
  get nextNs(): number {
    return this.#full[0]?.readyNs ?? this.#deadlineNs;
  }

  #close(nowNs: number): void {
    this.#full.push({ items: this.#items, readyNs: Math.min(nowNs, this.#deadlineNs) });
    this.#items = [];
    this.#bytes = 0;
    this.#deadlineNs = Infinity;
  }
}
