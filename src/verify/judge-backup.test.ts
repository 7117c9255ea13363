/** Records that Data Firehose did not deliver: in the backup, among the errors, or nowhere. */
import { expect, test } from 'vitest';
import { DeliveredReader, type FailedRecord } from './delivered-reader.ts';
import { deliveredPlace } from './digest.ts';
import type { ConsumerNotes, Evidence } from './evidence.ts';
import { Fate, SentHistory } from './history.ts';
import { judge } from './judge.ts';
import { ALL, producer, readerOf, RUN, sweepOf } from './ledger-lines.test-data.ts';
import { PAGE_ROWS } from './page-store.ts';
import { writeTag } from './record-tag.ts';
import { openTag, sealTag } from './text-tag.ts';
import { valueId } from './unnamed.ts';

function record(counter: number): Buffer {
  const data = Buffer.alloc(60, 1);
  writeTag(data, RUN, { producer: 0, counter, dueNs: 1, key: 0 });
  return data;
}

const failed = (data: Buffer, more: Partial<FailedRecord> = {}): FailedRecord => ({
  at: 0,
  texts: [data],
  certain: true,
  why: 'Lambda.FunctionError',
  ...more,
});

function objectOf(...counters: readonly number[]) {
  const reader = new DeliveredReader('sweep', RUN);
  reader.read('a', Buffer.concat(counters.map(record)));
  return reader.export();
}

function backupOf(...records: readonly (number | FailedRecord)[]) {
  const reader = new DeliveredReader('backup', RUN);
  reader.readFailed(
    'errors/x',
    records.map((each) => (typeof each === 'number' ? failed(record(each)) : each)),
  );
  return reader.export();
}

/** Three records that were put directly, one of them refused where it is said. */
function evidence(delivered: readonly number[], backup: ReturnType<typeof backupOf>, refused = -1): Evidence {
  const sent = new SentHistory();
  for (const counter of [0, 1, 2]) {
    sent.sent(counter);
    if (counter === refused) sent.settled(counter, Fate.rejected);
    else sent.settled(counter, Fate.acknowledged, deliveredPlace(0, counter));
  }
  const sweep = sweepOf(objectOf(...delivered));
  return {
    producers: [{ index: 0, name: 'writers/0', stream: 's', sent: sent.export() }],
    consumers: [],
    sweep: { ...sweep, streams: sweep.streams.map((each) => ({ ...each, backup })) },
    ownStreams: true,
    verify: ['no-loss'],
  };
}

/** What one producer put directly, three records. */
function sentOf(index: number) {
  const sent = new SentHistory();
  for (const counter of [0, 1, 2]) {
    sent.sent(counter);
    sent.settled(counter, Fate.acknowledged, deliveredPlace(index, counter));
  }
  return { index, name: `writers/${index}`, stream: 's', sent: sent.export() };
}

function countsOf(judged: Evidence): Record<string, number> {
  return Object.fromEntries(Object.entries(judge(judged).counts).filter(([, count]) => count > 0));
}

test('what is not delivered but in the backup is told apart from what is lost, and does not break no-loss', () => {
  const { counts, verdicts, witnesses } = judge(evidence([0], backupOf(1, 2)));
  expect(counts).toMatchObject({ lost: 0, 'backed-up': 2 });
  expect(verdicts[0]).toMatchObject({ verdict: 'pass' });
  expect(verdicts[0]!.explanation).toContain('2 not delivered, but in the backup');
  expect(witnesses.map(({ anomaly, producer: name, counter, detail }) => [anomaly, name, counter, detail])).toEqual([
    ['backed-up', 'writers/0', 1, 'not delivered, but in errors/x: Lambda.FunctionError'],
    ['backed-up', 'writers/0', 2, 'not delivered, but in errors/x: Lambda.FunctionError'],
  ]);
});

test.each([
  ['absent from both', [0], [1], { lost: 1, 'backed-up': 1 }],
  ['in both', [0, 1, 2], [1], {}],
  ['twice in the backup', [0, 1], [2, 2], { 'backed-up': 1 }],
])('%s', (_, delivered, backup, expected) => {
  expect(countsOf(evidence(delivered, backupOf(...backup)))).toEqual(expected);
});

test('what a sweep that did not finish found in the backup is known all the same', () => {
  const judged = evidence([0], backupOf(1));
  const sweep = { ...judged.sweep, complete: false, reason: 'out of time' };
  expect(countsOf({ ...judged, sweep })).toEqual({ 'backed-up': 1, unread: 1 });
});

test('a refused put that stands in the backup is a ghost, though all that was acknowledged is there, and so is what nobody put', () => {
  const refused = evidence([0, 1], backupOf(2), 2);
  expect(countsOf(refused)).toEqual({ ghost: 1 });
  expect(countsOf({ ...refused, again: sweepOf(objectOf(0, 1)) })).toEqual({ ghost: 1 });
  expect(countsOf(evidence([0, 1, 2], backupOf(PAGE_ROWS)))).toEqual({ ghost: 1 });
});

test('a record that a field tells apart is found in the backup, too', () => {
  const sent = new SentHistory();
  sent.sent(0);
  sent.settled(0, Fate.acknowledged, deliveredPlace(0, 0));
  sent.identified(0, valueId('sink', 'a'));
  const data = Buffer.from('{"event":"a"}');
  const { counts, witnesses } = judge({
    ...evidence([], backupOf(failed(data, { id: valueId('sink', 'a') }))),
    producers: [{ index: 0, name: 'writers/0', stream: 's', identifiedBy: 'field', sent: sent.export() }],
  });
  expect(counts).toMatchObject({ lost: 0, 'backed-up': 1 });
  expect(witnesses[0]!.detail).toBe('it was not delivered, but stands in the backup or among the errors');
});

