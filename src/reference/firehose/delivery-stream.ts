/**
 * One delivery stream: its life and its encryption, read off the clock when someone asks; its destination in versions; its
 * budget; and its delivery, which runs by itself.
 */
import type {
  CreateDeliveryStreamInput,
  DeliveryStreamDescription,
  DeliveryStreamStatus,
  DeliveryStreamType,
  EncryptionInput,
  EncryptionStatus,
  SourceDescription,
} from '../../protocol/firehose/operations.ts';
import type { Arrival } from '../arrival.ts';
import { ChangeHistory } from '../change-history.ts';
import type { StreamFaults } from '../faults.ts';
import type { Lag } from '../latency.ts';
import { ApplicationDelivery } from './application-delivery.ts';
import { BackedUpDelivery } from './backed-up-delivery.ts';
import { Delivery, type DeliveryParts, type DeliveryPlan } from './delivery.ts';
import { keyOf } from './object-key.ts';
import { Loader } from './loader.ts';
import { ParallelDelivery } from './parallel-delivery.ts';
import type { Buffers } from './processing.ts';
import { PutBudget } from './put-budget.ts';
import type { KeptDestination } from './kept-destination.ts';
import { RedshiftDelivery } from './redshift-delivery.ts';
import type { DeliveryOptions } from './service.ts';
import type { StreamSource } from './stream-source.ts';

/** The one destination that a delivery stream has. */
const DESTINATION_ID = 'destinationId-000000000001';

/** How a delivery stream begins. */
export interface DeliveryStreamStart {
  readonly input: CreateDeliveryStreamInput;
  readonly destination: KeptDestination;
  readonly arrival: Arrival;
  /** Unique in the endpoint. */
  readonly number: number;
}

/** Encryption with a key, or without, from a time on. */
interface EncryptionChange {
  readonly key: EncryptionInput | undefined;
  readonly atNs: number;
}

/** A delivery stream of one endpoint. */
export class DeliveryStream {
  readonly name: string;
  readonly arn: string;
  readonly type: DeliveryStreamType;
  readonly createdMs: number;
  readonly tags: Map<string, string | undefined>;
  readonly faults: StreamFaults;
  /** Undefined where there are no limits. */
  readonly budget: PutBudget | undefined;
  readonly acknowledgement: Lag;
  readonly delivery: BackedUpDelivery;
  readonly changes = new ChangeHistory();
  /** What it reads, where it reads a Kinesis stream. */
  source: StreamSource | undefined;
  activeAtNs = 0;
  readonly #idPrefix: string;
  #records = 0;
  #version = 1;
  #destination: KeptDestination;
  /** Of a Redshift destination. */
  #loader: Loader | undefined;
  #updatedMs: number | undefined;
  #goneAtNs = Number.POSITIVE_INFINITY;
  #encryption: EncryptionChange | undefined;
  readonly #start: CreateDeliveryStreamInput;

  constructor(options: DeliveryOptions, { input, destination, arrival, number }: DeliveryStreamStart) {
    const { clock, random, faults, limits, latency, memory, lambda, quotas } = options;
    const { accountId, region } = arrival.caller;
    this.name = input.DeliveryStreamName;
    this.arn = `arn:aws:firehose:${region}:${accountId}:deliverystream/${this.name}`;
    this.type = input.DeliveryStreamType ?? 'DirectPut';
    this.createdMs = arrival.nowMs;
    this.tags = new Map((input.Tags ?? []).map(({ Key, Value }) => [Key, Value]));
    this.faults = faults.at({ stream: this.name });
    this.budget = limits && new PutBudget(limits, region, arrival.nowNs);
    this.acknowledgement = latency.acknowledgement(random.fork('delivery-acknowledgement', number));
    this.#idPrefix = `${number.toString(36)}-${arrival.nowMs.toString(36)}-`;
    this.#destination = destination;
    this.#start = input;
    const parts: DeliveryParts = {
      clock,
      random: random.fork('delivery', number),
      faults: this.faults,
      memory,
      destination: options.destination,
      zeroBufferingMs: quotas.firehose.zeroBufferingMs,
      keyOf,
      growth: quotas.firehose.lag,
      lifeMs: () => this.source?.retentionMs,
    };
    this.delivery = new BackedUpDelivery(
      {
        ...parts,
        lambda,
        deliveryStreamArn: this.arn,
        region,
        accountId,
        activePartitionsMax: quotas.firehose.activePartitionsMax,
        begin: (plan) =>
          new ParallelDelivery(
            (own, index) => {
              const ownRandom = index === 0 ? parts.random : parts.random.fork('parallel', index);
              return this.#begin(own, { ...parts, random: ownRandom }, options);
            },
            plan,
            quotas.firehose.scaling,
          ),
      },
      this.#plan,
    );
  }

