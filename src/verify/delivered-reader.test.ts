/** Objects of a few records: what a reader of them finds. */
import { expect, test } from 'vitest';
import { DeliveredReader } from './delivered-reader.ts';
import { writeTag } from './record-tag.ts';

const run = 'abcdefgh';

function record(counter: number, { producer = 0, bytes = 64 } = {}): Buffer {
  const data = Buffer.alloc(bytes, counter);
  writeTag(data, run, { producer, counter, dueNs: counter * 1000, key: 0 });
  return data;
}

function reader() {
  return new DeliveredReader('sweep', run);
}

test('records one behind the other are told apart by their tags, whatever their sizes', () => {
  const read = reader();
  const due: number[] = [];
  const body = Buffer.concat([record(0), record(1, { bytes: 1000 }), record(2, { bytes: 48 })]);
  expect(read.read('a', body, ({ dueNs }) => due.push(dueNs))).toEqual({
    records: 3,
    outOfOrder: 0,
    recordBytesMax: 1000,
  });
  expect(due).toEqual([0, 1000, 2000]);
  expect(read.distinct).toBe(3);
  expect(read.export()).toMatchObject({ records: 3, foreign: 0, damaged: [], witnesses: [] });
});

test('a record that stands behind a later one of its producer is counted, one of another producer is not', () => {
  const body = Buffer.concat([record(1), record(5, { producer: 1 }), record(0), record(2), record(6, { producer: 1 })]);
  expect(reader().read('a', body).outOfOrder).toBe(1);
});

test('a second copy is a duplicate, in the same object or in another', () => {
  const read = reader();
  read.read('a', Buffer.concat([record(0), record(0), record(1)]));
  read.read('b', record(1));
  expect(read.distinct).toBe(2);
  expect(read.export().witnesses.map(({ anomaly, counter }) => [anomaly, counter])).toEqual([
    ['duplicated', 0],
    ['duplicated', 1],
  ]);
});

test('a changed byte is a damaged record, and those behind it are found all the same', () => {
  const read = reader();
  const damaged = record(1);
  damaged[50]! ^= 1;
  expect(read.read('a', Buffer.concat([record(0), damaged, record(2)])).records).toBe(2);
  const { damaged: places, witnesses } = read.export();
  expect(places).toHaveLength(1);
  expect(witnesses).toMatchObject([{ anomaly: 'changed', producer: '0', counter: 1 }]);
});

test('a record that is cut off at the end, and a length that leads beyond it', () => {
  for (const cut of [10, 30, 40, 60]) {
    const read = reader();
    expect(read.read('a', Buffer.concat([record(0), record(1).subarray(0, cut)])).records).toBe(1);
    expect(read.export().damaged.length + read.export().foreign).toBe(1);
  }
});

test('bytes that nobody put are foreign, a piece each', () => {
  const read = reader();
  read.read('a', Buffer.concat([Buffer.from('x'), record(0), Buffer.from('\n'), record(1), Buffer.from('\n')]));
  read.read('b', Buffer.from('nothing of ours'));
  read.read('c', Buffer.alloc(0));
  expect(read.export()).toMatchObject({ foreign: 4, records: 2 });
});

test('records of another machine are not judged here', () => {
  const read = new DeliveredReader('sweep', run, (producer) => producer === 0);
  read.read('a', Buffer.concat([record(0), record(0, { producer: 1 })]));
  expect(read.export()).toMatchObject({ elsewhere: 1, records: 2 });
  expect(read.distinct).toBe(1);
});
