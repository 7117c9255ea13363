/** What the ledger says, word for word, of histories of a few lines in two streams, and what its verdicts rest on. */
import { expect, test } from 'vitest';
import { deliveredPlace } from './digest.ts';
import type { ConsumerNotes, Evidence } from './evidence.ts';
import type { SentHistory } from './history.ts';
import { judge } from './judge.ts';
import { ALL, CHILD, producer, readerOf, RUN, SHARD, sweepOf } from './ledger-lines.test-data.ts';
import { Reader } from './reader.ts';
import { writeTag } from './record-tag.ts';

const verify = ['no-loss', 'no-duplicates', 'order', 'immutability'] as const;

function judged(change: Partial<Evidence> = {}) {
  const report = judge({
    producers: [producer()],
    consumers: [],
    sweep: sweepOf(readerOf('sweep', ALL)),
    ownStreams: true,
    verify,
    ...change,
  });
  const counts = Object.fromEntries(Object.entries(report.counts).filter(([, count]) => count > 0));
  return { ...report, counts };
}

const swept = (lines: string) => ({ sweep: sweepOf(readerOf('sweep', lines)) });
const consumer = (lines: string, name = 'pollers/0'): ConsumerNotes => ({ stream: 's', reader: readerOf(name, lines) });
const saidOf = (change: Partial<Evidence>) => judged(change).witnesses.map(({ anomaly, detail }) => [anomaly, detail]);

test('a history without fault, as a whole', () => {
  expect(judged({ again: sweepOf(readerOf('second sweep', ALL)) })).toEqual({
    sent: 3,
    acknowledged: 3,
    rejected: 0,
    swept: 3,
    foreign: 0,
    elsewhere: 0,
    counts: {},
    witnesses: [],
    order: { promised: 0, apart: 0, neighbours: 4 },
    compared: 3,
    unjudged: [],
    sweep: { complete: true, records: 3, durationNs: 7, reason: null, from: 'TRIM_HORIZON', reads: 2 },
    verdicts: [
      { name: 'no-loss', verdict: 'pass', explanation: '3 acknowledged records, 3 swept' },
      { name: 'no-duplicates', verdict: 'pass', explanation: '3 acknowledged records, 3 swept' },
      { name: 'order', verdict: 'pass', explanation: '0 promised pairs and 4 neighbours in a shard compared' },
      {
        name: 'immutability',
        verdict: 'pass',
        explanation: '3 records read twice or more and compared, 3 acknowledged',
      },
    ],
  });
});

test.each<[string, Partial<Evidence>, (readonly [string, string])[]]>([
  [
    'lost',
    swept('0@10 2@12'),
    [['lost', 'acknowledged, and absent from the sweep; of its place only a digest was kept']],
  ],
  [
    'lost by the second sweep',
    { again: sweepOf(readerOf('second sweep', '0@10 2@12')) },
    [['lost', 'acknowledged, and absent from the second sweep; of its place only a digest was kept']],
  ],
  ['ghost', { producers: [producer('a10 r a12')] }, [['ghost', 'the put was refused, and yet the record can be read']]],
  ['ghost of none', swept(`${ALL} 7@13`), [['ghost', 'no such record was ever sent']]],
  ['nobody’s', swept(`${ALL} x@13 x@14`), [['ghost', "2 records in the run's own streams carry no tag of this run"]]],
  ['maybe', { producers: [producer('a10 m a12')] }, [['maybe', 'no certain answer: it may be stored or not']]],
  [
    'unread',
    { sweep: sweepOf(readerOf('sweep', '0@10 1@11'), false) },
    [['unread', 'acknowledged; the sweep did not get there']],
  ],
  [
    'expired',
    {
      ...swept('1@11 2@12'),
      producers: [producer(undefined, ({ dueTimes }) => [0, 1, 2].forEach((at) => dueTimes.note(at, at)))],
      expiredNs: new Map([['s', 1]]),
    },
    [['expired', 'acknowledged, absent from the sweep, and older than its retention']],
  ],
  ['moved', swept('0@10 2@12 1@13'), [['changed', 'read at another shard or sequence number than the put was given']]],
  [
    'other content for a consumer',
    { consumers: [consumer('0@10 1^11 2@12')] },
    [['changed', 'two reads of its place gave different contents']],
  ],
  [
    'retried',
    { ...swept('0@10 0@11'), producers: [producer('m,a10')] },
    [['retried', 'more than one attempt has stored it']],
  ],
  [
    'duplicated, and nobody was there',
    { ...swept('0@10 0@11 0@12'), producers: [{ ...producer('m,a10'), name: 'other' }] },
    [['duplicated', 'sweep read a second copy under another sequence number']],
  ],
  [
    'out of order by its producer',
    { producers: [producer(undefined, (sent) => sent.reordered(1))] },
    [['reordered', 'it stands before a record that it was promised to come after']],
  ],
  ['damaged', swept('0@10 1!11 2@12'), [['changed', 'sweep read data that fails its own checksum']]],
  [
    'missed',
    {
      consumers: [consumer('0@10 2@12')],
      sweep: sweepOf(readerOf('sweep', ALL, { consumers: [readerOf('', '0@10 2@12')] })),
    },
    [['missed', 'pollers/0 read before and behind it, and was not given it']],
  ],
])('%s', (_, change, said) => {
  expect(saidOf(change)).toEqual(said);
});

