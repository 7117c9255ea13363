/**
 * One shard: a range of hash keys, a log, sequence numbers, and the budgets of the limits. What happens to a record is
 * decided here, on its arrival: its number, its place, when it is acknowledged and when it becomes readable.
 */
import type { HashRange } from '../protocol/hash.ts';
import { shardIdOf } from '../protocol/hash.ts';
import type { Shard as ShardDescription } from '../protocol/operations.ts';
import type { Arrival } from './arrival.ts';
import type { Faults } from './faults.ts';
import type { Lag } from './latency.ts';
import type { Limits } from './limits.ts';
import type { LogMemory } from './log-memory.ts';
import { ShardLog } from './log.ts';
import { copies } from './record-page.ts';
import type { NewRecord } from './segment.ts';
import { SequenceNumbers } from './sequence-number.ts';
import { TokenBucket } from './token-bucket.ts';

/** Who waits for what a shard has next. */
export interface ShardWatcher {
  /** There is something new, to be seen from `visibleAtNs` on. */
  changed(visibleAtNs: number): void;
}

/** Every so many records the faults of the log strike. */
const FAULT_PERIOD = 16;
/** How far back `imm.upsert-by-key` looks. */
const UPSERT_REACH = 100;

/** What a shard is made of. */
export interface ShardOptions {
  readonly index: number;
  readonly range: HashRange;
  readonly createdMs: number;
  readonly visibility: Lag;
  readonly limits: Limits | undefined;
  readonly faults: Faults;
  readonly memory: LogMemory;
  readonly nowNs: number;
}

/** A shard of one stream. */
export class Shard {
  readonly id: string;
  readonly index: number;
  readonly range: HashRange;
  readonly numbers: SequenceNumbers;
  readonly log: ShardLog;
  readonly createdS: number;
  readonly writeRecords: TokenBucket | undefined;
  readonly writeBytes: TokenBucket | undefined;
  readonly readCalls: TokenBucket | undefined;
  readonly readBytes: TokenBucket | undefined;
  readonly iteratorCalls: TokenBucket | undefined;
  /** Reads are refused until then, whatever the buckets hold. */
  readShutUntilNs = 0;
  readonly #visibility: Lag;
  readonly #faults: Faults;
  readonly #watchers = new Set<ShardWatcher>();
  #index = 0;
  #arrivalMs = 0;

  constructor({ index, range, createdMs, visibility, limits, faults, memory, nowNs }: ShardOptions) {
    this.index = index;
    this.id = shardIdOf(index);
    this.range = range;
    this.createdS = Math.floor(createdMs / 1000);
    this.numbers = new SequenceNumbers(index, this.createdS);
    this.log = new ShardLog(this.numbers, memory);
    this.#visibility = visibility;
    this.#faults = faults;
    if (limits) {
      this.writeRecords = new TokenBucket(limits.writeRecords, nowNs);
      this.writeBytes = new TokenBucket(limits.writeBytes, nowNs);
      this.readCalls = new TokenBucket(limits.readCalls, nowNs);
      this.readBytes = new TokenBucket(limits.readBytes, nowNs);
      this.iteratorCalls = new TokenBucket(limits.iteratorCalls, nowNs);
    }
  }

  /** Index of the last record that was put; 0 before the first. */
  get lastIndex(): number {
    return this.#index;
  }

  /** Tells `watcher` of everything new from now on. */
  watch(watcher: ShardWatcher): void {
    this.#watchers.add(watcher);
  }

  /** Tells it no more. */
  unwatch(watcher: ShardWatcher): void {
    this.#watchers.delete(watcher);
  }

  /** Tells those who watch that there is something new, to be seen from `visibleAtNs` on. */
  announce(visibleAtNs: number): void {
    for (const watcher of this.#watchers) watcher.changed(visibleAtNs);
  }

  /** The shard as ListShards and DescribeStream show it. */
  describe(): ShardDescription {
    return {
      ShardId: this.id,
      HashKeyRange: { StartingHashKey: String(this.range.start), EndingHashKey: String(this.range.end) },
      SequenceNumberRange: { StartingSequenceNumber: this.numbers.starting() },
    };
  }

  /** Takes a record token and the record's byte tokens, both or neither. False: the record is throttled. */
  admitWrite(nowNs: number, bytes: number): boolean {
    if (!this.writeRecords || !this.writeBytes) return true;
    const recordFits = this.writeRecords.has(nowNs, 1);
    const bytesFit = this.writeBytes.has(nowNs, bytes);
    if (!recordFits || !bytesFit) {
      if (this.#faults.fires('thr.off')) return true;
      if (!recordFits || !this.#faults.fires('thr.bytes-ignored')) return false;
    }
    this.writeRecords.take(nowNs, 1);
    if (bytesFit) this.writeBytes.take(nowNs, bytes);
    return true;
  }

  /** Stores a record and gives its sequence number. */
  append(record: NewRecord, arrival: Arrival, acknowledgedAtNs: number): string {
    const faults = this.#faults;
    const known = faults.has('imm.upsert-by-key') && this.#equalTo(record);
    if (known && faults.fires('imm.upsert-by-key')) return known;
    const strikes = this.#index % FAULT_PERIOD === FAULT_PERIOD - 1;
    if (!(strikes && faults.fires('seq.collide-in-shard'))) this.#index += 1;
    // The wall clock may be set back; times in a log only rise, or they could not be searched.
    this.#arrivalMs = Math.max(this.#arrivalMs, arrival.nowMs);
    const number = this.numbers.at(this.#index, Math.floor(this.#arrivalMs / 1000));
    if (strikes && faults.fires('log.ack-then-drop')) return number;
    this.#store(record, arrival, acknowledgedAtNs);
    if (strikes && faults.fires('log.double-append')) {
      this.#index += 1;
      this.#store(record, arrival, acknowledgedAtNs);
    }
    return number;
  }

  #store(record: NewRecord, { nowNs }: Arrival, acknowledgedAtNs: number): void {
    const visibleAtNs = this.#visibility.readyAtNs(nowNs);
    this.log.append(record, { index: this.#index, arrivalMs: this.#arrivalMs, visibleAtNs, acknowledgedAtNs });
    if (this.#watchers.size > 0) this.announce(visibleAtNs);
  }

  /** The number of a late record with the same key and data, for `imm.upsert-by-key`. */
  #equalTo({ data, partitionKey = '' }: NewRecord): string | undefined {
    const { log } = this;
    const late = copies(log.page(log.end - UPSERT_REACH, log.end, UPSERT_REACH, Number.POSITIVE_INFINITY));
    const old = late.findLast(
      ({ block, dataAt, keyAt, end }) =>
        block.toString('utf8', keyAt, end) === partitionKey && block.subarray(dataAt, keyAt).equals(data),
    );
    return old && Buffer.from(old.number).toString('latin1');
  }
}
