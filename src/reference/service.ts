/**
 * The state of the endpoint that its operations share: the accounts with their streams, and how it was set up. A stream has
 * a number of its own in the whole endpoint, by which iterators and tokens know it.
 */
import { NS_PER_MS, type Clock } from '../clock.ts';
import type { CreateStreamInput, StreamRef } from '../protocol/operations.ts';
import type { Random } from '../random.ts';
import { Account } from './account.ts';
import type { Arrival, Caller } from './arrival.ts';
import type { EncryptionKeys } from './encryption-key.ts';
import type { Faults } from './faults.ts';
import type { Destination } from './firehose/destination.ts';
import type { Latency } from './latency.ts';
import type { Limits, Quotas } from './limits.ts';
import type { LogMemory } from './log-memory.ts';
import { Refusal } from './refusal.ts';
import { Seal, type Sealed, type SealKind } from './seal.ts';
import type { Shard } from './shard.ts';
import type { Stream } from './stream.ts';
import { capital, streamSubject } from './subject.ts';
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
  readonly keys: EncryptionKeys;
  /** The region and the account of a caller who names none. */
  readonly region: string;
  readonly accountId: string;
  /** Another one each time that this state begins anew. */
  readonly incarnation: number;
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
  /** How long a channel is CREATING. */
  readonly createChannelMs: number;
  /** How long a channel is UPDATING. */
  readonly updateChannelMs: number;
  /** How long a channel is DELETING. */
  readonly deleteChannelMs: number;
  /** Where channels write. */
  readonly destination: Destination;
  /** How long a subscription is silent at the most. */
  readonly heartbeatMs: number;
}

/** Accounts that are remembered though they hold nothing; more than any test has. */
const ACCOUNTS_MAX = 1000;

