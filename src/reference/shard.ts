/**
 * One shard: a range of hash keys, a log, sequence numbers, and the budgets of the limits. What happens to a record is
 * decided here, on its arrival: its number, its place, when it is acknowledged and when it becomes readable. What only a
 * record or a reader needs is made for the first of them: UpdateShardCount makes thirty thousand pieces in one turn, most of
 * which are closed again at once and never hold any.
 */
import { NS_PER_S } from '../clock.ts';
import { RECORD_BYTES_MAX } from '../protocol/limits.ts';
import type { HashRange } from '../protocol/hash.ts';
import { shardIdOf } from '../protocol/hash.ts';
import type { HashKeyRange, Shard as ShardDescription } from '../protocol/operations.ts';
import type { Arrival } from './arrival.ts';
import type { ShardFaults } from './faults.ts';
import type { Lag } from './latency.ts';
import type { Limits } from './limits.ts';
import type { LogMemory } from './log-memory.ts';
import { ShardLog } from './log.ts';
import { copies } from './record-page.ts';
import type { NewRecord, RecordMarks } from './segment.ts';
import { SequenceNumbers } from './sequence-number.ts';
import { bucketsOf, type Buckets } from './shard-buckets.ts';
import type { TokenBucket } from './token-bucket.ts';
import type { WriteMeter } from './write-meter.ts';

/** Who waits for what a shard has next. */
export interface ShardWatcher {
  /** There is something new, to be seen from `visibleAtNs` on. */
  changed(visibleAtNs: number): void;
}

/** Every so many records the faults of the log strike. */
const FAULT_PERIOD = 16;
/** How long `thr.sticky` goes on. */
const STICKY_NS = 10 * NS_PER_S;
/** Records that arrive so soon before their shard is closed are lost by `reshard.inflight-lost`. */
const IN_FLIGHT_NS = NS_PER_S / 10;
/** `imm.ack-before-fsync` loses so much: stores that put off writing to disk commonly do so for a second. */
const UNWRITTEN_NS = NS_PER_S;
/** How far back `imm.upsert-by-key` looks. */
const UPSERT_REACH = 100;

/** The shards that one came of, by a split or a merge. */
export interface ShardParents {
  readonly parent: Shard;
  readonly adjacent?: Shard;
}

/** What the shards of a stream share, each of which asks for its own when it needs it. */
export interface ShardSource {
  /** How long the records of the shard with an index take to be readable. */
  visibilityOf(index: number): Lag;
  /** The faults, asked from the shard with an id. */
  faultsOf(shardId: string): ShardFaults;
}

/** What a shard is made of. */
export interface ShardOptions {
  readonly index: number;
  readonly range: HashRange;
  readonly createdMs: number;
  readonly limits: Limits | undefined;
  readonly source: ShardSource;
  readonly memory: LogMemory;
  readonly nowNs: number;
  readonly parents?: ShardParents | undefined;
  /** The least second of creation that it may have. */
  readonly createdSMin: number;
  /** A shard that was deleted, whose records, and their numbers, a fault has kept. */
  readonly kept?: Shard | undefined;
}

