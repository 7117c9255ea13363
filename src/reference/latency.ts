/**
 * The latency model: how long the reference waits before it acknowledges a put, makes a record readable and answers a call.
 * AWS publishes two means only (about 200 ms for one polling consumer, about 70 ms for fan-out); everything else here is
 * assumed and marked so. Numbers measured against the reference prove that a tool measures what the model says.
 *
 * With `aws`, one consumer polling five times a second sees 70 ms (stored → readable) + 100 ms (mean wait for its next
 * poll) + 30 ms (the call) = 200 ms.
 *
 * Acknowledgement and visibility keep the order of a log. Independent draws per record under a running maximum would grow
 * with the rate, so a lag is a process in time instead: values drawn for the knots of a fixed grid, straight lines between
 * them. Its mean is the mean of the draws at any rate, and records close in time share their fate, as behind one replica.
 */
import { NS_PER_MS } from '../clock.ts';
import type { Random } from '../random.ts';

/** Delays that never overtake: `readyAtNs` of a later time is never smaller. */
export interface Lag {
  /** When what happens at `nowNs` is done, in ns on the same clock. */
  readyAtNs(nowNs: number): number;
}

/** A latency model. */
export interface Latency {
  /** Arrival of a put → its answer; one per stream, so that puts are acknowledged in the order of their arrival. */
  acknowledgement(random: Random): Lag;
  /** Arrival of a put → readable; one per shard. */
  visibility(random: Random): Lag;
  /** Arrival of any other call → its answer, in ns. */
  callNs(random: Random): number;
  /** Readable → pushed to a subscription that waits for it, in ns. */
  pushNs(random: Random): number;
}

interface Lognormal {
  readonly medianMs: number;
  readonly sigma: number;
}

/** The figures of `aws`. Medians are such that the means are 70 and 30 ms: mean = median × exp(sigma² / 2). */
const awsLatency = {
  // Mean about 70 ms: AWS's figure for fan-out. The spread is assumed (a third party saw p99 about twice the median).
  visibility: { medianMs: 66.07, sigma: 0.34 },
  // Assumed: AWS publishes no put latency.
  acknowledgement: { medianMs: 15, sigma: 0.4 },
  // Assumed: what is left of 200 ms after 70 and half a poll interval of 200 ms.
  call: { medianMs: 28.83, sigma: 0.282 },
  // Assumed, mean 1 ms: visibility has AWS's whole figure for fan-out already.
  push: { medianMs: 0.956, sigma: 0.3 },
  // Assumed: time between two independent draws.
  visibilityKnotMs: 250,
  acknowledgementKnotMs: 50,
} as const;

function drawNs(random: Random, { medianMs, sigma }: Lognormal): number {
  return Math.round(medianMs * Math.exp(sigma * random.normal()) * NS_PER_MS);
}

class KnottedLag implements Lag {
  readonly #random: Random;
  readonly #draw: Lognormal;
  readonly #knotNs: number;
  #knot = -2;
  #leftNs = 0;
  #rightNs = 0;
  #lastNs = 0;

  constructor(random: Random, draw: Lognormal, knotMs: number) {
    this.#random = random;
    this.#draw = draw;
    this.#knotNs = knotMs * NS_PER_MS;
  }

  readyAtNs(nowNs: number): number {
    const knot = Math.floor(nowNs / this.#knotNs);
    if (knot > this.#knot) {
      this.#leftNs = knot === this.#knot + 1 ? this.#rightNs : drawNs(this.#random, this.#draw);
      this.#rightNs = drawNs(this.#random, this.#draw);
      this.#knot = knot;
    }
    const share = nowNs / this.#knotNs - this.#knot;
    const readyNs = Math.round(nowNs + this.#leftNs + (this.#rightNs - this.#leftNs) * share);
    // A fall steeper than time itself would overtake; it happens in far less than one knot of a thousand.
    this.#lastNs = Math.max(this.#lastNs, readyNs);
    return this.#lastNs;
  }
}

const instant: Lag = { readyAtNs: (nowNs) => nowNs };

/** The models by name. */
export const latencyByName: Readonly<Record<'aws' | 'none', Latency>> = {
  aws: {
    acknowledgement: (random) => new KnottedLag(random, awsLatency.acknowledgement, awsLatency.acknowledgementKnotMs),
    visibility: (random) => new KnottedLag(random, awsLatency.visibility, awsLatency.visibilityKnotMs),
    callNs: (random) => drawNs(random, awsLatency.call),
    pushNs: (random) => drawNs(random, awsLatency.push),
  },
  none: { acknowledgement: () => instant, visibility: () => instant, callNs: () => 0, pushNs: () => 0 },
};
