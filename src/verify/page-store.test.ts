/** Rows that come back from the file are the rows that were written, however little memory there is for them. */
import { fstatSync, ftruncateSync, mkdtempSync, readdirSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Random } from '../random.ts';
import { columnDigest, equalDigests } from './digest.ts';
import { closeFiles, PAGE_ROWS, PagedTable, PageStore, TableView } from './page-store.ts';

const shape = { words: 2, bytes: 1 };
const sums = (page: { words: readonly Uint32Array[] }) => page.words[0]!.reduce((sum, value) => sum + value, 0);

test.each([1, 2, 3, 1000])('with %i pages in memory for four tables, every row is what it was set to', (hotPages) => {
  const random = new Random(hotPages);
  const store = new PageStore<number>(shape, hotPages);
  const tables = Array.from({ length: 4 }, () => ({
    table: new PagedTable(store, sums),
    plain: new Map<number, number>(),
  }));
  for (let step = 0; step < 2000; step += 1) {
    const { table, plain } = tables[random.below(4)]!;
    // Rows far apart and rows next to each other, now and then back to an old page.
    const row = random.below(2) * 9e9 + random.below(6) * PAGE_ROWS + random.below(20);
    expect(table.page(row).words[0]![row % PAGE_ROWS]).toBe(plain.get(row) ?? 0);
    const value = random.uint32();
    const page = table.written(row);
    page.words[0]![row % PAGE_ROWS] = value;
    page.bytes[0]![row % PAGE_ROWS] = value & 0xff;
    plain.set(row, value);
  }
  expect(store.fileBytes === 0).toBe(hotPages === 1000);
  for (const { table, plain } of tables) {
    const view = new TableView(shape, structuredClone(table.export()));
    const indices = [...view.indices];
    expect(indices.length).toBe(new Set([...plain.keys()].map((row) => Math.floor(row / PAGE_ROWS))).size);
    for (const index of indices) expect(view.summary(index)).toBe(sums(view.page(index)));
    for (const [row, value] of plain) {
      const page = view.page(Math.floor(row / PAGE_ROWS));
      expect([page.words[0]![row % PAGE_ROWS], page.bytes[0]![row % PAGE_ROWS]]).toEqual([value, value & 0xff]);
    }
    expect(view.page(999).words[0]!.every((value) => value === 0)).toBe(true);
  }
  const { file } = tables[0]!.table.export();
  closeFiles([file, file, null]);
  if (file !== null) expect(() => fstatSync(file)).toThrow('EBADF');
});

test('memory holds as many pages as were allowed, and the rest lies in a file that has no name', () => {
  const store = new PageStore<number>(shape, 4);
  const table = new PagedTable(store, sums);
  for (let page = 0; page < 100; page += 1) table.written(page * PAGE_ROWS).words[0]![0] = page;
  const { pages, file } = table.export();
  expect(pages.filter(({ block }) => block !== null)).toHaveLength(4);
  expect(store.fileBytes).toBe(96 * 9 * PAGE_ROWS);
  expect(fstatSync(file!).nlink).toBe(0);
  closeFiles([file]);
});

test('when the disk takes nothing, every page stays in memory', () => {
  const { TMPDIR } = process.env;
  process.env.TMPDIR = '/nowhere';
  try {
    const store = new PageStore<number>(shape, 2);
    const table = new PagedTable(store, sums);
    for (let page = 0; page < 10; page += 1) table.written(page * PAGE_ROWS).words[0]![0] = page + 1;
    const view = new TableView(shape, table.export());
    expect(table.export().file).toBeNull();
    expect(Array.from({ length: 10 }, (_, page) => view.page(page).words[0]![0])).toEqual([
      1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
    ]);
  } finally {
    if (TMPDIR === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = TMPDIR;
  }
});

/** Pages that are in memory. */
const hot = (table: PagedTable<number>) =>
  table
    .export()
    .pages.filter(({ block }) => block !== null)
    .map(({ index }) => index);

test('the page that goes is the one not touched since the hand last passed, and the hand goes round', () => {
  const table = new PagedTable(new PageStore<number>(shape, 3), sums);
  const write = (page: number) => (table.written(page * PAGE_ROWS).words[0]![0] = page);
  for (const page of [0, 1, 2, 3]) write(page);
  expect(hot(table)).toEqual([1, 2, 3]);
  expect(table.page(PAGE_ROWS).words[0]![0]).toBe(1);
  write(4);
  expect(hot(table)).toEqual([1, 3, 4]);
  write(5);
  expect(hot(table)).toEqual([3, 4, 5]);
  closeFiles([table.export().file]);
});

test('a page goes to the file once it is written, each time to the same place, and one that was only read never', () => {
  const store = new PageStore<number>(shape, 1);
  const table = new PagedTable(store, sums);
  for (let page = 0; page < 10; page += 1) table.page(page * PAGE_ROWS);
  expect([store.fileBytes, store.file]).toEqual([0, null]);
  for (let round = 1; round <= 3; round += 1)
    for (const page of [0, 1, 2]) table.written(page * PAGE_ROWS).words[0]![0]! += page + round;
  expect(store.fileBytes).toBe(3 * 9 * PAGE_ROWS);
  const view = new TableView(shape, table.export());
  expect([0, 1, 2].map((page) => view.page(page).words[0]![0])).toEqual([6, 9, 12]);
  closeFiles([store.file]);
});

test('the file is its owner’s alone and leaves nothing in the folder; what is cut off in it is not taken for zeros', () => {
  const { TMPDIR } = process.env;
  const folder = mkdtempSync(join(tmpdir(), 'kinebench-test-'));
  process.env.TMPDIR = folder;
  try {
    const table = new PagedTable(new PageStore<number>(shape, 1), sums);
    for (const page of [0, 1, 2]) table.written(page * PAGE_ROWS).words[0]![0] = page + 1;
    const told = table.export();
    expect(fstatSync(told.file!).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual([]);
    ftruncateSync(told.file!, 9 * PAGE_ROWS + 100);
    const view = new TableView(shape, told);
    expect(view.page(0).words[0]![0]).toBe(1);
    expect(() => view.page(1)).toThrow("block 1 of the ledger's file is not whole");
    closeFiles([told.file]);
  } finally {
    if (TMPDIR === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = TMPDIR;
    rmdirSync(folder);
  }
});

test('a page digest depends on the row and the value of each, and on no order', () => {
  const column = (...rows: readonly (readonly [number, number])[]) => {
    const values = new Uint32Array(PAGE_ROWS);
    for (const [row, value] of rows) values[row] = value;
    return columnDigest(values);
  };
  const digest = column([0, 7], [1, 8]);
  expect(equalDigests(digest, column([1, 8], [0, 7]))).toBe(true);
  for (const other of [column([0, 8], [1, 7]), column([0, 7]), column([0, 7], [2, 8]), column([0, 7], [1, 9])]) {
    expect(equalDigests(digest, other)).toBe(false);
  }
  expect(equalDigests({ low: 1, high: 2 }, { low: 1, high: 3 })).toBe(false);
  expect(equalDigests({ low: 1, high: 2 }, { low: 2, high: 2 })).toBe(false);
});
