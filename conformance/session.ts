/**
 * All checks of one run against one target share a session: one client, and streams that are few, uniquely named
 * (`kinebench-conform-…`), tagged, shared where a check does not need a fresh one, and removed at the end.
 */
import { type Clock, NS_PER_S, sleepFor } from '../src/clock.ts';
import { isThrottle } from '../src/protocol/errors.ts';
import { Random } from '../src/random.ts';
import type { Credentials, KinesisEndpoint } from '../src/target/target.ts';
import { type TransportChoice, type WireClient, createClient } from '../src/wire/client.ts';
import type { TransportAnswer } from '../src/wire/transport.ts';
import { type Context, Unobservable } from './context.ts';
import { StreamPool } from './streams.ts';
import { Transcript } from './transcript.ts';
import type { World } from './world.ts';

/** How long a check may wait for the target in all, in ns; AWS takes up to half a minute for a stream alone. */
const CHECK_NS = 90 * NS_PER_S;
/** Pause after a throttle, in ns: a fifth of a second is what one read of a shard costs. */
const THROTTLE_PAUSE_NS = 220_000_000;

export interface SessionOptions {
  readonly world: World;
  readonly seed: number;
  /** In ms; default 10 s. AWS promises less than a second and keeps it nearly always. */
  readonly settleMs?: number;
  /** What makes the names of its streams unique; see `runName`. */
  readonly run?: string;
  /** Makes its clients, in place of ours: then nobody can `tap` them. */
  readonly makeClient?: ((endpoint: KinesisEndpoint, clock: Clock) => WireClient) | undefined;
}

/** A name that no other run has: time, process and seed. */
export function runName(clock: Clock, seed: number): string {
  return [clock.now(), process.pid, seed].map((number) => number.toString(36)).join('-');
}

/** A sender of calls that waits out throttles until the deadline and throws `Unobservable` for anything but an answer. */
export function patient(client: WireClient, clock: Clock, deadlineNs: number): Context['send'] {
  return async (operation, input) => {
    for (;;) {
      const outcome = await client.call(operation, input);
      if (outcome.kind === 'ok') return outcome.output;
      const came = outcome.kind === 'error' ? `${outcome.code} ${outcome.message}` : outcome.kind;
      const throttled = outcome.kind === 'error' && isThrottle(outcome.code);
      if (!throttled || clock.monotonicNs() > deadlineNs) {
        throw new Unobservable(`${operation} ${JSON.stringify(input).slice(0, 200)} was answered with ${came}`);
      }
      await sleepFor(clock, THROTTLE_PAUSE_NS);
    }
  };
}

/** All checks of one run against one target. Dispose it to remove its streams. */
export class Session implements AsyncDisposable {
  readonly world: World;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #settleNs: number;
  readonly #run: string;
  readonly #client: WireClient;
  readonly #makeClient: SessionOptions['makeClient'];
  readonly #others: WireClient[] = [];
  readonly #pool: StreamPool;
  readonly #listeners = new Set<(answer: TransportAnswer) => void>();

  constructor({ world, seed, settleMs = 10_000, run = runName(world.clock, seed), makeClient }: SessionOptions) {
    const { clock, endpoint } = world;
    this.world = world;
    this.#clock = clock;
    this.#random = new Random(seed);
    this.#settleNs = settleMs * 1_000_000;
    this.#run = run;
    this.#makeClient = makeClient;
    this.#client = makeClient?.(endpoint, clock) ?? this.#watched();
    this.#pool = new StreamPool(patient(this.#client, clock, Number.POSITIVE_INFINITY), clock, run);
  }

  /** Our own client, whose answers can be tapped. */
  #watched(): WireClient {
    const { world } = this;
    const { clock, endpoint } = world;
    const plain = world.transport();
    const calls = createClient(endpoint, clock, {
      hostHeader: plain.hostHeader,
      stream: (request, ended) => plain.stream(request, ended),
      open: (count) => plain.open(count),
      close: () => plain.close(),
      send: async (request) => {
        const answer = await plain.send(request);
        for (const listener of this.#listeners) listener(answer);
        return answer;
      },
    });
    // Subscriptions go a way of their own: AWS serves them over HTTP/2 only.
    const pushes = createClient(endpoint, clock, world.transport(endpoint.transport?.subscriptions));
    this.#others.push(pushes);
    return {
      call: (operation, input, options) => calls.call(operation, input, options),
      subscribe: (input, options) => pushes.subscribe(input, options),
      open: (count) => calls.open(count),
      close: () => calls.close(),
    };
  }

  /** The context of one statement, the counters it fills, and its last calls. */
  context(id: string): { context: Context; exercised: Record<string, number>; transcript: Transcript } {
    const transcript = new Transcript();
    const client = transcript.ofClient(this.#client);
    const exercised: Record<string, number> = {};
    const deadlineNs = this.#clock.monotonicNs() + CHECK_NS;
    const random = this.#random.fork(id);
    const nonce = this.#clock.monotonicNs().toString(36);
    let records = 0;
    const context: Context = {
      session: this,
      clock: this.#clock,
      random,
      client,
      world: { ...this.world, raw: transcript.ofRaw((request) => this.world.raw(request)) },
      speaking: (how, as) => transcript.ofClient(this.#speaking(how, as)),
      settleNs: this.#settleNs,
      deadlineNs,
      stream: (shards, kind = 'shared') => this.#pool.stream(shards, kind, deadlineNs),
      send: patient(client, this.#clock, deadlineNs),
      count: (what, by = 1) => (exercised[what] = (exercised[what] ?? 0) + by),
      run: this.#run,
      data: () => Buffer.from(`${id} ${nonce} ${(records += 1)}`).toString('base64'),
      tap: (listener) => {
        this.#listeners.add(listener);
        return () => this.#listeners.delete(listener);
      },
    };
    return { context, exercised, transcript };
  }

  #speaking(how: Partial<TransportChoice>, as: Credentials | undefined): WireClient {
    const { endpoint } = this.world;
    const credentials = as ? () => Promise.resolve(as) : endpoint.credentials;
    const spoken = { ...endpoint, credentials, transport: { ...endpoint.transport, ...how } };
    const client =
      this.#makeClient?.(spoken, this.#clock) ?? createClient(spoken, this.#clock, this.world.transport(how.protocol));
    this.#others.push(client);
    return client;
  }

  /** Ends the connections and leaves the streams. */
  close(): void {
    for (const client of [this.#client, ...this.#others]) client.close();
  }

  /** Removes every stream this session made; throws with the names of those that could not be removed. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.#pool[Symbol.asyncDispose]();
    } finally {
      this.close();
    }
  }
}
