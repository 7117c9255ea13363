/**
 * What one sending agent notes of its records, by its own counter: what became of each, how many of its attempts may have
 * stored it, and where it was placed; 5 bytes a record in a paged table, of which a small part is in memory. Filled where the
 * records are sent, handed over at the end, and judged by `judge`. Records without a tag take 8 bytes more each, which stay in
 * memory: the number that tells them apart, see `unnamed.ts`.
 */
import { columnDigest, type ColumnDigest } from './digest.ts';
import { DueTimes, type DueTimesExport } from './due-times.ts';
import { Page, PAGE_ROWS, PagedTable, type PageShape, PageStore, type TableExport, TableView } from './page-store.ts';
import { type KnownPlace, PlaceSample } from './place-sample.ts';

/** What is known of one record after its calls. The order matters nowhere; 0 is a number never used. */
export const Fate = { unsent: 0, sent: 1, acknowledged: 2, rejected: 3, maybe: 4 } as const;
export type Fate = (typeof Fate)[keyof typeof Fate];

/** A byte for each record: three bits of fate, four bits of attempts that may have stored it, one bit of broken order. */
const FATE = 0b111;
const STORABLE_SHIFT = 3;
/** So many attempts or more: they are not counted any further. */
const STORABLE_MAX = 15;
const REORDERED = 0x80;
/** A record of one attempt that was acknowledged, and of which nothing else is to be said. */
export const PLAIN_ACKNOWLEDGED = (1 << STORABLE_SHIFT) | Fate.acknowledged;

/** Pages that one agent keeps in memory: a quarter of a million records. */
const HOT_PAGES = 64;
/** Records that went to another shard than the one before them of their key, kept by name for each pair of shards. */
const CROSSINGS_KEPT = 4096;

export const sentShape: PageShape = { words: 1, bytes: 1 };

/** What one row of a page of `SentHistory` says. */
export function sentRow(page: Page, row: number) {
  const byte = page.bytes[0]![row]!;
  const fate = (byte & FATE) as Fate;
  return {
    /** A record whose call never settled may be stored or not. */
    fate: fate === Fate.sent ? Fate.maybe : fate,
    /** How often it may be stored: attempts that were not refused. 15 stands for more, too. */
    storable: (byte >> STORABLE_SHIFT) & STORABLE_MAX,
    reordered: (byte & REORDERED) !== 0,
    position: page.words[0]![row]!,
  };
}

/** One page of records in a few numbers. */
export interface SentSummary {
  readonly acknowledged: number;
  readonly rejected: number;
  readonly maybe: number;
  /** Nothing in it needs a look at its records: each was stored once at the most, and none is out of order. */
  readonly plain: boolean;
  /** Places of the acknowledged. */
  readonly positions: ColumnDigest;
}

function summarize(page: Page): SentSummary {
  const bytes = page.bytes[0]!;
  const counts = [0, 0, 0, 0, 0, 0, 0, 0];
  let plain = true;
  for (let row = 0; row < PAGE_ROWS; row += 1) {
    const byte = bytes[row]!;
    const fate = byte & FATE;
    counts[fate]! += 1;
    if (byte > ((1 << STORABLE_SHIFT) | FATE)) plain = false;
  }
  return {
    acknowledged: counts[Fate.acknowledged]!,
    rejected: counts[Fate.rejected]!,
    maybe: counts[Fate.maybe]! + counts[Fate.sent]!,
    plain,
    positions: columnDigest(page.words[0]!),
  };
}

/** Why a record is out of order, for the first few. */
export interface ReorderedRecord {
  readonly counter: number;
  readonly shardId: string;
  readonly sequenceNumber: string;
  readonly detail: string;
}

/** Records that were promised to come after one of their key in another shard; only lineage can tell whether they do. */
export interface Crossing {
  readonly from: string;
  readonly to: string;
  readonly count: number;
  /** The first of them. */
  readonly counters: readonly number[];
  readonly first: ReorderedRecord;
}

/** One sending agent's side. */
export class SentHistory {
  readonly dueTimes = new DueTimes();
  readonly places = new PlaceSample();
  readonly #table: PagedTable<SentSummary>;
  readonly #crossings = new Map<string, Crossing & { count: number; readonly counters: number[] }>();
  #ids = new Float64Array(0);
  #idsLength = 0;
  /** Puts whose order was promised (sent after another of the same key was acknowledged, and placed in its shard), kept or broken. */
  promised = 0;
  /** The first of those that were placed before the other one. */
  readonly reorderedFirst: ReorderedRecord[] = [];

  /** @param hotPages pages of 4,096 records in memory at the most */
  constructor(hotPages = HOT_PAGES) {
    this.#table = new PagedTable(new PageStore(sentShape, hotPages), summarize);
  }

