/**
 * Judges cells in threads. A check that never ends on its virtual clock never ends at all, so a thread that is silent for too
 * long is ended, its cell is hung, and another thread takes its place.
 */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { NS_PER_S, sleepFor, systemClock } from '../../src/clock.ts';
import type { Cell, CellOrder } from './cell.ts';

/** How long a cell may take, in s; the slowest takes seconds. */
const HANGS_AFTER_S = 180;

export class CellPool implements AsyncDisposable {
  readonly #idle: Worker[] = [];
  readonly #waiting: (() => void)[] = [];
  #free: number;

  /** @param threads how many cells are judged at a time */
  constructor(threads: number) {
    this.#free = threads;
  }

  /** Judges a cell as soon as a thread is free. */
  async judge(order: CellOrder): Promise<Cell> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await this.#judged(order);
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free += 1;
    }
  }

  async #judged(order: CellOrder): Promise<Cell> {
    const worker = this.#idle.pop() ?? new Worker(new URL('./thread.ts', import.meta.url));
    const over = new AbortController();
    // Rejects with what the thread throws, too.
    const answer = once(worker, 'message', over).then(
      ([cell]: Cell[]) => cell,
      (error: unknown) => new Error(String(error)),
    );
    worker.postMessage(order);
    const cell = await Promise.race([answer, sleepFor(systemClock, HANGS_AFTER_S * NS_PER_S, over.signal)]);
    over.abort();
    if (cell !== undefined && !(cell instanceof Error)) {
      this.#idle.push(worker);
      return cell;
    }
    await worker.terminate();
    if (cell instanceof Error) return { ...nothing, outcome: 'crashed', message: String(cell) };
    return { ...nothing, outcome: 'hung', message: `no verdict after ${HANGS_AFTER_S} s` };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#idle.map((worker) => worker.terminate()));
  }
}

const nothing = { activations: {}, asked: [] };
