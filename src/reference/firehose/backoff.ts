/** Pauses between attempts: published for HTTP endpoints (1 s, doubled, at most 120 s, 15 % either way), for everything else assumed. */
import type { Random } from '../../random.ts';

const PAUSE_MS_FIRST = 1000;
const PAUSE_MS_MAX = 120_000;
const JITTER = 0.15;

/** Pauses that begin with a second and double. */
export class Doubling {
  readonly #maxMs: number;
  #pauseMs = PAUSE_MS_FIRST;

  /** @param maxMs of one pause */
  constructor(maxMs = PAUSE_MS_MAX) {
    this.#maxMs = maxMs;
  }

  /** The next pause, in ms. */
  nextMs(): number {
    const pauseMs = this.#pauseMs;
    this.#pauseMs = Math.min(this.#maxMs, pauseMs * 2);
    return pauseMs;
  }
}

/** The pauses of one delivery, each a little longer or shorter. */
export class Backoff {
  readonly #random: Random;
  readonly #pauses = new Doubling();

  constructor(random: Random) {
    this.#random = random;
  }

  /** The next pause, in ms. */
  nextMs(): number {
    return this.#pauses.nextMs() * (1 + JITTER * (2 * this.#random.uniform() - 1));
  }
}
