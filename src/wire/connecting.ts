/** Connections that are being made, and whoever waits for them. */
import { type Clock, sleepFor } from '../clock.ts';

/** Making connections ahead is given up after this time, in ns; whoever needs one then waits for it himself. */
const WAIT_NS = 10_000_000_000;

export class Connecting<C> {
  readonly #connections = new Set<C>();
  readonly #waiting = new Set<() => void>();

  get size(): number {
    return this.#connections.size;
  }

  add(connection: C): void {
    this.#connections.add(connection);
  }

  /** Whether it was being made; it is no more. */
  delete(connection: C): boolean {
    const was = this.#connections.delete(connection);
    if (was) for (const tell of this.#waiting) tell();
    return was;
  }

  /** Resolves when all that are being made now are made, or could not be, or the time is over. */
  async settled(clock: Clock): Promise<void> {
    const ours = [...this.#connections];
    const done = new AbortController();
    const tell = () => {
      if (!ours.some((connection) => this.#connections.has(connection))) done.abort();
    };
    this.#waiting.add(tell);
    tell();
    await sleepFor(clock, WAIT_NS, done.signal);
    this.#waiting.delete(tell);
  }
}
