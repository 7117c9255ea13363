/** What one reader notes of a few records, word for word, and of those that carry no tag. */
import { crc32 } from 'node:zlib';
import { expect, test } from 'vitest';
import { contentDigest } from './digest.ts';
import { readerOf, RUN, SHARD } from './ledger-lines.test-data.ts';
import { TableView } from './page-store.ts';
import { Reader } from './reader.ts';
import { writeTag } from './record-tag.ts';
import { seenRow, seenShape } from './seen-history.ts';
import { placeId, type Unnamed } from './unnamed.ts';

const byPlace: Unnamed = { by: 'sequence-number' };

function data(counter: number): Buffer {
  const bytes = Buffer.alloc(60, 1);
  writeTag(bytes, RUN, { producer: 0, counter, dueNs: 1, key: 1 });
  return bytes;
}

const saidBy = (reader: Reader) => reader.export().witnesses.map(({ anomaly, detail }) => [anomaly, detail]);

test('it says what it found, of whom as far as that can be read, and where', () => {
  const { witnesses, strayed, elsewhere } = readerOf('pollers/0', '0@10 1@12 2!11 1@12');
  const nobody = { producer: '?', counter: -1, shardId: SHARD, sequenceNumber: '11' };
  expect(witnesses).toEqual([
    { anomaly: 'reordered', ...nobody, detail: 'pollers/0 read it after 12' },
    { anomaly: 'changed', ...nobody, detail: 'pollers/0 read data that fails its own checksum' },
    {
      anomaly: 'redelivered',
      producer: '0',
      counter: 1,
      shardId: SHARD,
      sequenceNumber: '12',
      detail: 'pollers/0 read the same sequence number twice',
    },
  ]);
  expect({ strayed, elsewhere }).toEqual({ strayed: 1, elsewhere: 0 });
});

test('another key than was put is a change', () => {
  const reader = new Reader('sweep', RUN);
  reader.read(SHARD, { SequenceNumber: '10', PartitionKey: 'key-2' }, data(0));
  expect(saidBy(reader)).toEqual([['changed', 'sweep read another partition key than key-1']]);
});

test('no key and an empty one are the same', () => {
  const reader = new Reader('sweep', RUN);
  reader.read(SHARD, { SequenceNumber: '10' }, data(0));
  reader.read(SHARD, { SequenceNumber: '10', PartitionKey: '' }, data(0));
  expect(reader.export().redelivered).toBe(1);
});

test('records of one sequence number are in the order of their places in it, and one place comes once', () => {
  const reader = new Reader('sweep', RUN);
  const read = (sub: number) => reader.read(SHARD, { SequenceNumber: '10', PartitionKey: 'key-1' }, data(sub), { sub });
  for (const sub of [0, 1, 2]) read(sub);
  expect(saidBy(reader)).toEqual([]);
  read(2);
  expect(saidBy(reader)).toEqual([
    ['reordered', 'sweep read it after 10'],
    ['redelivered', 'sweep read the same sequence number twice'],
  ]);
});

test('a consumer was led past what lies between its first and its furthest record, these not among them', () => {
  const consumer = readerOf('pollers/0', '0@10 2@12');
  const { seen } = readerOf('sweep', '0@10 1@11 2@12', { consumers: [consumer] });
  const page = new TableView(seenShape, seen[0]![1].table).page(0);
  expect([0, 1, 2].map((row) => seenRow(page, row).reach)).toEqual([0, 1, 0]);
});

test('records without a tag are noted by their place in a stream, and those that stand beyond all others are new', () => {
  const reader = new Reader('sweep', RUN);
  for (const SequenceNumber of ['10', '10', '12'])
    reader.read(SHARD, { SequenceNumber }, Buffer.from('x'), { unnamed: byPlace });
  expect(reader.distinct).toBe(2);
  const { ids, contents, marks } = reader.export().unnamed;
  expect([...ids]).toEqual(['10', '10', '12'].map((number) => placeId('', SHARD, number)));
  expect([...contents]).toEqual(Array.from({ length: 3 }, () => contentDigest('', crc32('x'))));
  expect([...marks]).toEqual([0x100, 0, 0x100]);
});

test('of nine consumers the ninth leaves no trace at a record without a tag', () => {
  const consumers = Array.from({ length: 9 }, () => readerOf('', '0@9 1@20'));
  const reader = new Reader('sweep', RUN, undefined, { consumers });
  for (let time = 0; time < 2; time += 1)
    reader.read(SHARD, { SequenceNumber: '10' }, Buffer.from('x'), { unnamed: byPlace });
  expect([...reader.export().unnamed.marks]).toEqual([0x1ff, 0xff]);
});

test('a record without the field that tells records apart is foreign', () => {
  const reader = new Reader('sweep', RUN);
  reader.read(SHARD, { SequenceNumber: '10' }, Buffer.from('x'), { unnamed: { by: 'field', of: () => undefined } });
  const { foreign, unnamed } = reader.export();
  expect([foreign, unnamed.ids.length, reader.distinct]).toEqual([1, 0, 0]);
});

test('of a shard of which nothing was read there is no reach', () => {
  const reader = new Reader('sweep', RUN);
  reader.restart(SHARD);
  expect(reader.export().reaches).toEqual([]);
});
