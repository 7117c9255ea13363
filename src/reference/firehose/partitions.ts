/**
 * Dynamic partitioning: each record goes into the buffer of its partition, which is the prefix as it is written for this record
 * (source: the developer guide, buffering for dynamic partitioning). A partition is active from its first record until its object is
 * delivered; of a record that would need one more than there may be, and of one whose keys are not to be had, an error record is
 * written. AWS buffers in several stages, up to one and a half intervals; here it is one.
 *
 * An object that S3 does not take is tried as long as the retry options say (source: DynamicPartitioningConfiguration in the service
 * model), pauses counted from its first failure on; then its records become error records, of which the guide says that they are all
 * that could not be delivered. Those are tried for a day like any object (both assumed in detail).
 */
import { Random } from '../../random.ts';
import type { Batch } from './batch.ts';
import { Delivery, type DeliveryParts, type DeliveryPlan } from './delivery.ts';
import type { ErrorType } from './error-output.ts';
import { partitionKey, tooLong, type PartitionKeys } from './object-prefix.ts';
import { runQuery, type Found } from './partition-query.ts';

/** A record that is to be placed. */
export interface Placeable {
  readonly data: Buffer;
  readonly arrivedMs: number;
  /** What a Lambda function gave with it. */
  readonly lambdaKeys: Readonly<Record<string, string>>;
}

/** What went wrong with a record. */
export interface Misplaced {
  readonly type: ErrorType;
  readonly code: string;
  readonly message: string;
  /** How often something was tried with it; once where nothing is said. */
  readonly attempts?: number;
}

/** What partitions are made of. */
export interface PartitionsParts extends DeliveryParts {
  readonly activePartitionsMax: number;
  readonly refuse: (record: Placeable, why: Misplaced) => void;
  /** Puts a record into a buffer. */
  readonly deliver: (delivery: Delivery, record: Placeable) => void;
}

interface Partition {
  readonly keys: PartitionKeys;
  readonly delivery: Delivery;
}

const EMPTY: Misplaced = extraction('partitionKeys values must not be null or empty');

/** The partitions of one delivery stream. */
export class Partitions {
  readonly #parts: PartitionsParts;
  #plan: DeliveryPlan;
  readonly #active = new Map<string, Partition>();
  /** Those that go by a plan of before. */
  #former: Delivery[] = [];
  #count = 0;
  #last: Partition | undefined;
  /** Records whose keys are not known yet. */
  #pending: Placeable[] = [];
  #placing = false;
  #ended = false;
  #finishNs: number | undefined;

  constructor(parts: PartitionsParts, plan: DeliveryPlan) {
    this.#parts = parts;
    this.#plan = plan;
  }

  /** Whether nothing is in them. */
  get idle(): boolean {
    return !this.#placing && this.#deliveries().every(({ idle }) => idle);
  }

