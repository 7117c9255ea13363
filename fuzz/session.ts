/**
 * One seeded session: an endpoint of its own on a virtual clock, and clients that send it what they can think of, steps on
 * end. Everything follows from the seed, the way the endpoint is set up too. Behind each step the answer must hold; at the
 * end everything is deleted, and nothing may be left: no byte, no subscription, no sleeper, and the canaries sing as before.
 */
import assert from 'node:assert/strict';
import { NS_PER_MS, VirtualClock } from '../src/clock.ts';
import { Random } from '../src/random.ts';
import {
  createEndpoint,
  type Endpoint,
  type EndpointRequest,
  type EndpointResponse,
} from '../src/reference/endpoint.ts';
import { Faults } from '../src/reference/faults.ts';
import { awsLimits } from '../src/reference/limits.ts';
import { checkAnswer } from './answer.ts';
import { Canary } from './canary.ts';
import { callers, keeper, requestOf, type Caller } from './client.ts';
import { encode, type Form } from './encoding.ts';
import { FuzzFailure } from './failure.ts';
import { Inputs } from './input.ts';
import { Known } from './known.ts';
import { Listener } from './listener.ts';
import { mutate } from './mutation.ts';
import { operationNames } from './output.ts';
import { disguise } from './disguise.ts';
import { once, pick } from './value.ts';

const MS_PER_DAY = 86_400_000;
/** How far the clock moves between steps, in ms. */
const strides = [0, 0, 0, 0, 1, 1, 10, 50, 200, 200, 200, 500, 1000, 5000];
/** And now and then, where something expires. */
const leaps = [300_000, 300_001, 3_600_000, MS_PER_DAY, 3 * MS_PER_DAY];
/** Limits that a few records exhaust. */
const few = { perS: 2, capacity: 2 };
const little = { perS: 1000, capacity: 1000 };
const tight = { ...awsLimits, writeRecords: few, readBytes: little, pushBytes: little };
/** What needs another of its kind to have succeeded is asked for more often. */
const ofChannels = ['CreateChannel', 'UpdateChannel', 'UpdateChannel', 'DescribeChannel', 'DeleteChannel'] as const;
/** Requests remembered, to be sent again with changes. */
const REMEMBERED_MAX = 40;
const LISTENERS_MAX = 12;

/** What a session came to. */
export interface SessionResult {
  readonly requests: number;
  /** Answers by status. */
  readonly statuses: ReadonlyMap<number, number>;
  /** Operations that succeeded at least once. */
  readonly succeeded: ReadonlySet<string>;
}

/** What else a session can be given. */
export interface SessionOptions {
  /** Called before every step. */
  readonly onStep?: () => void;
  /** Faults of the endpoint, to see that the fuzz finds them; none by default. */
  readonly faults?: readonly string[];
}

/** Runs a session. Throws a FuzzFailure for the first thing that does not hold. */
export async function runSession(
  seed: number,
  steps: number,
  { onStep = () => {}, faults = [] }: SessionOptions = {},
): Promise<SessionResult> {
  return new Session(seed, faults).run(steps, onStep);
}

class Session {
  readonly #seed: number;
  readonly #random: Random;
  readonly #clock = new VirtualClock();
  readonly #endpoint: Endpoint;
  readonly #capped: boolean;
  readonly #known = new Known();
  readonly #inputs: Inputs;
  readonly #canaries: Canary[] = [];
  readonly #listeners = new Set<Listener>();
  readonly #bodies: Buffer[] = [];
  readonly #statuses = new Map<number, number>();
  readonly #succeeded = new Set<string>();
  #requests = 0;
  #step = 0;
  #last: EndpointRequest | undefined;

