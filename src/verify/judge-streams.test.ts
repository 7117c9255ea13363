/** Producers of two streams: each is judged by its own stream, by how its records are told apart, and by nothing of the other's. */
import { expect, test } from 'vitest';
import type { Evidence } from './evidence.ts';
import { judge } from './judge.ts';
import { ALL, CHILD, producer, readerOf, SHARD, sweepOf } from './ledger-lines.test-data.ts';

const tagged = producer();
const untagged = { ...producer('a20'), index: 1, name: 'writers/1', stream: 't', identifiedBy: 'field' as const };
const both = (complete = true) =>
  sweepOf(
    [
      ['s', readerOf('sweep', ALL)],
      ['t', readerOf('sweep', '0@20', { producer: 1 })],
    ],
    complete,
  );
const base: Evidence = {
  producers: [tagged, untagged],
  consumers: [{ stream: 's', reader: readerOf('pollers/0', ALL) }],
  sweep: both(),
  ownStreams: true,
  verify: ['immutability', 'no-duplicates'],
};
const verdictsOf = (change: Partial<Evidence>) =>
  judge({ ...base, ...change }).verdicts.map(({ verdict, explanation }) => `${verdict}: ${explanation}`);

test('records without a tag that were read once leave immutability open, whatever else was compared', () => {
  const open = 'indeterminate: records without a tag were read once, and so compared with nothing';
  expect(verdictsOf({})[0]).toBe(open);
  expect(verdictsOf({ again: both(false) })[0]).toBe(open);
  expect(verdictsOf({ again: both() })[0]).toBe('pass: 4 records read twice or more and compared, 4 acknowledged');
  expect(verdictsOf({ producers: [tagged] })[0]).toContain('pass');
});

test('what came to a receiver is its own sweep: it compares nothing', () => {
  const readBy = (name: string) => ({ stream: 't', reader: readerOf(name, '0@20', { producer: 1 }) });
  const verdict = (name: string) => verdictsOf({ consumers: [...base.consumers, readBy(name)] })[0];
  expect(verdict('pollers/1')).toContain('pass');
  expect(verdict('sweep')).toContain('indeterminate');
});

test('by sequence number alone no copy can be told', () => {
  const byNumber = { ...untagged, identifiedBy: 'sequence-number' as const };
  expect(verdictsOf({ producers: [tagged, byNumber] })[1]).toBe(
    'indeterminate: a sequence number does not tell a copy from another record',
  );
});

test('a stream that no sweep knows has nothing in it, and no shards', () => {
  const crossing = producer(undefined, (sent) =>
    sent.crossed(CHILD, { counter: 1, shardId: SHARD, sequenceNumber: '9', detail: '' }),
  );
  const { counts, order } = judge({ ...base, producers: [{ ...crossing, stream: 'u' }], again: both() });
  expect([counts.lost, order.apart, counts.reordered]).toEqual([3, 1, 0]);
});

test('lineage is that of the producer’s own stream', () => {
  const own = producer(undefined, (sent) =>
    sent.crossed(CHILD, { counter: 1, shardId: SHARD, sequenceNumber: '9', detail: '' }),
  );
  const sweep = sweepOf([
    ['t', readerOf('sweep', '')],
    ['s', readerOf('sweep', ALL)],
  ]);
  const streams = sweep.streams.map((each) => (each.stream === 't' ? { ...each, shards: [] } : each));
  expect(judge({ ...base, producers: [own], sweep: { ...sweep, streams } }).counts.reordered).toBe(1);
});

test('without a retention of its stream nothing has expired', () => {
  const late = producer(undefined, ({ dueTimes }) => [0, 1, 2].forEach((at) => dueTimes.note(at, at)));
  for (const expiredNs of [undefined, new Map([['t', Infinity]])]) {
    const { counts } = judge({
      ...base,
      producers: [late],
      sweep: sweepOf(readerOf('sweep', '2@12')),
      ...(expiredNs && { expiredNs }),
    });
    expect([counts.lost, counts.expired]).toEqual([2, 0]);
  }
});

test('what nobody sent has no producer and no number', () => {
  const { witnesses } = judge({ ...base, producers: [tagged], sweep: sweepOf(readerOf('sweep', `${ALL} x@13`)) });
  expect(witnesses).toEqual([
    {
      anomaly: 'ghost',
      producer: '?',
      counter: -1,
      shardId: null,
      sequenceNumber: null,
      detail: "1 records in the run's own streams carry no tag of this run",
    },
  ]);
});

test('of what a function is to drop is said that its loss cannot be told; what came of it is a ghost, each record', () => {
  const toDrop = { ...producer('a20 r a22'), index: 5, name: 'comments' };
  const others = { ...producer('a30'), index: 6, name: 'remarks' };
  const sweep = sweepOf([
    ['s', readerOf('sweep', ALL)],
    ['t', readerOf('sweep', '0@20 2@22', { producer: 5 })],
  ]);
  const dropped = [others, toDrop];
  const { counts, witnesses, unjudged } = judge({ ...base, producers: [tagged], dropped, sweep });
  const why = 'were put to be dropped by a function: one that was lost before it is none the less absent.';
  expect(unjudged).toEqual([`1 records of remarks ${why}`, `2 records of comments ${why}`]);
  expect([counts.ghost, counts.lost]).toEqual([2, 0]);
  const detail = '2 of its records, which a function drops, came to t';
  expect(witnesses).toMatchObject([{ anomaly: 'ghost', producer: 'comments', counter: -1, detail }]);
});

test('one of those that a function is to drop is no name for who sent to a stream that is not its own', () => {
  const strangers = readerOf('sweep', '0@20', { producer: 9 });
  const sweep = sweepOf([
    ['s', readerOf('sweep', ALL)],
    ['t', strangers],
  ]);
  const { witnesses } = judge({ ...base, producers: [tagged], dropped: [{ ...producer('a20'), index: 5 }], sweep });
  expect(witnesses.map(({ producer: who, detail }) => [who, detail])).toEqual([
    ['9', '1 of its records are in the stream t, to which it sent none'],
  ]);
});

test('a record that one consumer alone was led past breaks the promise of no loss', () => {
  const passed = readerOf('pollers/0', '0@10 2@12');
  const sweep = sweepOf(readerOf('sweep', ALL, { consumers: [passed] }));
  const consumers = [{ stream: 's', reader: passed }];
  expect(judge({ ...base, producers: [tagged], consumers, sweep, verify: ['no-loss'] }).verdicts).toEqual([
    { name: 'no-loss', verdict: 'fail', explanation: '1 missed' },
  ]);
});
