/**
 * Rows of a few bytes each, by number, for more rows than memory should hold: pages of 4,096 rows, of which a fixed number
 * stays in memory. The page that was not touched for longest goes to a file without a name, and comes back when it is asked
 * for. What stays in memory of a page that went is its summary: enough to settle it unread where nothing is wrong with it.
 *
 * The trade-off: a run needs disk instead of memory (5 bytes a record for its producer, 10 for each reader), written once in
 * blocks of 20 or 40 KiB, and a run of ordinary size none at all. When the disk takes no more, pages stay in memory: slower
 * to die is better than a ledger with holes.
 */
import { closeSync, mkdtempSync, openSync, readSync, rmdirSync, unlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const PAGE_ROWS = 4096;

/** Columns of a page: of 32 bits and of 8 bits. */
export interface PageShape {
  readonly words: number;
  readonly bytes: number;
}

/** The columns of one page; a row that was never written is 0 in each. */
export class Page {
  readonly block: Uint8Array<ArrayBuffer>;
  readonly words: readonly Uint32Array<ArrayBuffer>[];
  readonly bytes: readonly Uint8Array<ArrayBuffer>[];

  constructor(shape: PageShape, block = new Uint8Array(PAGE_ROWS * (4 * shape.words + shape.bytes))) {
    this.block = block;
    const at = (column: number) => block.byteOffset + PAGE_ROWS * column;
    this.words = Array.from(
      { length: shape.words },
      (_, column) => new Uint32Array(block.buffer, at(4 * column), PAGE_ROWS),
    );
    this.bytes = Array.from(
      { length: shape.bytes },
      (_, column) => new Uint8Array(block.buffer, at(4 * shape.words + column), PAGE_ROWS),
    );
  }
}

/** One page of one table, in memory or in the file. */
interface Entry<S> {
  readonly index: number;
  readonly summarize: (page: Page) => S;
  page: Page | undefined;
  /** Touched since the hand last passed. */
  used: boolean;
  /** Written since it was last in the file. */
  dirty: boolean;
  /** Number of its block in the file; -1: it was never there. */
  slot: number;
  /** Of the page as it stands in the file. */
  summary: S | undefined;
}

/** The pages that several tables keep in memory together, and the file behind them. */
export class PageStore<S> {
  readonly shape: PageShape;
  readonly #hotMax: number;
  readonly #hot: Entry<S>[] = [];
  #hand = 0;
  #file: number | undefined;
  #slots = 0;
  #refused = false;

  /** @param hotMax pages that stay in memory at the most */
  constructor(shape: PageShape, hotMax: number) {
    this.shape = shape;
    this.#hotMax = hotMax;
  }

  /** Descriptor of the file; null when every page is in memory. It belongs to the process, whichever thread opened it. */
  get file(): number | null {
    return this.#file ?? null;
  }

  /** Bytes that were written to the file and are the ledger's now. */
  get fileBytes(): number {
    return this.#slots * this.#blockBytes;
  }

  get #blockBytes(): number {
    return PAGE_ROWS * (4 * this.shape.words + this.shape.bytes);
  }

  /** Brings a page into memory. */
  load(entry: Entry<S>): Page {
    const room = this.#hot.length >= this.#hotMax ? this.#evict() : undefined;
    const page = new Page(this.shape, room?.block);
    if (entry.slot === -1) room?.block.fill(0);
    else readBlock(this.#file!, entry.slot, page.block);
    entry.page = page;
    entry.dirty = false;
    if (room) this.#hot[room.place] = entry;
    else this.#hot.push(entry);
    return page;
  }

  /** Makes room: gives the block and the place of the page that went, or nothing when the disk refuses it. */
  #evict(): { block: Uint8Array<ArrayBuffer>; place: number } | undefined {
    if (this.#refused) return undefined;
    while (this.#hot[this.#hand]!.used) {
      this.#hot[this.#hand]!.used = false;
      this.#hand = (this.#hand + 1) % this.#hot.length;
    }
    const place = this.#hand;
    const entry = this.#hot[place]!;
    const { block } = entry.page!;
    if (entry.dirty) {
      try {
        this.#file ??= openNameless();
        const slot = entry.slot === -1 ? this.#slots : entry.slot;
        writeBlock(this.#file, slot, block);
        if (entry.slot === -1) this.#slots += 1;
        entry.slot = slot;
      } catch {
        this.#refused = true;
        return undefined;
      }
      entry.summary = entry.summarize(entry.page!);
    }
    entry.page = undefined;
    this.#hand = (this.#hand + 1) % this.#hot.length;
    return { block, place };
  }
}

/** One page as it is handed over: in the file, or with its bytes. */
interface PageExport<S> {
  readonly index: number;
  readonly summary: S;
  readonly slot: number;
  readonly block: Uint8Array<ArrayBuffer> | null;
}

/** A table as plain data that `structuredClone` takes; the file goes along as its descriptor. */
export interface TableExport<S> {
  readonly pages: readonly PageExport<S>[];
  readonly file: number | null;
}

/** The rows of one history. */
export class PagedTable<S> {
  readonly #store: PageStore<S>;
  readonly #summarize: (page: Page) => S;
  readonly #entries = new Map<number, Entry<S>>();
  #last: Entry<S> | undefined;

  /** @param summarize what is kept in memory of a page that is in the file */
  constructor(store: PageStore<S>, summarize: (page: Page) => S) {
    this.#store = store;
    this.#summarize = summarize;
  }

  /** The page of a row, to be read at once. */
  page(row: number): Page {
    const entry = this.#entry(Math.floor(row / PAGE_ROWS));
    entry.used = true;
    return entry.page ?? this.#store.load(entry);
  }

  /** The page of a row, to be written at once. */
  written(row: number): Page {
    const page = this.page(row);
    this.#last!.dirty = true;
    return page;
  }

  export(): TableExport<S> {
    const pages = [...this.#entries.values()].map(({ index, page, slot, summary }) =>
      page
        ? { index, summary: this.#summarize(page), slot, block: page.block }
        : { index, summary: summary!, slot, block: null },
    );
    return { pages, file: this.#store.file };
  }

  #entry(index: number): Entry<S> {
    if (this.#last?.index === index) return this.#last;
    let entry = this.#entries.get(index);
    if (!entry) {
      const none = { page: undefined, summary: undefined };
      entry = { index, summarize: this.#summarize, used: false, dirty: false, slot: -1, ...none };
      this.#entries.set(index, entry);
    }
    return (this.#last = entry);
  }
}

/** A table that was handed over, to be read page by page. */
export class TableView<S> {
  readonly #shape: PageShape;
  readonly #file: number | null;
  readonly #pages: ReadonlyMap<number, PageExport<S>>;
  readonly #blank: Page;
  #room: Page | undefined;

  constructor(shape: PageShape, data: TableExport<S> | undefined) {
    this.#shape = shape;
    this.#file = data?.file ?? null;
    this.#pages = new Map(data?.pages.map((page) => [page.index, page]));
    this.#blank = new Page(shape);
  }

  /** Numbers of the pages there are. */
  get indices(): Iterable<number> {
    return this.#pages.keys();
  }

  /** undefined for a page that was never written. */
  summary(index: number): S | undefined {
    return this.#pages.get(index)?.summary;
  }

  /** A page, blank if it was never written; it holds until the next one of this table is asked for. */
  page(index: number): Page {
    const found = this.#pages.get(index);
    if (!found) return this.#blank;
    if (found.block) return new Page(this.#shape, found.block);
    this.#room ??= new Page(this.#shape);
    readBlock(this.#file!, found.slot, this.#room.block);
    return this.#room;
  }
}

/** Gives the disk behind tables back. They cannot be read after it. */
export function closeFiles(files: Iterable<number | null>): void {
  for (const file of new Set(files)) if (file !== null) closeSync(file);
}

/** A file that is gone when the process is, however it ends. */
function openNameless(): number {
  const folder = mkdtempSync(join(tmpdir(), 'kinebench-ledger-'));
  const path = join(folder, 'pages');
  const file = openSync(path, 'wx+', 0o600);
  unlinkSync(path);
  rmdirSync(folder);
  return file;
}

function writeBlock(file: number, slot: number, block: Uint8Array): void {
  for (let at = 0; at < block.length;) at += writeSync(file, block, at, block.length - at, slot * block.length + at);
}

function readBlock(file: number, slot: number, block: Uint8Array): void {
  for (let at = 0; at < block.length;) {
    const read = readSync(file, block, at, block.length - at, slot * block.length + at);
    if (read === 0) throw new Error(`block ${slot} of the ledger's file is not whole`);
    at += read;
  }
}