  constructor(seed: number, faults: readonly string[]) {
    this.#seed = seed;
    this.#random = new Random(seed);
    const random = this.#random.fork('setup');
    const settled = once(random, 2);
    const ms = settled ? 0 : 500;
    this.#capped = once(random, 4);
    this.#endpoint = createEndpoint({
      clock: this.#clock,
      random: new Random(seed),
      limits: pick(random, ['aws', 'off', tight] as const),
      latency: once(random, 3) ? 'aws' : 'none',
      faults: new Faults(faults),
      auth: pick(random, ['form', 'verify', 'off'] as const),
      keys: [...callers, keeper],
      ...(this.#capped && { memoryBytesMax: 200_000 }),
      createStreamMs: ms,
      updateStreamMs: ms,
      deleteStreamMs: ms,
      createConsumerMs: ms,
      deleteConsumerMs: ms,
      kmsKeys: { 'alias/off': 'disabled' },
    });
    this.#inputs = new Inputs(this.#known, this.#random.fork('inputs'), pick(random, [8, 30, 200]), () =>
      this.#clock.now(),
    );
  }

  async run(steps: number, onStep: () => void): Promise<SessionResult> {
    try {
      await this.#settleCanaries();
      for (; this.#step < steps; this.#step += 1) {
        onStep();
        await this.#take();
      }
      await this.#end();
    } catch (error) {
      if (error instanceof FuzzFailure) throw error;
      const what = error instanceof Error ? error.message : String(error);
      throw new FuzzFailure(what, this.#seed, this.#step, this.#last, error);
    }
    return { requests: this.#requests, statuses: this.#statuses, succeeded: this.#succeeded };
  }

  async #settleCanaries(): Promise<void> {
    // A full memory refuses the canaries' records as well: nothing can be said of them then.
    if (this.#capped) return;
    this.#canaries.length = 0;
    for (const caller of [callers[0]!, keeper]) {
      const canary = new Canary(this.#endpoint, this.#clock, caller);
      await canary.begin();
      this.#canaries.push(canary);
    }
  }

  async #take(): Promise<void> {
    const random = this.#random;
    await this.#send(this.#request());
    for (const listener of this.#listeners) {
      listener.check();
      if (listener.ended) this.#listeners.delete(listener);
      else if (once(random, 60)) {
        await listener.leave();
        this.#listeners.delete(listener);
      }
    }
    await this.#clock.advance(NS_PER_MS * pick(random, once(random, 80) ? leaps : strides));
    const { bytes } = this.#endpoint.memory;
    assert.ok(bytes >= 0, 'the memory account is overdrawn');
    if (once(random, 50)) this.#audit();
    if (once(random, 60)) await this.#visitCanaries();
    // What was said before a reset is foreign after it, and used all the same.
    if (once(random, 1500)) {
      this.#endpoint.reset();
      await this.#settleCanaries();
    }
  }

  async #visitCanaries(): Promise<void> {
    await this.#clock.advance(1100 * NS_PER_MS);
    for (const canary of this.#canaries) {
      await canary.sing(this.#random);
      await this.#clock.advance(1000 * NS_PER_MS);
      await canary.listen();
    }
  }

  /** The account of memory is no less than what the streams show, and states can be asked for at any time. */
  #audit(): void {
    const { streams, memory } = this.#endpoint.state();
    const shown = streams.flatMap(({ shards }) => shards).reduce((sum, { bytes }) => sum + bytes, 0);
    assert.ok(memory.bytes >= shown, `the memory account says ${memory.bytes}, the streams hold ${shown}`);
  }

  #request(): EndpointRequest {
    const random = this.#random;
    const caller = once(random, 8) ? pick(random, callers) : callers[0]!;
    const form: Form = once(random, 3) ? 'cbor' : 'json';
    let operation = pick(random, once(random, 8) ? ofChannels : operationNames);
    // Streams live long enough to get a history.
    if (operation === 'DeleteStream' && !once(random, 6)) operation = 'PutRecords';
    if (once(random, 4)) operation = pick(random, ['PutRecord', 'GetShardIterator', 'GetRecords', 'CreateStream']);
    let body = encode(form, this.#inputs.of(operation), random, once(random, 2));
    if (once(random, 10)) body = mutate(body, random, this.#bodies);
    else this.#remember(body);
    const request = requestOf(caller, this.#clock.now(), operation, form, body);
    return once(random, 20) ? disguise(request, random) : request;
  }

  #remember(body: Buffer): void {
    if (body.length > 10_000) return;
    if (this.#bodies.length < REMEMBERED_MAX) this.#bodies.push(body);
    else this.#bodies[this.#random.below(REMEMBERED_MAX)] = body;
  }

  async #send(request: EndpointRequest): Promise<EndpointResponse> {
    this.#last = request;
    this.#requests += 1;
    const answering = this.#endpoint.handle(request);
    const answer = answering instanceof Promise ? await this.#clock.runUntilSettled(answering) : answering;
    const { status, value } = checkAnswer(request, answer, this.#capped);
    this.#statuses.set(status, (this.#statuses.get(status) ?? 0) + 1);
    if (status !== 200) return answer;
    this.#succeeded.add(String(request.headers['x-amz-target']).split('.')[1] ?? '');
    this.#known.harvest(value);
    if (typeof answer.body === 'function') await this.#listen(request, answer.body);
    return answer;
  }

  async #listen(request: EndpointRequest, body: Exclude<EndpointResponse['body'], Uint8Array>): Promise<void> {
    const form = String(request.headers['content-type']).includes('cbor') ? 'cbor' : 'json';
    // Some are deaf after a while, and some never take what they asked for.
    const patience = pick(this.#random, [0, 1, 3, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]);
    if (patience === 0) return;
    if (this.#listeners.size >= LISTENERS_MAX) {
      const [oldest] = this.#listeners;
      await oldest!.leave();
      this.#listeners.delete(oldest!);
    }
    this.#listeners.add(
      new Listener(body, { form, patience, clock: this.#clock, heard: (value) => this.#known.harvest(value) }),
    );
  }

  async #end(): Promise<void> {
    await this.#visitCanaries();
    await this.#deleteAll();
    // Subscriptions end with their streams; who is deaf has to be left.
    await this.#clock.advance(1000 * NS_PER_MS);
    for (const listener of this.#listeners) {
      listener.check();
      if (!listener.ended) await listener.leave();
    }
    assert.equal(this.#clock.sleeping, 0, 'somebody still sleeps');
    this.#endpoint.objects.clear();
    for (let step = 0; step < this.#requests && this.#endpoint.memory.bytes > 0; step += 1)
      await this.#ask(callers[0]!, 'DescribeLimits', {});
    assert.equal(this.#endpoint.memory.bytes, 0, 'memory is not given back');
  }

  async #deleteAll(): Promise<void> {
    for (let round = 0; round < 2000; round += 1) {
      const { streams } = this.#endpoint.state();
      if (streams.length === 0) return;
      for (const { account, name, status, channels } of streams) {
        const caller = [...callers, keeper].find(({ accountId }) => accountId === account);
        assert.ok(caller, `a stream in an account that nobody has: ${account}`);
        for (const ChannelARN of channels) await this.#ask(caller, 'DeleteChannel', { ChannelARN });
        if (status !== 'DELETING')
          await this.#ask(caller, 'DeleteStream', { StreamName: name, EnforceConsumerDeletion: true });
        await this.#clock.advance(250 * NS_PER_MS);
      }
    }
    assert.fail('streams cannot be deleted');
  }

  async #ask(caller: Caller, operation: string, input: object): Promise<void> {
    const request = requestOf(caller, this.#clock.now(), operation, 'json', Buffer.from(JSON.stringify(input)));
    await this.#send(request);
  }
}
