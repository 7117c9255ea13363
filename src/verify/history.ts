/**
 * What producers and readers note down about records, in a few bytes per record: arrays indexed by the producer's counter,
 * never objects. Histories are filled where the records are sent and read, handed over at the end, and judged by `judge`.
 */
import { crc32 } from 'node:zlib';

/** What is known of one record after its call. The order matters nowhere; 0 is a number never used. */
export const Fate = { unsent: 0, sent: 1, acknowledged: 2, rejected: 3, maybe: 4 } as const;
export type Fate = (typeof Fate)[keyof typeof Fate];

/** Where a record stands, as one number: never 0, equal for equal shard and sequence number. */
export function positionDigest(shardId: string, sequenceNumber: string): number {
  return (crc32(sequenceNumber, crc32(shardId)) | 1) >>> 0;
}

/** What a reader saw of a record: key and data, as one number that is never 0. */
export function contentDigest(partitionKey: string, checksum: number): number {
  return (crc32(partitionKey, checksum) | 1) >>> 0;
}

/** A typed array that grows by doubling. */
class Column<T extends Uint8Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | Float64Array<ArrayBuffer>> {
  array: T;
  length = 0;
  readonly #make: (length: number) => T;

  constructor(make: (length: number) => T) {
    this.#make = make;
    this.array = make(1024);
  }

  get(index: number): number {
    return this.array[index] ?? 0;
  }

  set(index: number, value: number): void {
    if (index >= this.array.length) {
      const grown = this.#make(Math.max(index + 1, this.array.length * 2));
      grown.set(this.array);
      this.array = grown;
    }
    this.array[index] = value;
    if (index >= this.length) this.length = index + 1;
  }
}

/** Beside a fate, in the same byte: the record was placed before one that it had to come after. */
const REORDERED = 0x80;
/** Beside a fate: before the attempt that was acknowledged there was one without a certain answer. */
const REPEATED = 0x40;

/** One sending agent's side. */
export class SentHistory {
  readonly #fates = new Column((length) => new Uint8Array(length));
  readonly #positions = new Column((length) => new Uint32Array(length));
  /** What tells a record apart that carries no tag, where it does not; see `unnamed.ts`. */
  readonly #ids = new Column((length) => new Float64Array(length));
  /** Puts whose order was promised (sent after another of the same key was acknowledged, and placed in its shard), kept or broken. */
  promised = 0;
  /** The first of those that were placed before the other one. */
  readonly reorderedFirst: { counter: number; shardId: string; sequenceNumber: string; detail: string }[] = [];

  sent(counter: number): void {
    this.#fates.set(counter, Fate.sent);
  }

  settled(counter: number, fate: Fate, position = 0): void {
    this.#fates.set(counter, fate);
    if (position !== 0) this.#positions.set(counter, position);
  }

  identified(counter: number, id: number): void {
    this.#ids.set(counter, id);
  }

  /** Notes that a promise of order was broken for a record that is settled. */
  reordered(counter: number): void {
    this.#fates.set(counter, this.#fates.get(counter) | REORDERED);
  }

  /** Notes that an acknowledged record had an attempt before that may have been stored, too: a copy is legal. */
  repeated(counter: number): void {
    this.#fates.set(counter, this.#fates.get(counter) | REPEATED);
  }

  isRepeated(counter: number): boolean {
    return (this.#fates.get(counter) & REPEATED) !== 0;
  }

  get length(): number {
    return this.#fates.length;
  }

  /** A record whose call never settled may be stored or not. */
  fate(counter: number): Fate {
    const fate = (this.#fates.get(counter) & ~(REORDERED | REPEATED)) as Fate;
    return fate === Fate.sent ? Fate.maybe : fate;
  }

  isReordered(counter: number): boolean {
    return (this.#fates.get(counter) & REORDERED) !== 0;
  }

  position(counter: number): number {
    return this.#positions.get(counter);
  }

  /** For another thread: plain data that `structuredClone` takes. */
  export(): SentExport {
    return {
      fates: this.#fates.array.slice(0, this.length),
      positions: this.#positions.array.slice(0, this.length),
      ids: this.#ids.array.slice(0, this.#ids.length),
      promised: this.promised,
      reorderedFirst: this.reorderedFirst,
    };
  }

  static import(data: SentExport): SentHistory {
    const history = new SentHistory();
    history.#fates.array = data.fates;
    history.#fates.length = data.fates.length;
    history.#positions.array = data.positions;
    history.#positions.length = data.positions.length;
    history.promised = data.promised;
    history.reorderedFirst.push(...data.reorderedFirst);
    return history;
  }
}

export interface SentExport {
  readonly fates: Uint8Array<ArrayBuffer>;
  readonly positions: Uint32Array<ArrayBuffer>;
  /** 0 where a tag tells a record. */
  readonly ids: Float64Array<ArrayBuffer>;
  readonly promised: number;
  readonly reorderedFirst: readonly { counter: number; shardId: string; sequenceNumber: string; detail: string }[];
}

/** What a reader may hold against a record, a bit each: a record counts once however often it was met. */
export const Mark = { copied: 1, changed: 2, reordered: 4 } as const;
export type Mark = (typeof Mark)[keyof typeof Mark];

/** What one reader saw of one producer's records: the first position and content of each. */
export class SeenHistory {
  readonly #positions = new Column((length) => new Uint32Array(length));
  readonly #contents = new Column((length) => new Uint32Array(length));
  readonly #marks = new Column((length) => new Uint8Array(length));
  distinct = 0;

  /** Notes a record; tells whether it was new, the same one again, another copy, or the same one with other content. */
  see(counter: number, position: number, content: number): 'new' | 'again' | 'copy' | 'changed' {
    const before = this.#positions.get(counter);
    if (before === 0) {
      this.#positions.set(counter, position);
      this.#contents.set(counter, content);
      this.distinct += 1;
      return 'new';
    }
    if (before !== position) {
      this.mark(counter, Mark.copied);
      return 'copy';
    }
    if (this.#contents.get(counter) === content) return 'again';
    this.mark(counter, Mark.changed);
    return 'changed';
  }

  mark(counter: number, mark: Mark): void {
    this.#marks.set(counter, this.#marks.get(counter) | mark);
  }

  get length(): number {
    return this.#positions.length;
  }

  position(counter: number): number {
    return this.#positions.get(counter);
  }

  content(counter: number): number {
    return this.#contents.get(counter);
  }

  marked(counter: number, mark: Mark): boolean {
    return (this.#marks.get(counter) & mark) !== 0;
  }

  export(): SeenExport {
    return {
      positions: this.#positions.array.slice(0, this.length),
      contents: this.#contents.array.slice(0, this.length),
      marks: this.#marks.array.slice(0, this.#marks.length),
      distinct: this.distinct,
    };
  }

  static import(data: SeenExport): SeenHistory {
    const history = new SeenHistory();
    history.#positions.array = data.positions;
    history.#positions.length = data.positions.length;
    history.#contents.array = data.contents;
    history.#contents.length = data.contents.length;
    history.#marks.array = data.marks;
    history.#marks.length = data.marks.length;
    history.distinct = data.distinct;
    return history;
  }
}

export interface SeenExport {
  readonly positions: Uint32Array<ArrayBuffer>;
  readonly contents: Uint32Array<ArrayBuffer>;
  readonly marks: Uint8Array<ArrayBuffer>;
  readonly distinct: number;
}
