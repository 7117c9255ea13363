/**
 * The state of the endpoint that its operations share: the accounts with their streams, and how it was set up. A stream has
 * a number of its own in the whole endpoint, by which iterators and tokens know it.
 */
import { NS_PER_MS, type Clock } from '../clock.ts';
import type { CreateStreamInput, StreamRef } from '../protocol/operations.ts';
import type { Random } from '../random.ts';
import { Account } from './account.ts';
import type { Arrival, Caller } from './arrival.ts';
import type { KeyState } from './encryption-key.ts';
import type { Faults } from './faults.ts';
import type { Latency } from './latency.ts';
import type { Limits, Quotas } from './limits.ts';
import type { LogMemory } from './log-memory.ts';
import { Refusal } from './refusal.ts';
import { Seal } from './seal.ts';
import type { Shard } from './shard.ts';
import type { Stream } from './stream.ts';
import type { Instant } from './topology.ts';
import { Timetable } from './subscription-timetable.ts';
import { stateOf, type StreamState } from './endpoint-state.ts';
import { forget, Sweep, type StreamEntry } from './sweep.ts';

/** How an endpoint is set up, every default filled. */
export interface ServiceOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly limits: Limits | undefined;
  readonly quotas: Quotas;
  readonly latency: Latency;
  readonly faults: Faults;
  readonly memory: LogMemory;
  /** Encryption keys that cannot be used. */
  readonly kmsKeys: Readonly<Record<string, KeyState>>;
  /** The region and the account of a caller who names none. */
  readonly region: string;
  readonly accountId: string;
  /** How long a stream is CREATING. */
  readonly createStreamMs: number;
  /** How long a stream is UPDATING. */
  readonly updateStreamMs: number;
  /** How long a stream is DELETING. */
  readonly deleteStreamMs: number;
  /** How long a consumer is CREATING. */
  readonly createConsumerMs: number;
  /** How long a consumer is DELETING. */
  readonly deleteConsumerMs: number;
  /** How long a subscription is silent at the most. */
  readonly heartbeatMs: number;
}