test('data of the backup that fail their checksum are changed, and not lost', () => {
  const damaged = record(2);
  damaged[50]! ^= 1;
  const text = openTag(RUN, { producer: 0, counter: 2, dueNs: 1, key: 0 });
  const put = Buffer.from(`${text} as put`);
  sealTag(put, text);
  const made = Buffer.from(put.toString().replace('as put', 'made of it'));
  expect(countsOf(evidence([0, 1], backupOf(failed(made))))).toEqual({ changed: 1, 'backed-up': 1 });
  // What a function made of it is known again where the text that was put can be written again, or where nobody knows it.
  expect(countsOf(evidence([0, 1], backupOf(failed(made, { texts: [made, put] }))))).toEqual({ 'backed-up': 1 });
  expect(countsOf(evidence([0, 1], backupOf(failed(made, { certain: false }))))).toEqual({ 'backed-up': 1 });
  expect(countsOf(evidence([0, 1], backupOf(failed(damaged))))).toEqual({ changed: 1, lost: 1 });
});

test('what is in both has no witness, whoever else has one', () => {
  const { counts, witnesses } = judge(evidence([0, 1], backupOf(1, 2)));
  expect(counts).toMatchObject({ lost: 0, 'backed-up': 1 });
  expect(witnesses.map(({ anomaly, counter }) => [anomaly, counter])).toEqual([['backed-up', 2]]);
});

test('what stands there without a tag is told, of each delivery stream that was read to its end', () => {
  const told = ['1 records in the backup of s carry no tag of this run: which they are is not known.'];
  const nameless = backupOf(failed(Buffer.from('nothing of ours')));
  expect(judge(evidence([0, 1, 2], nameless)).unjudged).toEqual(told);
  expect(judge(evidence([0, 1], backupOf(2))).unjudged).toEqual([]);
  for (const [delivered, unjudged] of [
    ['whole', told],
    ['in-time', []],
  ] as const) {
    const consumers = [{ stream: 's', reader: objectOf(0, 1, 2), delivered, backup: nameless }];
    expect(judge({ ...evidence([0, 1, 2], backupOf()), consumers }).unjudged).toEqual(unjudged);
  }
});

test('of a stream that is delivered, each delivery stream has a backup of its own', () => {
  const notes = (backup?: ReturnType<typeof backupOf>): ConsumerNotes => ({
    stream: 's',
    reader: objectOf(0, 1),
    delivered: 'whole',
    backup,
  });
  const base = { producers: [producer()], sweep: sweepOf(readerOf('sweep', ALL)), ownStreams: true } as const;
  const of = (...consumers: ConsumerNotes[]) => countsOf({ ...base, consumers, verify: ['no-loss'] });
  expect(of(notes())).toEqual({ missed: 1 });
  expect(of(notes(backupOf(2)))).toEqual({ 'backed-up': 1 });
  expect(of({ ...notes(backupOf(2)), delivered: 'in-time' })).toEqual({});
  expect(of({ ...notes(backupOf(2)), delivered: 'in-time' }, notes(backupOf(2)))).toEqual({ 'backed-up': 1 });
  expect(of(notes(backupOf(2)), notes())).toEqual({ 'backed-up': 1, missed: 1 });
});

test('what came damaged of one producer hides no loss of another one’s record of the same number, and counts beside its damage', () => {
  const reader = new DeliveredReader('sweep', RUN);
  const of = (index: number, counter: number) => {
    const data = Buffer.alloc(60, 1);
    writeTag(data, RUN, { producer: index, counter, dueNs: 1, key: 0 });
    return data;
  };
  const damaged = [0, 1].map((index) => of(index, 1));
  for (const data of damaged) data[50]! ^= 1;
  reader.read('a', Buffer.concat([of(0, 0), damaged[0]!, of(0, 2), of(1, 0), damaged[1]!, of(1, 2)]));
  reader.read('b', Buffer.concat([of(2, 0), of(2, 2)]));
  const given = { ...evidence([], backupOf()), producers: [0, 1, 2].map(sentOf), sweep: sweepOf(reader.export()) };
  expect(countsOf(given)).toEqual({ changed: 2, lost: 1 });
  expect(judge(given).witnesses.find(({ anomaly }) => anomaly === 'lost')).toMatchObject({ producer: 'writers/2' });
});

test('what was to be dropped and came as it was put is a ghost each, and not changed', () => {
  const text = (index: number, counter: number) => {
    const open = openTag(RUN, { producer: index, counter, dueNs: 1, key: 0 });
    const put = Buffer.from(`# ${open}`);
    sealTag(put, open);
    return { at: counter, data: put, original: Buffer.from('') };
  };
  const reader = new DeliveredReader('sweep', RUN);
  reader.readTexts('a', [text(1, 0), text(1, 1), text(0, 2)], 0);
  reader.read('b', Buffer.concat([record(0), record(1)]));
  const given = {
    ...evidence([], backupOf()),
    producers: [sentOf(0)],
    dropped: [sentOf(1)],
    sweep: sweepOf(reader.export()),
  };
  expect(countsOf(given)).toEqual({ ghost: 2, changed: 1 });
  expect(judge(given).witnesses.map(({ anomaly, producer: name, detail }) => [anomaly, name, detail])).toEqual([
    ['changed', 'writers/0', 'sweep read data in a that was not processed'],
    ['ghost', 'writers/1', '2 of its records, which a function drops, came to s'],
  ]);
});
