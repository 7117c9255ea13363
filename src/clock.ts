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
  /**
   * The same, and punctual: the last two milliseconds are spent looking at the clock between events, at the price of a core. On the
   * machine's clock events are let in at least once, even where the time has passed.
   */
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

/** How long a spin looks at nothing but the time: so much later at the most is an answer seen that comes meanwhile. */
const GLANCE_MS = 0.01;

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
    await spun(atNs - this.monotonicNs(), signal);
    // Never early, by however little the two clocks were read apart.
    if (!signal?.aborted) while (this.monotonicNs() < atNs);
  },
};

interface Spinner {
  readonly atMs: number;
  readonly signal: AbortSignal | undefined;
  readonly resolve: () => void;
}

/** Everyone who spins now. They look together: a glance each would keep all waiting for those of all others. */
const spinners: Spinner[] = [];

/**
 * Looks at the time until so much of it has passed. Before the first glance and between two of them every event that is ready is
 * let in, so sockets are never starved. `performance.now` and a callback, since the array of `hrtime` and a promise a turn make
 * enough garbage for collections to be a hundredth of the time: they alone would hold the 99th percentile of punctuality at a
 * fifth of a millisecond.
 */
function spun(leftNs: number, signal: AbortSignal | undefined): Promise<void> {
  const atMs = performance.now() + leftNs / NS_PER_MS;
  return new Promise((resolve) => {
    spinners.push({ atMs, signal, resolve });
    if (spinners.length === 1) setImmediate(look);
  });
}

/** One glance for all who spin, then one turn of the event loop. */
function look(): void {
  let untilMs = performance.now() + GLANCE_MS;
  for (const { atMs } of spinners) if (atMs < untilMs) untilMs = atMs;
  while (performance.now() < untilMs);
  const nowMs = performance.now();
  let left = 0;
  for (const spinner of spinners) {
    if (spinner.atMs <= nowMs || spinner.signal?.aborted) spinner.resolve();
    else spinners[left++] = spinner;
  }
  spinners.length = left;
  if (left > 0) setImmediate(look);
}

function timer(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(handle);
      if (signal) forget(signal, done);
      resolve();
    };
    const handle = setTimeout(done, ms);
    if (signal) watch(signal, done);
  });
}

/**
 * Sleepers by the signal that ends their sleep, which has one listener for all of them: Node looks through every listener of a
 * signal for each that is added, so with a hundred agents a sleep cost them a hundred looks.
 */
const sleepersOf = new WeakMap<AbortSignal, Set<() => void>>();

/** Wakes a sleeper when the signal aborts, unless it is forgotten before. The signal is not aborted yet. */
function watch(signal: AbortSignal, wake: () => void): void {
  const known = sleepersOf.get(signal);
  if (known) {
    known.add(wake);
    return;
  }
  const sleepers = new Set([wake]);
  sleepersOf.set(signal, sleepers);
  signal.addEventListener('abort', () => sleepers.forEach((each) => each()), { once: true });
}

function forget(signal: AbortSignal, wake: () => void): void {
  sleepersOf.get(signal)?.delete(wake);
}

interface Sleeper {
  readonly atNs: number;
  readonly order: number;
  readonly wake: () => void;
  /** Its place in the heap. */
  index: number;
}

/** Whoever sleeps, the next to wake first: a binary heap in which everyone knows its place, so that an aborted sleep leaves at once. */
class Sleepers {
  readonly #heap: Sleeper[] = [];

  get size(): number {
    return this.#heap.length;
  }

  get next(): Sleeper | undefined {
    return this.#heap[0];
  }

  add(sleeper: Sleeper): void {
    this.#heap.push(sleeper);
    this.#rise(sleeper, this.#heap.length - 1);
  }

  remove(sleeper: Sleeper): void {
    const last = this.#heap.pop()!;
    if (last === sleeper) return;
    this.#rise(last, sleeper.index);
    this.#sink(last, last.index);
  }

  #rise(sleeper: Sleeper, from: number): void {
    let index = from;
    while (index > 0) {
      const parent = (index - 1) >>> 1;
      const above = this.#heap[parent]!;
      if (!before(sleeper, above)) break;
      this.#place(above, index);
      index = parent;
    }
    this.#place(sleeper, index);
  }

  #sink(sleeper: Sleeper, from: number): void {
    let index = from;
    for (;;) {
      const left = this.#heap[2 * index + 1];
      if (!left) break;
      const right = this.#heap[2 * index + 2];
      const child = right && before(right, left) ? right : left;
      if (!before(child, sleeper)) break;
      const below = child.index;
      this.#place(child, index);
      index = below;
    }
    this.#place(sleeper, index);
  }

  #place(sleeper: Sleeper, index: number): void {
    this.#heap[index] = sleeper;
    sleeper.index = index;
  }
}

