/**
 * Consumers of enhanced fan-out: registered with one stream, each with budgets of its own for every shard. A consumer's life
 * (CREATING, ACTIVE, DELETING, gone) is read off the clock when someone asks; nothing runs in the background.
 */
import { NS_PER_MS } from '../clock.ts';
import type { Consumer as ConsumerShown, ConsumerStatus } from '../protocol/operations.ts';
import type { Arrival } from './arrival.ts';
import type { Limits } from './limits.ts';
import type { Policy } from './policy.ts';
import { Refusal } from './refusal.ts';
import { capital, consumerSubject } from './subject.ts';
import type { Subscription } from './subscription.ts';
import { TokenBucket } from './token-bucket.ts';

/** One consumer's way to one shard. The budgets outlive a subscription: a new one does not begin with a full bucket. */
export interface Pipe {
  /** SubscribeToShard calls. */
  readonly calls: TokenBucket | undefined;
  /** Bytes pushed. */
  readonly bytes: TokenBucket | undefined;
  /** The subscription of the last successful call, over or not. */
  subscription: Subscription | undefined;
}

/** What a consumer is made of. */
export interface ConsumerOptions {
  readonly name: string;
  readonly streamName: string;
  readonly streamArn: string;
  readonly accountId: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly createMs: number;
  readonly arrival: Arrival;
  readonly limits: Limits | undefined;
}

/** A consumer of one stream. */
export class Consumer {
  /** Unique in its stream, rising, never reused. */
  readonly number: number;
  readonly name: string;
  readonly arn: string;
  /** Seconds since the epoch, as the ARN has them. */
  readonly createdS: number;
  readonly tags: Map<string, string>;
  /** For messages. */
  readonly subject: string;
  /** Who else may use it; undefined when nobody was named. */
  policy: Policy | undefined;
  readonly #options: ConsumerOptions;
  readonly #activeAtNs: number;
  readonly #pipes = new Map<number, Pipe>();
  #goneAtNs = Number.POSITIVE_INFINITY;

  constructor(number: number, createdS: number, options: ConsumerOptions) {
    const { name, streamArn, tags, createMs, arrival } = options;
    this.number = number;
    this.name = name;
    this.createdS = createdS;
    this.arn = `${streamArn}/consumer/${name}:${createdS}`;
    this.tags = new Map(Object.entries(tags));
    this.subject = consumerSubject(name, options.streamName, options.accountId);
    this.#options = options;
    this.#activeAtNs = arrival.nowNs + createMs * NS_PER_MS;
  }

  status(nowNs: number): ConsumerStatus {
    if (this.#goneAtNs !== Number.POSITIVE_INFINITY) return 'DELETING';
    return nowNs < this.#activeAtNs ? 'CREATING' : 'ACTIVE';
  }

  /** Whether the consumer no longer exists. */
  gone(nowNs: number): boolean {
    return nowNs >= this.#goneAtNs;
  }

  /** The consumer as the service shows it. */
  describe(nowNs: number): ConsumerShown {
    return {
      ConsumerName: this.name,
      ConsumerARN: this.arn,
      ConsumerStatus: this.status(nowNs),
      ConsumerCreationTimestamp: this.createdS,
    };
  }

  /** Its way to a shard; its budgets are full when it is first used. */
  pipe(shardIndex: number, nowNs: number): Pipe {
    let pipe = this.#pipes.get(shardIndex);
    if (!pipe) {
      const { limits } = this.#options;
      pipe = {
        calls: limits && new TokenBucket(limits.subscribeCalls, nowNs),
        bytes: limits && new TokenBucket(limits.pushBytes, nowNs),
        subscription: undefined,
      };
      this.#pipes.set(shardIndex, pipe);
    }
    return pipe;
  }

  /** The last subscription to a shard, over or not. */
  subscription(shardIndex: number): Subscription | undefined {
    return this.#pipes.get(shardIndex)?.subscription;
  }

  /** Forgets its way to a shard that is gone. */
  forget(shardIndex: number): void {
    this.#pipes.delete(shardIndex);
  }

  /** Ends its subscriptions without a word and forgets them: it can subscribe again at once. */
  cut(): void {
    for (const pipe of this.#pipes.values()) {
      pipe.subscription?.cut();
      pipe.subscription = undefined;
    }
  }

  /** Begins to delete it: its subscriptions end now, it is gone at `atNs`. One that is being deleted keeps its time. */
  deleteAt(atNs: number): void {
    this.#goneAtNs = Math.min(this.#goneAtNs, atNs);
    const { streamName, accountId } = this.#options;
    for (const { subscription } of this.#pipes.values()) {
      subscription?.end(consumerNotFound(this.name, streamName, accountId));
    }
    this.#pipes.clear();
  }
}

/** The consumers of one stream, by name. */
export class Consumers {
  readonly #byName = new Map<string, Consumer>();
  #registered = 0;

  /** Those that exist, in the order of their registration. */
  list(arrival: Arrival): Consumer[] {
    this.#forgetGone(arrival);
    return [...this.#byName.values()].filter((consumer) => !consumer.gone(arrival.nowNs));
  }

  /** How many there are. */
  count({ nowNs }: { readonly nowNs: number }): number {
    return [...this.#byName.values()].filter((consumer) => !consumer.gone(nowNs)).length;
  }

  /** The consumer of that name, if there is one. */
  find(name: string, { nowNs }: Arrival): Consumer | undefined {
    const consumer = this.#byName.get(name);
    return consumer?.gone(nowNs) ? undefined : consumer;
  }

  /** Adds a consumer; there must be none of that name. */
  add(options: ConsumerOptions): Consumer {
    this.#forgetGone(options.arrival);
    const nowS = Math.floor(options.arrival.nowMs / 1000);
    const before = this.#byName.get(options.name)?.createdS ?? Number.NEGATIVE_INFINITY;
    // Registered again in the second of its first registration, it must not get the old ARN back (assumed).
    const consumer = new Consumer(this.#registered, Math.max(nowS, before + 1), options);
    this.#registered += 1;
    this.#byName.delete(options.name);
    this.#byName.set(options.name, consumer);
    return consumer;
  }

  /** The last subscription of each to a shard, over or not. */
  subscriptions(shardIndex: number): Subscription[] {
    return [...this.#byName.values()].flatMap((consumer) => consumer.subscription(shardIndex) ?? []);
  }

  /** Forgets the ways to a shard that is gone. */
  forget(shardIndex: number): void {
    for (const consumer of this.#byName.values()) consumer.forget(shardIndex);
  }

  /** Ends all subscriptions without a word and forgets them. */
  cut(): void {
    for (const consumer of this.#byName.values()) consumer.cut();
  }

  /** How many it remembers, those that are gone included. */
  get remembered(): number {
    return this.#byName.size;
  }

  #forgetGone({ nowNs, nowMs }: Arrival): void {
    for (const consumer of this.#byName.values()) {
      // A name that comes back within the second needs to know the ARN it had.
      if (consumer.gone(nowNs) && consumer.createdS * 1000 < nowMs - 1000) this.#byName.delete(consumer.name);
    }
  }

  /** Begins to delete them all: the stream goes. */
  deleteAllAt(atNs: number): void {
    for (const consumer of this.#byName.values()) consumer.deleteAt(atNs);
  }
}

/** The refusal for a consumer that does not exist (the text is assumed). */
export function consumerNotFound(name: string, streamName: string, accountId: string): Refusal {
  return new Refusal(
    'ResourceNotFoundException',
    `${capital(consumerSubject(name, streamName, accountId))} not found.`,
  );
}
