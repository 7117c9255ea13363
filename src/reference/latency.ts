/**
 * The latency model: how long the reference waits before it acknowledges a put, makes a record readable and answers a call.
 * The figures stand in `latency/aws.yaml`: AWS publishes two means only (about 200 ms for one polling consumer, about 70 ms for
 * fan-out); everything else is assumed and marked so. Numbers measured against the reference prove that a tool measures what the model says.
 *
 * With `aws`, one consumer polling five times a second sees 70 ms (stored → readable) + 100 ms (mean wait for its next
 * poll) + 30 ms (the call) = 200 ms.
 *
 * Acknowledgement and visibility keep the order of a log. Independent draws per record under a running maximum would grow
 * with the rate, so a lag is a process in time instead: values drawn for the knots of a fixed grid, straight lines between
 * them. Its mean is the mean of the draws at any rate, and records close in time share their fate, as behind one replica.
 */
import { z } from 'zod';
import { NS_PER_MS } from '../clock.ts';
import type { Random } from '../random.ts';
import { type FiguresKind, readFigures, shipped } from './figures-file.ts';

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

const median = z.number().min(0).max(3_600_000);
const lognormal = z.strictObject({ medianMs: median, sigma: z.number().min(0).max(4) });
const inOrder = lognormal.extend({ knotMs: z.number().min(1).max(3_600_000) });

/** The keys of a latency file. */
const figures = {
  /** Arrival of a put → readable. */
  visibility: inOrder,
  /** Arrival of a put → its answer. */
  acknowledgement: inOrder,
  /** Arrival of any other call → its answer. */
  call: lognormal,
  /** Readable → pushed to a subscription that waits for it. */
  push: lognormal,
} as const;

const whole = z.strictObject(figures);
const differences = whole.partial();

const kind: FiguresKind = {
  name: 'latency',
  names: ['aws', 'none'],
  keysAt([key]) {
    if (key === undefined) return Object.keys(figures);
    return ['medianMs', ...(key === 'call' || key === 'push' ? [] : ['knotMs']), 'sigma'];
  },
};

/** The figures of a latency model, as in `latency/aws.yaml`. */
export type LatencyFigures = Readonly<z.infer<typeof whole>>;

const awsLatency: LatencyFigures = readFigures(shipped(kind), whole, kind);

type Lognormal = z.infer<typeof lognormal>;

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

  constructor(random: Random, draw: z.infer<typeof inOrder>) {
    this.#random = random;
    this.#draw = draw;
    this.#knotNs = draw.knotMs * NS_PER_MS;
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

const none: Latency = { acknowledgement: () => instant, visibility: () => instant, callNs: () => 0, pushNs: () => 0 };

/** `aws`; `none`; or figures of one's own. */
export type LatencyChoice = 'aws' | 'none' | LatencyFigures;

/** A model as a user names it: `aws`, `none`, or a file. Throws an OperatorError for a file that cannot be used. */
export function latencyNamed(name: string): LatencyChoice {
  if (name === 'aws' || name === 'none') return name;
  return whole.parse({ ...awsLatency, ...readFigures(name, differences, kind) });
}

/** The model of a choice. */
export function latencyOf(choice: LatencyChoice): Latency {
  if (choice === 'none') return none;
  const { acknowledgement, visibility, call, push } = choice === 'aws' ? awsLatency : choice;
  return {
    acknowledgement: (random) => new KnottedLag(random, acknowledgement),
    visibility: (random) => new KnottedLag(random, visibility),
    callNs: (random) => drawNs(random, call),
    pushNs: (random) => drawNs(random, push),
  };
}
