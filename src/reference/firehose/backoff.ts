/** Pauses between attempts: published for HTTP endpoints (1 s, doubled, at most 120 s, 15 % either way), for other destinations assumed. */
import type { Random } from '../../random.ts';

const PAUSE_MS_FIRST = 1000;
const PAUSE_MS_MAX = 120_000;
const JITTER = 0.15;

/** The pauses of one delivery. */
export class Backoff {
  readonly #random: Random;
  #nominalMs = PAUSE_MS_FIRST;

  constructor(random: Random) {
    this.#random = random;
  }

  /** The next pause, in ms. */
  nextMs(): number {
    const pauseMs = this.#nominalMs * (1 + JITTER * (2 * this.#random.uniform() - 1));
    this.#nominalMs = Math.min(PAUSE_MS_MAX, this.#nominalMs * 2);
    return pauseMs;
  }
}
