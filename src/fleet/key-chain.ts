/**
 * Sequence chaining: puts of one key go one after the other, each naming the sequence number of the last acknowledged one, and
 * so must get a greater one (AWS promises strictly increasing numbers for puts chained by SequenceNumberForOrdering). A put
 * that finds its key busy waits its turn. One entry for each key that was put.
 */
import type { Placed } from './key-order.ts';

export class KeyChain {
  readonly #last = new Map<number, Placed>();
  readonly #waiting = new Map<number, (() => void)[]>();

  /** Resolves when it is this put's turn; puts of one key have theirs in the order in which they asked. */
  turn(key: number): Promise<void> {
    const waiting = this.#waiting.get(key);
    if (!waiting) {
      this.#waiting.set(key, []);
      return Promise.resolve();
    }
    return new Promise((resolve) => waiting.push(resolve));
  }

  /** The last acknowledged put of a key. */
  last(key: number): Placed | undefined {
    return this.#last.get(key);
  }

  /** Ends a turn; `placed` where the put was acknowledged. */
  done(key: number, placed?: Placed): void {
    if (placed) this.#last.set(key, placed);
    const next = this.#waiting.get(key)?.shift();
    if (next) next();
    else this.#waiting.delete(key);
  }
}
