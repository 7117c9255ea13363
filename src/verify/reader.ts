/**
 * One reader's notes: everything it saw, by producer, and what it found wrong while reading (order inside a shard, copies,
 * damaged data). A reader is a consuming agent or the sweep after a run.
 */
import { compareSequenceNumbers } from '../protocol/sequence-number.ts';
import { contentDigest, positionDigest, type SeenExport, SeenHistory } from './history.ts';
import type { Anomaly, Witness } from './ledger-report.ts';
import { readTag, type RecordTag } from './record-tag.ts';

/** Witnesses kept of each class by one reader. */
const WITNESSES = 5;

/** Anomalies a reader can see by itself. */
export type ReadAnomaly = Extract<Anomaly, 'duplicated' | 'reordered' | 'changed' | 'redelivered'>;

export interface ReaderExport {
  readonly name: string;
  readonly seen: readonly (readonly [producer: number, seen: SeenExport])[];
  readonly counts: Readonly<Record<ReadAnomaly, number>>;
  readonly witnesses: readonly Witness[];
  readonly foreign: number;
  readonly records: number;
  /** Positions whose data fails its checksum: they tell a changed record from a lost one. */
  readonly damaged: readonly number[];
}

export class Reader {
  readonly #name: string;
  readonly #run: string;
  readonly #seen = new Map<number, SeenHistory>();
  readonly #last = new Map<string, string>();
  readonly #counts: Record<ReadAnomaly, number> = { duplicated: 0, reordered: 0, changed: 0, redelivered: 0 };
  readonly #witnesses: Witness[] = [];
  readonly #damaged: number[] = [];
  #foreign = 0;
  #records = 0;
  #distinct = 0;

  /** @param run the tag of the run whose records are ours */
  constructor(name: string, run: string) {
    this.#name = name;
    this.#run = run;
  }

  /** Records of this run seen so far, each counted once. */
  get distinct(): number {
    return this.#distinct;
  }

  /** Notes a record as it arrives; gives its tag if it is one of this run's, unharmed. */
  read(
    shardId: string,
    record: { SequenceNumber: string; PartitionKey?: string },
    data: Buffer,
  ): RecordTag | undefined {
    this.#records += 1;
    const { SequenceNumber, PartitionKey = '' } = record;
    const last = this.#last.get(shardId);
    const at = { shardId, sequenceNumber: SequenceNumber };
    const tag = readTag(data, this.#run);
    const known = typeof tag === 'object' ? tag : undefined;
    if (last !== undefined && compareSequenceNumbers(SequenceNumber, last) <= 0) {
      this.#found('reordered', known, at, `${this.#name} read it after ${last}`);
    }
    this.#last.set(shardId, SequenceNumber);
    if (tag === 'foreign') this.#foreign += 1;
    if (tag === 'damaged') {
      this.#damaged.push(positionDigest(shardId, SequenceNumber));
      this.#found('changed', undefined, at, `${this.#name} read data that fails its own checksum`);
    }
    if (!known) return undefined;
    this.#note(known, positionDigest(shardId, SequenceNumber), contentDigest(PartitionKey, known.checksum), at);
    return known;
  }

  /** Forgets the place in a shard: after a restart, records may legally come again. */
  restart(shardId: string): void {
    this.#last.delete(shardId);
  }

  export(): ReaderExport {
    return {
      name: this.#name,
      seen: [...this.#seen].map(([producer, seen]) => [producer, seen.export()] as const),
      counts: this.#counts,
      witnesses: this.#witnesses,
      foreign: this.#foreign,
      records: this.#records,
      damaged: this.#damaged,
    };
  }

  #note(tag: RecordTag, position: number, content: number, at: { shardId: string; sequenceNumber: string }): void {
    let seen = this.#seen.get(tag.producer);
    if (!seen) this.#seen.set(tag.producer, (seen = new SeenHistory()));
    switch (seen.see(tag.counter, position, content)) {
      case 'new':
        this.#distinct += 1;
        return;
      case 'again':
        this.#found('redelivered', tag, at, `${this.#name} read the same sequence number twice`);
        return;
      case 'copy':
        this.#found('duplicated', tag, at, `${this.#name} read a second copy under another sequence number`);
        return;
      case 'changed':
        this.#found('changed', tag, at, `${this.#name} read the same sequence number with other content`);
    }
  }

  #found(
    anomaly: ReadAnomaly,
    tag: RecordTag | undefined,
    at: { shardId: string; sequenceNumber: string },
    detail: string,
  ): void {
    this.#counts[anomaly] += 1;
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
