import { expect, test } from 'vitest';
import { Collector } from './collector.ts';

const item = (deadlineNs: number, bytes = 10) => ({ bytes, deadlineNs });
const limits = { recordsMax: 3, bytesMax: 100 };

test('a batch is ready when it has enough records, at the time the last one came', () => {
  const collector = new Collector(limits);
  for (const atNs of [1, 2, 3]) collector.add(item(1000), atNs);
  collector.add(item(2000), 4);
  expect(collector.take(5)).toMatchObject({ items: { length: 3 }, readyNs: 3 });
  expect(collector.take(5)).toBeNull();
  expect(collector.nextNs).toBe(2000);
});

test('a batch is ready when the next record would not fit', () => {
  const collector = new Collector(limits);
  collector.add(item(1000, 60), 1);
  collector.add(item(1000, 50), 2);
  expect(collector.take(2)).toMatchObject({ items: [{ bytes: 60 }], readyNs: 2 });
  expect(collector.take(2)).toBeNull();
});

test('a batch is ready when its oldest record has lingered, and says so however late it is asked', () => {
  const collector = new Collector(limits);
  collector.add(item(1000), 1);
  collector.add(item(500), 2);
  expect(collector.nextNs).toBe(500);
  expect(collector.take(499)).toBeNull();
  expect(collector.take(700)).toMatchObject({ items: { length: 2 }, readyNs: 500 });
  expect(collector.nextNs).toBe(Infinity);
});

test('batches that wait leave in the order they were filled', () => {
  const collector = new Collector(limits);
  for (let n = 0; n < 7; n += 1) collector.add(item(1000 + n), n);
  expect(collector.take(2000)?.items.map(({ deadlineNs }) => deadlineNs)).toEqual([1000, 1001, 1002]);
  expect(collector.take(2000)?.items.map(({ deadlineNs }) => deadlineNs)).toEqual([1003, 1004, 1005]);
  expect(collector.take(2000)?.items.map(({ deadlineNs }) => deadlineNs)).toEqual([1006]);
});

test('a record larger than a batch leaves alone', () => {
  const collector = new Collector(limits);
  collector.add(item(1000, 500), 1);
  expect(collector.take(1)?.items).toHaveLength(1);
});