/** A shard of one stream. */
export class Shard {
  readonly index: number;
  readonly range: HashRange;
  /** When it was opened, in ms since the epoch. */
  readonly openedMs: number;
  /** Seconds since the epoch, as its sequence numbers have them: they tell it from a shard of an earlier stream of that name. */
  readonly createdS: number;
  /** The shards that took over its hash keys when it was closed, by index. */
  children: readonly Shard[] = [];
  /** What is written into it; only where the stream is on-demand, and limited. */
  meter: WriteMeter | undefined;
  /** Ordinals below it were encrypted anew, by `imm.reencrypt-corrupts`. */
  reencryptedTo = 0;
  /** The put that has trimmed it last. */
  trimmedFor: Arrival | undefined;
  /** When it will be closed, as far as that is known. */
  closesAtNs = Number.POSITIVE_INFINITY;
  /** Reads are refused until then, whatever the buckets hold. */
  readShutUntilNs = 0;
  readonly #limits: Limits | undefined;
  readonly #openedNs: number;
  #buckets: Buckets | undefined;
  readonly #memory: LogMemory;
  readonly #source: ShardSource;
  #id: string | undefined;
  #numbers: SequenceNumbers | undefined;
  #log: ShardLog | undefined;
  #faults: ShardFaults | undefined;
  #visibility: Lag | undefined;
  #watchers: Set<ShardWatcher> | undefined;
  #parents: ShardParents | undefined;
  readonly #parentIndex: number | undefined;
  readonly #adjacentIndex: number | undefined;
  #index = 0;
  #arrivalMs = 0;
  #large = false;
  #writeShutUntilNs = 0;
  #closedMs: number | undefined;
  /** A record that a fault has acknowledged and not stored yet. */
  #held: { readonly record: NewRecord; readonly marks: RecordMarks } | undefined;

  constructor(options: ShardOptions) {
    const { index, range, createdMs, limits, source, memory, nowNs, parents, kept } = options;
    this.#parents = parents;
    this.#parentIndex = parents?.parent.index;
    this.#adjacentIndex = parents?.adjacent?.index;
    this.index = index;
    this.range = range;
    this.openedMs = createdMs;
    // A child's numbers are greater than all of its parents', whose life may be shorter than a second.
    const parentS = Math.max(parents?.parent.createdS ?? 0, parents?.adjacent?.createdS ?? 0);
    this.createdS = kept?.createdS ?? Math.max(Math.floor(createdMs / 1000), parentS + 1, options.createdSMin);
    this.#log = kept?.log;
    if (kept && kept.log.end > kept.log.horizon) this.#index = kept.log.at('index', kept.log.end - 1);
    this.#limits = limits;
    this.#memory = memory;
    this.#source = source;
    this.#openedNs = nowNs;
  }