/** The state of one endpoint. */
export class Service {
  readonly options: ServiceOptions;
  readonly faults: Faults;
  readonly seal: Seal;
  readonly timetable: Timetable;
  readonly #accounts = new Map<string, Account>();
  #accountsMax = ACCOUNTS_MAX;
  /** Who asked last: nearly always the same. */
  #lastAccount: Account | undefined;
  readonly #byNumber: StreamEntry[] = [];
  readonly sweep = new Sweep(this.#byNumber);
  readonly #callRandom: Random;

  constructor(options: ServiceOptions) {
    this.options = options;
    this.faults = options.faults;
    const { random, incarnation, faults } = options;
    this.seal = new Seal({ random: random.fork('seal'), incarnation, faults, streams: this.#byNumber });
    this.timetable = new Timetable(options.clock);
    this.#callRandom = options.random.fork('call');
  }

  /** When the answer to a call other than a put is sent. */
  answerAtNs({ nowNs }: Arrival): number {
    return nowNs + this.options.latency.callNs(this.#callRandom);
  }

  /** The account of a caller in its region; it exists as soon as somebody asks. */
  account(caller: Caller): Account {
    const last = this.#lastAccount;
    if (last?.id === caller.accountId && last.region === caller.region) return last;
    const key = `${caller.accountId}/${caller.region}`;
    let account = this.#accounts.get(key);
    if (!account) {
      if (this.#accounts.size >= this.#accountsMax) this.#forgetAccounts();
      this.#accounts.set(key, (account = new Account(caller, this.options)));
    }
    this.#lastAccount = account;
    return account;
  }

  /** How many accounts, with their regions, it remembers. */
  get accounts(): number {
    return this.#accounts.size;
  }

  /** Anyone can make up accounts and regions: those that hold nothing are forgotten when they are too many, and their budgets too. */
  #forgetAccounts(): void {
    this.#lastAccount = undefined;
    for (const [key, account] of this.#accounts) if (account.idle) this.#accounts.delete(key);
    this.#accountsMax = Math.max(ACCOUNTS_MAX, 2 * this.#accounts.size);
  }

  /** Begins to create a stream of the caller's. */
  create(input: CreateStreamInput, arrival: Arrival): Refusal | undefined {
    const account = this.account(arrival.caller);
    const created = account.create(input, this.#byNumber.length, arrival);
    if (created instanceof Refusal) return created;
    this.#byNumber.push({ name: created.name, accountId: account.id, region: account.region, stream: created });
    return undefined;
  }

  /** What it holds at an instant. */
  state(at: Instant): StreamState[] {
    return [...this.#accounts.values()].flatMap((account) =>
      account.streams(at).map((stream) => stateOf(stream, account, at)),
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

  /** Ends every subscription and channel and gives back all memory: nothing uses this state any more. */
  end(): void {
    for (const { channels } of this.#accounts.values()) channels.end();
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
    const stream = ours ? this.account(caller).stream(name, arrival) : undefined;
    if (!stream) return notFound(name, accountId);
    return ref.StreamName === undefined && stream.faults.fires('api.arn-ignored') ? notFound('', accountId) : stream;
  }

  /** The stream that a request names, if records can be put into it. */
  findWritable(ref: StreamRef, arrival: Arrival): Stream | Refusal {
    const stream = this.find(ref, arrival);
    if (
      stream instanceof Refusal &&
      ref.StreamName !== undefined &&
      this.faults.at({ stream: ref.StreamName }).fires('api.missing-stream-autocreate')
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
    return new Refusal('ResourceInUseException', `${capital(stream.subject)} not ACTIVE, instead in state ${status}`);
  }

  /** The refusal of a change that an UPDATING stream can have, and one that is CREATING or DELETING can not. */
  refuseUnready(stream: Stream, arrival: Arrival): Refusal | undefined {
    return stream.writable(arrival.nowNs) ? undefined : this.refuseBusy(stream, arrival);
  }

  /**
   * Begins a change of a stream's shards: it is UPDATING until the instant at which the change is made. `opens`: how many more
   * of them count for the quota from now on.
   */
  plan(stream: Stream, closing: readonly Shard[], arrival: Arrival, make: (at: Instant) => void, opens = 0): void {
    this.beginUpdate(stream, arrival);
    const { updateStreamMs } = this.options;
    const at = { nowNs: arrival.nowNs + updateStreamMs * NS_PER_MS, nowMs: arrival.nowMs + updateStreamMs };
    if (stream.faults.fires('reshard.child-opens-early')) make(arrival);
    else stream.topology.plan(at, closing, make, opens);
  }

  /** Begins a change of a stream: it is UPDATING for the time the endpoint was set up with. */
  beginUpdate(stream: Stream, { nowNs }: Arrival): void {
    stream.updateUntil(nowNs + this.options.updateStreamMs * NS_PER_MS);
  }

  /** The stream that an iterator or a token is for, and what else it carries; or why it cannot be used. */
  open(kind: SealKind, text: string, arrival: Arrival): (Sealed & { readonly stream: Stream }) | Refusal {
    const sealed = this.seal.open(kind, text, arrival);
    if (sealed instanceof Refusal) return sealed;
    const entry = this.#byNumber[sealed.streamNumber]!;
    // What is gone stays gone: only its name is kept, for the text of the refusal.
    forget(entry, arrival);
    entry.stream?.settle(arrival);
    return entry.stream ? { ...sealed, stream: entry.stream } : notFound(entry.name, entry.accountId);
  }

  /** The name that the stream of a number has or had. */
  nameOf(number: number): string | undefined {
    return this.#byNumber[number]?.name;
  }

  /** The text of a throttled read or write. */
  rateExceeded(shard: Shard, stream: Stream): string {
    return `Rate exceeded for shard ${shard.id} in ${stream.subject}.`;
  }
}

/** The refusal for a stream that does not exist. */
export function notFound(name: string, accountId: string): Refusal {
  return new Refusal('ResourceNotFoundException', `${capital(streamSubject(name, accountId))} not found.`);
}
