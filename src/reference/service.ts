/**
 * The state of the endpoint that its operations share: the streams, the account, the budgets of the control plane, and
 * how it was set up. Everything time-dependent takes the arrival of the request; nothing here waits.
 */
import { NS_PER_MS, type Clock } from '../clock.ts';
import type { CreateStreamInput, OperationName, StreamRef } from '../protocol/operations.ts';
import type { Random } from '../random.ts';
import type { Faults } from './faults.ts';
import type { Latency } from './latency.ts';
import { awsLimits, type Limits } from './limits.ts';
import type { LogMemory } from './log-memory.ts';
import { Refusal } from './refusal.ts';
import { Seal } from './seal.ts';
import type { Arrival } from './arrival.ts';
import type { Shard } from './shard.ts';
import { Stream } from './stream.ts';
import { TokenBucket } from './token-bucket.ts';

/** How an endpoint is set up, every default filled. */
export interface ServiceOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly limits: Limits | undefined;
  readonly latency: Latency;
  readonly faults: Faults;
  readonly memory: LogMemory;
  readonly region: string;
  readonly accountId: string;
  /** How long a stream is CREATING. */
  readonly createStreamMs: number;
  /** How long a stream is DELETING. */
  readonly deleteStreamMs: number;
}

/** Shards of a stream that is created without a number (recorded from AWS; the mode of that recording is not known). */
const SHARDS_DEFAULT = 4;

/** The state of one endpoint. */
export class Service {
  readonly options: ServiceOptions;
  readonly faults: Faults;
  readonly seal: Seal;
  readonly #streams = new Map<string, Stream>();
  readonly #names: string[] = [];
  readonly #controlCalls = new Map<OperationName, TokenBucket>();
  readonly #callRandom: Random;

  constructor(options: ServiceOptions) {
    this.options = options;
    this.faults = options.faults;
    this.seal = new Seal(options.random.fork('seal'));
    this.#callRandom = options.random.fork('call');
  }

