/**
 * A token bucket on a given time. The level is kept in token-nanoseconds (tokens × 10^9), so with whole rates and whole
 * nanoseconds the arithmetic is exact up to 9,007,199 tokens: a limit of 1,000/s lets through 1,000 in a second and not 999
 * or 1,001. A larger bucket rounds its level by less than a thousandth of a token.
 *
 * A request larger than the bucket can never find enough tokens, and must be neither stuck for ever nor free: it is let
 * through when the bucket is full, takes all it needs, and leaves a debt that the refill has to pay back first. So the
 * long-run rate holds for every size.
 */
import { NS_PER_S } from '../clock.ts';

/** Refill per second, and the capacity: how much may be taken at once after a pause. */
export interface BucketFigures {
  readonly perS: number;
  readonly capacity: number;
}

/** One budget, on the time it is given. */
export class TokenBucket {
  #perS: number;
  #full: number;
  #level: number;
  #atNs: number;

  /** A full bucket at time `nowNs`. */
  constructor(figures: BucketFigures, nowNs: number) {
    this.#perS = figures.perS;
    this.#full = figures.capacity * NS_PER_S;
    this.#level = this.#full;
    this.#atNs = nowNs;
  }

  /** Whether `tokens` may be taken now. Takes nothing. */
  has(nowNs: number, tokens: number): boolean {
    this.#refill(nowNs);
    return this.#level >= Math.min(tokens * NS_PER_S, this.#full);
  }

  /** From when on `tokens` may be taken if nobody takes any before; `nowNs` when they may be taken now. */
  readyAtNs(nowNs: number, tokens: number): number {
    this.#refill(nowNs);
    const missing = Math.min(tokens * NS_PER_S, this.#full) - this.#level;
    return missing <= 0 ? nowNs : nowNs + Math.ceil(missing / this.#perS);
  }

  /** Whether more was taken than has been refilled. */
  inDebt(nowNs: number): boolean {
    this.#refill(nowNs);
    return this.#level < 0;
  }

  /** Takes `tokens`, into debt if need be. */
  take(nowNs: number, tokens: number): void {
    this.#refill(nowNs);
    this.#level -= tokens * NS_PER_S;
  }

  /** Changes its figures: what is missing to a full bucket goes on missing, into debt if need be. */
  resize(figures: BucketFigures, nowNs: number): void {
    this.#refill(nowNs);
    const missing = this.#full - this.#level;
    this.#perS = figures.perS;
    this.#full = figures.capacity * NS_PER_S;
    this.#level = this.#full - missing;
  }

  #refill(nowNs: number): void {
    if (nowNs <= this.#atNs) return;
    this.#level = Math.min(this.#full, this.#level + (nowNs - this.#atNs) * this.#perS);
    this.#atNs = nowNs;
  }
}
