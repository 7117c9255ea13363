/**
 * One stream: its shards, its tags, and its life, which is read off the clock when someone asks; nothing runs in the
 * background. Times of transitions are monotonic nanoseconds.
 */
import { NS_PER_MS } from '../clock.ts';
import { hashKeyOf } from '../protocol/hash.ts';
import { ITERATOR_LIFE_MS, RETENTION_HOURS_DEFAULT } from '../protocol/limits.ts';
import type { StreamMode, StreamStatus } from '../protocol/operations.ts';
import type { Random } from '../random.ts';
import { Consumers } from './consumer.ts';
import type { Faults, StreamFaults } from './faults.ts';
import type { Lag, Latency } from './latency.ts';
import type { ControlOperation, Limits } from './limits.ts';
import type { LogMemory } from './log-memory.ts';
import type { Arrival } from './arrival.ts';
import { ChangeHistory } from './change-history.ts';
import type { Policy } from './policy.ts';
import { Scaler } from './scaler.ts';
import { Shard, type ShardSource } from './shard.ts';
import { StreamSettings } from './stream-settings.ts';
import type { TokenBucket } from './token-bucket.ts';
import { streamSubject } from './subject.ts';
import { Topology, type Instant } from './topology.ts';
import { WriteMeter } from './write-meter.ts';

const HOUR_MS = 3_600_000;
/** What `hash.low-bits` leaves of a hash key. */
const LOW_BITS = 2n ** 120n - 1n;
/** One of so many records for children goes to the parent by `imm.append-after-close`, the first so many by `reshard.route-to-parent`. */
const STRAY_PERIOD = 16;
const STRAYS = 100;
/** Records after which `hash.salted-per-conn` changes its salt. */
const SALT_PERIOD = 50;

/** What a stream is made of. */
export interface StreamOptions {
  /** Unique in the endpoint, never reused. */
  readonly number: number;
  readonly name: string;
  readonly accountId: string;
  readonly arn: string;
  readonly mode: StreamMode;
  readonly shardCount: number;
  readonly tags: Readonly<Record<string, string>>;
  readonly createMs: number;
  readonly arrival: Arrival;
  readonly limits: Limits | undefined;
  readonly latency: Latency;
  readonly faults: Faults;
  readonly memory: LogMemory;
  readonly random: Random;
  /** The least second of creation that its shards may have. */
  readonly createdSMin: number;
  /** The stream of that name that was deleted, whose records a fault has kept. */
  readonly former?: Stream | undefined;
}

/** A stream of one endpoint. */
export class Stream {
  readonly number: number;
  readonly name: string;
  readonly accountId: string;
  readonly arn: string;
  readonly createdMs: number;
  retentionHours: number;
  readonly tags: Map<string, string>;
  readonly topology: Topology;
  readonly changes = new ChangeHistory();
  readonly settings = new StreamSettings();
  /** Whether its records stay when it is gone, by `life.delete-keeps-log`. */
  keepsLog = false;
  readonly acknowledgement: Lag;
  readonly consumers = new Consumers();
  /** Budgets of the operations of the control plane that are limited per stream. */
  readonly controlCalls = new Map<ControlOperation, TokenBucket>();
  readonly #activeAtNs: number;
  /** The faults, asked from this stream. */
  readonly faults: StreamFaults;
  readonly #limits: Limits | undefined;
  #scaler: Scaler | undefined;
  #mode: StreamMode = 'PROVISIONED';
  #updatedAtNs = Number.NEGATIVE_INFINITY;
  #deletedAtNs = Number.POSITIVE_INFINITY;
  /** How long records are kept: as long as is shown, unless a fault has ignored that. */
  #keptHours: number;
  /** Shards that were closed before had expired when the retention was raised, and stay so. */
  #expiredBeforeMs = Number.NEGATIVE_INFINITY;
  /** Until then there may be iterators to shards that a shorter retention has let expire. */
  #namedUntilMs = Number.NEGATIVE_INFINITY;
  #salted = 0;
  #stray = 0;
  #turn = 0;

