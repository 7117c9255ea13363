/**
 * Judges sessions in threads. A check that never ends on its virtual clock never ends at all, so a thread that is silent for too
 * long is ended, its cells are hung, and another thread takes its place.
 */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { NS_PER_S, sleepFor, systemClock } from '../../src/clock.ts';
import type { Cell, JudgedSession, SessionOrder } from './cell.ts';

/** How long a session may take, in s; the slowest takes seconds where nobody else wants the cores. */
const HANGS_AFTER_S = 600;

export class SessionPool implements AsyncDisposable {
  readonly #idle: Worker[] = [];
  readonly #waiting: (() => void)[] = [];
  #free: number;

  /** @param threads how many sessions are judged at a time */
  constructor(threads: number) {
    this.#free = threads;
  }

  /** Judges a session as soon as a thread is free. */
  async judge(order: SessionOrder): Promise<JudgedSession> {
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

  async #judged(order: SessionOrder): Promise<JudgedSession> {
    const worker = this.#idle.pop() ?? new Worker(new URL('./thread.ts', import.meta.url));
    const over = new AbortController();
    // Rejects with what the thread throws, too.
    const answer = once(worker, 'message', over).then(
      ([judged]: JudgedSession[]) => judged,
      (error: unknown) => new Error(String(error)),
    );
    worker.postMessage(order);
    const judged = await Promise.race([answer, sleepFor(systemClock, HANGS_AFTER_S * NS_PER_S, over.signal)]);
    over.abort();
    if (judged !== undefined && !(judged instanceof Error)) {
      this.#idle.push(worker);
      return judged;
    }
    await worker.terminate();
    if (judged instanceof Error) return without(order, { outcome: 'crashed', message: String(judged) });
    return without(order, { outcome: 'hung', message: `no verdict after ${HANGS_AFTER_S} s` });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#idle.map((worker) => worker.terminate()));
  }
}

/** A session that gave nothing. */
function without({ statements }: SessionOrder, what: Pick<Cell, 'outcome' | 'message'>): JudgedSession {
  return { cells: statements.map((id) => ({ id, ...what, digest: '', activations: {} })), asked: [], cpuMs: 0 };
}
