/** Objects of a few records: what a reader of them finds. */
import { expect, test } from 'vitest';
import { DeliveredReader, type OnDelivered } from './delivered-reader.ts';
import { deliveredPlace, positionDigest } from './digest.ts';
import { TableView } from './page-store.ts';
import { type RecordTag, writeTag } from './record-tag.ts';
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
  expect(read.read('a', body, (tag) => due.push((tag as RecordTag).dueNs))).toEqual({
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
  for (const counter of [-5, 1.5]) {
    const nonsense = record(0);
    nonsense.writeDoubleBE(counter, 16);
    read.read('b', nonsense);
  }
  expect(read.export().damaged).toEqual([positionDigest('b', '0'), positionDigest('b', '0')]);
  expect(read.export().witnesses).toMatchObject([{ counter: -1 }, { counter: -1 }]);
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
  const found = read.readTexts('a', [stray, ...texts], 2, (tag, bytes, fresh) => {
    const { producer, counter, dueNs } = tag as RecordTag;
    each.push([producer, counter, dueNs, bytes, fresh]);
  });
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
  const each: unknown[] = [];
  const told: OnDelivered = (tag, bytes, fresh) => each.push([(tag as RecordTag).counter, bytes, fresh]);
  read.readTexts('a', [{ at: 0, data: put, original: Buffer.from('{"id":""}') }], 0, told);
  expect(each).toEqual([[5, put.length, true]]);
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

/** What a reader noted of a producer's record. */
function rowOf(read: DeliveredReader, counter: number) {
  const [[, { table }]] = read.export().seen as [[number, SeenExport]];
  return seenRow(new TableView(seenShape, table).page(0), counter);
}

test('a record that stands in another partition is held against its producer, one that does not tell is not', () => {
  const read = reader();
  const texts = [false, true, null, undefined].map((placed, at) => ({
    at,
    data: text(at).made,
    original: null,
    placed,
  }));
  read.readTexts('red/a', texts, 0);
  expect([0, 1, 2, 3].map((counter) => rowOf(read, counter).misplaced)).toEqual([true, false, false, false]);
  const { partitions, witnesses } = read.export();
  expect(partitions).toEqual({ told: 2, untold: 1 });
  expect(witnesses).toMatchObject([
    { anomaly: 'misplaced', counter: 0, detail: 'sweep read it in red/a, which is not its partition' },
  ]);
});

test('what is wrong with a record of another machine is told there', () => {
  const read = new DeliveredReader('sweep', run, () => false);
  const { put, made } = text(5);
  const unprocessed = { at: 9, data: put, original: Buffer.from('{}') };
  read.readTexts('a', [{ at: 0, data: made, original: null, placed: false }, unprocessed], 0);
  expect(read.export()).toMatchObject({ elsewhere: 2, witnesses: [], seen: [] });
});

test('a record that was written over is seen once, one that stands twice is a copy', () => {
  for (const rewritten of [true, false]) {
    const read = reader();
    const tagged = { at: 0, data: text(5).made, original: null, rewritten };
    const told = { at: 1, data: Buffer.from('{"n":7}'), original: null, id: 70, rewritten };
    read.readTexts('a', [tagged, told], 0);
    read.readTexts('b', [tagged, told], 0);
    expect(read.distinct).toBe(2);
    expect([rowOf(read, 5).copies, read.export().unnamed.ids.length - 1]).toEqual(rewritten ? [0, 0] : [1, 1]);
  }
});

/** What is noted beside the number of a delivered record: in its own partition, or in another. */
const IN_PLACE = 0x300;
const IN_ANOTHER = 0x700;

test('a record without a tag is told by its field: counted, its size known, and new once', () => {
  const read = reader();
  const each: unknown[] = [];
  const texts = ['{"n":1}', '{"n":22}', '{"n":1}'].map((json, at) => ({
    at,
    data: Buffer.from(json),
    original: null,
    id: json.length,
    placed: at !== 0,
  }));
  const tagged = { at: 9, data: text(5).made, original: null, id: 70 };
  const found = read.readTexts('a', [...texts, tagged], 0, (tag, bytes, fresh) =>
    each.push([typeof tag === 'number' ? -tag : tag.counter, bytes, fresh]),
  );
  const bytes = text(5).made.length;
  expect(found).toEqual({ records: 4, outOfOrder: 0, recordBytesMax: bytes });
  expect(each).toEqual([
    [-7, 7, true],
    [-8, 8, true],
    [-7, 7, false],
    [5, bytes, true],
  ]);
  expect(read.distinct).toBe(3);
  expect(read.readTexts('b', [texts[1]!, texts[0]!], 0)).toMatchObject({ recordBytesMax: 8 });
  const { records, unnamed: notes } = read.export();
  expect(records).toBe(6);
  expect([...notes.ids]).toEqual([7, 8, 7, 8, 7]);
  expect([...notes.marks]).toEqual([IN_ANOTHER, IN_PLACE, IN_PLACE, IN_PLACE, IN_ANOTHER]);
});

test('whether a record was seen', () => {
  const read = reader();
  read.read('a', record(1));
  for (const [producer, counter, seen] of [
    [0, 1, true],
    [0, 2, false],
    [1, 1, false],
  ] as const)
    expect(read.has({ producer, counter })).toBe(seen);
  read.readTexts('b', [{ at: 0, data: Buffer.from('{"n":1}'), original: null, id: 70 }], 0);
  expect([70, 1].map((id) => read.has(id))).toEqual([true, false]);
});

test('what was not delivered is told by the text that its tag is of, by its field, or by what it says it is', () => {
  const read = reader();
  const each: unknown[] = [];
  const { put, made } = text(5);
  const failed = (at: number, texts: readonly Buffer[], more: { certain?: boolean; id?: number } = {}) => ({
    at,
    texts,
    certain: true,
    why: 'it was down',
    ...more,
  });
  const damaged = record(3);
  damaged[50]! ^= 1;
  const records = [
    failed(0, [made, put]),
    failed(1, [put]),
    failed(2, [text(6).made], { certain: false }),
    failed(3, [text(7).made, text(8, { words: 'b' }).made]),
    failed(4, [damaged], { id: 44 }),
    failed(5, [Buffer.from('{"n":1}')], { id: 45 }),
    failed(6, [Buffer.from('nobody')]),
    failed(7, [Buffer.from('nobody'), put]),
    failed(8, [text(9).put], { id: 46 }),
    failed(9, [Buffer.from('{"n":1}')], { id: 45 }),
  ];
  read.readFailed('errors/a', records, (tag, bytes, fresh) =>
    each.push([typeof tag === 'number' ? -tag : tag.counter, bytes, fresh]),
  );
  const detail = 'not delivered, but in errors/a: it was down';
  expect(each).toEqual([
    [5, made.length, true],
    [5, put.length, false],
    [6, text(6).made.length, true],
    [-45, 7, true],
    [5, 6, false],
    [9, text(9).put.length, true],
    [-45, 7, false],
  ]);
  const { records: count, foreign, damaged: places, witnesses, unnamed } = read.export();
  expect({ count, foreign, places }).toEqual({
    count: 10,
    foreign: 1,
    places: [deliveredPlace(0, 7), positionDigest('errors/a', '4')],
  });
  expect([[...unnamed.ids], [...unnamed.marks]]).toEqual([
    [45, 45],
    [IN_PLACE, IN_PLACE],
  ]);
  expect(witnesses.filter(({ anomaly }) => anomaly === 'backed-up')).toMatchObject(
    [5, 6, 9].map((counter) => ({ producer: '0', counter, detail })),
  );
  expect(read.distinct).toBe(4);
});
