/**
 * One reader's notes: everything it saw, by producer, and what it found wrong while reading (order inside a shard, copies,
 * damaged data, keys that were not put). A reader is a consuming agent or a sweep after the run,
 * and reads one stream: shards of two streams have the same names, and nothing else in common.
 */
import { compareSequenceNumbers } from '../protocol/sequence-number.ts';
import { partitionKeyOf } from '../scenario/key.ts';
import { contentDigest, positionDigest } from './digest.ts';
import type { Anomaly, Witness } from './ledger-report.ts';
import { readTag, type RecordTag } from './record-tag.ts';
import { Mark, REACH_BITS, type SeenExport, SeenHistory, seenStore } from './seen-history.ts';
import { type Unnamed, type UnnamedExport, UnnamedNotes } from './unnamed.ts';

/** Witnesses kept of each class by one reader. */
const WITNESSES = 5;
/** Places of damaged data that are kept; of more only the number is, and what was lost cannot be told from them. */
const DAMAGED_MAX = 1 << 20;

/** Anomalies a reader can see by itself. */
type ReadAnomaly = Extract<Anomaly, 'duplicated' | 'reordered' | 'changed' | 'redelivered'>;

/** What a reader has read of a shard: from here to there, both included; whatever lies between must have come. */
export interface Reach {
  readonly first: string;
  readonly furthest: string;
}

export interface ReaderExport {
  readonly name: string;
  readonly seen: readonly (readonly [producer: number, seen: SeenExport])[];
  /** Reads of a sequence number that had been read before. */
  readonly redelivered: number;
  /** Reads out of order of records that no tag identifies; those of known records are marked in `seen`. */
  readonly strayed: number;
  /** Records compared with the one read before them in their shard. */
  readonly neighbours: number;
  readonly witnesses: readonly Witness[];
  readonly foreign: number;
  /** Records of this run that other segments sent: theirs to judge. */
  readonly elsewhere: number;
  readonly records: number;
  /** Positions whose data fails its checksum: they tell a changed record from a lost one. */
  readonly damaged: readonly number[];
  /** Of more damaged data, only the number. */
  readonly damagedMore: number;
  readonly reaches: readonly (readonly [shardId: string, reach: Reach])[];
  /** Records that carry no tag, for the ledger to say whose they are. */
  readonly unnamed: UnnamedExport;
  /** Records of which was told whether they stand in their partition, and those of which that did not show; absent where there are none. */
  readonly partitions?: { readonly told: number; readonly untold: number };
}

interface ReaderOptions {
  /** What consumers of the same stream read, for the sweep, which can tell what they passed over. */
  readonly consumers?: readonly ReaderExport[];
  /** Pages of 4,096 records in memory at the most, for all producers together. */
  readonly hotPages?: number;
}

/** What is known of a record beside what it holds. */
export interface ReadOptions {
  /** Place inside an aggregated record, whose user records have one sequence number together. */
  readonly sub?: number;
  /** Name of the reader's stream. */
  readonly stream?: string;
  /** How its records are told apart that carry no tag; without it they are foreign. */
  readonly unnamed?: Unnamed | undefined;
}

/** A user record in a shard. */
interface Place {
  readonly sequenceNumber: string;
  readonly sub: number;
}

/** Where the reader stands in one shard. */
interface ShardPlace {
  last: Place | undefined;
  first: string | undefined;
  furthest: Place | undefined;
  readonly reaches: readonly (Reach | undefined)[];
}

export class Reader {
  readonly #name: string;
  readonly #run: string;
  readonly #store;
  readonly #seen = new Map<number, SeenHistory>();
  readonly #shards = new Map<string, ShardPlace>();
  readonly #consumers: readonly ReadonlyMap<string, Reach>[];
  readonly #ours: (producer: number) => boolean;
  readonly #witnesses: Witness[] = [];
  readonly #damaged: number[] = [];
  readonly #unnamed = new UnnamedNotes();
  #damagedMore = 0;
  #foreign = 0;
  #elsewhere = 0;
  #redelivered = 0;
  #strayed = 0;
  #neighbours = 0;
  #records = 0;
  #distinct = 0;

  /**
   * @param run the tag of the run whose records are ours
   * @param ours whose records are judged here: all, unless producers are spread over segments
   */
  constructor(
    name: string,
    run: string,
    ours: (producer: number) => boolean = () => true,
    { consumers = [], hotPages }: ReaderOptions = {},
  ) {
    this.#name = name;
    this.#run = run;
    this.#ours = ours;
    this.#store = seenStore(hotPages);
    this.#consumers = consumers.slice(0, REACH_BITS).map(({ reaches }) => new Map(reaches));
  }

  /** Records of our producers seen so far, each counted once. */
  get distinct(): number {
    return this.#distinct;
  }