test('a record that was read with another content in its place, without a put or with one', () => {
  const lines = '0@10 1@11 1^11 2@12';
  expect(judged(swept(lines)).counts).toEqual({ changed: 1, reordered: 1 });
  expect(judged({ ...swept(lines), producers: [producer('a10 r a12')] }).counts).toEqual({
    changed: 1,
    ghost: 1,
    reordered: 1,
  });
  const { witnesses } = judged(swept(lines));
  expect(witnesses.find(({ anomaly }) => anomaly === 'changed')).toEqual({
    anomaly: 'changed',
    producer: 'writers/0',
    counter: 1,
    shardId: SHARD,
    sequenceNumber: '11',
    detail: 'sweep read the same sequence number with other content',
  });
});

test('where the place of a damaged record is known, it is changed and not lost as well, for whoever read it', () => {
  const hurt = '0@10 1!11 2@12';
  expect(judged(swept(hurt)).counts).toEqual({ changed: 1 });
  expect(judged({ again: sweepOf(readerOf('second sweep', hurt)) }).counts).toEqual({ changed: 1 });
  expect(judged({ consumers: [consumer(hurt)] }).counts).toEqual({ changed: 1 });
  expect(judged({ sweep: sweepOf(readerOf('sweep', '0@10 1!11'), false) }).counts).toEqual({ changed: 1, unread: 1 });
});

test('damage without a name and reads without one count once, by the reader that met most', () => {
  const reader = readerOf('sweep', ALL);
  const more = (damagedMore: number, strayed: number, redelivered: number) => ({
    ...reader,
    damagedMore,
    strayed,
    redelivered,
  });
  const { counts } = judged({
    sweep: sweepOf(more(2, 3, 1)),
    consumers: [
      { stream: 's', reader: more(4, 1, 1) },
      { stream: 's', reader: more(1, 2, 1) },
    ],
  });
  expect(counts).toEqual({ changed: 4, reordered: 3, redelivered: 3 });
});

test('records in a stream to which their producer sent none are ghosts, all of them, by its name or its number', () => {
  const strangers = readerOf('sweep', ALL);
  const nobody = readerOf('sweep', '0@20 1@21', { producer: 9 });
  const {
    counts,
    witnesses,
    swept: found,
  } = judged({
    sweep: sweepOf([
      ['s', readerOf('sweep', ALL)],
      ['t', strangers],
      ['u', nobody],
    ]),
  });
  expect(counts).toEqual({ ghost: 5 });
  expect(found).toBe(8);
  expect(witnesses).toEqual([
    {
      anomaly: 'ghost',
      producer: 'writers/0',
      counter: -1,
      shardId: null,
      sequenceNumber: null,
      detail: '3 of its records are in the stream t, to which it sent none',
    },
    {
      anomaly: 'ghost',
      producer: '9',
      counter: -1,
      shardId: null,
      sequenceNumber: null,
      detail: '2 of its records are in the stream u, to which it sent none',
    },
  ]);
});