  get #plan() {
    const { settings, copy } = this.#destination;
    return { streamName: this.name, version: this.#version, settings, copy };
  }

  /** The buffers that end at the destination. */
  #begin(plan: DeliveryPlan, parts: DeliveryParts, { sender, sql, loadSql }: DeliveryOptions): Buffers {
    const { spoken, load } = this.#destination;
    if (load && sql) {
      this.#loader ??= new Loader({
        ...parts,
        random: parts.random.fork('loader'),
        sql,
        loadSql,
        plan: () => this.#plan,
        load: () => this.#destination.load ?? load,
      });
      return new RedshiftDelivery({ ...parts, loader: this.#loader }, plan);
    }
    if (!spoken || !sender) return new Delivery(parts, plan);
    const now = () => this.#destination.spoken ?? spoken;
    return new ApplicationDelivery({ ...parts, sender, streamArn: this.arn, spoken: now }, plan);
  }

  get destination(): KeptDestination {
    return this.#destination;
  }

  get version(): number {
    return this.#version;
  }

  /** Whether a destination id is that of its destination. */
  hasDestination(id: string): boolean {
    return id === DESTINATION_ID;
  }

  status(nowNs: number): DeliveryStreamStatus {
    if (this.#goneAtNs !== Number.POSITIVE_INFINITY) return 'DELETING';
    return nowNs < this.activeAtNs ? 'CREATING' : 'ACTIVE';
  }

  /** Whether it no longer exists. */
  gone(nowNs: number): boolean {
    return nowNs >= this.#goneAtNs;
  }

  /** A new id for a record. */
  recordId(): string {
    this.#records += 1;
    return `${this.#idPrefix}${this.#records.toString(36).padStart(12, '0')}`;
  }

  /** Changes the destination, and begins its next version. */
  update(destination: KeptDestination, { nowMs }: Arrival): void {
    this.#destination = destination;
    this.#version += 1;
    this.#updatedMs = nowMs;
    this.delivery.replan(this.#plan);
  }

  /** Begins to delete it: what is buffered is delivered at once, and nothing tried again once it is gone (assumed). */
  deleteAt(atNs: number): void {
    this.#goneAtNs = atNs;
    this.source?.end();
    this.delivery.finishAt(atNs);
  }

  /** Ends all that it does by itself. */
  end(): void {
    this.source?.end();
    this.delivery.end();
  }

  /** Encrypts with another key from `atNs` on, or with none. */
  encrypt(key: EncryptionInput | undefined, atNs: number): void {
    this.#encryption = { key, atNs };
  }

  encryptionStatus(nowNs: number): EncryptionStatus {
    if (!this.#encryption) return 'DISABLED';
    const { key, atNs } = this.#encryption;
    if (nowNs < atNs) return key ? 'ENABLING' : 'DISABLING';
    return key ? 'ENABLED' : 'DISABLED';
  }

  /** The id of the customer's key that puts need; undefined where there is none. */
  keyId(nowNs: number): string | undefined {
    return this.encryptionStatus(nowNs) === 'ENABLED' ? this.#encryption?.key?.KeyARN : undefined;
  }

  describe({ nowNs }: Arrival): DeliveryStreamDescription {
    const status = this.encryptionStatus(nowNs);
    const key = status === 'ENABLED' || status === 'ENABLING' ? this.#encryption?.key : undefined;
    const source = this.#describeSource();
    return {
      DeliveryStreamName: this.name,
      DeliveryStreamARN: this.arn,
      DeliveryStreamStatus: this.status(nowNs),
      DeliveryStreamEncryptionConfiguration: { ...key, Status: status },
      DeliveryStreamType: this.type,
      VersionId: String(this.#version),
      CreateTimestamp: this.createdMs / 1000,
      ...(this.#updatedMs !== undefined && { LastUpdateTimestamp: this.#updatedMs / 1000 }),
      ...(source && { Source: source }),
      Destinations: [{ DestinationId: DESTINATION_ID, ...this.#destination.described }],
      HasMoreDestinations: false,
    };
  }

  #describeSource(): SourceDescription | undefined {
    const { KinesisStreamSourceConfiguration: kinesis, DirectPutSourceConfiguration: direct } = this.#start;
    if (kinesis)
      return { KinesisStreamSourceDescription: { ...kinesis, DeliveryStartTimestamp: this.createdMs / 1000 } };
    return direct && { DirectPutSourceDescription: direct };
  }
}
