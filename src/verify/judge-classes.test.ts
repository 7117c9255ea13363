/**
 * Each class as a history of a few lines that must be judged so, beside its legal twin: the same history but for the one thing
 * that makes it a fault.
 */
import { describe, expect, test } from 'vitest';
import { positionDigest } from './digest.ts';
import type { Evidence } from './evidence.ts';
import { Fate, SentHistory } from './history.ts';
import { judge } from './judge.ts';
import type { Anomaly } from './ledger-report.ts';
import { Reader, type ReaderExport } from './reader.ts';
import { writeTag } from './record-tag.ts';

const RUN = 'r0000001';
const PARENT = 'shardId-000000000000';
const CHILD = 'shardId-000000000001';
const OTHER = 'shardId-000000000002';

/** `0@10`: record 0 at sequence number 10 of the parent; `0@child:10` in the child; `restart` forgets the place. */
type Line = string;

interface Reading {
  readonly key?: string;
  readonly arrivalMs?: number;
  readonly producer?: number;
}

function readerOf(name: string, lines: readonly Line[], how: Reading = {}, consumers: readonly ReaderExport[] = []) {
  const reader = new Reader(name, RUN, undefined, { consumers });
  for (const line of lines) {
    if (line === 'restart') {
      reader.restart(PARENT);
      continue;
    }
    const [, counter, shard, SequenceNumber] = /^(\d+)@(?:(\w+):)?(\d+)$/.exec(line)!;
    const data = Buffer.alloc(48, Number(counter));
    writeTag(data, RUN, { producer: how.producer ?? 0, counter: Number(counter), dueNs: 1, key: 1 });
    const record = {
      SequenceNumber: SequenceNumber!,
      PartitionKey: how.key ?? 'key-1',
      ApproximateArrivalTimestamp: (how.arrivalMs ?? 1000) / 1000,
    };
    reader.read(shard === 'child' ? CHILD : PARENT, record, data);
  }
  return structuredClone(reader.export());
}

interface History {
  /** Outcomes of each record's attempts; acknowledged as `a<sequence number>`, refused `r`, without an answer `m`. */
  readonly puts?: readonly (readonly string[])[];
  readonly sweep?: readonly Line[];
  readonly swept?: Reading;
  readonly again?: readonly Line[];
  readonly readAgain?: Reading;
  readonly consumer?: readonly Line[];
  readonly consumed?: Reading;
  /** Counters of records that their producer saw placed before one they were promised to follow. */
  readonly misplaced?: readonly number[];
  /** Counters of records that went from one shard to another although promised to follow. */
  readonly crossed?: readonly (readonly [counter: number, from: string, to: string])[];
}

function evidenceOf(history: History): Evidence {
  const { puts = [['a10'], ['a11'], ['a12']], sweep = ['0@10', '1@11', '2@12'], again, consumer } = history;
  const sent = new SentHistory();
  for (const [counter, attempts] of puts.entries()) {
    for (const outcome of attempts) {
      sent.sent(counter);
      if (outcome === 'r') sent.settled(counter, Fate.rejected);
      else if (outcome === 'm') sent.settled(counter, Fate.maybe);
      else if (outcome !== '')
        sent.settled(counter, Fate.acknowledged, positionDigest(PARENT, outcome.replace('a', '')));
    }
  }
  for (const counter of history.misplaced ?? []) sent.reordered(counter);
  for (const [counter, from, shardId] of history.crossed ?? [])
    sent.crossed(from, { counter, shardId, sequenceNumber: '99', detail: '' });
  const consumers = consumer ? [{ stream: 's', reader: readerOf('pollers/0', consumer, history.consumed) }] : [];
  const notes = consumers.map(({ reader }) => reader);
  const swept = (reader: ReaderExport) => ({
    complete: true,
    durationNs: 1,
    reason: null,
    from: 'TRIM_HORIZON',
    streams: [
      {
        stream: 's',
        reader,
        shards: [
          { shardId: PARENT, parents: [] },
          { shardId: CHILD, parents: [PARENT, 'shardId-000000000007'] },
          { shardId: OTHER, parents: [] },
        ],
      },
    ],
  });
  return {
    producers: [{ index: 0, name: 'writers/0', stream: 's', sent: structuredClone(sent.export()) }],
    consumers,
    sweep: swept(readerOf('sweep', sweep, history.swept, notes)),
    again: again && swept(readerOf('second sweep', again, history.readAgain)),
    ownStreams: true,
    verify: ['no-loss', 'no-duplicates', 'order', 'immutability'],
  };
}

