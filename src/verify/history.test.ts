/** Rows at the ends of their range, which random histories do not reach. */
import { expect, test } from 'vitest';
import { Fate, leavingOut, SentHistory, sentRow, sentShape } from './history.ts';
import { PAGE_ROWS, TableView } from './page-store.ts';
import { REACH_BITS, SeenHistory, seenRow, seenShape, seenStore } from './seen-history.ts';

const rowOf = (sent: SentHistory, counter: number) =>
  sentRow(new TableView(sentShape, sent.export().table).page(Math.floor(counter / PAGE_ROWS)), counter % PAGE_ROWS);

test('fifteen attempts that may have stored a record stand for more, and a refusal takes none of them away', () => {
  const sent = new SentHistory();
  for (let attempt = 1; attempt <= 16; attempt += 1) {
    sent.sent(0);
    sent.settled(0, Fate.maybe);
    expect(rowOf(sent, 0).storable).toBe(Math.min(15, attempt));
  }
  sent.sent(0);
  sent.settled(0, Fate.rejected);
  expect(rowOf(sent, 0)).toEqual({ fate: Fate.maybe, storable: 15, reordered: false, position: 0 });
});

test('what was acknowledged stays so, where it was first placed, whatever becomes of a later attempt', () => {
  const sent = new SentHistory();
  sent.sent(3);
  sent.settled(3, Fate.acknowledged, 77);
  sent.reordered(3);
  sent.sent(3);
  expect(rowOf(sent, 3)).toEqual({ fate: Fate.acknowledged, storable: 2, reordered: true, position: 77 });
  sent.settled(3, Fate.acknowledged, 88);
  sent.sent(3);
  sent.settled(3, Fate.rejected);
  expect(rowOf(sent, 3)).toEqual({ fate: Fate.acknowledged, storable: 2, reordered: true, position: 77 });
});

test('a refusal of what was never sent takes nothing away', () => {
  const sent = new SentHistory();
  sent.settled(0, Fate.rejected);
  expect(rowOf(sent, 0)).toMatchObject({ fate: Fate.rejected, storable: 0 });
});

test('numbers of records without a tag lie at their counters, 0 where there is none, in any order', () => {
  const sent = new SentHistory();
  expect(sent.export().ids).toHaveLength(0);
  sent.identified(2, 22);
  expect([...sent.export().ids]).toEqual([0, 0, 22]);
  sent.identified(5000, 55);
  sent.identified(1024, 24);
  const { ids } = sent.export();
  expect(ids).toHaveLength(5001);
  expect([ids[0], ids[2], ids[1024], ids[5000]]).toEqual([0, 22, 24, 55]);
});

test('crossings are kept by name for the first 4,096 of a pair of shards, and counted beyond', () => {
  const sent = new SentHistory();
  const record = (counter: number, shardId = 'b') => ({
    counter,
    shardId,
    sequenceNumber: String(counter),
    detail: 'd',
  });
  for (let counter = 0; counter < 4100; counter += 1) sent.crossed('a', record(counter));
  sent.crossed('a', record(1, 'c'));
  const [ab, ac, ...none] = sent.export().crossings;
  expect(none).toEqual([]);
  expect(ab).toMatchObject({ from: 'a', to: 'b', count: 4100, first: record(0) });
  expect([ab!.counters.length, ab!.counters.at(-1)]).toEqual([4096, 4095]);
  expect(ac).toEqual({ from: 'a', to: 'c', count: 1, counters: [1], first: record(1, 'c') });
});

test('without some of its records a history keeps the others, and what was counted beyond names', () => {
  const sent = new SentHistory();
  for (let counter = 0; counter < 3; counter += 1) {
    sent.sent(counter);
    sent.settled(counter, Fate.acknowledged, 10 + counter);
  }
  for (let at = 0; at < 4100; at += 1)
    sent.crossed('a', { counter: at < 2 ? at : 2, shardId: 'b', sequenceNumber: '1', detail: '' });
  const left = leavingOut(sent.export(), [1, PAGE_ROWS + 1]);
  const page = new TableView(sentShape, left.table).page(0);
  expect([0, 1, 2].map((row) => sentRow(page, row).position)).toEqual([10, 0, 12]);
  expect(left.table.pages).toHaveLength(1);
  expect(left.table.pages[0]!.summary).toMatchObject({ acknowledged: 2, rejected: 0, maybe: 0, plain: true });
  expect(left.crossings).toMatchObject([{ count: 4099 }]);
  expect(left.crossings[0]!.counters).not.toContain(1);
});

test('fifteen copies beyond the first stand for more', () => {
  const seen = new SeenHistory(seenStore(1));
  for (let place = 1; place <= 20; place += 1) {
    seen.see(0, place, 1, true);
    const row = seenRow(new TableView(seenShape, seen.export().table).page(0), 0);
    expect(row).toMatchObject({ copies: Math.min(15, place - 1), changed: false, reordered: false });
  }
  expect(REACH_BITS).toBe(8);
});

test('the history itself keeps what is left out of its copy, and a crossing goes with the last of its records', () => {
  const sent = new SentHistory();
  for (const counter of [0, 1, 2]) {
    sent.sent(counter);
    sent.settled(counter, Fate.acknowledged, 10 + counter);
  }
  for (const [counter, shardId] of [
    [1, 'b'],
    [2, 'c'],
  ] as const)
    sent.crossed('a', { counter, shardId, sequenceNumber: '1', detail: '' });
  const told = sent.export();
  const left = leavingOut(told, [1]);
  expect(left.crossings.map(({ to }) => to)).toEqual(['c']);
  const positions = ({ table }: typeof told) =>
    [0, 1, 2].map((row) => sentRow(new TableView(sentShape, table).page(0), row).position);
  expect([positions(left), positions(told)]).toEqual([
    [10, 0, 12],
    [10, 11, 12],
  ]);
});
