/**
 * Records without a tag: too small for one, rows of a file, other people's. They are told apart by where they were put (the
 * acknowledged shard and sequence number) or by a field of their own; either is noted as one number of 48 bits by
 * whoever puts and whoever reads, and the ledger joins the two. Two records meet in one number with a chance of n / 2^48:
 * then a loss may be missed, and none is invented.
 *
 * What cannot be judged is said, never guessed. By sequence number: whether a record that nobody acknowledged to us is a copy, a
 * ghost or an uncertain put. By either: a change before the first reading, since nothing in the record checks it.
 */
import { hash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { contentDigest, deliveredPlace, positionDigest } from './digest.ts';
import { leavingOut, type SentExport } from './history.ts';
import { Mark, type SeenExport, SeenHistory, seenStore } from './seen-history.ts';
import type { ReadRecord } from './user-records.ts';

/** How the records of a stream that carry no tag are told apart. */
export type Unnamed =
  | { readonly by: 'sequence-number' }
  /** `of` gives the value of the field in a record's data, undefined where there is none. */
  | { readonly by: 'field'; readonly of: (data: Buffer) => string | undefined };

/** The number of a place, never 0. */
export function placeId(stream: string, shardId: string, sequenceNumber: string): number {
  return idOf(`${stream}\n${shardId}\n${sequenceNumber}`);
}

/** The number of a field's value in a stream, never 0. */
export function valueId(stream: string, value: string): number {
  return idOf(`${stream}\n${value}`);
}

function idOf(text: string): number {
  return hash('md5', text, 'buffer').readUIntBE(0, 6) + 1;
}

/** What a reader noted of such records: four columns, 18 bytes a record, all in memory. */
export interface UnnamedExport {
  readonly ids: Float64Array<ArrayBuffer>;
  readonly positions: Uint32Array<ArrayBuffer>;
  readonly contents: Uint32Array<ArrayBuffer>;
  /** In the low byte, a bit for each consumer that read before and behind it; above, whether it stood beyond all that was read before. */
  readonly marks: Uint16Array<ArrayBuffer>;
}

const REACH = 0xff;
const BEYOND = 0x100;
/** It was read where Data Firehose delivered it: its first place is its own number, and no other than its owner's. */
const DELIVERED = 0x200;
const MISPLACED = 0x400;

export class UnnamedNotes {
  #ids = new Float64Array(1024);
  #positions = new Uint32Array(1024);
  #contents = new Uint32Array(1024);
  #marks = new Uint16Array(1024);
  #length = 0;

  /** Notes a record; false where it has nothing to tell it by. */
  note(
    unnamed: Unnamed,
    at: { readonly stream: string; readonly shardId: string; readonly sequenceNumber: string },
    { PartitionKey = '', ApproximateArrivalTimestamp = 0 }: ReadRecord,
    data: Buffer,
    { beyond, reach }: { readonly beyond: boolean; readonly reach: number },
  ): boolean {
    const value = unnamed.by === 'field' ? unnamed.of(data) : undefined;
    if (unnamed.by === 'field' && value === undefined) return false;
    const id = value === undefined ? placeId(at.stream, at.shardId, at.sequenceNumber) : valueId(at.stream, value);
    const content = contentDigest(PartitionKey, crc32(data), ApproximateArrivalTimestamp * 1000);
    this.#add(id, positionDigest(at.shardId, at.sequenceNumber), content, (beyond ? BEYOND : 0) | reach);
    return true;
  }

  /** Notes a record that Data Firehose delivered, by its number and by where it stands; `misplaced` in another partition than its own. */
  delivered(id: number, position: number, data: Buffer, misplaced: boolean): void {
    this.#add(id, position, contentDigest('', crc32(data)), DELIVERED | BEYOND | (misplaced ? MISPLACED : 0));
  }

  export(): UnnamedExport {
    return {
      ids: this.#ids.slice(0, this.#length),
      positions: this.#positions.slice(0, this.#length),
      contents: this.#contents.slice(0, this.#length),
      marks: this.#marks.slice(0, this.#length),
    };
  }

  #add(id: number, position: number, content: number, marks: number): void {
    if (this.#length === this.#ids.length) this.#grow();
    this.#ids[this.#length] = id;
    this.#positions[this.#length] = position;
    this.#contents[this.#length] = content;
    this.#marks[this.#length] = marks;
    this.#length += 1;
  }

  #grow(): void {
    const ids = new Float64Array(this.#length * 2);
    const positions = new Uint32Array(this.#length * 2);
    const contents = new Uint32Array(this.#length * 2);
    const marks = new Uint16Array(this.#length * 2);
    ids.set(this.#ids);
    positions.set(this.#positions);
    contents.set(this.#contents);
    marks.set(this.#marks);
    [this.#ids, this.#positions, this.#contents, this.#marks] = [ids, positions, contents, marks];
  }
}

/** Whose record a number is. */
export class Identities {
  /** null for a number that several records share: none of them can be judged. */
  readonly #owners = new Map<number, readonly [producer: number, counter: number] | null>();
  readonly #shared = new Map<number, number[]>();
  /** Records that share their number with another: a field that is not unique. */
  shared = 0;

  constructor(producers: readonly { readonly index: number; readonly sent: SentExport }[]) {
    for (const { index, sent } of producers) {
      for (const [counter, id] of sent.ids.entries()) {
        if (id === 0) continue;
        const owner = this.#owners.get(id);
        if (owner === undefined) this.#owners.set(id, [index, counter]);
        else {
          if (owner !== null) this.#share(...owner);
          this.#share(index, counter);
          this.#owners.set(id, null);
        }
      }
    }
  }

  /** What a producer noted, without the records that cannot be judged. */
  judgeable(producer: number, sent: SentExport): SentExport {
    const shared = this.#shared.get(producer);
    return shared ? leavingOut(sent, shared) : sent;
  }

  /** What a reader saw, by producer (its tables may lie in a file, to be closed); `again` are reads of a place that had been read, `unmatched` records that nobody here put. */
  join(notes: UnnamedExport): {
    readonly seen: readonly (readonly [producer: number, seen: SeenExport])[];
    readonly again: number;
    readonly unmatched: number;
  } {
    const store = seenStore();
    const seen = new Map<number, SeenHistory>();
    let again = 0;
    let unmatched = 0;
    for (const [index, id] of notes.ids.entries()) {
      const owner = this.#owners.get(id);
      if (owner === null) continue;
      if (owner === undefined) {
        unmatched += 1;
        continue;
      }
      const [producer, counter] = owner;
      let history = seen.get(producer);
      if (!history) seen.set(producer, (history = new SeenHistory(store)));
      const marks = notes.marks[index]!;
      const [position, content] = [notes.positions[index]!, notes.contents[index]!];
      const beyond = (marks & BEYOND) !== 0;
      const place = (marks & DELIVERED) === 0 || history.has(counter) ? position : deliveredPlace(producer, counter);
      if (history.see(counter, place, content, beyond, marks & REACH) === 'again') again += 1;
      if ((marks & MISPLACED) !== 0) history.mark(counter, Mark.misplaced);
    }
    return { seen: [...seen].map(([producer, each]) => [producer, each.export()] as const), again, unmatched };
  }

  #share(producer: number, counter: number): void {
    this.shared += 1;
    const counters = this.#shared.get(producer);
    if (counters) counters.push(counter);
    else this.#shared.set(producer, [counter]);
  }
}

/** How the records of a producer are told apart. */
export type IdentifiedBy = 'tag' | Unnamed['by'];

/** What cannot be judged of records that carry no tag, a sentence each. */
export function unjudgedOf(ways: ReadonlySet<IdentifiedBy>, unmatched: number, shared: number): string[] {
  const told: string[] = [];
  if (ways.has('sequence-number')) {
    told.push(
      `Records told apart by sequence number: whether one that was never acknowledged to us is a copy, a ghost or an uncertain put cannot be told; ${unmatched} such were read.`,
    );
  }
  if (ways.has('sequence-number') || ways.has('field'))
    told.push('Nothing in records without a tag checks them: a change before the first reading cannot be seen.');
  if (shared > 0)
    told.push(`${shared} records have the field that tells them apart in common with another: they were not judged.`);
  return told;
}