function countsOf(history: History): Partial<Record<Anomaly, number>> {
  const { counts } = judge(evidenceOf(history));
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
}

const all = ['0@10', '1@11', '2@12'];
const two: History = { puts: [['a10'], ['a11']] };

const twins: readonly (readonly [string, History, Partial<Record<Anomaly, number>>, string, History, object])[] = [
  [
    'lost',
    { sweep: ['0@10', '2@12'] },
    { lost: 1 },
    'no answer',
    { puts: [['a10'], ['m'], ['a12']], sweep: ['0@10', '2@12'] },
    { maybe: 1 },
  ],
  ['lost by the second sweep', { again: ['0@10', '1@11'] }, { lost: 1 }, 'there', { again: all }, {}],
  [
    'the acknowledged attempt lost',
    { puts: [['m', 'a12']], sweep: ['0@10'] },
    { lost: 1 },
    'both attempts there',
    { puts: [['m', 'a12']], sweep: ['0@10', '0@12'] },
    { retried: 1 },
  ],
  [
    'missed',
    { consumer: ['0@10', '2@12'] },
    { missed: 1 },
    'late: not behind it yet',
    { consumer: ['0@10', '1@11'] },
    { late: 1 },
  ],
  [
    'missed after a restart',
    { consumer: ['0@10', 'restart', '2@12'] },
    { missed: 1 },
    'again after a restart',
    { consumer: ['0@10', '1@11', 'restart', '1@11', '2@12'] },
    { redelivered: 1 },
  ],
  [
    'before where the consumer began',
    { consumer: ['0@10', '2@12'] },
    { missed: 1 },
    'late',
    { consumer: ['1@11', '2@12'] },
    { late: 1 },
  ],
  [
    'duplicated',
    { ...two, sweep: ['0@10', '1@11', '1@12'] },
    { duplicated: 1 },
    'retried: the first attempt had no answer',
    { puts: [['a10'], ['m', 'a12']], sweep: ['0@10', '1@11', '1@12'] },
    { retried: 1 },
  ],
  [
    'three of two attempts',
    { puts: [['m', 'a11']], sweep: ['0@10', '0@11', '0@12'] },
    { duplicated: 1 },
    'two of two, read twice',
    { puts: [['m', 'a11']], sweep: ['0@10', '0@11'], consumer: ['0@10', '0@11', 'restart', '0@10', '0@11'] },
    { retried: 1, redelivered: 2 },
  ],
  [
    'duplicated: the first attempt was refused',
    { puts: [['r', 'a10']], sweep: ['0@10', '0@11'] },
    { duplicated: 1 },
    'refused, then stored once',
    { puts: [['r', 'a10']], sweep: ['0@10'] },
    {},
  ],
  [
    'ghost',
    { puts: [['r'], ['a11'], ['a12']] },
    { ghost: 1 },
    'refused once, unanswered once',
    { puts: [['r', 'm'], ['a11'], ['a12']] },
    { maybe: 1 },
  ],
  ['ghost of an agent that is none', { puts: [], swept: { producer: 7 } }, { ghost: 3 }, 'its own', {}, {}],
  [
    'reordered',
    { sweep: ['1@11', '0@10', '2@12'] },
    { reordered: 1 },
    'read again after a restart',
    { consumer: [...all, 'restart', '0@10'] },
    { redelivered: 1 },
  ],
  [
    'reordered without a restart',
    { consumer: [...all, '0@10'] },
    { reordered: 1, redelivered: 1 },
    'redelivered with one',
    { consumer: [...all, 'restart', '0@10', '1@11', '2@12'] },
    { redelivered: 3 },
  ],
  [
    'placed before one it was sent after',
    { misplaced: [1], consumer: all },
    { reordered: 1 },
    'placed behind it',
    { consumer: all },
    {},
  ],
  [
    'back into the parent',
    { crossed: [[1, CHILD, PARENT]] },
    { reordered: 1 },
    'from parent to child',
    { crossed: [[1, PARENT, CHILD]] },
    {},
  ],
  [
    'back into the parent, and read out of order',
    { crossed: [[0, CHILD, PARENT]], sweep: ['1@11', '0@10', '2@12'] },
    { reordered: 1 },
    'to a shard not in line',
    { crossed: [[0, PARENT, OTHER]] },
    {},
  ],
  [
    'changed: its key',
    { swept: { key: 'key-2' } },
    { changed: 3 },
    'the key it was put with',
    { swept: { key: 'key-1' } },
    {},
  ],
  [
    'changed: its arrival time',
    { again: all, readAgain: { arrivalMs: 1001 } },
    { changed: 3 },
    'the same in both sweeps',
    { again: all, readAgain: { arrivalMs: 1000.0001 } },
    {},
  ],
  [
    'changed: its place for a consumer',
    { ...two, sweep: ['0@10', '1@11'], consumer: ['0@9', '1@11'] },
    { changed: 1 },
    'its own place',
    { ...two, sweep: ['0@10', '1@11'], consumer: ['0@10', '1@11'] },
    {},
  ],
  [
    'changed: another shard',
    { ...two, sweep: ['0@child:10', '1@11'] },
    { changed: 1 },
    'its own',
    { ...two, sweep: ['0@10', '1@11'] },
    {},
  ],
];

