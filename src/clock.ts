/**
 * The only source of time. Everything that waits or stamps takes a `Clock`, so the same code runs on the machine's time
 * or, in tests and simulations, on a virtual time that moves only when it is told to.
 *
 * Model: `now` is the wall clock (for what AWS calls timestamps), `monotonicNs` is what latencies and schedules are made
 * of. All threads of one process (in fact of one machine) share the monotonic origin, so a time taken in one thread can be
 * subtracted from a time taken in another.
 */
export interface Clock {
  /** Wall-clock time in milliseconds since the epoch. */
  now(): number;
  /** Monotonic time in nanoseconds since an arbitrary origin shared by all threads of the machine. */
  monotonicNs(): number;
  /** Resolves when `monotonicNs()` has reached `atNs`, or at once when `signal` aborts (it never rejects). */
  sleepUntil(atNs: number, signal?: AbortSignal): Promise<void>;
  /** The same, and punctual: the last two milliseconds are spent looking at the clock between events, at the price of a core. */
  spinUntil(atNs: number, signal?: AbortSignal): Promise<void>;
}

/** Nanoseconds in a millisecond. */
export const NS_PER_MS = 1_000_000;
/** Nanoseconds in a second. */
export const NS_PER_S = 1_000_000_000;

/** Sleeps `durationNs` from now on the given clock. */
export function sleepFor(clock: Clock, durationNs: number, signal?: AbortSignal): Promise<void> {
  return clock.sleepUntil(clock.monotonicNs() + durationNs, signal);
}

/** A timer of Node fires at most this far ahead; a longer sleep is taken in several steps. */
const TIMER_MS_MAX = 2 ** 31 - 1;

/** Timers of Node end up to about this late, so a punctual sleep leaves so much to spinning. */
const SPIN_NS = 2 * NS_PER_MS;

/** The machine's own clock. A sleep ends up to about a millisecond late: the resolution of Node's timers. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicNs: () => {
    const [seconds, nanoseconds] = process.hrtime();
    return seconds * NS_PER_S + nanoseconds;
  },
  async sleepUntil(atNs, signal) {
    for (;;) {
      const leftNs = atNs - this.monotonicNs();
      if (leftNs <= 0 || signal?.aborted) return;
      await timer(Math.min(leftNs / NS_PER_MS, TIMER_MS_MAX), signal);
    }
  },
  async spinUntil(atNs, signal) {
    await this.sleepUntil(atNs - SPIN_NS, signal);
    // Between two looks every event that is ready is let in: sockets are never starved.
    for (;;) {
      if (this.monotonicNs() >= atNs || signal?.aborted) return;
      await new Promise((resolve) => setImmediate(resolve));
    }
  },
};

function timer(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(handle);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const handle = setTimeout(done, ms);
    signal?.addEventListener('abort', done, { once: true });
  });
}

interface Sleeper {
  readonly atNs: number;
  readonly order: number;
  readonly wake: () => void;
}

/**
 * A clock that moves only by `advance`. Sleepers wake in the order of their times (ties in the order they fell asleep),
 * and between two of them all work they caused is let run to its end, so a simulation is repeatable.
 */
export class VirtualClock implements Clock {
  #nowNs = 0;
  #order = 0;
  readonly #startMs: number;
  readonly #sleepers = new Set<Sleeper>();

  /** @param startMs the wall-clock time, in ms since the epoch, at which the virtual time begins */
  constructor(startMs = 1_767_225_600_000) {
    this.#startMs = startMs;
  }

  now(): number {
    return this.#startMs + Math.floor(this.#nowNs / NS_PER_MS);
  }

  monotonicNs(): number {
    return this.#nowNs;
  }

  sleepUntil(atNs: number, signal?: AbortSignal): Promise<void> {
    if (atNs <= this.#nowNs || signal?.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = () => {
        this.#sleepers.delete(sleeper);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      const sleeper: Sleeper = { atNs, order: this.#order++, wake };
      this.#sleepers.add(sleeper);
      signal?.addEventListener('abort', wake, { once: true });
    });
  }

  /** Virtual time is punctual anyway. */
  spinUntil(atNs: number, signal?: AbortSignal): Promise<void> {
    return this.sleepUntil(atNs, signal);
  }

  /** How many sleepers wait. */
  get sleeping(): number {
    return this.#sleepers.size;
  }

  /** Moves time forward by `durationNs`, waking every sleeper on the way and letting its work finish before the next. */
  async advance(durationNs: number): Promise<void> {
    const targetNs = this.#nowNs + durationNs;
    await settle();
    for (let next = this.#next(); next && next.atNs <= targetNs; next = this.#next()) {
      this.#nowNs = next.atNs;
      next.wake();
      await settle();
    }
    this.#nowNs = targetNs;
  }

  /** Moves time from sleeper to sleeper until `work` is settled, and gives its value. Throws when nothing is left to wake. */
  async runUntilSettled<T>(work: Promise<T>): Promise<T> {
    const state = { settled: false };
    const watched = work.finally(() => (state.settled = true));
    watched.catch(() => {});
    await settle();
    while (!state.settled) {
      const next = this.#next();
      if (!next) throw new Error('the virtual clock has no sleeper left, and the work is not done');
      await this.advance(next.atNs - this.#nowNs);
    }
    return watched;
  }

  #next(): Sleeper | undefined {
    let first: Sleeper | undefined;
    for (const sleeper of this.#sleepers) {
      if (!first || sleeper.atNs < first.atNs || (sleeper.atNs === first.atNs && sleeper.order < first.order)) {
        first = sleeper;
      }
    }
    return first;
  }
}

/** Lets every promise and immediate that is ready run; three turns cover code that hops through `setImmediate` once. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