  /** Notes a record as it arrives; gives its tag if it is one of this run's, unharmed. */
  read(
    shardId: string,
    record: { SequenceNumber: string; PartitionKey?: string; ApproximateArrivalTimestamp?: number },
    data: Buffer,
    { sub = 0, stream = '', unnamed }: ReadOptions = {},
  ): RecordTag | undefined {
    this.#records += 1;
    const { SequenceNumber } = record;
    const place = this.#place(shardId);
    const at = { shardId, sequenceNumber: SequenceNumber };
    const tag = readTag(data, this.#run);
    const known = typeof tag === 'object' ? tag : undefined;
    const here: Place = { sequenceNumber: SequenceNumber, sub };
    const { last } = place;
    const strayed = last !== undefined && !isBehind(here, last);
    if (last !== undefined) this.#neighbours += 1;
    if (strayed) this.#found('reordered', known, at, `${this.#name} read it after ${last.sequenceNumber}`);
    const beyond = place.furthest === undefined || isBehind(here, place.furthest);
    place.last = here;
    place.first ??= SequenceNumber;
    if (beyond) place.furthest = here;
    const reach = reachOf(place, SequenceNumber);
    if (tag === 'foreign') {
      if (!unnamed || !this.#unnamed.note(unnamed, { stream, ...at }, record, data, { beyond, reach }))
        this.#foreign += 1;
      else if (beyond) this.#distinct += 1;
    }
    if (tag === 'damaged') {
      if (this.#damaged.length < DAMAGED_MAX) this.#damaged.push(positionDigest(shardId, SequenceNumber));
      else this.#damagedMore += 1;
      this.#found('changed', undefined, at, `${this.#name} read data that fails its own checksum`);
    }
    if (known && this.#ours(known.producer)) {
      const seen = this.#note(known, record, at, beyond, reach);
      if (strayed) seen.mark(known.counter, Mark.reordered);
    } else {
      if (known) this.#elsewhere += 1;
      if (strayed) this.#strayed += 1;
    }
    return known;
  }

  /** Forgets the place in a shard: after a restart from a checkpoint, records may legally come again (and none be left out). */
  restart(shardId: string): void {
    this.#place(shardId).last = undefined;
  }

  export(): ReaderExport {
    return {
      name: this.#name,
      seen: [...this.#seen].map(([producer, seen]) => [producer, seen.export()] as const),
      redelivered: this.#redelivered,
      strayed: this.#strayed,
      neighbours: this.#neighbours,
      witnesses: this.#witnesses,
      foreign: this.#foreign,
      elsewhere: this.#elsewhere,
      records: this.#records,
      damaged: this.#damaged,
      damagedMore: this.#damagedMore,
      reaches: [...this.#shards].flatMap(([shardId, { first, furthest }]) =>
        first === undefined || furthest === undefined
          ? []
          : [[shardId, { first, furthest: furthest.sequenceNumber }] as const],
      ),
      unnamed: this.#unnamed.export(),
    };
  }

  #place(shardId: string): ShardPlace {
    let place = this.#shards.get(shardId);
    if (!place) {
      const reaches = this.#consumers.map((consumer) => consumer.get(shardId));
      place = { last: undefined, first: undefined, furthest: undefined, reaches };
      this.#shards.set(shardId, place);
    }
    return place;
  }

  #note(
    tag: RecordTag,
    record: { PartitionKey?: string; ApproximateArrivalTimestamp?: number },
    at: { shardId: string; sequenceNumber: string },
    beyond: boolean,
    reach: number,
  ): SeenHistory {
    const { PartitionKey = '', ApproximateArrivalTimestamp = 0 } = record;
    let seen = this.#seen.get(tag.producer);
    if (!seen) this.#seen.set(tag.producer, (seen = new SeenHistory(this.#store)));
    const position = positionDigest(at.shardId, at.sequenceNumber);
    const content = contentDigest(PartitionKey, tag.checksum, ApproximateArrivalTimestamp * 1000);
    switch (seen.see(tag.counter, position, content, beyond, reach)) {
      case 'new':
        this.#distinct += 1;
        break;
      case 'again':
        this.#redelivered += 1;
        this.#found('redelivered', tag, at, `${this.#name} read the same sequence number twice`);
        break;
      case 'copy':
        this.#found('duplicated', tag, at, `${this.#name} read a second copy under another sequence number`);
        break;
      case 'changed':
        this.#found('changed', tag, at, `${this.#name} read the same sequence number with other content`);
    }
    if (PartitionKey !== partitionKeyOf(tag.key)) {
      seen.mark(tag.counter, Mark.changed);
      this.#found('changed', tag, at, `${this.#name} read another partition key than ${partitionKeyOf(tag.key)}`);
    }
    return seen;
  }

  #found(
    anomaly: ReadAnomaly,
    tag: RecordTag | undefined,
    at: { shardId: string; sequenceNumber: string },
    detail: string,
  ): void {
    if (this.#witnesses.filter((witness) => witness.anomaly === anomaly).length >= WITNESSES) return;
    this.#witnesses.push({
      anomaly,
      producer: tag ? String(tag.producer) : '?',
      counter: tag?.counter ?? -1,
      ...at,
      detail,
    });
  }
}

/** Whether a record must be read after another one of its shard. */
function isBehind(a: Place, b: Place): boolean {
  return (compareSequenceNumbers(a.sequenceNumber, b.sequenceNumber) || a.sub - b.sub) > 0;
}

/** A bit for each consumer that read before and behind a record. */
function reachOf({ reaches }: ShardPlace, sequenceNumber: string): number {
  let bits = 0;
  for (const [bit, reach] of reaches.entries()) {
    if (!reach) continue;
    const { first, furthest } = reach;
    if (compareSequenceNumbers(sequenceNumber, first) > 0 && compareSequenceNumbers(sequenceNumber, furthest) < 0)
      bits |= 1 << bit;
  }
  return bits;
}