describe.each(twins)('%s', (_, bad, found, legal, good, besides) => {
  test('is found', () => expect(countsOf(bad)).toEqual(found));
  test(`and its twin is not: ${legal}`, () => expect(countsOf(good)).toEqual(besides));
});

test('a witness names the record, and where it lies if somebody read it', () => {
  const { witnesses } = judge(
    evidenceOf({ puts: [['a10'], ['m', 'a12'], ['a13']], sweep: ['0@10', '1@11', '1@12', '2@13', '2@14'] }),
  );
  expect(witnesses.filter(({ anomaly }) => anomaly === 'duplicated')).toMatchObject([
    { producer: 'writers/0', counter: 2, shardId: PARENT, sequenceNumber: '14' },
  ]);
  const lost = judge(evidenceOf({ sweep: ['0@10', '2@12'] })).witnesses;
  expect(lost).toMatchObject([{ anomaly: 'lost', producer: 'writers/0', counter: 1 }]);
});

test('where more duplicates are found than are named, those are named whose place is known', () => {
  const counters = Array.from({ length: 20 }, (_, counter) => counter);
  const puts = counters.map((counter) => [`a${100 + counter}`]);
  const first = counters.map((counter) => `${counter}@${100 + counter}`);
  // The copies of the last records are read first.
  const copies = counters.toReversed().map((counter, at) => `${counter}@${200 + at}`);
  const { witnesses, counts } = judge(evidenceOf({ puts, sweep: [...first, ...copies] }));
  expect(counts.duplicated).toBe(20);
  const duplicated = witnesses.filter(({ anomaly }) => anomaly === 'duplicated');
  expect(duplicated.map(({ counter }) => counter).toSorted((a, b) => a - b)).toEqual([15, 16, 17, 18, 19]);
  expect(duplicated.every(({ sequenceNumber }) => sequenceNumber !== null)).toBe(true);
});

test('nothing read twice is nothing compared: immutability is indeterminate', () => {
  const verdict = (history: History) =>
    judge(evidenceOf(history)).verdicts.find(({ name }) => name === 'immutability')!.verdict;
  expect(verdict({})).toBe('indeterminate');
  expect(verdict({ again: all })).toBe('pass');
  expect(verdict({ consumer: all })).toBe('pass');
});

