/**
 * The state that the operations of Data Firehose share: the delivery streams of every account and region, and the budgets of
 * the control plane. Unlike Kinesis, delivery works by itself: buffers fill and are flushed on the clock whether or not
 * somebody asks, so whoever holds a service ends it.
 */
import { NS_PER_MS } from '../../clock.ts';
import type { CreateDeliveryStreamInput, FirehoseOperation } from '../../protocol/firehose/operations.ts';
import type { Arrival, Caller } from '../arrival.ts';
import { Refusal } from '../refusal.ts';
import type { Service, ServiceOptions } from '../service.ts';
import { TokenBucket } from '../token-bucket.ts';
import type { Tables } from './conversion.ts';
import { DeliveryStream } from './delivery-stream.ts';
import type { KeptDestination } from './kept-destination.ts';
import type { LambdaInvoker } from './lambda.ts';
import type { LoadSql } from './load-sql.ts';
import type { Sender } from './sender.ts';
import type { SqlRunner } from './sql.ts';

/** How it is set up, every default filled. */
export interface DeliveryOptions extends Omit<ServiceOptions, 'incarnation'> {
  /** The way to destinations that are spoken to; without one they are refused. */
  readonly sender: Sender | undefined;
  /** The way of SQL to Redshift; without one it is refused as a destination. */
  readonly sql: SqlRunner | undefined;
  /** What is sent there. */
  readonly loadSql: LoadSql;
  /** Who invokes the functions of Lambda processors. */
  readonly lambda: LambdaInvoker;
  /** The tables that formats are converted by. */
  readonly tables: Tables;
  /** The Kinesis streams that delivery streams may read. */
  readonly kinesis: Service;
  /** How long a delivery stream is CREATING. */
  readonly createDeliveryStreamMs: number;
  /** How long a delivery stream is DELETING. */
  readonly deleteDeliveryStreamMs: number;
  /** How long encryption is ENABLING or DISABLING. */
  readonly encryptDeliveryStreamMs: number;
}

/** Budgets of the control plane that are kept: anyone can make up accounts, and a forgotten budget is a full one. */
const BUDGETS_MAX = 10_000;

/** The delivery streams of one endpoint. */
export class DeliveryService {
  readonly options: DeliveryOptions;
  /** By account and region, then by name. */
  readonly #streams = new Map<string, Map<string, DeliveryStream>>();
  /** Those that are gone and still have something under way. */
  readonly #leaving = new Set<DeliveryStream>();
  readonly #budgets = new Map<string, TokenBucket>();
  readonly #callRandom;
  #count = 0;

  constructor(options: DeliveryOptions) {
    this.options = options;
    this.#callRandom = options.random.fork('firehose-call');
  }

  /** When the answer to a call other than a put is sent. */
  answerAtNs({ nowNs }: Arrival): number {
    return nowNs + this.options.latency.callNs(this.#callRandom);
  }

  /** Takes a call of the control plane from the budget of the account; a refusal when it is spent (name and text assumed). */
  admitControl(operation: FirehoseOperation, { nowNs, caller }: Arrival): Refusal | undefined {
    const { limits } = this.options;
    if (!limits || operation === 'PutRecord' || operation === 'PutRecordBatch') return undefined;
    const key = `${keyOf(caller)}/${operation}`;
    let budget = this.#budgets.get(key);
    if (!budget) {
      if (this.#budgets.size >= BUDGETS_MAX) this.#budgets.clear();
      this.#budgets.set(key, (budget = new TokenBucket(limits.firehose.controlCalls, nowNs)));
    }
    if (!budget.has(nowNs, 1)) return new Refusal('ThrottlingException', 'Rate exceeded');
    budget.take(nowNs, 1);
    return undefined;
  }

  /** The delivery streams of a caller, by name in order. */
  list({ caller, nowNs }: Arrival): DeliveryStream[] {
    const streams = this.#streams.get(keyOf(caller)) ?? new Map<string, DeliveryStream>();
    return [...streams.values()].filter((stream) => !stream.gone(nowNs)).sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** The delivery stream of a name (the text observed). */
  find(name: string, { caller, nowNs }: Arrival): DeliveryStream | Refusal {
    const stream = this.#streams.get(keyOf(caller))?.get(name);
    if (stream && !stream.gone(nowNs)) return stream;
    return new Refusal('ResourceNotFoundException', `Firehose ${name} under account ${caller.accountId} not found.`);
  }

  /** The delivery stream of a name, if it can be changed (the text assumed). */
  findActive(name: string, arrival: Arrival): DeliveryStream | Refusal {
    const stream = this.find(name, arrival);
    if (stream instanceof Refusal) return stream;
    const status = stream.status(arrival.nowNs);
    if (status === 'ACTIVE') return stream;
    const subject = `Firehose ${name} under account ${arrival.caller.accountId}`;
    return new Refusal('ResourceInUseException', `${subject} is not ACTIVE, instead in state ${status}.`);
  }

  /** Creates a delivery stream (the text of a name that is taken observed, that of the quota assumed). */
  create(input: CreateDeliveryStreamInput, destination: KeptDestination, arrival: Arrival): DeliveryStream | Refusal {
    const { caller, nowNs } = arrival;
    const { quotas } = this.options;
    const name = input.DeliveryStreamName;
    this.#forget(nowNs);
    const present = this.list(arrival);
    if (present.some((stream) => stream.name === name)) {
      return new Refusal(
        'ResourceInUseException',
        `Firehose ${name} under accountId ${caller.accountId} already exists`,
      );
    }
    const { deliveryStreamsMax } = quotas.firehose;
    if (present.length >= deliveryStreamsMax) {
      return new Refusal(
        'LimitExceededException',
        `You have already consumed your firehose quota of ${deliveryStreamsMax} hoses.`,
      );
    }
    this.#count += 1;
    const stream = new DeliveryStream(this.options, { input, destination, arrival, number: this.#count });
    const key = keyOf(caller);
    let streams = this.#streams.get(key);
    if (!streams) this.#streams.set(key, (streams = new Map()));
    streams.set(name, stream);
    stream.activeAtNs = nowNs + this.options.createDeliveryStreamMs * NS_PER_MS;
    return stream;
  }

  /** Forgets what is gone, of every account: anyone can make accounts up. */
  #forget(nowNs: number): void {
    for (const [key, streams] of this.#streams) {
      for (const stream of streams.values()) {
        if (!stream.gone(nowNs)) continue;
        streams.delete(stream.name);
        this.#leaving.add(stream);
      }
      if (streams.size === 0) this.#streams.delete(key);
    }
    for (const stream of this.#leaving) if (stream.delivery.idle) this.#leaving.delete(stream);
  }

  /** Ends all delivery: nothing more is read, flushed or tried again, and the memory of what was not delivered is given back. */
  end(): void {
    const present = [...this.#streams.values()].flatMap((streams) => [...streams.values()]);
    for (const stream of [...present, ...this.#leaving]) stream.end();
    this.#streams.clear();
    this.#leaving.clear();
  }
}

function keyOf({ accountId, region }: Caller): string {
  return `${accountId}/${region}`;
}
