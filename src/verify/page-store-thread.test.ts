/** A table outlives the thread that filled it. Not shown to mutants: in a pool of threads every thread inherits that its files are closed with it. */
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { closeFiles, type TableExport, TableView } from './page-store.ts';

const shape = { words: 2, bytes: 1 };

/** A thread that fills ten pages, keeps two, hands the table over and ends. */
async function tableOfThread(options: { readonly trackUnmanagedFds: boolean }): Promise<TableExport<number>> {
  const code = `
    import { parentPort } from 'node:worker_threads';
    import { PAGE_ROWS, PagedTable, PageStore } from ${JSON.stringify(new URL('./page-store.ts', import.meta.url))};
    const table = new PagedTable(new PageStore(${JSON.stringify(shape)}, 2), () => 0);
    for (let page = 0; page < 10; page += 1) table.written(page * PAGE_ROWS).words[0][0] = page + 1;
    parentPort.postMessage(table.export());`;
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(code)}`), options);
  const [table] = await Promise.all([
    new Promise<TableExport<number>>((resolve, reject) => worker.on('message', resolve).on('error', reject)),
    new Promise((resolve) => worker.on('exit', resolve)),
  ]);
  return table;
}

test('a table of a thread that has ended can be read, if the thread does not close its files', async () => {
  const table = await tableOfThread({ trackUnmanagedFds: false });
  const view = new TableView(shape, table);
  expect(Array.from({ length: 10 }, (_, page) => view.page(page).words[0]![0])).toEqual([
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
  ]);
  closeFiles([table.file]);
  const closed = new TableView(shape, await tableOfThread({ trackUnmanagedFds: true }));
  expect(() => closed.page(0)).toThrow();
});
