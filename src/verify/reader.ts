/**
 * One reader's notes: everything it saw, by producer, and what it found wrong while reading (order inside a shard, copies,
 * damaged data). A reader is a consuming agent or the sweep after a run.
 */
import { compareSequenceNumbers } from '../protocol/sequence-number.ts';
import { contentDigest, Mark, positionDigest, type SeenExport, SeenHistory } from './history.ts';
import type { Anomaly, Witness } from './ledger-report.ts';
import { readTag, type RecordTag } from './record-tag.ts';
import { type Unnamed, type UnnamedExport, UnnamedNotes } from './unnamed.ts';

/** Witnesses kept of each class by one reader. */
const WITNESSES = 5;

/** Anomalies a reader can see by itself. */
type ReadAnomaly = Extract<Anomaly, 'duplicated' | 'reordered' | 'changed' | 'redelivered'>;

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
  /** Records that carry no tag, for the ledger to say whose they are. */
  readonly unnamed: UnnamedExport;
}

export interface ReadOptions {
  /** Place inside an aggregated record, whose user records have one sequence number together. */
  readonly sub?: number;
  /** Name of the stream. */
  readonly stream?: string;
  /** How its records are told apart that carry no tag; without it they are foreign. */
  readonly unnamed?: Unnamed | undefined;
}

export class Reader {
  readonly #name: string;
  readonly #run: string;
  readonly #seen = new Map<number, SeenHistory>();
  readonly #last = new Map<string, { readonly sequenceNumber: string; readonly sub: number }>();
  readonly #ours: (producer: number) => boolean;
  readonly #witnesses: Witness[] = [];
  readonly #damaged: number[] = [];
  readonly #unnamed = new UnnamedNotes();
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
  constructor(name: string, run: string, ours: (producer: number) => boolean = () => true) {
    this.#name = name;
    this.#run = run;
    this.#ours = ours;
  }

  /** Records of our producers seen so far, each counted once. */
  get distinct(): number {
    return this.#distinct;
  }

  /**
   * Notes a record as it arrives; gives its tag if it is one of this run's, unharmed.
   */
  read(
    shardId: string,
    record: { SequenceNumber: string; PartitionKey?: string },
    data: Buffer,
    { sub = 0, stream = '', unnamed }: ReadOptions = {},
  ): RecordTag | undefined {
    this.#records += 1;
    const { SequenceNumber, PartitionKey = '' } = record;
    // Shards of two streams have the same names.
    const place = `${stream}/${shardId}`;
    const last = this.#last.get(place);
    const at = { shardId, sequenceNumber: SequenceNumber };
    const tag = readTag(data, this.#run);
    const known = typeof tag === 'object' ? tag : undefined;
    const forward =
      last === undefined ? 1 : compareSequenceNumbers(SequenceNumber, last.sequenceNumber) || sub - last.sub;
    const strayed = forward <= 0;
    if (last !== undefined) this.#neighbours += 1;
    if (strayed) this.#found('reordered', known, at, `${this.#name} read it after ${last!.sequenceNumber}`);
    this.#last.set(place, { sequenceNumber: SequenceNumber, sub });
    if (tag === 'foreign') {
      if (!unnamed || !this.#unnamed.note(unnamed, { stream, ...at }, PartitionKey, data)) this.#foreign += 1;
      else if (!strayed) this.#distinct += 1;
    }
    if (tag === 'damaged') {
      this.#damaged.push(positionDigest(shardId, SequenceNumber));
      this.#found('changed', undefined, at, `${this.#name} read data that fails its own checksum`);
    }
    if (known && this.#ours(known.producer)) {
      const seen = this.#note(known, contentDigest(PartitionKey, known.checksum), at);
      if (strayed) seen.mark(known.counter, Mark.reordered);
    } else {
      if (known) this.#elsewhere += 1;
      if (strayed) this.#strayed += 1;
    }
    return known;
  }

  /** Forgets the place in a shard: after a restart, records may legally come again. */
  restart(stream: string, shardId: string): void {
    this.#last.delete(`${stream}/${shardId}`);
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
      unnamed: this.#unnamed.export(),
    };
  }

  #note(tag: RecordTag, content: number, at: { shardId: string; sequenceNumber: string }): SeenHistory {
    let seen = this.#seen.get(tag.producer);
    if (!seen) this.#seen.set(tag.producer, (seen = new SeenHistory()));
    switch (seen.see(tag.counter, positionDigest(at.shardId, at.sequenceNumber), content)) {
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
