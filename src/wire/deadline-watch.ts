/**
 * Looks for calls that have no answer in time. One watch for all calls of a transport, since a timer for each would cost more
 * than the call: a timeout is noticed at most `WATCH_NS` late. It keeps no list of calls: a Set that thousands a second pass
 * through drags what it held into old memory with its outgrown tables, a kilobyte for each call.
 */
import { type Clock, sleepFor } from '../clock.ts';

const WATCH_NS = 20_000_000;

export interface Timed {
  /** Whether it still waits for its answer. */
  readonly open: boolean;
  readonly deadlineNs: number;
  /** Called once the deadline is over. */
  expire(): void;
}

export class DeadlineWatch {
  readonly #clock: Clock;
  readonly #calls: () => readonly Timed[];
  #watching = false;

  /** @param calls those under way */
  constructor(clock: Clock, calls: () => readonly Timed[]) {
    this.#clock = clock;
    this.#calls = calls;
  }

  /** Watches until no call is under way; to be called when one begins. */
  begin(): void {
    if (!this.#watching) void this.#watch();
  }

  async #watch(): Promise<void> {
    this.#watching = true;
    for (;;) {
      await sleepFor(this.#clock, WATCH_NS);
      const calls = this.#calls();
      if (calls.length === 0) break;
      const nowNs = this.#clock.monotonicNs();
      for (const call of calls) if (call.open && call.deadlineNs <= nowNs) call.expire();
    }
    this.#watching = false;
  }
}