test('each producer is judged by the readers of its own stream', () => {
  const other = { ...producer('a20 a21'), index: 1, name: 'writers/1', stream: 't' };
  const {
    counts,
    swept: found,
    sent,
    compared,
  } = judged({
    producers: [producer(), other],
    consumers: [consumer(ALL), { stream: 't', reader: readerOf('pollers/1', '0@20 1@21', { producer: 1 }) }],
    sweep: sweepOf([
      ['s', readerOf('sweep', ALL)],
      ['t', readerOf('sweep', '0@20 1@21', { producer: 1 })],
    ]),
    expiredNs: new Map([['x', Infinity]]),
  });
  expect({ counts, found, sent, compared }).toEqual({ counts: {}, found: 5, sent: 5, compared: 5 });
});

test('records of others in an existing stream are counted, and are no ghosts', () => {
  const { counts, foreign } = judged({ ...swept(`${ALL} x@13`), ownStreams: false });
  expect({ counts, foreign }).toEqual({ counts: {}, foreign: 1 });
});

test('a second sweep that is not complete is compared with nothing and proves no loss', () => {
  const { counts, compared, sweep } = judged({ again: sweepOf(readerOf('second sweep', '0@10'), false) });
  expect({ counts, compared, reads: sweep.reads }).toEqual({ counts: {}, compared: 0, reads: 2 });
  expect(judged().sweep.reads).toBe(1);
});

test('of nine consumers, what the ninth was led past is late', () => {
  const others = Array.from({ length: 8 }, (_, at) => consumer(ALL, `pollers/${at}`));
  const ninth = consumer('0@10 2@12', 'pollers/8');
  const consumers = [...others, ninth];
  const sweep = sweepOf(readerOf('sweep', ALL, { consumers: consumers.map(({ reader }) => reader) }));
  expect(judged({ consumers, sweep }).counts).toEqual({ late: 1 });
  const turned = [ninth, ...others];
  const seen = sweepOf(readerOf('sweep', ALL, { consumers: turned.map(({ reader }) => reader) }));
  expect(judged({ consumers: turned, sweep: seen }).counts).toEqual({ missed: 1 });
});

test('an uncertain put that a consumer lacks is not late', () => {
  expect(judged({ producers: [producer('a10 m a12')], consumers: [consumer('0@10')] }).counts).toEqual({
    maybe: 1,
    late: 1,
  });
});

/** What a reader of objects noted: places of its own, and no contents that the stream has. */
function deliveredOf(counters: readonly number[], delivered: 'in-time' | 'whole'): ConsumerNotes {
  const reader = new Reader('objects', RUN);
  for (const counter of counters) {
    const data = Buffer.alloc(60, 5);
    writeTag(data, RUN, { producer: 0, counter, dueNs: 1, key: 1 });
    reader.read('object', { SequenceNumber: String(deliveredPlace(0, counter)), PartitionKey: 'key-1' }, data);
    // Places in an object rise with nothing.
    reader.restart('object');
  }
  return { stream: 's', delivered, reader: reader.export() };
}

test('what was delivered of a stream has other places there, and that is no change', () => {
  const { counts, compared } = judged({ consumers: [deliveredOf([0, 1, 2], 'whole')] });
  expect({ counts, compared }).toEqual({ counts: {}, compared: 3 });
  // Beside a record that needs a look, too.
  expect(judged({ ...swept('0@10 1@11'), consumers: [deliveredOf([0, 1, 2], 'whole')] }).counts).toEqual({ lost: 1 });
});

test('what was not delivered is missed where all objects were read, and late where only some were', () => {
  const whole = judged({ consumers: [deliveredOf([0, 2], 'whole')] });
  expect(whole.counts).toEqual({ missed: 1 });
  expect(whole.witnesses.map(({ detail }) => detail)).toEqual([
    'it is in the stream, and in no object that objects read',
  ]);
  expect(judged({ consumers: [deliveredOf([0, 2], 'in-time')] }).counts).toEqual({ late: 1 });
});