  get id(): string {
    return (this.#id ??= shardIdOf(this.index));
  }

  get numbers(): SequenceNumbers {
    return (this.#numbers ??= new SequenceNumbers(this.index, this.createdS));
  }

  get log(): ShardLog {
    return (this.#log ??= new ShardLog(this.numbers, this.#memory));
  }

  /** Whether it ever had a record, or a reader. */
  get hasLog(): boolean {
    return this.#log !== undefined;
  }

  /** The faults, asked from this shard. */
  get faults(): ShardFaults {
    return (this.#faults ??= this.#source.faultsOf(this.id));
  }

  /** The ids of its parents, which outlive them. */
  get parentIds(): { readonly parent: string; readonly adjacent?: string } | undefined {
    if (this.#parentIndex === undefined) return undefined;
    const parent = shardIdOf(this.#parentIndex);
    return this.#adjacentIndex === undefined ? { parent } : { parent, adjacent: shardIdOf(this.#adjacentIndex) };
  }

  /** The buckets of its limits, full when it was opened. Most pieces that UpdateShardCount makes never need them. */
  get #budget(): Buckets | undefined {
    return this.#limits && (this.#buckets ??= bucketsOf(this.#limits, this.#openedNs));
  }

  get readCalls(): TokenBucket | undefined {
    return this.#budget?.readCalls;
  }

  get readBytes(): TokenBucket | undefined {
    return this.#budget?.readBytes;
  }

  get iteratorCalls(): TokenBucket | undefined {
    return this.#budget?.iteratorCalls;
  }

  /** Index of the last record that was put; 0 before the first. */
  get lastIndex(): number {
    return this.#index;
  }

  /** The shards that it came of; undefined when they are forgotten too. */
  get parents(): ShardParents | undefined {
    return this.#parents;
  }

  /** Lets go of its parents, of which only the ids are left. */
  forgetParents(): void {
    this.#parents = undefined;
  }

  /** Tells `watcher` of everything new from now on. */
  watch(watcher: ShardWatcher): void {
    (this.#watchers ??= new Set()).add(watcher);
  }

  /** Tells it no more. */
  unwatch(watcher: ShardWatcher): void {
    this.#watchers?.delete(watcher);
  }

  /** Tells those who watch that there is something new, to be seen from `visibleAtNs` on. */
  announce(visibleAtNs: number): void {
    for (const watcher of this.#watchers ?? []) watcher.changed(visibleAtNs);
  }

  /** When it was closed; undefined while it is open. */
  get closedMs(): number | undefined {
    return this.#closedMs;
  }

  /** It takes no more records. */
  close({ nowMs, nowNs }: { readonly nowMs: number; readonly nowNs: number }): void {
    this.settle();
    this.#closedMs = nowMs;
    this.closesAtNs = nowNs;
    const log = this.#log;
    if (log && log.end > log.horizon && this.faults.fires('reshard.drops-parent')) log.trimTo(log.end);
    this.announce(nowNs);
  }

  /** The shard as ListShards and DescribeStream show it. */
  describe(): ShardDescription {
    const { parentIds } = this;
    const adjacent =
      parentIds?.adjacent && !this.faults.fires('reshard.adjacent-missing') ? parentIds.adjacent : undefined;
    return {
      ShardId: this.id,
      ...(parentIds && { ParentShardId: parentIds.parent }),
      ...(adjacent && { AdjacentParentShardId: adjacent }),
      HashKeyRange: this.hashKeyRange(),
      SequenceNumberRange: {
        StartingSequenceNumber: this.numbers.starting(),
        ...(this.#closedMs !== undefined && { EndingSequenceNumber: this.#ending(this.#closedMs) }),
      },
    };
  }

  /** Its hash keys as answers show them. */
  hashKeyRange(): HashKeyRange {
    return { StartingHashKey: String(this.range.start), EndingHashKey: String(this.range.end) };
  }

  #ending(closedMs: number): string {
    const tooSmall = this.#index > 1 && this.faults.fires('seq.end-too-small');
    return tooSmall ? this.numbers.at(1, this.createdS) : this.numbers.ending(Math.floor(closedMs / 1000));
  }

  /** Gives its bucket the size for records of up to so many bytes; what was taken of it stays taken (assumed). */
  sizeWrites(recordBytesMax: number, nowNs: number): void {
    if (!this.#limits) return;
    const { writeBytes, largeWriteBytes } = this.#limits;
    const large = recordBytesMax > RECORD_BYTES_MAX;
    if (large === this.#large) return;
    this.#large = large;
    this.#budget!.writeBytes.resize(large ? largeWriteBytes : writeBytes, nowNs);
  }

  /** Takes a record token and the record's byte tokens, both or neither. False: the record is throttled. */
  admitWrite(nowNs: number, bytes: number): boolean {
    const budget = this.#budget;
    if (!budget) return true;
    const { writeRecords, writeBytes } = budget;
    const faults = this.faults;
    if (nowNs < this.#writeShutUntilNs && faults.fires('thr.sticky')) return false;
    const share = faults.fires('thr.too-strict') ? 2 : 1;
    const recordFits = writeRecords.has(nowNs, share);
    const bytesFit = writeBytes.has(nowNs, share * bytes);
    if (!recordFits || !bytesFit) {
      if (faults.fires('thr.off')) return true;
      if (recordFits && this.#large && faults.fires('lr.no-bucket')) return true;
      if (!recordFits || !faults.fires('thr.bytes-ignored')) {
        if (faults.has('thr.sticky')) this.#writeShutUntilNs = nowNs + STICKY_NS;
        return false;
      }
    }
    writeRecords.take(nowNs, share);
    if (bytesFit) writeBytes.take(nowNs, share * bytes);
    return true;
  }

  /** Stores a record and gives its sequence number. */
  append(record: NewRecord, arrival: Arrival, acknowledgedAtNs: number): string {
    const faults = this.faults;
    const known = faults.has('imm.upsert-by-key') && this.#equalTo(record);
    if (known && faults.fires('imm.upsert-by-key')) return known;
    const strikes = this.#index % FAULT_PERIOD === FAULT_PERIOD - 1;
    // The wall clock may be set back; times in a log only rise, or they could not be searched.
    const arrivalMs = Math.max(this.#arrivalMs, arrival.nowMs);
    this.#advance(strikes, arrivalMs);
    this.#arrivalMs = arrivalMs;
    const marks = {
      index: this.#index,
      arrivalMs,
      visibleAtNs: (this.#visibility ??= this.#source.visibilityOf(this.index)).readyAtNs(arrival.nowNs),
      acknowledgedAtNs,
    };
    if (this.#held) return this.#storeBeforeHeld(record, marks);
    const number = this.#numberOf(marks);
    if (strikes && faults.fires('log.ack-then-drop')) return number;
    if (this.closesAtNs - arrival.nowNs <= IN_FLIGHT_NS && faults.fires('reshard.inflight-lost')) return number;
    if (strikes && this.#holdsBack(record)) {
      // The number before this one is left for the record that comes next.
      this.#index += 1;
      const held = { ...marks, index: this.#index };
      this.#held = { record: { ...record, data: Uint8Array.from(record.data) }, marks: held };
      return this.#numberOf(held);
    }
    this.#keep(record, marks);
    if (strikes && faults.fires('log.double-append')) {
      this.#index += 1;
      this.#keep(record, { ...marks, index: this.#index });
    }
    return number;
  }

  /** Stores what a fault has held back; to be called before the log is read. */
  settle(): void {
    if (!this.#held) return;
    this.#keep(this.#held.record, this.#held.marks);
    this.#held = undefined;
  }

  /**
   * What a crash leaves of it: everything that was stored. A fault takes the end of the log, and counts the sequence numbers
   * on from there, as a store does that finds out from its log where it was: numbers that were lost are given again.
   */
  crash(nowNs: number): void {
    this.settle();
    const { log } = this;
    const written = log.firstAbove('acknowledgedAtNs', nowNs - UNWRITTEN_NS);
    if (written === log.end || !this.faults.fires('imm.ack-before-fsync')) return;
    this.#index = log.at('index', written) - 1;
    log.truncate(written);
  }

  #keep(record: NewRecord, marks: RecordMarks): void {
    this.log.append(record, marks);
    if (this.#watchers) this.announce(marks.visibleAtNs);
  }

  /** Moves on to the index of the next record. */
  #advance(strikes: boolean, arrivalMs: number): void {
    const faults = this.faults;
    if (strikes && faults.fires('seq.collide-in-shard')) return;
    const pause = this.#index > 0 && arrivalMs - this.#arrivalMs >= 1000;
    this.#index += pause && faults.fires('seq.clock-backwards') ? -1 : 1;
  }

  #numberOf({ index, arrivalMs }: RecordMarks): string {
    const number = this.numbers.at(index, Math.floor(arrivalMs / 1000));
    return this.faults.fires('seq.hex') ? BigInt(number).toString(16) : number;
  }

  #holdsBack({ chained }: NewRecord): boolean {
    const faults = this.faults;
    return faults.fires('ord.async-commit') || (!chained && faults.fires('ord.batch-shuffle'));
  }

  /** Stores a record, and the one held back before or after it: after it, unless the fault leaves that pair in order. */
  #storeBeforeHeld(record: NewRecord, marks: RecordMarks): string {
    const held = this.#held!;
    const inOrder = this.faults.has('ord.async-commit')
      ? held.record.partitionKey === record.partitionKey
      : record.chained;
    if (inOrder) this.settle();
    const place = inOrder ? marks : { ...marks, index: held.marks.index - 1 };
    if (!inOrder) this.#index = held.marks.index;
    this.#keep(record, place);
    this.settle();
    return this.#numberOf(place);
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
