/** Property: random histories, some legal and some not, are judged alike by the ledger and by its naive twin. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { positionDigest } from './digest.ts';
import { discard } from './evidence.ts';
import { Fate, type SentExport, SentHistory } from './history.ts';
import { judge } from './judge.ts';
import { anomalies, type Anomaly } from './ledger-report.ts';
import {
  naiveCounts,
  type NaiveHistory,
  type NaivePut,
  type NaiveRead,
  naiveTotals,
} from './naive-ledger.test-data.ts';
import { historyOf, shards, storeAll, type World } from './naive-world.test-data.ts';
import { Reader } from './reader.ts';
import { writeTag } from './record-tag.ts';
import { cases, usual, Tape, tapes } from './tape.test-data.ts';

const RUN = 'r0000001';
function readerOf(name: string, reads: readonly NaiveRead[], consumers: readonly ReturnType<Reader['export']>[] = []) {
  const reader = new Reader(name, RUN, undefined, { hotPages: 1, consumers });
  for (const { shardId, sequenceNumber, counter, content, damaged, wrongKey, restart } of reads) {
    const data = Buffer.alloc(52, Number(content));
    writeTag(data, RUN, { producer: 0, counter, dueNs: 1, key: 1 });
    if (damaged) data[50]! ^= 1;
    if (restart) reader.restart(shardId);
    reader.read(shardId, { SequenceNumber: sequenceNumber, PartitionKey: wrongKey ? 'key-2' : 'key-1' }, data);
  }
  return structuredClone(reader.export());
}

/** What the real ledger says. */
function judged(history: NaiveHistory) {
  const { puts, consumers, sweep, again, complete, expired, crossings } = history;
  const notes = consumers.map((reads, at) => ({ stream: 's', reader: readerOf(`pollers/${at}`, reads) }));
  const others = notes.map(({ reader }) => reader);
  const swept = (name: string, reads: readonly NaiveRead[], whole: boolean) => ({
    complete: whole,
    durationNs: 1,
    reason: whole ? null : 'out of time',
    from: 'TRIM_HORIZON',
    streams: [{ stream: 's', shards: history.shards, reader: readerOf(name, reads, others) }],
  });
  const evidence = {
    producers: [{ index: 0, name: 'writers/0', stream: 's', sent: sentOf(puts, crossings) }],
    consumers: notes,
    sweep: swept('sweep', sweep, complete),
    again: again && swept('second sweep', again, true),
    ownStreams: true,
    expiredNs: new Map([['s', expired]]),
    verify: [],
  };
  const report = judge(evidence);
  for (const anomaly of anomalies) {
    const witnesses = report.witnesses.filter((witness) => witness.anomaly === anomaly);
    expect(witnesses.length > 0, `a witness of ${anomaly}`).toBe(report.counts[anomaly] > 0);
  }
  discard(evidence);
  const { sent, acknowledged, rejected, compared, order } = report;
  return {
    counts: { ...report.counts },
    totals: { sent, acknowledged, rejected, swept: report.swept, compared, ...order },
  };
}

function sentOf(puts: readonly NaivePut[], crossings: NaiveHistory['crossings']): SentExport {
  const sent = new SentHistory(1);
  for (let counter = 0; counter <= puts.at(-1)!.counter; counter += 1) sent.dueTimes.note(counter, counter);
  for (const { counter, attempts, place } of puts) {
    for (const outcome of attempts) {
      sent.sent(counter);
      const [shardId, sequenceNumber] = place.split(' ') as [string, string];
      if (outcome === 'acknowledged') sent.settled(counter, Fate.acknowledged, positionDigest(shardId, sequenceNumber));
      else sent.settled(counter, Fate[outcome]);
    }
  }
  for (const { counter, from, to } of crossings)
    sent.crossed(from, { counter, shardId: to, sequenceNumber: '1', detail: '' });
  return structuredClone(sent.export());
}

const worlds: readonly (readonly [string, number, World])[] = [
  ['few records, much evil', 300, { records: 6, stride: 1, retries: 0.4, evil: 0.15 }],
  ['records far apart', 40, { records: 12, stride: 1700, retries: 0.3, evil: 0.08 }],
  ['one defect or none', 300, { records: 20, stride: 1, retries: 0.2, evil: 0.003 }],
];

test.each(worlds)('%s', (_, runs, world) => {
  const found = new Set<Anomaly>();
  fc.assert(
    fc.property(
      tapes(700).map((tape) => historyOf(tape, world)),
      (history) => {
        const counts = naiveCounts(history);
        expect(judged(history)).toEqual({ counts, totals: naiveTotals(history) });
        for (const anomaly of anomalies) if (counts[anomaly] > 0) found.add(anomaly);
      },
    ),
    cases(runs),
  );
  // A generator that never makes a class would prove nothing of it.
  // A stream has neither backup nor partitions: judge-backup.test.ts, judge-partitions.test.ts.
  if (usual) expect([...found, 'backed-up', 'misplaced'].sort()).toEqual([...anomalies].sort());
});

/** More than two pages, so that some are settled unread. */
const DENSE = 9000;

test('pages full of records, with next to nothing wrong', () => {
  const few = fc.uniqueArray(fc.nat(DENSE - 1), { maxLength: 3 });
  fc.assert(
    fc.property(few, few, few, (unswept, unread, moved) => {
      const { puts, log } = storeAll(new Tape([]), { records: DENSE, stride: 1, retries: 0, evil: 0 });
      const sweep = log.filter(({ counter }) => !unswept.includes(counter));
      const consumer = log
        .filter(({ counter }) => !unread.includes(counter))
        .map((read) => (moved.includes(read.counter) ? { ...read, content: '1' } : read));
      const history = { puts, crossings: [], shards, consumers: [consumer], sweep, again: undefined, complete: true };
      const { counts } = judged({ ...history, expired: 0 });
      const swept = new Set(unswept);
      const there = unread.filter((counter) => !swept.has(counter));
      const edge = (counter: number) => counter < consumer[0]!.counter || counter > consumer.at(-1)!.counter;
      expect(counts).toMatchObject({
        lost: unswept.length,
        missed: there.filter((counter) => !edge(counter)).length,
        late: there.filter(edge).length,
        changed: moved.filter((counter) => !unread.includes(counter) && !swept.has(counter)).length,
        ghost: 0,
        reordered: 0,
        duplicated: 0,
      });
    }),
    cases(5),
  );
});