test('promises that crossed from parent to child are counted as kept, and those between strangers as neither', () => {
  const crossed = [
    [0, PARENT, CHILD],
    [1, PARENT, OTHER],
    [2, CHILD, PARENT],
  ] as const;
  const { order, counts } = judge(evidenceOf({ crossed }));
  expect(order).toMatchObject({ promised: 2, apart: 1 });
  expect(counts.reordered).toBe(1);
});

test('a page of the ledger that is whole is settled unread, and one record that differs is still found in it', () => {
  const counters = Array.from({ length: 2 * 4096 }, (_, counter) => counter);
  const puts = counters.map((counter) => [`a${10_000 + counter}`]);
  const lines = counters.map((counter) => `${counter}@${10_000 + counter}`);
  expect(countsOf({ puts, sweep: lines, consumer: lines })).toEqual({});
  expect(judge(evidenceOf({ puts, sweep: lines, consumer: lines })).compared).toBe(2 * 4096);
  const moved = lines.map((line, counter) => (counter === 8_191 ? `${counter}@99999` : line));
  const { counts, witnesses } = judge(evidenceOf({ puts, sweep: moved, consumer: moved }));
  expect(counts.changed).toBe(1);
  expect(witnesses).toMatchObject([{ anomaly: 'changed', counter: 8_191 }]);
  const without = lines.filter((_, counter) => counter !== 5000);
  expect(judge(evidenceOf({ puts, sweep: lines, consumer: without })).witnesses).toMatchObject([
    { anomaly: 'missed', counter: 5000 },
  ]);
});

test('a witness of late or missed names the consumer, and one of lost says why it has no place', () => {
  const detailOf = (history: History) => judge(evidenceOf(history)).witnesses[0]?.detail;
  expect(detailOf({ consumer: ['0@10', '1@11'] })).toBe('not seen by pollers/0 in time, found by the sweep');
  expect(detailOf({ consumer: ['0@10', '2@12'] })).toBe('pollers/0 read before and behind it, and was not given it');
  expect(detailOf({ sweep: ['0@10', '2@12'] })).toContain('of its place only a digest was kept');
  const { consumers, ...evidence } = evidenceOf({ consumer: ['0@10', '1@11'] });
  const others = ['a', 'b'].map((name) => ({ stream: 's', reader: readerOf(name, ['0@10']) }));
  expect(judge({ ...evidence, consumers: [...consumers, ...others] }).witnesses.map(({ detail }) => detail)).toEqual([
    'not seen by a and 1 other in time, found by the sweep',
    'not seen by pollers/0 and 2 others in time, found by the sweep',
  ]);
});

test('of many that are lost, those whose place is known are named before those that are only counted', () => {
  const puts = Array.from({ length: 12 }, (_, counter) => [`a${counter + 10}`]);
  const evidence = evidenceOf({ puts, sweep: ['0@10'] });
  const place = { shardId: PARENT, sequenceNumber: '21' };
  const producers = evidence.producers.map((each) => ({
    ...each,
    sent: { ...each.sent, places: new Map([[11, place]]) },
  }));
  const { counts, witnesses } = judge({ ...evidence, producers });
  expect(counts.lost).toBe(11);
  expect(witnesses.map(({ counter }) => counter)).toEqual([1, 2, 3, 4, 11]);
  expect(witnesses.at(-1)).toMatchObject({ ...place, detail: 'acknowledged, and absent from the sweep' });
});

test('counts of a verdict have their thousands apart', () => {
  const puts = Array.from({ length: 1200 }, (_, counter) => [`a${counter + 10}`]);
  const { verdicts } = judge(evidenceOf({ puts, sweep: puts.map((_, counter) => `${counter}@${counter + 10}`) }));
  expect(verdicts[0]!.explanation).toBe('1,200 acknowledged records, 1,200 swept');
  expect(judge(evidenceOf({ puts, sweep: ['0@10'] })).verdicts[0]!.explanation).toBe('1,199 lost');
});
