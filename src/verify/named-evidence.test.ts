/** Records without a tag, told apart by a field or by their place, are judged like tagged ones as far as that goes. */
import { describe, expect, test } from 'vitest';
import { positionDigest } from './digest.ts';
import type { Sweep } from './evidence.ts';
import { Fate, SentHistory } from './history.ts';
import { judge } from './judge.ts';
import { Reader, type ReaderExport } from './reader.ts';
import { placeId, type Unnamed, valueId } from './unnamed.ts';

const SHARD = 'shardId-000000000000';
const STREAM = 'events';
const byField: Unnamed = { by: 'field', of: (data) => data.toString().split(' ')[0] };

/** Sequence number, data, and arrival time in s where it matters. */
type Reading = readonly (readonly [sequenceNumber: number, data: string, arrivedS?: number])[];

function readerOf(
  name: string,
  reading: Reading,
  unnamed: Unnamed = byField,
  consumers: readonly ReaderExport[] = [],
): ReaderExport {
  const reader = new Reader(name, 'verified', () => true, { consumers });
  for (const [sequenceNumber, text, ApproximateArrivalTimestamp = 1] of reading) {
    const record = { SequenceNumber: String(sequenceNumber), PartitionKey: 'anyone', ApproximateArrivalTimestamp };
    reader.read(SHARD, record, Buffer.from(text), { stream: STREAM, unnamed });
  }
  return structuredClone(reader.export());
}

function sweepOf(name: string, reading: Reading, unnamed: Unnamed, consumers: readonly ReaderExport[] = []): Sweep {
  const reader = readerOf(name, reading, unnamed, consumers);
  const streams = [{ stream: STREAM, shards: [], reader }];
  return { complete: true, durationNs: 1, reason: null, from: 'TRIM_HORIZON', streams };
}

interface Told {
  readonly consumer?: Reading;
  readonly again?: Reading;
  readonly by?: Unnamed['by'];
  /** Values of the field, of records acknowledged at 10, 11, 12. */
  readonly values?: readonly string[];
}

function judged(reading: Reading, { consumer, again, by = 'field', values = ['a', 'b', 'c'] }: Told = {}) {
  const sent = new SentHistory();
  for (const [counter, value] of values.entries()) {
    const at = String(10 + counter);
    sent.sent(counter);
    sent.settled(counter, Fate.acknowledged, positionDigest(SHARD, at));
    sent.identified(counter, by === 'field' ? valueId(STREAM, value) : placeId(STREAM, SHARD, at));
  }
  const unnamed: Unnamed = by === 'field' ? byField : { by: 'sequence-number' };
  const consumers = consumer ? [readerOf('pollers/0', consumer, unnamed)] : [];
  const report = judge({
    producers: [
      { index: 0, name: 'writers/0', stream: STREAM, identifiedBy: by, sent: structuredClone(sent.export()) },
    ],
    consumers: consumers.map((reader) => ({ stream: STREAM, reader })),
    sweep: sweepOf('sweep', reading, unnamed, consumers),
    again: again && sweepOf('second sweep', again, unnamed),
    ownStreams: true,
    verify: ['no-loss', 'no-duplicates', 'order', 'immutability'],
  });
  const counts = Object.fromEntries(Object.entries(report.counts).filter(([, count]) => count > 0));
  const verdicts = Object.fromEntries(report.verdicts.map(({ name, verdict }) => [name, verdict]));
  return { ...report, counts, verdicts };
}

const all: Reading = [
  [10, 'a 1'],
  [11, 'b 2'],
  [12, 'c 3'],
];
const withoutB: Reading = [
  [10, 'a 1'],
  [12, 'c 3'],
];

test.each(['field', 'sequence-number'] as const)('by %s, what was put is found', (by) => {
  const report = judged(all, { consumer: all, by });
  expect(report).toMatchObject({ acknowledged: 3, swept: 3, foreign: 0, compared: 3, counts: {} });
  expect(report.verdicts).toEqual({
    'no-loss': 'pass',
    'no-duplicates': by === 'field' ? 'pass' : 'indeterminate',
    order: 'pass',
    immutability: 'pass',
  });
});

describe.each(['field', 'sequence-number'] as const)('by %s', (by) => {
  test.each<[string, Reading, Told, Record<string, number>]>([
    ['a record that the sweep lacks is lost', withoutB, {}, { lost: 1 }],
    ['one that a consumer was led past is missed', all, { consumer: withoutB }, { missed: 1 }],
    ['one that a consumer did not reach is late', all, { consumer: all.slice(0, 2) }, { late: 1 }],
    ['one that the second sweep lacks is lost', all, { again: withoutB }, { lost: 1 }],
    [
      'other data',
      all,
      {
        consumer: [
          [10, 'a 1'],
          [11, 'b 9'],
          [12, 'c 3'],
        ],
      },
      { changed: 1 },
    ],
    [
      'another arrival time',
      all,
      {
        again: [
          [10, 'a 1'],
          [11, 'b 2', 9],
          [12, 'c 3'],
        ],
      },
      { changed: 1 },
    ],
    [
      'a record read twice at one place is redelivered',
      all,
      { consumer: [...all, [12, 'c 3']] },
      { redelivered: 1, reordered: 1 },
    ],
  ])('%s', (_, reading, told, counts) => {
    expect(judged(reading, { ...told, by }).counts).toEqual(counts);
  });

  test('read once is compared with nothing, and no pass; a second sweep compares', () => {
    expect(judged(all, { by }).verdicts['immutability']).toBe('indeterminate');
    expect(judged(all, { by, again: all }).verdicts['immutability']).toBe('pass');
  });
});

test('a copy is told by a field, and not by its place', () => {
  const twice: Reading = [...all, [13, 'b 2']];
  expect(judged(twice).counts).toEqual({ duplicated: 1 });
  expect(judged(twice, { by: 'sequence-number' })).toMatchObject({ counts: {}, foreign: 0 });
  expect(judged(twice, { by: 'sequence-number' }).unjudged[0]).toContain('; 1 such were read.');
});

test('a value that was never put is a ghost', () => {
  expect(judged([...all, [13, 'd 4']])).toMatchObject({ counts: { ghost: 1 }, foreign: 1 });
});

test('records that share their value are left out, and said to be', () => {
  const report = judged([[12, 'c 3']], { values: ['a', 'a', 'c'] });
  expect(report).toMatchObject({ sent: 1, acknowledged: 1, swept: 1, counts: {} });
  expect(report.unjudged.join(' ')).toContain('2 records have the field that tells them apart in common');
});