/** The state of one endpoint. */
export class Service {
  readonly options: ServiceOptions;
  readonly faults: Faults;
  readonly seal: Seal;
  readonly timetable: Timetable;
  readonly #accounts = new Map<string, Account>();
  readonly #byNumber: StreamEntry[] = [];
  readonly sweep = new Sweep(this.#byNumber);
  readonly #callRandom: Random;

  constructor(options: ServiceOptions) {
    this.options = options;
    this.faults = options.faults;
    this.seal = new Seal(options.random.fork('seal'));
    this.timetable = new Timetable(options.clock);
    this.#callRandom = options.random.fork('call');
  }

  /** When the answer to a call other than a put is sent. */
  answerAtNs({ nowNs }: Arrival): number {
    return nowNs + this.options.latency.callNs(this.#callRandom);
  }

  /** The account of a caller in its region; it exists as soon as somebody asks. */
  account(caller: Caller): Account {
    const key = `${caller.accountId}/${caller.region}`;
    let account = this.#accounts.get(key);
    if (!account) this.#accounts.set(key, (account = new Account(caller, this.options)));
    return account;
  }

  /** Begins to create a stream of the caller's. */
  create(input: CreateStreamInput, arrival: Arrival): Refusal | undefined {
    const created = this.account(arrival.caller).create(input, this.#byNumber.length, arrival);
    if (created instanceof Refusal) return created;
    this.#byNumber.push({ name: created.name, stream: created });
    return undefined;
  }

  /** What it holds at an instant. */
  state(at: Instant): StreamState[] {
    return [...this.#accounts.values()].flatMap((account) =>
      account.streams(at).map((stream) => stateOf(stream, account.region, at)),
    );
  }

  /** What a crash and a new start of a durable service leave: subscriptions are gone, everything else is there. */
  restart(at: Instant): void {
    for (const { stream } of this.#byNumber) {
      if (!stream) continue;
      stream.settle(at);
      stream.consumers.cut();
      for (const shard of stream.topology.shards) shard.crash(at.nowNs);
    }
  }

  /** Ends every subscription and gives back all memory: nothing uses this state any more. */
  end(): void {
    for (const { stream } of this.#byNumber) {
      stream?.consumers.deleteAllAt(Number.NEGATIVE_INFINITY);
      for (const { log } of stream?.topology.shards ?? []) log.trimTo(log.end);
    }
  }

  /** The stream that a request names. */
  find(ref: StreamRef, arrival: Arrival): Stream | Refusal {
    const { caller } = arrival;
    if (ref.StreamName === undefined && ref.StreamARN === undefined) {
      // Both are optional in the model; the text is assumed.
      return new Refusal('InvalidArgumentException', 'Either StreamName or StreamARN should be provided.');
    }
    const arn = /^arn:[^:]*:kinesis:([^:]*):(\d{12}):stream\/(\S+)$/.exec(ref.StreamARN ?? '');
    if (ref.StreamARN !== undefined && !arn) return notFound(ref.StreamARN, caller.accountId);
    const [, region = caller.region, accountId = caller.accountId, arnName] = arn ?? [];
    if (ref.StreamName !== undefined && arnName !== undefined && ref.StreamName !== arnName) {
      return new Refusal('InvalidArgumentException', 'StreamName and StreamARN do not name the same stream.');
    }
    const name = ref.StreamName ?? arnName!;
    const ours = region === caller.region && accountId === caller.accountId;
    if (ref.StreamName === undefined && this.faults.fires('api.arn-ignored')) return notFound('', accountId);
    return (ours ? this.account(caller).stream(name, arrival) : undefined) ?? notFound(name, accountId);
  }

  /** The stream that a request names, if records can be put into it. */
  findWritable(ref: StreamRef, arrival: Arrival): Stream | Refusal {
    const stream = this.find(ref, arrival);
    if (
      stream instanceof Refusal &&
      ref.StreamName !== undefined &&
      this.faults.fires('api.missing-stream-autocreate')
    ) {
      this.create({ StreamName: ref.StreamName }, arrival);
    }
    if (stream instanceof Refusal || stream.writable(arrival.nowNs)) return stream;
    return notFound(stream.name, stream.accountId);
  }

  /** The stream that a request names, if it is not in the middle of another change. */
  findChangeable(ref: StreamRef, arrival: Arrival): Stream | Refusal {
    const stream = this.find(ref, arrival);
    return stream instanceof Refusal ? stream : (this.refuseBusy(stream, arrival) ?? stream);
  }

  /** The refusal of a change while another one is under way (text observed). */
  refuseBusy(stream: Stream, { nowNs }: Arrival): Refusal | undefined {
    const status = stream.status(nowNs);
    if (status === 'ACTIVE') return undefined;
    return new Refusal(
      'ResourceInUseException',
      `Stream ${stream.name} under account ${stream.accountId} not ACTIVE, instead in state ${status}`,
    );
  }

  /** Begins a change of a stream's shards: it is UPDATING until the instant at which the change is made. */
  plan(stream: Stream, closing: readonly Shard[], arrival: Arrival, make: (at: Instant) => void): void {
    this.beginUpdate(stream, arrival);
    const { updateStreamMs } = this.options;
    const at = { nowNs: arrival.nowNs + updateStreamMs * NS_PER_MS, nowMs: arrival.nowMs + updateStreamMs };
    if (this.faults.fires('reshard.child-opens-early')) make(arrival);
    else stream.topology.plan(at, closing, make);
  }

  /** Begins a change of a stream: it is UPDATING for the time the endpoint was set up with. */
  beginUpdate(stream: Stream, { nowNs }: Arrival): void {
    stream.updateUntil(nowNs + this.options.updateStreamMs * NS_PER_MS);
  }

  /** A stream by its number, as iterators and tokens hold it. */
  byNumber(number: number, arrival: Arrival): Stream | Refusal {
    const entry = this.#byNumber[number];
    // What is gone stays gone: only its name is kept, for the text of the refusal.
    if (entry) forget(entry, arrival);
    entry?.stream?.settle(arrival);
    return entry?.stream ?? notFound(entry?.name ?? '', arrival.caller.accountId);
  }

  /** The name that the stream of a number has or had. */
  nameOf(number: number): string | undefined {
    return this.#byNumber[number]?.name;
  }

  /** The text of a throttled read or write. */
  rateExceeded(shard: Shard, stream: Stream): string {
    return `Rate exceeded for shard ${shard.id} in stream ${stream.name} under account ${stream.accountId}.`;
  }
}

/** The refusal for a stream that does not exist. */
export function notFound(name: string, accountId: string): Refusal {
  return new Refusal('ResourceNotFoundException', `Stream ${name} under account ${accountId} not found.`);
}