  /** Takes a record; where it belongs is known at the end of the present turn, and asked for all of that turn at once. */
  accept(record: Placeable): void {
    this.#parts.memory.bytes += record.data.length;
    this.#pending.push(record);
    if (!this.#placing) void this.#placePending();
  }

  /**
   * Goes by another plan from now on. Where records are written in another way, or belong together by another prefix, buffers are
   * closed first and keep the plan they had.
   */
  replan(plan: DeliveryPlan): void {
    const { prefix, zone, conversion } = this.#plan.settings;
    const { settings } = plan;
    const apart =
      settings.conversion?.key !== conversion?.key || settings.prefix.text !== prefix.text || settings.zone !== zone;
    this.#plan = plan;
    if (apart) {
      for (const { delivery } of this.#active.values()) {
        delivery.flush();
        this.#former.push(delivery);
      }
      this.#active.clear();
    }
    for (const { keys, delivery } of this.#active.values()) delivery.replan(partitionPlan(plan, keys));
  }

  finishAt(atNs: number): void {
    this.#finishNs = atNs;
    for (const delivery of this.#deliveries()) delivery.finishAt(atNs);
  }

  end(): void {
    this.#ended = true;
    for (const { data } of this.#pending) this.#parts.memory.bytes -= data.length;
    this.#pending = [];
    for (const delivery of this.#deliveries()) delivery.end();
  }

  async #placePending(): Promise<void> {
    this.#placing = true;
    // Records of one call come one by one.
    await Promise.resolve();
    while (this.#pending.length > 0) {
      // More may come meanwhile, and has its turn after these.
      const records = [...this.#pending];
      const found = await this.#keysOf(records);
      if (this.#ended) return;
      this.#pending = this.#pending.slice(records.length);
      records.forEach((record, index) => this.#place(record, found[index]!));
      if (this.#finishNs !== undefined) this.finishAt(this.#finishNs);
    }
    this.#placing = false;
  }

  #keysOf(records: readonly Placeable[]): Promise<Found[]> {
    const { query } = this.#plan.settings.processing;
    if (query === undefined) return Promise.resolve(records.map(() => ({})));
    return runQuery(
      query,
      records.map(({ data }) => data),
    );
  }

  #place(record: Placeable, found: Found): void {
    const { memory, refuse, faults, deliver } = this.#parts;
    const { data, arrivedMs, lambdaKeys } = record;
    memory.bytes -= data.length;
    const partition = typeof found === 'string' ? extraction(found) : this.#partitionOf(found, lambdaKeys, arrivedMs);
    if ('type' in partition) {
      refuse(record, partition);
      return;
    }
    const last = this.#last;
    this.#last = partition;
    const mixed = last && last !== partition && faults.fires('fh.partition-mixed') ? last : partition;
    deliver(mixed.delivery, record);
  }

  #partitionOf(
    found: Readonly<Record<string, unknown>>,
    lambda: Readonly<Record<string, string>>,
    atMs: number,
  ): Partition | Misplaced {
    const { prefix, zone } = this.#plan.settings;
    const keys: PartitionKeys = { query: textsIn(found), lambda };
    if (prefix.keys.some((key) => !partitionKey(keys, key))) return EMPTY;
    const moment = { atMs, zone, keys, random: new Random(1) };
    if (tooLong(prefix, moment)) return extraction('The prefix has more than 512 bytes once it is written.');
    const name = prefix.write(moment);
    const present = this.#active.get(name);
    if (present) return present;
    const { activePartitionsMax, random } = this.#parts;
    if (this.#active.size >= activePartitionsMax) this.#forgetIdle();
    if (this.#active.size >= activePartitionsMax) {
      const message = `The delivery stream has ${activePartitionsMax} active partitions, which is the limit.`;
      return { type: 'activePartitionExceeded', code: 'DynamicPartitioning.ActivePartitionsLimitExceeded', message };
    }
    this.#count += 1;
    const giveUp = {
      afterMs: () => this.#retryMs,
      keep: (batch: Batch, attempts: number) => this.#giveUp(batch, attempts),
    };
    const parts = { ...this.#parts, giveUp, random: random.fork('partition', this.#count) };
    const partition = { keys, delivery: new Delivery(parts, partitionPlan(this.#plan, keys)) };
    this.#active.set(name, partition);
    return partition;
  }

  get #retryMs(): number {
    return this.#plan.settings.processing.partitions?.retryMs ?? 0;
  }

  #giveUp(batch: Batch, attempts: number): void {
    const message = `S3 did not take the object of the record within ${this.#retryMs / 1000} seconds of retries.`;
    const why: Misplaced = { type: 's3-failed', code: 'S3.DeliveryFailed', message, attempts };
    const { delimiter } = this.#plan.settings;
    for (const { data, arrivalMs: arrivedMs } of batch.apart('')) {
      const whole = Buffer.from(data);
      const delimited = whole.subarray(whole.length - delimiter.length).equals(delimiter);
      const record = delimited ? whole.subarray(0, whole.length - delimiter.length) : whole;
      this.#parts.refuse({ data: record, arrivedMs, lambdaKeys: {} }, why);
    }
  }

  #deliveries(): Delivery[] {
    this.#former = this.#former.filter(({ idle }) => !idle);
    return [...this.#former, ...Array.from(this.#active.values(), ({ delivery }) => delivery)];
  }

  /** Partitions whose objects are delivered are none any more. */
  #forgetIdle(): void {
    for (const [name, { delivery }] of this.#active) if (delivery.idle) this.#active.delete(name);
  }
}

/** What is said of a record whose keys are not to be had (code, name and two of the texts observed). */
function extraction(message: string): Misplaced {
  return { type: 'metadata-extraction-failed', code: 'DynamicPartitioning.MetadataExtractionFailed', message };
}

/** Texts are keys, and so are numbers and truth values as they are written (assumed). */
function textsIn(found: Readonly<Record<string, unknown>>): Record<string, string> {
  const texts = Object.entries(found).filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value));
  return Object.fromEntries(texts.map(([name, value]) => [name, String(value)]));
}

function partitionPlan(plan: DeliveryPlan, keys: PartitionKeys): DeliveryPlan {
  const { prefix } = plan.settings;
  const bound = { ...prefix, write: (moment: Parameters<typeof prefix.write>[0]) => prefix.write({ ...moment, keys }) };
  return { ...plan, settings: { ...plan.settings, prefix: bound } };
}
