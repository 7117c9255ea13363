/**
 * The notes of one reader of objects that Data Firehose delivered. An object is records one behind the other with nothing
 * between, so records are found by the tag at their front, which says how long they are. At a destination nothing tells where a
 * record was put: its place is its own number, the same for whoever put it and whoever reads it, and a second copy stands
 * somewhere else. Data Firehose promises no order, so records that stand behind a later one of their producer are counted
 * and held against nobody.
 */
import { contentDigest, deliveredPlace, positionDigest } from './digest.ts';
import type { Witness } from './ledger-report.ts';
import type { ReaderExport } from './reader.ts';
import { readTag, type RecordTag, TAG_LENGTH_AT, TAG_MAGIC } from './record-tag.ts';
import { Mark, SeenHistory, seenStore } from './seen-history.ts';
import { findTextTag, readTextTag } from './text-tag.ts';
import { UnnamedNotes } from './unnamed.ts';

/** Witnesses kept of each class. */
const WITNESSES = 5;
const DAMAGED_MAX = 1 << 20;
const LINE_FEED = 0x0a;

/** What was found in one object. */
export interface DeliveredObject {
  readonly records: number;
  readonly outOfOrder: number;
  /** Bytes of the largest record. */
  readonly recordBytesMax: number;
}

/** A text or row of an object. */
export interface DeliveredRecord {
  readonly at: number;
  /** Where it stands, if that is a place of its own: the index and id of a document. */
  readonly key?: string;
  /** It was written over, by the same record: who sees it again sees no second copy. */
  readonly rewritten?: boolean;
  /** As it was delivered: its tag is somewhere in it. */
  readonly data: Buffer;
  /** The text that was put, written again; null where nobody knows it, and no change can be told. */
  readonly original: Buffer | null;
  /** The number of the field that tells it apart where it carries no tag. */
  readonly id?: number | undefined;
  /** Whether it stands in its partition; null where that does not show, undefined where there is none. */
  readonly placed?: boolean | null | undefined;
}

/** A record that was not delivered, as it stands in the backup. */
export interface FailedRecord {
  readonly at: number;
  /** What it may have been put as: the first that the checksum in its tag is of. */
  readonly texts: readonly Buffer[];
  /** Whether one of these must be what was put; else nobody knows, and no change can be told. */
  readonly certain: boolean;
  /** Why it was not delivered, as Data Firehose has it. */
  readonly why: string;
  /** The number of the field that tells it apart where it carries no tag. */
  readonly id?: number | undefined;
}

/** Called for each record of this run, unharmed or as it was put, with its tag (the number of its field where that tells it apart) and its size. `fresh` where this reader had not seen it before. */
export type OnDelivered = (record: RecordTag | number, bytes: number, fresh: boolean) => void;

export class DeliveredReader {
  readonly #name: string;
  readonly #run: string;
  readonly #magic: Buffer;
  readonly #ours: (producer: number) => boolean;
  readonly #store = seenStore();
  readonly #seen = new Map<number, SeenHistory>();
  readonly #witnesses: Witness[] = [];
  readonly #damaged: number[] = [];
  readonly #unnamed = new UnnamedNotes();
  readonly #ids = new Set<number>();
  readonly #partitions = { told: 0, untold: 0 };
  #damagedMore = 0;
  #foreign = 0;
  #elsewhere = 0;
  #records = 0;
  #distinct = 0;

  /** @param run the tag of the run whose records are ours */
  constructor(name: string, run: string, ours: (producer: number) => boolean = () => true) {
    this.#name = name;
    this.#run = run;
    this.#magic = Buffer.from(TAG_MAGIC + run, 'latin1');
    this.#ours = ours;
  }

  /** What the tag of each record of the run begins with. */
  get mark(): string {
    return TAG_MAGIC + this.#run;
  }

  /** Records of our producers seen so far, each counted once. */
  get distinct(): number {
    return this.#distinct;
  }

