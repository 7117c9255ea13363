/**
 * Enhanced fan-out as checks need it: consumers that are registered for one check and removed after it, and subscriptions that
 * are read in the background and ended with it, whatever became of the check.
 */
import { NS_PER_S, sleepFor } from '../src/clock.ts';
import type {
  ConsumerDescription,
  RegisterStreamConsumerInput,
  RegisterStreamConsumerOutput,
  StartingPosition,
} from '../src/protocol/operations.ts';
import type { Outcome } from '../src/wire/outcome.ts';
import { isRate } from './attempt.ts';
import { type Context, type Stream, Unobservable } from './context.ts';
import { Following } from './following.ts';

/** Pause between two looks at a consumer, in ns: 20 a second are allowed. */
const LOOK_NS = 150_000_000;
/** Pause before a call that was refused as too many or too early is made again, in ns. */
const AGAIN_NS = 1_100_000_000;
/** How long the removal of a consumer is tried, in ns. */
const REMOVE_NS = 20 * NS_PER_S;

/** What a subscription was refused with. */
export class NotSubscribed extends Unobservable {
  /** Wire name of the error; for a call without an answer, what became of it. */
  readonly code: string;
  /** Of HTTP; 200 for an error that stood in the stream, 0 where no answer came. */
  readonly status: number;

  constructor(code: string, status: number, message: string) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

/** Whom a subscription is for, and from where on. */
export interface Wanted {
  readonly consumer: string;
  readonly shardId: string;
  readonly from: StartingPosition;
}

/** The consumers and subscriptions of one check on one stream. */
export interface FanOut {
  readonly streamArn: string;
  /** A name that no consumer has; whoever gets it is removed after the check. */
  name(): string;
  /** One attempt to register a consumer. */
  register(name: string): Promise<Outcome<RegisterStreamConsumerOutput>>;
  /** The ARN of a new consumer that is ACTIVE. */
  consumer(): Promise<string>;
  /** A consumer as it is described, once it is in this status; gives up after `withinNs` with what it is. */
  described(arn: string, status: string, withinNs?: number): Promise<Partial<ConsumerDescription>>;
  /** One attempt to subscribe. Rejects with `NotSubscribed`. */
  attempt(wanted: Wanted): Promise<Following>;
  /** A subscription; refusals that pass with time (throttles, five seconds that are not over) are waited out. */
  follow(wanted: Wanted): Promise<Following>;
}

/** Does a check's work with consumers of the stream, and leaves neither subscription nor consumer behind. */
export async function withFanOut<T>(context: Context, stream: Stream, work: (fan: FanOut) => Promise<T>): Promise<T> {
  const answer = await context.send('DescribeStreamSummary', { StreamName: stream.name });
  const { StreamARN: streamArn } = fieldsOf(fieldsOf(answer)['StreamDescriptionSummary']);
  if (typeof streamArn !== 'string') throw new Unobservable('DescribeStreamSummary gave no StreamARN');
  const fan = new CheckFanOut(context, streamArn);
  try {
    return await work(fan);
  } finally {
    await fan.remove();
  }
}

class CheckFanOut implements FanOut {
  readonly streamArn: string;
  readonly #context: Context;
  readonly #names: string[] = [];
  readonly #followings: Following[] = [];

  constructor(context: Context, streamArn: string) {
    this.#context = context;
    this.streamArn = streamArn;
  }

  name(): string {
    const name = Buffer.from(this.#context.data(), 'base64').toString().replaceAll(' ', '-');
    this.#names.push(name);
    return name;
  }

  register(name: string): Promise<Outcome<RegisterStreamConsumerOutput>> {
    return this.#context.client.call('RegisterStreamConsumer', this.#registration(name));
  }

  async consumer(): Promise<string> {
    const answer = await this.#context.send('RegisterStreamConsumer', this.#registration(this.name()));
    const { ConsumerARN: arn } = fieldsOf(fieldsOf(answer)['Consumer']);
    if (typeof arn !== 'string') throw new Unobservable('RegisterStreamConsumer gave no ConsumerARN');
    const { ConsumerStatus: status } = await this.described(arn, 'ACTIVE');
    if (status !== 'ACTIVE') throw new Unobservable(`consumer ${arn} is still ${status}, not ACTIVE`);
    return arn;
  }

  async described(arn: string, wanted: string, withinNs = 60 * NS_PER_S): Promise<Partial<ConsumerDescription>> {
    const { clock, deadlineNs, send } = this.#context;
    const untilNs = Math.min(deadlineNs, clock.monotonicNs() + withinNs);
    for (;;) {
      const answer = await send('DescribeStreamConsumer', { ConsumerARN: arn });
      const description = fieldsOf(fieldsOf(answer)['ConsumerDescription']) as Partial<ConsumerDescription>;
      if (description.ConsumerStatus === wanted || clock.monotonicNs() > untilNs) return description;
      await sleepFor(clock, LOOK_NS);
    }
  }

  async attempt({ consumer, shardId, from }: Wanted): Promise<Following> {
    const { client, clock } = this.#context;
    const leaving = new AbortController();
    const input = { ConsumerARN: consumer, ShardId: shardId, StartingPosition: from };
    const outcome = await client.subscribe(input, { signal: leaving.signal });
    if (outcome.kind !== 'ok') {
      const code = outcome.kind === 'error' ? outcome.code : outcome.kind;
      const said = 'message' in outcome ? `${code} ${outcome.message}` : code;
      throw new NotSubscribed(
        code,
        outcome.kind === 'error' ? outcome.status : 0,
        `SubscribeToShard of ${shardId} at ${JSON.stringify(from)} was answered with ${said}`,
      );
    }
    const following = new Following(outcome, clock, leaving);
    this.#followings.push(following);
    this.#context.count('subscriptions');
    return following;
  }

  async follow(wanted: Wanted): Promise<Following> {
    const { clock, deadlineNs } = this.#context;
    for (;;) {
      try {
        return await this.attempt(wanted);
      } catch (error) {
        if (!(error instanceof NotSubscribed)) throw error;
        const passes = isRate(error.code) || error.code === 'ResourceInUseException';
        if (!passes || clock.monotonicNs() > deadlineNs) throw error;
        await sleepFor(clock, AGAIN_NS);
      }
    }
  }

  /** Ends the subscriptions and removes the consumers. What cannot be removed goes with its stream. */
  async remove(): Promise<void> {
    await Promise.all(this.#followings.map((following) => following.stop()));
    await Promise.all(this.#names.map((name) => this.#deregister(name)));
  }

  async #deregister(name: string): Promise<void> {
    const { client, clock } = this.#context;
    const untilNs = clock.monotonicNs() + REMOVE_NS;
    for (;;) {
      const outcome = await client.call('DeregisterStreamConsumer', { StreamARN: this.streamArn, ConsumerName: name });
      // One that is still CREATING is in use.
      const passes =
        outcome.kind !== 'ok' &&
        (outcome.kind !== 'error' || isRate(outcome.code) || outcome.code === 'ResourceInUseException');
      if (!passes || clock.monotonicNs() > untilNs) return;
      await sleepFor(clock, AGAIN_NS / 4);
    }
  }

  #registration(name: string): RegisterStreamConsumerInput {
    return { StreamARN: this.streamArn, ConsumerName: name };
  }
}

/** The members of what should be a structure; none of anything else. */
function fieldsOf(value: unknown): Record<string, unknown> {
  return Object(value) as Record<string, unknown>;
}
