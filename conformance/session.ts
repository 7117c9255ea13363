/**
 * All checks of one run against one target share a session: one client, and streams that are few, uniquely named
 * (`kinebench-conform-…`), tagged, and shared where a check does not need a fresh one, which is removed after it. Whoever started
 * the run removes the others at its end.
 */
import { type Clock, NS_PER_S, sleepFor } from '../src/clock.ts';
import { Random } from '../src/random.ts';
import type { Credentials, KinesisEndpoint } from '../src/target/target.ts';
import { type TransportChoice, type WireClient, createClient } from '../src/wire/client.ts';
import type { TransportAnswer } from '../src/wire/transport.ts';
import { AllottedTime } from './allotted-time.ts';
import { answerOf, isMissing, isRate, lackOf, QUOTA_NS } from './attempt.ts';
import { type Context, Unobservable } from './context.ts';
import { makingRoom } from './making-room.ts';
import { silenceOf, untilAnswering } from './silence.ts';
import { type Holder, StreamPool } from './streams.ts';
import { Transcript } from './transcript.ts';
import type { World } from './world.ts';

/** How long a check may wait for the target in all, in ns; AWS takes up to half a minute for a stream alone. */
const CHECK_NS = 90 * NS_PER_S;
/** How much longer its calls are sent, in ns: a check that waited to its deadline still has to clean up. */
const CLEANING_NS = 60 * NS_PER_S;
/** How long removals may take in all, in ns. */
const REMOVING_NS = 60 * NS_PER_S;
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

/**
 * A sender of calls that waits out throttles until the deadline and throws `Unobservable` for anything but an answer. A stream that is
 * in use is waited for some seconds: AWS calls one ACTIVE before all of it knows (aws/aws-sdk-java-v2#6006).
 */
export function patient(client: WireClient, clock: Clock, deadlineNs: number): Context['send'] {
  return async (operation, input) => {
    const quotaNs = clock.monotonicNs() + QUOTA_NS;
    for (;;) {
      const outcome = await client.call(operation, input);
      if (outcome.kind === 'ok') return outcome.output;
      if (outcome.kind === 'error' && isMissing(outcome.code)) throw new Unobservable(lackOf(operation, outcome));
      const came = answerOf(outcome);
      const code = outcome.kind === 'error' ? outcome.code : '';
      const isBusy = code === 'ResourceInUseException';
      const isBrief = isBusy || code === 'LimitExceededException';
      const untilNs = isBrief ? Math.min(quotaNs, deadlineNs) : deadlineNs;
      if ((!isBusy && !isRate(code)) || clock.monotonicNs() > untilNs) {
        throw new Unobservable(`${operation} ${JSON.stringify(input).slice(0, 200)} was answered with ${came}`);
      }
      await sleepFor(clock, THROTTLE_PAUSE_NS);
    }
  };
}

/** What a check is judged in. */
export interface Judging {
  readonly context: Context;
  /** The counters that it fills. */
  readonly exercised: Record<string, number>;
  /** Its last calls. */
  readonly transcript: Transcript;
  /** Lets the target come to rest, and removes the streams that the check alone had. */
  readonly release: () => Promise<void>;
}

/** All checks of one run against one target. */
export class Session {
  readonly world: World;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #settleNs: number;
  readonly #run: string;
  readonly #client: WireClient;
  readonly #makeClient: SessionOptions['makeClient'];
  readonly #others: WireClient[] = [];
  readonly #pool: StreamPool;
  #silent: string | null = null;
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
    this.#pool = new StreamPool(clock, run, () => patient(this.#client, clock, clock.monotonicNs() + REMOVING_NS));
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

  /** For one statement. */
  context(id: string): Judging {
    const transcript = new Transcript();
    const deadlineNs = this.#clock.monotonicNs() + CHECK_NS;
    // On a virtual clock checks let days pass, and nothing is slow.
    const isVirtual = this.world.capabilities.has('clock');
    const time = new AllottedTime(this.#clock, isVirtual ? Infinity : deadlineNs + CLEANING_NS);
    const roomy = (plain: WireClient) => makingRoom(plain, this.#clock, () => this.#pool.makeRoom());
    const watched = (plain: WireClient) => time.ofClient(transcript.ofClient(plain));
    const client = roomy(watched(this.#client));
    const exercised: Record<string, number> = {};
    const random = this.#random.fork(id);
    const nonce = this.#clock.monotonicNs().toString(36);
    let records = 0;
    // How its streams were made is no evidence.
    const make = roomy(time.ofClient(this.#client));
    const holder: Holder = { send: patient(make, this.#clock, deadlineNs), deadlineNs };
    const context: Context = {
      clock: this.#clock,
      random,
      client,
      world: { ...this.world, raw: time.ofRaw(transcript.ofRaw((request) => this.world.raw(request))) },
      session: this,
      speaking: (how, as) => watched(this.#speaking(how, as)),
      settleNs: this.#settleNs,
      deadlineNs,
      stream: (shards, kind = 'shared') => this.#pool.stream(shards, kind, holder),
      holds: (stream) => this.#pool.holds(stream, holder),
      send: patient(client, this.#clock, deadlineNs),
      count: (what, by = 1) => (exercised[what] = (exercised[what] ?? 0) + by),
      run: this.#run,
      data: () => Buffer.from(`${id} ${nonce} ${(records += 1)}`).toString('base64'),
      tap: (listener) => {
        this.#listeners.add(listener);
        return () => this.#listeners.delete(listener);
      },
    };
    const release = async () => {
      // What a check left the target to do is not to be held against the next one.
      if (time.unanswered > 0) this.#silent = await untilAnswering(this.#client, this.#clock);
      await this.#pool.release(holder);
    };
    return { context, exercised, transcript, release };
  }

  /** Why nothing can be judged now: the target left calls unanswered and has not answered since; null where it answers. */
  async silence(): Promise<string | null> {
    return (this.#silent &&= await silenceOf(this.#client));
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

  /** Removes the streams that no check at work has. */
  async makeRoom(): Promise<void> {
    await this.#pool.makeRoom();
  }

  /** Ends the connections and leaves the streams. */
  close(): void {
    for (const client of [this.#client, ...this.#others]) client.close();
  }
}