  /** Reads the plain bytes of an object, with a line feed behind each record where they are delimited. */
  read(key: string, body: Buffer, each: OnDelivered = () => {}, delimited = false): DeliveredObject {
    const newest = new Map<number, number>();
    const found = { records: 0, outOfOrder: 0, recordBytesMax: 0 };
    for (let at = 0; at < body.length;) {
      const next = body.indexOf(this.#magic, at);
      // Bytes that nobody put: between records, before the first or behind the last.
      if (next !== at) this.#foreign += 1;
      if (next < 0) break;
      const data = body.subarray(next, next + lengthAt(body, next));
      const tag = readTag(data, this.#run);
      this.#records += 1;
      if (typeof tag !== 'object') {
        this.#damage(key, next, ownerIn(body, next));
        const following = body.indexOf(this.#magic, next + 1);
        at = following < 0 ? body.length : following;
        continue;
      }
      at = next + data.length;
      if (delimited) {
        if (body[at] === LINE_FEED) at += 1;
        else this.#foreign += 1;
      }
      tally(found, newest, tag, data.length);
      each(tag, data.length, this.#note(tag, key, next));
    }
    return found;
  }

  /** Reads texts or rows of an object; `strays` are things between them that nobody put. */
  readTexts(
    key: string,
    records: Iterable<DeliveredRecord>,
    strays: number,
    each: OnDelivered = () => {},
  ): DeliveredObject {
    const newest = new Map<number, number>();
    const found = { records: 0, outOfOrder: 0, recordBytesMax: 0 };
    this.#foreign += strays;
    for (const { at, key: place = key, data, original, rewritten = false, id, placed } of records) {
      if (placed !== undefined) this.#partitions[placed === null ? 'untold' : 'told'] += 1;
      const claimed = findTextTag(data, this.#run);
      if (claimed === undefined && id !== undefined) {
        this.#records += 1;
        found.records += 1;
        found.recordBytesMax = Math.max(found.recordBytesMax, data.length);
        each(id, data.length, this.#noteUnnamed(id, place, at, data, { misplaced: placed === false, rewritten }));
        continue;
      }
      if (claimed === undefined) {
        this.#foreign += 1;
        continue;
      }
      this.#records += 1;
      const tag = claimed === 'damaged' || original === null ? claimed : readTextTag(original, this.#run);
      if (typeof tag !== 'object') {
        const owner = typeof claimed === 'object' ? claimed : undefined;
        if (owner !== undefined && typeof readTextTag(data, this.#run) === 'object') {
          // It is there, though nothing was made of it.
          each(owner, data.length, this.#note(owner, place, at, rewritten));
          this.#hold(owner, 'changed', `${this.#name} read data in ${place} that was not processed`);
        } else this.#damage(place, at, owner);
        continue;
      }
      const bytes = (original ?? data).length;
      tally(found, newest, tag, bytes);
      each(tag, bytes, this.#note(tag, place, at, rewritten));
      // It stands under the keys of another one.
      if (placed === false) this.#hold(tag, 'misplaced', `${this.#name} read it in ${key}, which is not its partition`);
    }
    return found;
  }

  /** Reads records that were not delivered. */
  readFailed(key: string, records: Iterable<FailedRecord>, each: OnDelivered = () => {}): void {
    for (const { at, texts, certain, why, id } of records) {
      this.#records += 1;
      const read = texts.map((data) => readTag(data, this.#run));
      const claimed = findTextTag(texts[0]!, this.#run);
      const tag = read.find((one) => typeof one === 'object') ?? (certain ? undefined : claimed);
      if (typeof tag === 'object') {
        const fresh = this.#note(tag, key, at);
        if (fresh) this.#found('backed-up', String(tag.producer), tag.counter, `not delivered, but in ${key}: ${why}`);
        each(tag, texts[0]!.length, fresh);
      } else if (id !== undefined && claimed === undefined)
        each(id, texts[0]!.length, this.#noteUnnamed(id, key, at, texts[0]!, { misplaced: false, rewritten: false }));
      else if (read.includes('damaged')) this.#damage(key, at, typeof claimed === 'object' ? claimed : undefined);
      else this.#foreign += 1;
    }
  }

  /** Whether it has seen a record; by its tag, or by the number of its field. */
  has(record: Pick<RecordTag, 'producer' | 'counter'> | number): boolean {
    if (typeof record === 'number') return this.#ids.has(record);
    return this.#seen.get(record.producer)?.has(record.counter) ?? false;
  }

  export(): ReaderExport {
    return {
      name: this.#name,
      seen: [...this.#seen].map(([producer, seen]) => [producer, seen.export()] as const),
      redelivered: 0,
      strayed: 0,
      neighbours: 0,
      witnesses: this.#witnesses,
      foreign: this.#foreign,
      elsewhere: this.#elsewhere,
      records: this.#records,
      damaged: this.#damaged,
      damagedMore: this.#damagedMore,
      reaches: [],
      unnamed: this.#unnamed.export(),
      partitions: this.#partitions,
    };
  }

  #noteUnnamed(
    id: number,
    key: string,
    at: number,
    data: Buffer,
    { misplaced, rewritten }: { readonly misplaced: boolean; readonly rewritten: boolean },
  ): boolean {
    const isNew = !this.#ids.has(id);
    if (isNew || !rewritten) this.#unnamed.delivered(id, positionDigest(key, String(at)), data, misplaced);
    this.#ids.add(id);
    if (isNew) this.#distinct += 1;
    return isNew;
  }

  #note(tag: RecordTag, key: string, at: number, rewritten = false): boolean {
    if (!this.#ours(tag.producer)) {
      this.#elsewhere += 1;
      return false;
    }
    let seen = this.#seen.get(tag.producer);
    if (!seen) this.#seen.set(tag.producer, (seen = new SeenHistory(this.#store)));
    const content = contentDigest('', tag.checksum);
    const isNew = seen.see(tag.counter, deliveredPlace(tag.producer, tag.counter), content, true) === 'new';
    if (isNew) this.#distinct += 1;
    else if (!rewritten && seen.see(tag.counter, positionDigest(key, String(at)), content, true) === 'copy')
      this.#found('duplicated', String(tag.producer), tag.counter, `${this.#name} found another copy in ${key}`);
    return isNew;
  }

  /** Holds something against a record that it noted; another machine's are judged there. */
  #hold({ producer, counter }: RecordTag, anomaly: 'changed' | 'misplaced', detail: string): void {
    const seen = this.#seen.get(producer);
    if (!seen) return;
    seen.mark(counter, Mark[anomaly]);
    this.#found(anomaly, String(producer), counter, detail);
  }

  /** Data of ours that fails its checksum; whose it is may still be read. */
  #damage(key: string, at: number, owner: Pick<RecordTag, 'producer' | 'counter'> | undefined): void {
    const known = owner !== undefined && Number.isSafeInteger(owner.counter) && owner.counter >= 0;
    if (this.#damaged.length < DAMAGED_MAX)
      this.#damaged.push(known ? deliveredPlace(owner.producer, owner.counter) : positionDigest(key, String(at)));
    else this.#damagedMore += 1;
    const detail = `${this.#name} read data in ${key} that fails its own checksum`;
    this.#found('changed', String(owner?.producer ?? '?'), known ? owner.counter : -1, detail);
  }

  #found(
    anomaly: 'duplicated' | 'changed' | 'backed-up' | 'misplaced',
    producer: string,
    counter: number,
    detail: string,
  ): void {
    if (this.#witnesses.filter((witness) => witness.anomaly === anomaly).length >= WITNESSES) return;
    this.#witnesses.push({ anomaly, producer, counter, shardId: null, sequenceNumber: null, detail });
  }
}

/** Bytes of the record whose tag begins here, as far as the object goes. */
function lengthAt(body: Buffer, at: number): number {
  return body.length < at + TAG_LENGTH_AT + 4 ? body.length - at : body.readUInt32BE(at + TAG_LENGTH_AT);
}

/** Whose a damaged record says it is, as far as the object goes. */
function ownerIn(body: Buffer, at: number): { producer: number; counter: number } | undefined {
  if (body.length < at + 16) return undefined;
  return { producer: body.readUInt32BE(at + 12), counter: body.length >= at + 24 ? body.readDoubleBE(at + 16) : -1 };
}

function tally(
  found: { records: number; outOfOrder: number; recordBytesMax: number },
  newest: Map<number, number>,
  { producer, counter }: RecordTag,
  bytes: number,
): void {
  found.records += 1;
  found.recordBytesMax = Math.max(found.recordBytesMax, bytes);
  const before = newest.get(producer) ?? -1;
  if (counter < before) found.outOfOrder += 1;
  newest.set(producer, Math.max(before, counter));
}
