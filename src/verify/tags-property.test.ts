/** Properties of tags and of the objects that are made of tagged records. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { AggregateBuilder } from '../protocol/aggregation.ts';
import { DeliveredReader } from './delivered-reader.ts';
import { readTag, writeTag } from './record-tag.ts';
import { seenRow, seenShape } from './seen-history.ts';
import { PAGE_ROWS, TableView } from './page-store.ts';
import { cases } from './tape.test-data.ts';
import { openTag, readTextTag, sealTag } from './text-tag.ts';
import { userRecordsOf } from './user-records.ts';

const RUN = 'r0000001';
const tags = fc.record({
  // An index that begins with the byte of a dash would be taken for a tag of text; no run has 755 million producers.
  producer: fc.nat(0x2cffffff),
  counter: fc.maxSafeNat(),
  dueNs: fc.maxSafeNat(),
  key: fc.nat(),
});

test('a tag in bytes is read as it was written, and any byte that changes, is gone or comes after shows', () => {
  fc.assert(
    fc.property(
      tags,
      fc.uint8Array({ maxLength: 40 }),
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      (tag, filler, at, flip) => {
        const data = Buffer.concat([Buffer.alloc(44), filler]);
        writeTag(data, RUN, tag);
        expect(readTag(data, RUN)).toMatchObject(tag);
        expect(readTag(data, 'r0000002')).toBe('foreign');
        const bad = Buffer.from(data);
        bad[at % bad.length]! ^= flip;
        expect(['damaged', 'foreign']).toContain(readTag(bad, RUN));
        expect(['damaged', 'foreign']).toContain(readTag(data.subarray(0, at % data.length), RUN));
        expect(readTag(Buffer.concat([data, Buffer.from([flip])]), RUN)).toBe('damaged');
      },
    ),
    cases(300),
  );
});

test('a tag in text is read as it was written, wherever it stands, and any byte that changes shows', () => {
  const words = fc.stringMatching(/^[a-j",:{} ]{0,20}$/);
  fc.assert(
    fc.property(tags, words, words, fc.nat(), fc.integer({ min: 1, max: 255 }), (tag, before, after, at, flip) => {
      const open = openTag(RUN, tag);
      const data = Buffer.from(before + open + after);
      sealTag(data, open);
      expect(readTextTag(data, RUN)).toMatchObject(tag);
      expect(readTag(data, RUN)).toMatchObject(tag);
      const bad = Buffer.from(data);
      bad[at % bad.length]! ^= flip;
      expect(['damaged', 'foreign']).toContain(readTag(bad, RUN));
    }),
    cases(300),
  );
});

test('user records come out as they went in, each with its own key and its place', () => {
  const users = fc.array(
    fc.record({ partitionKey: fc.string({ minLength: 1, unit: 'grapheme' }), data: fc.uint8Array({ maxLength: 20 }) }),
    { minLength: 1, maxLength: 6 },
  );
  fc.assert(
    fc.property(users, (all) => {
      const builder = new AggregateBuilder();
      for (const { partitionKey, data } of all) builder.add({ partitionKey, data: Buffer.from(data) });
      const record = { SequenceNumber: '7', PartitionKey: 'outer', ApproximateArrivalTimestamp: 3 };
      expect(userRecordsOf(record, builder.encode())).toEqual(
        all.map(({ partitionKey, data }, sub) => ({
          record: { ...record, PartitionKey: partitionKey },
          data: Buffer.from(data),
          sub,
        })),
      );
      const plain = Buffer.from(all[0]!.data);
      expect(userRecordsOf(record, plain)).toEqual([{ record, data: plain, sub: 0 }]);
    }),
    cases(100),
  );
});

type Piece = { readonly kind: 'record' | 'damaged' | 'junk'; readonly producer: number; readonly counter: number };

const pieces: fc.Arbitrary<readonly Piece[]> = fc.array(
  fc.record({
    kind: fc.constantFrom<Piece['kind']>('record', 'record', 'record', 'damaged', 'junk'),
    producer: fc.nat(2),
    counter: fc.nat(4),
  }),
  { maxLength: 12 },
);

function bytesOf({ kind, producer, counter }: Piece): Buffer {
  if (kind === 'junk') return Buffer.from('\nxx');
  const data = Buffer.alloc(50 + counter, counter);
  writeTag(data, RUN, { producer, counter, dueNs: 1, key: 0 });
  if (kind === 'damaged') data[48]! ^= 1;
  return data;
}

test('what is found in objects is what was put into them', () => {
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 3 }), (objects) => {
      const reader = new DeliveredReader('sweep', RUN, (producer) => producer < 2);
      const fresh: string[] = [];
      for (const [at, object] of objects.entries()) {
        const records = object.filter(({ kind }) => kind === 'record');
        const found = reader.read(`object-${at}`, Buffer.concat(object.map(bytesOf)), (tag, _, isNew) => {
          if (isNew && typeof tag !== 'number') fresh.push(`${tag.producer} ${tag.counter}`);
        });
        expect(found).toEqual({
          records: records.length,
          outOfOrder: records.filter(({ producer, counter }, here) =>
            records.slice(0, here).some((other) => other.producer === producer && other.counter > counter),
          ).length,
          recordBytesMax: Math.max(0, ...records.map(({ counter }) => 50 + counter)),
        });
      }
      const all = objects.flat();
      const ours = all.filter(({ kind, producer }) => kind === 'record' && producer < 2);
      const names = ours.map(({ producer, counter }) => `${producer} ${counter}`);
      expect(fresh).toEqual([...new Set(names)]);
      expect(reader.distinct).toBe(fresh.length);
      const told = reader.export();
      // What follows damage is skipped with it; pieces of junk side by side are one.
      const junk = (object: readonly Piece[]) =>
        object.filter(
          ({ kind }, at) => kind === 'junk' && !['junk', 'damaged'].includes(object[at - 1]?.kind ?? 'record'),
        );
      expect(told).toMatchObject({
        records: all.filter(({ kind }) => kind !== 'junk').length,
        foreign: objects.flatMap(junk).length,
        elsewhere: all.filter(({ kind, producer }) => kind === 'record' && producer === 2).length,
        damagedMore: 0,
      });
      expect(told.damaged).toHaveLength(all.filter(({ kind }) => kind === 'damaged').length);
      expect(told.seen.map(([producer]) => producer)).toEqual([...new Set(ours.map(({ producer }) => producer))]);
      for (const [producer, { table, distinct }] of told.seen) {
        const page = new TableView(seenShape, table).page(0);
        const mine = ours.filter((each) => each.producer === producer);
        expect(distinct).toBe(new Set(mine.map(({ counter }) => counter)).size);
        for (let counter = 0; counter < PAGE_ROWS && counter < 6; counter += 1) {
          const copies = mine.filter((each) => each.counter === counter).length;
          const row = seenRow(page, counter);
          expect([row.position !== 0, row.copies, row.changed]).toEqual([copies > 0, Math.max(0, copies - 1), false]);
        }
      }
      const duplicated = told.witnesses.filter(({ anomaly }) => anomaly === 'duplicated').length;
      expect(duplicated).toBe(Math.min(5, names.length - fresh.length));
    }),
    cases(200),
  );
});
