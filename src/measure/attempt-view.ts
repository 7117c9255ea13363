/**
 * Attempts as plain arrays, since every guess at a limiter goes through all of them, and what can be said of a guess: the best
 * threshold for its levels, how far it is off by the tenth of a second, and whether there is anything but chance.
 */

/** One attempt as the limiter may have seen it. */
export interface Attempt {
  readonly atNs: number;
  /** What it takes of the limit when it passes: 1 for a record or call, or bytes. */
  readonly amount: number;
  /** What must be free for it to pass; the amount unless said. A read is let through before its bytes are known: 0. */
  readonly ask?: number;
  readonly accepted: boolean;
}

/**
 * Times are told by the client, not by the limiter, and some milliseconds off they change the order of attempts. Then what
 * passes in a tenth of a second is compared instead of attempt by attempt.
 */
const COARSE_NS = 100e6;
/** The attempts in the order of their times. */
export class AttemptView {
  readonly length: number;
  readonly atNs: Float64Array;
  readonly amount: Float64Array;
  readonly ask: Float64Array;
  readonly accepted: Uint8Array;
  /** The number that a guessed limiter compares, for each attempt; overwritten by each guess. */
  readonly level: Float64Array;
  /** Attempts that chance gets wrong: it says the same of all. */
  readonly chance: number;
  readonly #least: number;

  constructor(attempts: readonly Attempt[]) {
    this.length = attempts.length;
    this.atNs = Float64Array.from(attempts, ({ atNs }) => atNs);
    this.amount = Float64Array.from(attempts, ({ amount }) => amount);
    this.ask = Float64Array.from(attempts, ({ amount, ask }) => ask ?? amount);
    this.accepted = Uint8Array.from(attempts, ({ accepted }) => (accepted ? 1 : 0));
    this.level = new Float64Array(attempts.length);
    const passed = attempts.filter(({ accepted }) => accepted);
    this.chance = Math.min(passed.length, attempts.length - passed.length);
    this.#least = passed.reduce((sum, { amount }) => sum + amount, 0) / passed.length / 10;
  }

  get spanNs(): number {
    return this.atNs[this.length - 1]! - this.atNs[0]!;
  }

  /** From the first throttle to the last, what passed a second: exact where the load is above the limit all the time. */
  get acceptedPerS(): number {
    const first = this.accepted.indexOf(0);
    const last = this.accepted.lastIndexOf(0);
    let sum = 0;
    for (let index = first; index <= last; index += 1) if (this.accepted[index] === 1) sum += this.amount[index]!;
    const seconds = (this.atNs[last]! - this.atNs[first]!) / 1e9;
    return seconds > 0 ? sum / seconds : 0;
  }

  /** Whether attempts pass as coin tosses fall: in runs as long, and in every tenth of a second as evenly, as chance makes them. */
  get independent(): boolean {
    return this.#runsLikeChance() && this.#scattersLikeChance();
  }

  #scattersLikeChance(): boolean {
    const share = this.accepted.reduce((sum, each) => sum + each, 0) / this.length;
    let bins = 0;
    let chiSquared = 0;
    for (let from = 0; from < this.length;) {
      const endNs = this.atNs[from]! + COARSE_NS;
      let to = from;
      let passed = 0;
      for (; to < this.length && this.atNs[to]! < endNs; to += 1) passed += this.accepted[to]!;
      chiSquared += (passed - share * (to - from)) ** 2 / ((to - from) * share * (1 - share));
      bins += 1;
      from = to;
    }
    return Math.abs(chiSquared - bins) <= 4 * Math.sqrt(2 * bins);
  }

  #runsLikeChance(): boolean {
    let runs = 1;
    let throttled = this.accepted[0] === 0 ? 1 : 0;
    for (let index = 1; index < this.length; index += 1) {
      if (this.accepted[index] !== this.accepted[index - 1]) runs += 1;
      if (this.accepted[index] === 0) throttled += 1;
    }
    const product = 2 * throttled * (this.length - throttled);
    const expected = product / this.length + 1;
    const variance = (product * (product - this.length)) / (this.length ** 2 * (this.length - 1));
    return Math.abs(runs - expected) <= 4 * Math.sqrt(variance);
  }

  /**
   * The threshold that gets the fewest attempts wrong, by the levels of the last guess, and how many that is. One that would
   * not let a tenth of a usual attempt pass is no limiter that anybody built, and as good as chance.
   */
  threshold(): { wrong: number; at: number } {
    const best = this.#bestThreshold();
    return best.at < this.#least ? { wrong: this.chance, at: best.at } : best;
  }

  #bestThreshold(): { wrong: number; at: number } {
    let lowestThrottled = Infinity;
    let highestAccepted = -Infinity;
    for (let index = 0; index < this.length; index += 1) {
      const level = this.level[index]!;
      if (this.accepted[index] === 1) highestAccepted = Math.max(highestAccepted, level);
      else lowestThrottled = Math.min(lowestThrottled, level);
    }
    if (highestAccepted < lowestThrottled) return { wrong: 0, at: (highestAccepted + lowestThrottled) / 2 };
    return this.#overlapping(lowestThrottled, highestAccepted);
  }

  /**
   * How many attempts too many or too few a limiter lets pass in each tenth of a second, left to itself: by the levels of a
   * guess that went by its own decisions and not by what really passed, since those come in another order than they are told.
   */
  off(at: number): number {
    if (at < this.#least) return this.chanceOff;
    return this.#coarsely((index) => (this.level[index]! <= at ? 1 : 0));
  }

  /** Whether an attempt passes: as it did, or by a threshold. */
  passes(index: number, threshold: number | null): boolean {
    return threshold === null ? this.accepted[index] === 1 : this.level[index]! <= threshold;
  }

  /** The same for a limiter that lets the share pass that passed on the whole. */
  get chanceOff(): number {
    const share = this.accepted.reduce((sum, each) => sum + each, 0) / this.length;
    return this.#coarsely(() => share);
  }

  #coarsely(passes: (index: number) => number): number {
    let sum = 0;
    let balance = 0;
    let bin = 0;
    for (let index = 0; index < this.length; index += 1) {
      const now = Math.floor((this.atNs[index]! - this.atNs[0]!) / COARSE_NS);
      if (now !== bin) {
        sum += Math.abs(balance);
        balance = 0;
        bin = now;
      }
      balance += passes(index) - this.accepted[index]!;
    }
    return sum + Math.abs(balance);
  }

  /** Between the lowest throttled and the highest accepted level every threshold gets some wrong: counted in narrow bins. */
  #overlapping(low: number, high: number): { wrong: number; at: number } {
    const BINS = 1024;
    const width = (high - low) / BINS || 1;
    const accepted = new Uint32Array(BINS + 1);
    const throttled = new Uint32Array(BINS + 1);
    let acceptedAbove = 0;
    for (let index = 0; index < this.length; index += 1) {
      const bin = Math.min(BINS, Math.floor((this.level[index]! - low) / width));
      if (this.accepted[index] === 0) throttled[bin]! += 1;
      else if (bin >= 0) {
        accepted[bin]! += 1;
        acceptedAbove += 1;
      }
    }
    let best = { wrong: acceptedAbove, at: low };
    let wrong = acceptedAbove;
    for (let bin = 0; bin <= BINS; bin += 1) {
      wrong += throttled[bin]! - accepted[bin]!;
      if (wrong < best.wrong) best = { wrong, at: low + (bin + 1) * width };
    }
    return best;
  }
}
