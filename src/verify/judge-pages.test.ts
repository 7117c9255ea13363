/** Pages of the ledger that only one side has, or that somebody read elsewhere: what is settled unread and what is not, by histories of a few lines. */
import { expect, test } from 'vitest';
import { DeliveredReader } from './delivered-reader.ts';
import type { ConsumerNotes, Evidence } from './evidence.ts';
import { Fate, SentHistory } from './history.ts';
import { judge } from './judge.ts';
import { ALL, producer, readerOf, RUN, sweepOf } from './ledger-lines.test-data.ts';
import { PAGE_ROWS } from './page-store.ts';
import { writeTag } from './record-tag.ts';

function judged(change: Partial<Evidence> = {}) {
  const sweep = sweepOf(readerOf('sweep', ALL));
  const report = judge({ producers: [producer()], consumers: [], sweep, ownStreams: true, verify: [], ...change });
  const counts = Object.fromEntries(Object.entries(report.counts).filter(([, count]) => count > 0));
  const said = report.witnesses.map(({ anomaly, counter, detail }) => [anomaly, counter, detail]);
  return { counts, compared: report.compared, said };
}

const consumer = (lines: string, name = 'pollers/0'): ConsumerNotes => ({ stream: 's', reader: readerOf(name, lines) });

/** What was found of these records in one object, one behind the other. */
function deliveredOf(...counters: readonly number[]): ConsumerNotes {
  const reader = new DeliveredReader('objects', RUN);
  const bodies = counters.map((counter) => {
    const data = Buffer.alloc(60, 1);
    writeTag(data, RUN, { producer: 0, counter, dueNs: 1, key: 1 });
    return data;
  });
  reader.read('object', Buffer.concat(bodies));
  return { stream: 's', delivered: 'whole', reader: reader.export() };
}

test('a page of which nothing was sent, and one that a consumer never came to', () => {
  const sweep = sweepOf(readerOf('sweep', `${ALL} ${PAGE_ROWS + 1}@13`));
  expect(judged({ sweep }).counts).toEqual({ ghost: 1 });
  const { counts, compared } = judged({ consumers: [consumer('')] });
  expect({ counts, compared }).toEqual({ counts: { late: 3 }, compared: 0 });
});

test('pages are gone through in order, whichever was written first', () => {
  const sent = new SentHistory();
  for (const counter of [2 * PAGE_ROWS, PAGE_ROWS, 0]) {
    sent.sent(counter);
    sent.settled(counter, Fate.acknowledged, 1);
  }
  const producers = [{ ...producer(), sent: sent.export() }];
  expect(judged({ producers, sweep: sweepOf(readerOf('sweep', '')) }).said.map(([, counter]) => counter)).toEqual([
    0,
    PAGE_ROWS,
    2 * PAGE_ROWS,
  ]);
});

test('beside a second sweep, which has the places of the stream, what was delivered has places of its own', () => {
  const again = sweepOf(readerOf('second sweep', ALL));
  const { counts, compared } = judged({ again, consumers: [deliveredOf(0, 1, 2)] });
  expect({ counts, compared }).toEqual({ counts: {}, compared: 3 });
});

test('what was delivered of a refused put is a ghost, though no sweep found it', () => {
  const sweep = sweepOf(readerOf('sweep', '0@10 2@12'));
  const refused = { producers: [producer('a10 r a12')], sweep };
  expect(judged({ ...refused, consumers: [deliveredOf(0, 1, 2)] }).counts).toEqual({ ghost: 1 });
  expect(judged({ ...refused, consumers: [deliveredOf(0, 2)] }).counts).toEqual({});
});

test('what was delivered twice is duplicated, though the stream has it once', () => {
  expect(judged({ consumers: [deliveredOf(0, 1, 1, 2)] })).toEqual({
    counts: { duplicated: 1 },
    compared: 3,
    said: [['duplicated', 1, 'objects found another copy in object']],
  });
});

test('what was delivered damaged is changed, and not missed as well', () => {
  const delivered = deliveredOf(0, 2);
  const bad = Buffer.alloc(60, 1);
  writeTag(bad, RUN, { producer: 0, counter: 1, dueNs: 1, key: 1 });
  bad[50]! ^= 1;
  const reader = new DeliveredReader('objects', RUN);
  reader.read('other', bad);
  const { damaged, witnesses } = reader.export();
  const consumers = [{ ...delivered, reader: { ...delivered.reader, damaged, witnesses } }];
  expect(judged({ consumers }).counts).toEqual({ changed: 1 });
});

test('a refused put that is out of order, and nowhere to be read, is no ghost', () => {
  const producers = [producer('a10 r a12', (sent) => sent.reordered(1))];
  expect(judged({ producers, sweep: sweepOf(readerOf('sweep', '0@10 2@12')) }).counts).toEqual({ reordered: 1 });
});

test('where more is found than readers name, the judgement says in its own words what it is', () => {
  // Six records of each kind: a reader names the first five of a class.
  const counters = [0, 1, 2, 3, 4, 5];
  const lines = counters.map((counter) => `${counter}@${10 + counter}`);
  const others = counters.map((counter) => `${counter}^${10 + counter}`);
  const copies = counters.map((counter) => `${counter}@${20 + counter}`);
  const puts = counters.map((counter) => `a${10 + counter}`).join(' ');
  const saidOf = (change: Partial<Evidence>, anomaly: string) =>
    judged(change).said.flatMap(([which, counter, detail]) => (which === anomaly ? [`${counter} ${detail}`] : []));
  const twice = sweepOf(readerOf('sweep', [...lines, ...copies].join(' ')));
  const found = 'sweep read a second copy under another sequence number';
  expect(saidOf({ producers: [producer(puts)], sweep: twice }, 'duplicated').toSorted()).toEqual(
    [0, 1, 2, 3, 4].map((counter) => `${counter} ${found}`),
  );
  const unnamed = (reader: ReturnType<typeof readerOf>) => sweepOf({ ...reader, witnesses: [] });
  expect(
    saidOf(
      { producers: [producer(puts)], sweep: unnamed(readerOf('sweep', [...lines, ...copies].join(' '))) },
      'duplicated',
    )[0],
  ).toBe('0 1 stored at the most, and 2 read');
  const changed = unnamed(readerOf('sweep', [...lines, ...others].join(' ')));
  expect(saidOf({ producers: [producer(puts)], sweep: changed }, 'changed')[0]).toBe(
    '0 it was read with another content than it had before or was put with',
  );
  expect(saidOf({ producers: [producer('r r')], sweep: changed }, 'changed')[0]).toBe(
    '0 it was read with another content',
  );
});

test('of thirty-three consumers the last is not taken for the first', () => {
  const others = Array.from({ length: 32 }, (_, at) => consumer(ALL, `pollers/${at}`));
  const consumers = [...others, consumer('0@10 2@12', 'pollers/32')];
  const sweep = sweepOf(readerOf('sweep', ALL, { consumers: consumers.map(({ reader }) => reader) }));
  expect(judged({ consumers, sweep }).counts).toEqual({ late: 1 });
});
