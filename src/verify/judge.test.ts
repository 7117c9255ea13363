/** Histories of a few lines, each of which must be judged as the class it is named after, and as nothing else. */
import { describe, expect, test } from 'vitest';
import { positionDigest } from './digest.ts';
import { Fate, SentHistory } from './history.ts';
import { judge } from './judge.ts';
import type { Anomaly } from './ledger-report.ts';
import { Reader } from './reader.ts';
import { writeTag } from './record-tag.ts';

const RUN = 'r0000001';
const SHARD = 'shardId-000000000000';

function data(counter: number, producer = 0): Buffer {
  const buffer = Buffer.alloc(64, counter);
  writeTag(buffer, RUN, { producer, counter, dueNs: 1, key: 1 });
  return buffer;
}

/** seq → counter, in the order of reading. A Buffer stands for data as it is. */
type Reading = readonly (readonly [sequenceNumber: number, counter: number | Buffer])[];

function reader(name: string, reading: Reading): Reader {
  const notes = new Reader(name, RUN);
  for (const [sequenceNumber, what] of reading) {
    const body = typeof what === 'number' ? data(what) : what;
    notes.read(SHARD, { SequenceNumber: String(sequenceNumber), PartitionKey: 'key-1' }, body);
  }
  return notes;
}

/** Three records, acknowledged at 10, 11, 12 unless `fates` says otherwise. */
function verdictOf(
  reading: Reading,
  options: { fates?: readonly Fate[]; consumer?: Reading; complete?: boolean; repeated?: readonly number[] } = {},
) {
  const sent = new SentHistory();
  (options.fates ?? [Fate.acknowledged, Fate.acknowledged, Fate.acknowledged]).forEach((fate, counter) => {
    if (options.repeated?.includes(counter)) {
      sent.sent(counter);
      sent.settled(counter, Fate.maybe);
    }
    sent.sent(counter);
    if (fate !== Fate.sent)
      sent.settled(counter, fate, fate === Fate.acknowledged ? positionDigest(SHARD, String(10 + counter)) : 0);
  });
  const complete = options.complete ?? true;
  return judge({
    producers: [{ index: 0, name: 'writers/0', stream: 's', sent: structuredClone(sent.export()) }],
    consumers: options.consumer ? [{ stream: 's', reader: reader('pollers/0', options.consumer).export() }] : [],
    sweep: {
      complete,
      durationNs: 1,
      reason: complete ? null : 'out of time',
      from: 'TRIM_HORIZON',
      streams: [{ stream: 's', shards: [], reader: structuredClone(reader('sweep', reading).export()) }],
    },
    ownStreams: true,
    verify: ['no-loss', 'no-duplicates', 'order', 'immutability'],
  });
}

function nonZero(counts: Readonly<Record<Anomaly, number>>): Partial<Record<Anomaly, number>> {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
}

const all: Reading = [
  [10, 0],
  [11, 1],
  [12, 2],
];
const damaged = data(1);
damaged[50]! ^= 1;

test('a history without fault passes every promise', () => {
  const report = verdictOf(all, { consumer: all });
  expect(nonZero(report.counts)).toEqual({});
  expect(report.verdicts.map(({ verdict }) => verdict)).toEqual(['pass', 'pass', 'pass', 'pass']);
  expect(report).toMatchObject({ sent: 3, acknowledged: 3, rejected: 0, swept: 3, foreign: 0 });
});

const { acknowledged, rejected, maybe, sent } = Fate;
test.each<[string, Reading, Parameters<typeof verdictOf>[1], Partial<Record<Anomaly, number>>, string[]]>([
  [
    'lost',
    [
      [10, 0],
      [12, 2],
    ],
    {},
    { lost: 1 },
    ['no-loss'],
  ],
  [
    'lost at the end',
    [
      [10, 0],
      [11, 1],
    ],
    {},
    { lost: 1 },
    ['no-loss'],
  ],
  ['duplicated', [...all, [13, 1]], {}, { duplicated: 1 }, ['no-duplicates']],
  ['duplicated, the copy first', [[9, 0], ...all], {}, { duplicated: 1 }, ['no-duplicates']],
  [
    'duplicated, seen by both',
    [...all, [13, 1]],
    { consumer: [...all, [13, 1]] },
    { duplicated: 1 },
    ['no-duplicates'],
  ],
  [
    'reordered',
    [
      [11, 1],
      [10, 0],
      [12, 2],
    ],
    {},
    { reordered: 1 },
    ['order'],
  ],
  ['redelivered and so out of order', [...all, [12, 2]], {}, { redelivered: 1, reordered: 1 }, ['order']],
  [
    'changed: a byte',
    [
      [10, 0],
      [11, damaged],
      [12, 2],
    ],
    {},
    { changed: 1 },
    ['immutability'],
  ],
  [
    'changed: its place',
    [
      [10, 0],
      [12, 2],
      [13, 1],
    ],
    {},
    { changed: 1 },
    ['immutability'],
  ],
  ['ghost: refused and there', all, { fates: [acknowledged, rejected, acknowledged] }, { ghost: 1 }, ['no-duplicates']],
  ['ghost: never sent', [...all, [13, 7]], {}, { ghost: 1 }, ['no-duplicates']],
  ['ghost: nobody’s', [...all, [13, Buffer.from('hello')]], {}, { ghost: 1 }, ['no-duplicates']],
  [
    'late',
    all,
    {
      consumer: [
        [10, 0],
        [12, 2],
      ],
    },
    { late: 1 },
    [],
  ],
  ['maybe, there', all, { fates: [acknowledged, maybe, acknowledged] }, { maybe: 1 }, []],
  [
    'maybe, not there',
    [
      [10, 0],
      [12, 2],
    ],
    { fates: [acknowledged, sent, acknowledged] },
    { maybe: 1 },
    [],
  ],
])('%s', (_, reading, options, counts, broken) => {
  const report = verdictOf(reading, options);
  expect(nonZero(report.counts)).toEqual(counts);
  expect(report.verdicts.filter(({ verdict }) => verdict === 'fail').map(({ name }) => name)).toEqual(broken);
  if (broken.length > 0) expect(report.witnesses.length).toBeGreaterThan(0);
});