  constructor(options: StreamOptions) {
    const { number, arrival, limits, latency, faults, memory, random } = options;
    this.number = number;
    this.name = options.name;
    this.accountId = options.accountId;
    this.arn = options.arn;
    this.#limits = limits;
    this.createdMs = arrival.nowMs;
    this.tags = new Map(Object.entries(options.tags));
    this.faults = faults.at({ stream: options.name });
    this.retentionHours = this.faults.fires('ret.default-168') ? 168 : RETENTION_HOURS_DEFAULT;
    this.#keptHours = this.retentionHours;
    this.#activeAtNs =
      arrival.nowNs + (this.faults.fires('life.skip-creating-status') ? 0 : options.createMs * NS_PER_MS);
    this.acknowledgement = latency.acknowledgement(random.fork('acknowledgement', number));
    const source: ShardSource = {
      visibilityOf: (index) => latency.visibility(random.fork('visibility', number, index)),
      faultsOf: (shard) => faults.at({ stream: options.name, shard }),
    };
    this.topology = new Topology(
      options.shardCount,
      (index, range, { nowMs: createdMs, nowNs }, parents) => {
        const shard = new Shard({
          index,
          range,
          createdMs,
          limits,
          source,
          memory,
          nowNs,
          parents,
          createdSMin: options.createdSMin,
          kept: options.former?.topology.at(index),
        });
        shard.sizeWrites(this.settings.recordBytesMax, nowNs);
        if (this.#scaler) shard.meter = new WriteMeter();
        return shard;
      },
      this.faults,
      arrival,
    );
    this.switchTo(options.mode, arrival.nowNs);
  }

  get mode(): StreamMode {
    return this.#mode;
  }

  /** Switches the mode: on-demand, what is written is observed from now on (without limits nothing could come of it). */
  switchTo(mode: StreamMode, nowNs: number): void {
    if (mode === this.#mode) return;
    this.#mode = mode;
    this.#scaler?.stop();
    const grows = mode === 'ON_DEMAND' && this.#limits;
    this.#scaler = grows ? new Scaler(this.topology, grows.onDemand, nowNs) : undefined;
  }

  /** Makes what has come due of the changes of its shards; to be called before they are looked at. */
  settle(at: Instant): void {
    this.#scaler?.settle(at);
    this.topology.settle(at.nowNs);
    this.#forget(at);
  }

  /** Lets go of shards that have expired, as soon as no iterator can name them any more that was handed out before. */
  #forget({ nowMs }: Instant): void {
    if (nowMs < this.#namedUntilMs) return;
    if (this.faults.some && this.topology.shards.some(({ faults }) => faults.has('ret.zombie-shard'))) return;
    const expiredBeforeMs = Math.max(this.#expiredBeforeMs, nowMs - this.retentionHours * HOUR_MS);
    for (const shard of this.topology.forget(expiredBeforeMs - ITERATOR_LIFE_MS)) {
      shard.log.trimTo(shard.log.end);
      this.consumers.forget(shard.index);
    }
  }

  /** Whether it was created in a second, as epoch seconds; clients differ in what they make of the rest (assumed). */
  createdIn(createdS = this.createdMs / 1000): boolean {
    return Math.floor(createdS) === Math.floor(this.createdMs / 1000);
  }

  status(nowNs: number): StreamStatus {
    if (this.#deletedAtNs !== Number.POSITIVE_INFINITY) return 'DELETING';
    if (nowNs < this.#activeAtNs) return 'CREATING';
    return nowNs < this.#updatedAtNs ? 'UPDATING' : 'ACTIVE';
  }

  /** Whether records can be put into it: a change under way does not keep anyone from writing or reading. */
  writable(nowNs: number): boolean {
    const status = this.status(nowNs);
    return status === 'ACTIVE' || status === 'UPDATING';
  }

  /** The stream is UPDATING until `atNs`. */
  updateUntil(atNs: number): void {
    this.#updatedAtNs = Math.max(this.#updatedAtNs, atNs);
  }

  /** Begins to delete the stream; it is gone at `atNs`. A stream that is being deleted keeps its time. */
  deleteAt(atNs: number): void {
    this.#deletedAtNs = Math.min(this.#deletedAtNs, atNs);
  }

  /** The latest second of creation that one of its shards has. */
  get createdSMax(): number {
    return this.topology.createdSMax;
  }

  /** Whether the stream no longer exists. */
  gone(nowNs: number): boolean {
    return nowNs >= this.#deletedAtNs;
  }

  /**
   * The shards that are shown, by index: none while the stream is being created (observed), and of the closed ones those
   * that may still hold records.
   */
  shardsShown({ nowNs, nowMs }: Instant): Shard[] {
    if (this.status(nowNs) === 'CREATING') return [];
    return this.topology.shards.filter(
      (shard) => !this.#expired(shard, nowMs) || shard.faults.fires('ret.zombie-shard'),
    );
  }

  /** How many closed ones are not forgotten yet. */
  closedCount(nowMs: number): number {
    return this.topology.shards.filter((shard) => shard.closedMs !== undefined && !this.#expired(shard, nowMs)).length;
  }

  /** The shards that take records; none while the stream is being created. */
  shardsOpen({ nowNs }: Instant): readonly Shard[] {
    return this.status(nowNs) === 'CREATING' ? [] : this.topology.open;
  }

  /** A shard that is shown, by its index. */
  shardShown(index: number, { nowNs, nowMs }: Instant): Shard | undefined {
    if (this.status(nowNs) === 'CREATING') return undefined;
    const shard = this.topology.at(index);
    return shard && !this.#expired(shard, nowMs) ? shard : undefined;
  }

  /** Whether a shard was closed so long ago that nothing in it can be younger than the retention. */
  #expired({ closedMs }: Shard, nowMs: number): boolean {
    return closedMs !== undefined && closedMs < Math.max(this.#expiredBeforeMs, nowMs - this.#keptHours * HOUR_MS);
  }

  /** The shard for a partition key, or for an explicit hash key. */
  shardFor(partitionKey: string, explicitHashKey: bigint | undefined): Shard {
    if (this.settings.distribution === 'AUTO') return this.#next();
    // What every put of the smallest stream would find out by hashing.
    if (this.topology.open.length === 1 && !this.faults.some) return this.topology.open[0]!;
    if (explicitHashKey === undefined && !this.faults.some) {
      const shard = this.topology.holdingKey(partitionKey);
      // Faults that are armed later go by how many records there have been for children.
      if (shard.parents) this.#stray += 1;
      return shard;
    }
    const useKey = explicitHashKey === undefined || this.faults.fires('hash.ehk-ignored');
    let hashKey = useKey ? hashKeyOf(partitionKey) : explicitHashKey;
    if (useKey && this.faults.fires('hash.little-endian')) hashKey = reversed(hashKey);
    if (useKey && this.faults.fires('hash.low-bits')) hashKey &= LOW_BITS;
    if (useKey && this.faults.fires('hash.salted-per-conn')) hashKey = hashKeyOf(`${this.#salt()}${partitionKey}`);
    const shard = this.topology.holding(hashKey);
    const atEnd = this.faults.has('hash.end-exclusive') && shard.range.end === hashKey;
    if (atEnd && this.faults.fires('hash.end-exclusive')) return this.topology.after(shard);
    return shard.parents && this.#strays() ? shard.parents.parent : shard;
  }

  /** The next open shard in turn, where the service decides (assumed; AWS spreads records evenly). */
  #next(): Shard {
    const { open } = this.topology;
    this.#turn = (this.#turn + 1) % open.length;
    return open[this.#turn]!;
  }

  /** Whether a record for a child goes to its parent, by a fault. */
  #strays(): boolean {
    const faults = this.faults;
    this.#stray += 1;
    if (faults.has('reshard.child-opens-early') && this.#stray % 2 === 0)
      return faults.fires('reshard.child-opens-early');
    if (this.#stray % STRAY_PERIOD === 0 && faults.fires('imm.append-after-close')) return true;
    return this.#stray <= STRAYS && faults.fires('reshard.route-to-parent');
  }

  #salt(): number {
    this.#salted += 1;
    return Math.floor(this.#salted / SALT_PERIOD);
  }

  /** The shard whose write budget a record on `shard` draws on: its own, unless a fault is armed. */
  budgetOf(shard: Shard): Shard {
    return shard.index > 0 && shard.faults.fires('thr.per-stream') ? this.topology.shards[0]! : shard;
  }

  /** For messages. */
  get subject(): string {
    return streamSubject(this.name, this.accountId);
  }

  /** The stream as tags and policies see it. */
  get resource(): { tags: Map<string, string>; stream: Stream; subject: string; policy: Policy | undefined } {
    const { tags, settings } = this;
    return {
      tags,
      stream: this,
      subject: this.subject,
      get policy() {
        return settings.policy;
      },
      set policy(policy: Policy | undefined) {
        settings.policy = policy;
      },
    };
  }

  /** Changes the size of a record at the most; streams with larger records than 1 MiB have larger buckets. */
  setRecordSize(kib: number, nowNs: number): void {
    this.settings.recordBytesMax = kib * 1024;
    for (const shard of this.topology.shards) shard.sizeWrites(this.settings.recordBytesMax, nowNs);
  }

  /** Changes the retention, in hours. What has expired stays gone. */
  retain(hours: number, nowMs: number): void {
    const raised = hours > this.retentionHours;
    if (raised) this.#expiredBeforeMs = Math.max(this.#expiredBeforeMs, nowMs - this.#keptHours * HOUR_MS);
    else this.#namedUntilMs = nowMs + ITERATOR_LIFE_MS;
    for (const { log, faults } of raised ? this.topology.shards : [])
      if (log.hides && faults.fires('ret.soft-delete-resurrects')) log.unhide();
    this.retentionHours = hours;
    if (hours < this.#keptHours && this.faults.fires('ret.decrease-noop')) return;
    this.#keptHours = hours;
  }

  /** Trims what is older than the retention. A record is readable up to its full age of retention and not a millisecond more. */
  trim(shard: Shard, nowMs: number): void {
    // One that never had a log is not given one by the sweep that looks for what is too old.
    if (!shard.hasLog) return;
    const { log, faults } = shard;
    if (this.#expired(shard, nowMs)) log.trimTo(log.end);
    const before = nowMs - this.#keptHours * HOUR_MS;
    if (log.oldestMs < before && !faults.fires('ret.never-trims')) {
      if (log.horizon > 0 && faults.fires('ret.horizon-stuck')) return;
      // What a fault is to bring back later must not be forgotten; until then it is as gone as what is.
      if (faults.has('ret.soft-delete-resurrects')) log.hideBefore(before);
      else log.trimBefore(before);
    }
    if (log.oldestMs >= before && log.oldestMs < before + HOUR_MS && faults.fires('ret.trim-early'))
      log.trimBefore(before + HOUR_MS);
  }
}

function reversed(hashKey: bigint): bigint {
  const bytes = Buffer.from(hashKey.toString(16).padStart(32, '0'), 'hex');
  return BigInt(`0x${bytes.toReversed().reduce((text, byte) => text + byte.toString(16).padStart(2, '0'), '')}`);
}
