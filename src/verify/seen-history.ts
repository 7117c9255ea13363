/**
 * What one reader saw of one producer's records, by the producer's counter: the first place and content of each, and what the
 * reader holds against it; 10 bytes a record in a paged table, of which a small part is in memory.
 */
import { columnDigest, type ColumnDigest } from './digest.ts';
import { type Page, PAGE_ROWS, PagedTable, type PageShape, PageStore, type TableExport } from './page-store.ts';

/** What a reader may hold against a record, a bit each: a record counts once however often it was met. */
export const Mark = { changed: 0x10, reordered: 0x20, misplaced: 0x40 } as const;
export type Mark = (typeof Mark)[keyof typeof Mark];

/** The low bits of a mark: copies of the record beyond the first. */
const COPIES = 0x0f;

/** Consumers for which the sweep notes whether a record lies between two that they read; of more it is not known. */
export const REACH_BITS = 8;

export const seenShape: PageShape = { words: 2, bytes: 2 };

/** Pages that one reader keeps in memory, for all producers together: a million records. */
const HOT_PAGES = 256;

/** One page of records in a few numbers. */
export interface SeenSummary {
  readonly seen: number;
  /** All marks of the page together. */
  readonly marks: number;
  readonly positions: ColumnDigest;
  readonly contents: ColumnDigest;
}

/** What one row of a page of `SeenHistory` says; a position of 0: it was not seen. */
export function seenRow(page: Page, row: number) {
  const marks = page.bytes[0]![row]!;
  return {
    position: page.words[0]![row]!,
    content: page.words[1]![row]!,
    /** Places it was read at beyond the first. */
    copies: marks & COPIES,
    changed: (marks & Mark.changed) !== 0,
    reordered: (marks & Mark.reordered) !== 0,
    /** It stands in another partition than its own. */
    misplaced: (marks & Mark.misplaced) !== 0,
    /** A bit for each of the first consumers: it read a record before and one after this one. */
    reach: page.bytes[1]![row]!,
  };
}

function summarize(page: Page): SeenSummary {
  const [positions, contents] = page.words as [Uint32Array, Uint32Array];
  let seen = 0;
  let marks = 0;
  for (let row = 0; row < PAGE_ROWS; row += 1) {
    if (positions[row] !== 0) seen += 1;
    marks |= page.bytes[0]![row]!;
  }
  return { seen, marks, positions: columnDigest(positions), contents: columnDigest(contents) };
}

/** The memory that the histories of one reader share. */
export function seenStore(hotPages = HOT_PAGES): PageStore<SeenSummary> {
  return new PageStore(seenShape, hotPages);
}

export class SeenHistory {
  readonly #table: PagedTable<SeenSummary>;
  distinct = 0;

  constructor(store: PageStore<SeenSummary>) {
    this.#table = new PagedTable(store, summarize);
  }

  /**
   * Notes a record; tells whether it was new, one of those it was read as before, another copy, or the same one with other
   * content.
   * @param beyond it stands behind everything this reader had read of the shard: it cannot have been read before
   */
  see(
    counter: number,
    position: number,
    content: number,
    beyond: boolean,
    reach = 0,
  ): 'new' | 'again' | 'copy' | 'changed' {
    const page = this.#table.page(counter);
    const row = counter % PAGE_ROWS;
    const before = page.words[0]![row]!;
    if (before === 0) {
      this.#table.written(counter);
      page.words[0]![row] = position;
      page.words[1]![row] = content;
      page.bytes[1]![row] = reach;
      this.distinct += 1;
      return 'new';
    }
    if (before !== position) {
      const marks = page.bytes[0]![row]!;
      // Of copies only the first place is kept: what lies behind the reader is taken for one of those it has read.
      if (!beyond && (marks & COPIES) > 0) return 'again';
      if ((marks & COPIES) < COPIES) this.#table.written(counter).bytes[0]![row] = marks + 1;
      return 'copy';
    }
    if (page.words[1]![row] === content) return 'again';
    this.mark(counter, Mark.changed);
    return 'changed';
  }

  has(counter: number): boolean {
    return this.#table.page(counter).words[0]![counter % PAGE_ROWS] !== 0;
  }

  mark(counter: number, mark: Mark): void {
    this.#table.written(counter).bytes[0]![counter % PAGE_ROWS]! |= mark;
  }

  export(): SeenExport {
    return { table: this.#table.export(), distinct: this.distinct };
  }
}

export interface SeenExport {
  readonly table: TableExport<SeenSummary>;
  readonly distinct: number;
}
