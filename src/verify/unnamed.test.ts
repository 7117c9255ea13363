/** Records without a tag: what is noted of them, whose they are, and what is said of those that cannot be judged. */
import { fstatSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { expect, test } from 'vitest';
import { contentDigest, deliveredPlace, positionDigest } from './digest.ts';
import type { Evidence } from './evidence.ts';
import { Fate, type SentExport, SentHistory } from './history.ts';
import { ALL, producer, readerOf, RUN, SHARD, sweepOf } from './ledger-lines.test-data.ts';
import { namedEvidence } from './named-evidence.ts';
import { PAGE_ROWS, TableView } from './page-store.ts';
import { Reader } from './reader.ts';
import { seenRow, seenShape } from './seen-history.ts';
import { Identities, placeId, type Unnamed, type UnnamedExport, UnnamedNotes, unjudgedOf, valueId } from './unnamed.ts';

const BEYOND = 0x100;
const byPlace: Unnamed = { by: 'sequence-number' };
const byValue: Unnamed = { by: 'field', of: (data) => data.toString() };

/** Acknowledged records with these numbers, 0 for one that a tag tells apart. */
function sentOf(...ids: readonly number[]): SentExport {
  const sent = new SentHistory();
  for (const [counter, id] of ids.entries()) {
    sent.sent(counter);
    sent.settled(counter, Fate.acknowledged, 10 + counter);
    if (id !== 0) sent.identified(counter, id);
  }
  return sent.export();
}

test('a record that was delivered has its own number for its place, and a second copy another one', () => {
  const notes = new UnnamedNotes();
  for (const [id, place] of [
    [7, 100],
    [8, 101],
    [8, 102],
    [8, 102],
    [9, 103],
  ] as const)
    notes.delivered(id, place, Buffer.from('x'), false);
  const { seen, unmatched } = new Identities([{ index: 0, sent: sentOf(7, 8) }]).join(notes.export());
  const [[producerIndex, { table }]] = seen as [(typeof seen)[number]];
  const page = new TableView(seenShape, table).page(0);
  expect([producerIndex, unmatched]).toEqual([0, 1]);
  expect([0, 1].map((row) => seenRow(page, row)).map(({ position, copies }) => [position, copies])).toEqual([
    [deliveredPlace(0, 0), 0],
    [deliveredPlace(0, 1), 2],
  ]);
});

/** Each number read once at a place of its own, beyond all others. */
function notesOf(ids: readonly number[]): UnnamedExport {
  return {
    ids: Float64Array.from(ids),
    positions: Uint32Array.from(ids, (id) => id + 100),
    contents: Uint32Array.from(ids, () => 1),
    marks: Uint16Array.from(ids, () => BEYOND),
  };
}

const base: Evidence = {
  producers: [],
  consumers: [],
  sweep: sweepOf(readerOf('sweep', '')),
  ownStreams: true,
  verify: [],
};

test('notes are kept of as many as come', () => {
  const notes = new UnnamedNotes();
  for (let at = 0; at < 2500; at += 1) {
    const SequenceNumber = String(at);
    const where = { stream: 's', shardId: SHARD, sequenceNumber: SequenceNumber };
    const marks = { beyond: at % 2 === 0, reach: at % 256 };
    expect(notes.note(byPlace, where, { SequenceNumber }, Buffer.from(SequenceNumber), marks)).toBe(true);
  }
  const { ids, positions, contents, marks } = notes.export();
  expect([ids, positions, contents, marks].map(({ length }) => length)).toEqual([2500, 2500, 2500, 2500]);
  for (const at of [0, 1023, 1024, 2047, 2048, 2499]) {
    const number = String(at);
    expect([ids[at], positions[at], contents[at], marks[at]]).toEqual([
      placeId('s', SHARD, number),
      positionDigest(SHARD, number),
      contentDigest('', crc32(number)),
      (at % 2 === 0 ? BEYOND : 0) | (at % 256),
    ]);
  }
});

test('a number that three records share is nobody’s, and none of the three is judged; 0 is no number', () => {
  const producers = [
    { index: 0, sent: sentOf(7, 8, 7) },
    { index: 1, sent: sentOf(0, 0, 7, 9) },
  ];
  const identities = new Identities(producers);
  expect(identities.shared).toBe(3);
  const kept = producers.map(
    ({ index, sent }) => identities.judgeable(index, sent).table.pages[0]!.summary.acknowledged,
  );
  expect(kept).toEqual([1, 3]);
  const { seen, again, unmatched } = identities.join(notesOf([7, 8, 9, 99, 9]));
  expect(seen.map(([index, { distinct }]) => [index, distinct])).toEqual([
    [0, 1],
    [1, 1],
  ]);
  expect({ again, unmatched }).toEqual({ again: 1, unmatched: 1 });
});

test('what cannot be judged is said, by how records are told apart', () => {
  const unchecked = 'Nothing in records without a tag checks them: a change before the first reading cannot be seen.';
  expect(unjudgedOf(new Set(['tag']), 5, 0)).toEqual([]);
  expect(unjudgedOf(new Set(['tag', 'field']), 5, 0)).toEqual([unchecked]);
  expect(unjudgedOf(new Set(['sequence-number']), 5, 2)).toEqual([
    'Records told apart by sequence number: whether one that was never acknowledged to us is a copy, a ghost or an uncertain put cannot be told; 5 such were read.',
    unchecked,
    '2 records have the field that tells them apart in common with another: they were not judged.',
  ]);
});

test('a tag tells records apart where nothing else is said to', () => {
  const { ways, unjudged } = namedEvidence({
    ...base,
    producers: [producer()],
    sweep: sweepOf(readerOf('sweep', ALL)),
  });
  expect(ways).toEqual(new Set(['tag']));
  expect(unjudged).toEqual([]);
});

test('what nobody put is somebody else’s in a stream of fields, and perhaps ours in one of places', () => {
  const readOf = (stream: string, unnamed: Unnamed) => {
    const reader = new Reader('sweep', RUN);
    for (const SequenceNumber of ['10', '11'])
      reader.read(SHARD, { SequenceNumber }, Buffer.from(`value-${SequenceNumber}`), { stream, unnamed });
    return [stream, reader.export()] as const;
  };
  const sent = [placeId('s', SHARD, '10'), valueId('t', 'value-10')].map((id) => sentOf(id));
  const { evidence, unjudged } = namedEvidence({
    ...base,
    producers: [
      { ...producer(), identifiedBy: 'sequence-number', sent: sent[0]! },
      { ...producer(), index: 1, stream: 't', identifiedBy: 'field', sent: sent[1]! },
    ],
    sweep: sweepOf([readOf('s', byPlace), readOf('t', byValue)]),
  });
  expect(unjudged[0]).toContain('; 1 such were read.');
  expect(evidence.sweep.streams.map(({ reader }) => reader.foreign)).toEqual([0, 1]);
});

test('the disk that joined notes lie on is given back', () => {
  // A page more than stays in memory, of one record each.
  const pages = Array.from({ length: 257 }, (_, page) => page);
  const sent = new SentHistory();
  for (const page of pages) sent.identified(page * PAGE_ROWS, page + 1);
  const reader = { ...readerOf('sweep', ''), unnamed: notesOf(pages.map((page) => page + 1)) };
  const { evidence, close } = namedEvidence({
    ...base,
    producers: [{ ...producer(), identifiedBy: 'field', sent: sent.export() }],
    sweep: sweepOf(reader),
  });
  const [, { table }] = evidence.sweep.streams[0]!.reader.seen[0]!;
  expect(fstatSync(table.file!).nlink).toBe(0);
  close();
  expect(() => fstatSync(table.file!)).toThrow('EBADF');
});