test('what went back into the shard its own came of is out of order, with its place and why', () => {
  const crossed = (from: string, shardId: string) => (sent: SentHistory) =>
    sent.crossed(from, { counter: 1, shardId, sequenceNumber: '99', detail: 'before' });
  const back = judged({ producers: [producer(undefined, crossed(CHILD, SHARD))] });
  expect(back.counts).toEqual({ reordered: 1 });
  expect(back.witnesses[0]).toEqual({
    anomaly: 'reordered',
    producer: 'writers/0',
    counter: 1,
    shardId: SHARD,
    sequenceNumber: '99',
    detail: `sent after a record of the same key was acknowledged in ${CHILD}, and placed in ${SHARD}, which ${CHILD} came of`,
  });
  const apart = judged({ producers: [producer(undefined, crossed('elsewhere', SHARD))] });
  expect(apart.verdicts[2]!.explanation).toBe(
    '0 promised pairs and 2 neighbours in a shard compared; 1 pairs lie in shards that no split or merge puts in line',
  );
});

test('of more crossings than are kept by name, every one is counted', () => {
  const many = (sent: SentHistory) => {
    for (let at = 0; at < 5000; at += 1)
      sent.crossed(CHILD, { counter: at % 3, shardId: SHARD, sequenceNumber: '99', detail: '' });
  };
  const { counts, order } = judged({ producers: [producer(undefined, many)] });
  // Three records by name, 904 beyond the 4,096 that are kept.
  expect({ counts, promised: order.promised }).toEqual({ counts: { reordered: 3 + 904 }, promised: 5000 });
});

test('what a producer saw out of order is told in its words', () => {
  const first = { counter: 1, shardId: SHARD, sequenceNumber: '11', detail: 'placed before it' };
  const seen = (sent: SentHistory) => {
    sent.reordered(1);
    sent.promised = 4;
    sent.reorderedFirst.push(first);
  };
  const { witnesses, verdicts, order } = judged({ producers: [producer(undefined, seen)] });
  expect(witnesses).toEqual([{ anomaly: 'reordered', producer: 'writers/0', ...first }]);
  expect(order.promised).toBe(4);
  expect(verdicts[2]).toEqual({ name: 'order', verdict: 'fail', explanation: '1 reordered' });
});

test.each<[string, Partial<Evidence>, readonly string[]]>([
  [
    'nothing acknowledged',
    { producers: [producer('m')], ...swept('') },
    Array.from({ length: 4 }, () => 'indeterminate: nothing was acknowledged, so nothing was put to the test'),
  ],
  [
    'an incomplete sweep',
    { sweep: sweepOf(readerOf('sweep', ALL), false) },
    Array.from({ length: 4 }, () => 'indeterminate: the sweep is not complete: out of time'),
  ],
  [
    'all expired',
    {
      ...swept(''),
      producers: [producer(undefined, ({ dueTimes }) => [0, 1, 2].forEach((at) => dueTimes.note(at, at)))],
      expiredNs: new Map([['s', Infinity]]),
    },
    Array.from({ length: 4 }, () => 'indeterminate: every record had expired before it could be read back'),
  ],
  [
    'some expired, and one record left',
    {
      ...swept('2@12'),
      producers: [producer(undefined, ({ dueTimes }) => [0, 1, 2].forEach((at) => dueTimes.note(at, at)))],
      expiredNs: new Map([['s', 2]]),
    },
    [
      'pass: 3 acknowledged records, 1 swept, 2 expired by then',
      'pass: 3 acknowledged records, 1 swept',
      'indeterminate: 0 promised pairs and 0 neighbours in a shard compared',
      'indeterminate: 0 records read twice or more and compared, 3 acknowledged',
    ],
  ],
  [
    'everything broken',
    { ...swept('x@9 0@10 0@8 2!12'), consumers: [consumer('0@10 2@12')] },
    ['fail: 1 lost', 'fail: 1 duplicated, 1 ghost', 'fail: 1 reordered', 'fail: 1 changed'],
  ],
  [
    'promises alone',
    { ...swept('0@10'), producers: [producer('a10', (sent) => (sent.promised = 1))] },
    [
      'pass: 1 acknowledged records, 1 swept',
      'pass: 1 acknowledged records, 1 swept',
      'pass: 1 promised pairs and 0 neighbours in a shard compared',
      'indeterminate: 0 records read twice or more and compared, 1 acknowledged',
    ],
  ],
])('verdicts: %s', (_, change, verdicts) => {
  expect(judged(change).verdicts.map(({ verdict, explanation }) => `${verdict}: ${explanation}`)).toEqual(verdicts);
});
