/** Objects of a few records: what a reader of them finds. */
import { expect, test } from 'vitest';
import { DeliveredReader } from './delivered-reader.ts';
import { deliveredPlace, positionDigest } from './digest.ts';
import { TableView } from './page-store.ts';
import { writeTag } from './record-tag.ts';
import { type SeenExport, seenRow, seenShape } from './seen-history.ts';
import { openTag, sealTag } from './text-tag.ts';

const run = 'abcdefgh';

function record(counter: number, { producer = 0, bytes = 64 } = {}): Buffer {
  const data = Buffer.alloc(bytes, counter);
  writeTag(data, run, { producer, counter, dueNs: counter * 1000, key: 0 });
  return data;
}

/** A text that was put, and one that was made of it, with its tag and other words. */
function text(counter: number, { producer = 0, words = 'as put' } = {}): { put: Buffer; made: Buffer } {
  const open = openTag(run, { producer, counter, dueNs: counter * 1000, key: 0 });
  const put = Buffer.from(`{"id":"${open}","words":"${words}"}`);
  sealTag(put, open);
  return { put, made: Buffer.from(put.toString().replace('words', 'w')) };
}

function reader() {
  return new DeliveredReader('sweep', run);
}

test('records one behind the other are told apart by their tags, whatever their sizes', () => {
  const read = reader();
  const due: number[] = [];
  const body = Buffer.concat([record(0), record(1, { bytes: 1000 }), record(2, { bytes: 48 })]);
  expect(read.read('a', body, (tag) => due.push(tag!.dueNs))).toEqual({
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

test('of what is damaged as much is told as is there: nothing, its producer, or its number, too', () => {
  const told = (bytes: number) => {
    const read = reader();
    read.read('a', record(7, { producer: 3 }).subarray(0, bytes));
    const { witnesses, damaged } = read.export();
    return { ...witnesses[0], place: damaged[0] };
  };
  const detail = 'sweep read data in a that fails its own checksum';
  const common = { anomaly: 'changed', shardId: null, sequenceNumber: null, detail };
  const somewhere = positionDigest('a', '0');
  for (const bytes of [12, 15])
    expect(told(bytes)).toEqual({ ...common, producer: '?', counter: -1, place: somewhere });
  for (const bytes of [16, 23])
    expect(told(bytes)).toEqual({ ...common, producer: '3', counter: -1, place: somewhere });
  for (const bytes of [24, 40])
    expect(told(bytes)).toEqual({ ...common, producer: '3', counter: 7, place: deliveredPlace(3, 7) });
  const first = record(0);
  first[50]! ^= 1;
  const firstRead = reader();
  firstRead.read('b', first);
  expect(firstRead.export().damaged).toEqual([deliveredPlace(0, 0)]);
  const read = reader();
  const nonsense = record(0);
  nonsense.writeDoubleBE(-5, 16);
  read.read('b', nonsense);
  expect(read.export().damaged).toEqual([positionDigest('b', '0')]);
});

test('five witnesses of a class are kept, and what is not of objects is empty', () => {
  const read = reader();
  for (let object = 0; object < 7; object += 1)
    read.read(`object-${object}`, Buffer.concat([record(0), record(0).fill(1, 48)]));
  const { witnesses, reaches, redelivered, neighbours, strayed } = read.export();
  expect({ reaches, redelivered, neighbours, strayed }).toEqual({
    reaches: [],
    redelivered: 0,
    neighbours: 0,
    strayed: 0,
  });
  const details = (anomaly: string) => witnesses.filter((each) => each.anomaly === anomaly).map((each) => each.detail);
  expect(details('duplicated')).toEqual([1, 2, 3, 4, 5].map((at) => `sweep found another copy in object-${at}`));
  expect(details('changed')).toHaveLength(5);
});

test('a line feed behind each record is no stray where they are delimited, and one that is missing is', () => {
  const read = reader();
  const body = Buffer.concat([record(0), Buffer.from('\n'), record(1), record(2), Buffer.from('\n')]);
  expect(read.read('a', body, undefined, true)).toMatchObject({ records: 3, outOfOrder: 0 });
  expect(read.export()).toMatchObject({ foreign: 1, records: 3, damaged: [] });
});

test('every tag of the run begins with its mark', () => {
  expect(reader().mark).toBe('kbt1abcdefgh');
  for (const data of [record(3), text(3).put]) expect(data.includes(reader().mark)).toBe(true);
});

test('texts are told apart by the tags in them, and nobody’s are foreign like what lies between', () => {
  const read = reader();
  const each: unknown[] = [];
  const texts = [text(4), text(2), text(2), text(1, { producer: 7 })].map(({ made }, at) => ({
    at,
    data: made,
    original: null,
  }));
  const stray = { at: 9, data: Buffer.from('{"id":"nobody"}'), original: null };
  const found = read.readTexts('a', [stray, ...texts], 2, (tag, bytes, fresh) =>
    each.push([tag!.producer, tag!.counter, tag!.dueNs, bytes, fresh]),
  );
  const bytes = text(4).made.length;
  expect(found).toEqual({ records: 4, outOfOrder: 2, recordBytesMax: bytes });
  expect(each).toEqual([
    [0, 4, 4000, bytes, true],
    [0, 2, 2000, bytes, true],
    [0, 2, 2000, bytes, false],
    [7, 1, 1000, bytes, true],
  ]);
  expect(read.distinct).toBe(3);
  const { records, foreign, damaged, witnesses } = read.export();
  expect({ records, foreign, damaged }).toEqual({ records: 4, foreign: 3, damaged: [] });
  expect(witnesses.map(({ anomaly, counter }) => [anomaly, counter])).toEqual([['duplicated', 2]]);
});

test('where the text that was put is known, it is the record: its bytes count, and its checksum must hold', () => {
  const read = reader();
  const sizes: number[] = [];
  const { put, made } = text(5);
  const other = text(6);
  const changed = Buffer.from(other.put.toString().replace('as put', 'as cut'));
  const texts = [
    { at: 0, data: other.made, original: changed },
    { at: 99, data: made, original: put },
  ];
  expect(read.readTexts('a', texts, 0, (_, bytes) => sizes.push(bytes))).toMatchObject({
    records: 1,
    recordBytesMax: put.length,
  });
  expect(sizes).toEqual([put.length]);
  expect(read.distinct).toBe(1);
  const { records, damaged, witnesses } = read.export();
  expect({ records, damaged }).toEqual({ records: 2, damaged: [deliveredPlace(0, 6)] });
  expect(witnesses).toMatchObject([
    { anomaly: 'changed', producer: '0', counter: 6, detail: 'sweep read data in a that fails its own checksum' },
  ]);
});

test('a text that is there as it was put, and of which nothing was made, is changed and not lost', () => {
  const read = reader();
  const { put } = text(5);
  read.readTexts('a', [{ at: 0, data: put, original: Buffer.from('{"id":""}') }], 0);
  expect(read.distinct).toBe(1);
  const [[, { table }]] = read.export().seen as [[number, SeenExport]];
  expect(seenRow(new TableView(seenShape, table).page(0), 5)).toMatchObject({ changed: true, copies: 0 });
  expect(read.export()).toMatchObject({
    records: 1,
    damaged: [],
    witnesses: [
      { anomaly: 'changed', producer: '0', counter: 5, detail: 'sweep read data in a that was not processed' },
    ],
  });
});

test('a tag that is cut off is nobody’s, whatever the text was that was put', () => {
  const { put } = text(5);
  for (const original of [null, put]) {
    const read = reader();
    read.readTexts(
      'a',
      [
        { at: 3, data: put.subarray(0, 24), original },
        { at: 27, data: put, original: null },
      ],
      0,
    );
    expect(read.distinct).toBe(1);
    const { damaged, witnesses } = read.export();
    expect(damaged).toEqual([positionDigest('a', '3')]);
    expect(witnesses).toMatchObject([
      { producer: '?', counter: -1, detail: 'sweep read data in a that fails its own checksum' },
    ]);
  }
});