  /** When the answer to a call other than a put is sent. */
  answerAtNs({ nowNs }: Arrival): number {
    return nowNs + this.options.latency.callNs(this.#callRandom);
  }

  /** Takes a call of the control plane from the account's budget; a refusal when it is spent. */
  admitControl(operation: OperationName, { nowNs }: Arrival, name: string | undefined): Refusal | undefined {
    const figures = this.options.limits?.controlCalls[operation];
    if (!figures) return undefined;
    let bucket = this.#controlCalls.get(operation);
    if (!bucket) this.#controlCalls.set(operation, (bucket = new TokenBucket(figures, nowNs)));
    if (bucket.has(nowNs, 1)) {
      bucket.take(nowNs, 1);
      return undefined;
    }
    if (this.faults.fires('thr.control-off')) return undefined;
    const subject = name === undefined ? '' : ` for stream ${name}`;
    return new Refusal('LimitExceededException', `Rate exceeded${subject} under account ${this.options.accountId}.`);
  }

  /** All streams that exist, by name in order. */
  streams({ nowNs }: Arrival): Stream[] {
    for (const stream of this.#streams.values()) if (stream.gone(nowNs)) this.#streams.delete(stream.name);
    return [...this.#streams.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** The stream that a request names. */
  find(ref: StreamRef, arrival: Arrival): Stream | Refusal {
    const { region, accountId } = this.options;
    if (ref.StreamName === undefined && ref.StreamARN === undefined) {
      // Both are optional in the model; the text is assumed.
      return new Refusal('InvalidArgumentException', 'Either StreamName or StreamARN should be provided.');
    }
    const arn = /^arn:[^:]*:kinesis:([^:]*):(\d{12}):stream\/(\S+)$/.exec(ref.StreamARN ?? '');
    if (ref.StreamARN !== undefined && !arn) return this.notFound(ref.StreamARN);
    const [, arnRegion, arnAccount, arnName] = arn ?? [];
    if (ref.StreamName !== undefined && arnName !== undefined && ref.StreamName !== arnName) {
      return new Refusal('InvalidArgumentException', 'StreamName and StreamARN do not name the same stream.');
    }
    const name = ref.StreamName ?? arnName!;
    const ours = arnName === undefined || (arnRegion === region && arnAccount === accountId);
    const stream = ours ? this.#streams.get(name) : undefined;
    if (!stream || stream.gone(arrival.nowNs)) return this.notFound(name, arnAccount);
    return stream;
  }

  /** The stream that a request names, if records can be put into it. */
  findActive(ref: StreamRef, arrival: Arrival): Stream | Refusal {
    const stream = this.find(ref, arrival);
    if (stream instanceof Refusal || stream.status(arrival.nowNs) === 'ACTIVE') return stream;
    return this.notFound(stream.name);
  }

  /** A stream by its number, as iterators and tokens hold it. */
  byNumber(number: number, { nowNs }: Arrival): Stream | Refusal {
    const name = this.#names[number];
    const stream = name === undefined ? undefined : this.#streams.get(name);
    if (!stream || stream.number !== number || stream.gone(nowNs)) return this.notFound(name ?? '');
    return stream;
  }

  /** The name that the stream of a number has or had. */
  nameOf(number: number): string | undefined {
    return this.#names[number];
  }

  /** The refusal for a stream that does not exist. */
  notFound(name: string, accountId = this.options.accountId): Refusal {
    return new Refusal('ResourceNotFoundException', `Stream ${name} under account ${accountId} not found.`);
  }

  /** The text of a throttled read or write. */
  rateExceeded(shard: Shard, stream: Stream): string {
    return `Rate exceeded for shard ${shard.id} in stream ${stream.name} under account ${this.options.accountId}.`;
  }

  create(input: CreateStreamInput, arrival: Arrival): Refusal | undefined {
    const { region, accountId, limits, latency, faults, memory, random, createStreamMs } = this.options;
    const name = input.StreamName;
    const shardCount = input.ShardCount ?? SHARDS_DEFAULT;
    const refused = this.#refuseCreate(name, shardCount, arrival);
    if (refused) return refused;
    const stream = new Stream({
      number: this.#names.length,
      name,
      arn: `arn:aws:kinesis:${region}:${accountId}:stream/${name}`,
      mode: input.StreamModeDetails?.StreamMode ?? 'PROVISIONED',
      shardCount,
      tags: input.Tags ?? {},
      createMs: createStreamMs,
      arrival,
      limits,
      latency,
      faults,
      memory,
      random,
    });
    this.#names.push(name);
    this.#streams.set(name, stream);
    return undefined;
  }

  #refuseCreate(name: string, shardCount: number, arrival: Arrival): Refusal | undefined {
    const { region, accountId, limits } = this.options;
    const streams = this.streams(arrival);
    if (this.#streams.has(name)) {
      return new Refusal('ResourceInUseException', `Stream ${name} under account ${accountId} already exists.`);
    }
    const creating = streams.filter((stream) => stream.status(arrival.nowNs) === 'CREATING').length;
    if (limits && creating >= limits.streamsCreatingMax) {
      return new Refusal(
        'LimitExceededException',
        `Limit for streams being created concurrently exceeded for account ${accountId}.`,
      );
    }
    const count = streams.reduce((sum, stream) => sum + stream.shards.length, 0);
    // Without limits this one stays: it keeps a typing error from taking all memory.
    const shardsMax = (limits ?? awsLimits).shardsMax;
    if (count + shardCount > shardsMax) {
      return new Refusal(
        'LimitExceededException',
        `This request would exceed the shard limit for the account ${accountId} in ${region}. Current shard count for the account: ${count}. Limit: ${shardsMax}. Number of additional shards that would have resulted from this request: ${shardCount}. Refer to the AWS Service Limits page (http://docs.aws.amazon.com/general/latest/gr/aws_service_limits.html) for current limits and how to request higher limits.`,
      );
    }
    return undefined;
  }

  /** Begins to delete a stream. */
  delete(stream: Stream, { nowNs }: Arrival): void {
    stream.deleteAt(nowNs + this.options.deleteStreamMs * NS_PER_MS);
  }
}