function before(a: Sleeper, b: Sleeper): boolean {
  return a.atNs < b.atNs || (a.atNs === b.atNs && a.order < b.order);
}

/** What a virtual clock may take for granted. */
export interface VirtualClockOptions {
  /**
   * That all work runs on promises of this process: then it is done when no promise is left to run, and no turn of the event
   * loop has to pass. Without it (sockets, streams) three turns pass after each wake.
   */
  readonly inProcess?: boolean;
}

/** After so many wakes the event loop gets a turn all the same: a signal must be able to end a simulation. */
const WAKES_PER_TURN = 1000;

/**
 * A clock that moves only by `advance`. Sleepers wake in the order of their times (ties in the order they fell asleep),
 * and between two of them all work they caused is let run to its end, so a simulation is repeatable.
 */
export class VirtualClock implements Clock {
  #nowNs = 0;
  #order = 0;
  #wakes = 0;
  #moving: Promise<void> | undefined;
  readonly #startMs: number;
  readonly #inProcess: boolean;
  readonly #sleepers = new Sleepers();

  /** @param startMs the wall-clock time, in ms since the epoch, at which the virtual time begins */
  constructor(startMs = 1_767_225_600_000, { inProcess = false }: VirtualClockOptions = {}) {
    this.#startMs = startMs;
    this.#inProcess = inProcess;
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
        this.#sleepers.remove(sleeper);
        if (signal) forget(signal, wake);
        resolve();
      };
      const sleeper: Sleeper = { atNs, order: this.#order++, wake, index: 0 };
      this.#sleepers.add(sleeper);
      if (signal) watch(signal, wake);
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

  /** How many sleepers were woken so far: what a simulation has cost. */
  get wakes(): number {
    return this.#wakes;
  }

  /**
   * Moves time forward by `durationNs`, waking every sleeper on the way and letting its work finish before the next. Of several
   * who ask at once each has its turn: time moves by the sum.
   */
  async advance(durationNs: number): Promise<void> {
    const moved = this.#moving ? this.#moving.then(() => this.#move(durationNs)) : this.#move(durationNs);
    this.#moving = moved;
    await moved;
    if (this.#moving === moved) this.#moving = undefined;
  }

  async #move(durationNs: number): Promise<void> {
    const targetNs = this.#nowNs + durationNs;
    await turnOfTheLoop();
    await this.#settle();
    for (let next = this.#sleepers.next; next && next.atNs <= targetNs; next = this.#sleepers.next) {
      await this.#wake(next);
    }
    // Who runs until work is settled may have moved time further meanwhile.
    this.#nowNs = Math.max(this.#nowNs, targetNs);
  }

  /**
   * Moves time from sleeper to sleeper until `work` is settled, and gives its value. Throws when nothing is left to wake, or
   * after `wakesMax` more wakes: work that never ends must not run for ever.
   */
  async runUntilSettled<T>(work: Promise<T>, wakesMax = Infinity): Promise<T> {
    const state = { settled: false };
    const watched = work.finally(() => (state.settled = true));
    watched.catch(() => {});
    await turnOfTheLoop();
    await this.#settle();
    for (let left = wakesMax; !state.settled; left -= 1) {
      const { next } = this.#sleepers;
      if (!next) throw new Error('the virtual clock has no sleeper left, and the work is not done');
      if (left <= 0) throw new Error(`the work is not done after ${wakesMax} wakes of the virtual clock`);
      await this.#wake(next);
    }
    return watched;
  }

  async #wake(sleeper: Sleeper): Promise<void> {
    this.#nowNs = sleeper.atNs;
    this.#wakes += 1;
    sleeper.wake();
    await this.#settle();
  }

  /** Lets all work run that is ready. */
  async #settle(): Promise<void> {
    if (!this.#inProcess) {
      for (let turn = 0; turn < 3; turn += 1) await turnOfTheLoop();
      return;
    }
    if (this.#wakes % WAKES_PER_TURN === 0) await turnOfTheLoop();
    await noPromiseLeft();
  }
}

function turnOfTheLoop(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Node begins with its queue of ticks only when the queue of promises is empty, so a tick asked for here comes after all of them. */
function noPromiseLeft(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve));
}