  /** Notes an attempt: its record may be stored from now on. */
  sent(counter: number): void {
    const bytes = this.#table.written(counter).bytes[0]!;
    const row = counter % PAGE_ROWS;
    const byte = bytes[row]!;
    const fate = (byte & FATE) === Fate.acknowledged ? Fate.acknowledged : Fate.sent;
    const storable = Math.min(STORABLE_MAX, ((byte >> STORABLE_SHIFT) & STORABLE_MAX) + 1);
    bytes[row] = (byte & REORDERED) | (storable << STORABLE_SHIFT) | fate;
  }

  /**
   * Notes what became of an attempt. One that was refused stored nothing; what was acknowledged once stays so.
   * @param position where an acknowledged record stands
   */
  settled(counter: number, fate: Fate, position = 0): void {
    const page = this.#table.written(counter);
    const bytes = page.bytes[0]!;
    const row = counter % PAGE_ROWS;
    const byte = bytes[row]!;
    let storable = (byte >> STORABLE_SHIFT) & STORABLE_MAX;
    if (fate === Fate.rejected && storable > 0 && storable < STORABLE_MAX) storable -= 1;
    const known = byte & FATE;
    const next = known === Fate.acknowledged ? known : fate === Fate.rejected && storable > 0 ? Fate.maybe : fate;
    bytes[row] = (byte & REORDERED) | (storable << STORABLE_SHIFT) | next;
    if (position !== 0 && known !== Fate.acknowledged) page.words[0]![row] = position;
  }

  /** Notes what tells a record apart that carries no tag. */
  identified(counter: number, id: number): void {
    if (counter >= this.#ids.length) {
      const grown = new Float64Array(Math.max(1024, counter + 1, this.#ids.length * 2));
      grown.set(this.#ids);
      this.#ids = grown;
    }
    this.#ids[counter] = id;
    this.#idsLength = Math.max(this.#idsLength, counter + 1);
  }

  /** Notes that a promise of order was broken for a record that is settled. */
  reordered(counter: number): void {
    const bytes = this.#table.written(counter).bytes[0]!;
    bytes[counter % PAGE_ROWS]! |= REORDERED;
  }

  /** Notes a record that was promised to come after one of its key, and went to another shard than that one. */
  crossed(from: string, record: ReorderedRecord): void {
    const to = record.shardId;
    const known = this.#crossings.get(`${from} ${to}`);
    if (!known) {
      this.#crossings.set(`${from} ${to}`, { from, to, count: 1, counters: [record.counter], first: record });
      return;
    }
    known.count += 1;
    if (known.counters.length < CROSSINGS_KEPT) known.counters.push(record.counter);
  }

  /** For another thread: plain data that `structuredClone` takes. */
  export(): SentExport {
    return {
      table: this.#table.export(),
      ids: this.#ids.slice(0, this.#idsLength),
      dueTimes: this.dueTimes.export(),
      places: this.places.export(),
      promised: this.promised,
      reorderedFirst: this.reorderedFirst,
      crossings: [...this.#crossings.values()],
    };
  }
}

export interface SentExport {
  readonly table: TableExport<SentSummary>;
  /** What tells each record apart, by counter; 0 (or beyond the end) where a tag does. */
  readonly ids: Float64Array<ArrayBuffer>;
  readonly dueTimes: DueTimesExport;
  /** Where some of the acknowledged stand, by counter. */
  readonly places: ReadonlyMap<number, KnownPlace>;
  readonly promised: number;
  readonly reorderedFirst: readonly ReorderedRecord[];
  readonly crossings: readonly Crossing[];
}

/** Notes of which some records are left out, as if they had never been sent. */
export function leavingOut(sent: SentExport, counters: readonly number[]): SentExport {
  const view = new TableView<SentSummary>(sentShape, sent.table);
  const changed = new Map<number, Page>();
  for (const counter of counters) {
    const index = Math.floor(counter / PAGE_ROWS);
    let page = changed.get(index);
    if (!page) changed.set(index, (page = new Page(sentShape, view.page(index).block.slice())));
    page.bytes[0]![counter % PAGE_ROWS] = 0;
    page.words[0]![counter % PAGE_ROWS] = 0;
  }
  const pages = sent.table.pages.map((each) => {
    const page = changed.get(each.index);
    return page ? { ...each, summary: summarize(page), block: page.block } : each;
  });
  const left = new Set(counters);
  const crossings = sent.crossings.map((crossing) => {
    const kept = crossing.counters.filter((counter) => !left.has(counter));
    return { ...crossing, counters: kept, count: crossing.count - (crossing.counters.length - kept.length) };
  });
  return { ...sent, table: { ...sent.table, pages }, crossings: crossings.filter(({ count }) => count > 0) };
}