test('a second copy is retried where an attempt before the acknowledged one had no certain answer', () => {
  const twice: Reading = [...all, [13, 1]];
  const report = verdictOf(twice, { consumer: twice, repeated: [1] });
  expect(nonZero(report.counts)).toEqual({ retried: 1 });
  expect(new Set(report.witnesses.map(({ anomaly }) => anomaly))).toEqual(new Set(['retried']));
  expect(report.verdicts.every(({ verdict }) => verdict === 'pass')).toBe(true);
  expect(nonZero(verdictOf(twice, { repeated: [0] }).counts)).toEqual({ duplicated: 1 });
});

test('an incomplete sweep proves no loss: what is missing is unread, and the promise indeterminate', () => {
  const report = verdictOf([[10, 0]], { complete: false });
  expect(nonZero(report.counts)).toEqual({ unread: 2 });
  expect(report.verdicts[0]).toMatchObject({ name: 'no-loss', verdict: 'indeterminate' });
});

test('nothing acknowledged is nothing proved', () => {
  expect(verdictOf([], { fates: [] }).verdicts.every(({ verdict }) => verdict === 'indeterminate')).toBe(true);
});

test('a content that differs between two reads of one place is changed', () => {
  const other = Buffer.alloc(64, 99);
  writeTag(other, RUN, { producer: 0, counter: 1, dueNs: 1, key: 1 });
  expect(
    nonZero(
      verdictOf(all, {
        consumer: [
          [10, 0],
          [11, other],
          [12, 2],
        ],
      }).counts,
    ),
  ).toEqual({ changed: 1 });
});

describe('a class counts records, not how often or by whom each was met', () => {
  const swapped: Reading = [
    [11, 1],
    [10, 0],
    [12, 2],
  ];
  const thrice: Reading = [...all, [13, 1], [14, 1]];
  const hurt: Reading = [
    [10, 0],
    [11, damaged],
    [12, 2],
  ];
  test.each<[string, Reading, Partial<Record<Anomaly, number>>]>([
    ['read out of order by the sweep and by a consumer', swapped, { reordered: 1 }],
    ['stored three times', thrice, { duplicated: 1 }],
    ['damaged for both', hurt, { changed: 1 }],
  ])('%s', (_, reading, counts) => {
    expect(nonZero(verdictOf(reading, { consumer: reading }).counts)).toEqual(counts);
  });
});

test('the verdict on order says what it compared, and comparing nothing is no pass', () => {
  const order = (reading: Reading, fates: readonly Fate[]) =>
    verdictOf(reading, { fates }).verdicts.find(({ name }) => name === 'order');
  expect(order(all, [acknowledged, acknowledged, acknowledged])).toMatchObject({
    verdict: 'pass',
    explanation: '0 promised pairs and 2 neighbours in a shard compared',
  });
  expect(order([[10, 0]], [acknowledged])).toMatchObject({ verdict: 'indeterminate' });
});

test('what another segment sent is counted, and judged by nobody here', () => {
  const notes = new Reader('sweep', RUN, (producer) => producer === 0);
  for (const producer of [0, 1, 1]) {
    notes.read(
      SHARD,
      { SequenceNumber: String(10 + notes.export().records), PartitionKey: 'key-1' },
      data(0, producer),
    );
  }
  expect(notes.distinct).toBe(1);
  expect(notes.export()).toMatchObject({ elsewhere: 2, records: 3, foreign: 0, seen: [[0, { distinct: 1 }]] });
});
