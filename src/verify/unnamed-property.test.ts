/** Property: records that carry no tag, told apart by a field, are judged as the naive ledger judges records. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { positionDigest } from './digest.ts';
import { discard } from './evidence.ts';
import { Fate, type SentExport, SentHistory } from './history.ts';
import { judge } from './judge.ts';
import { naiveCounts, type NaiveHistory, type NaivePut, type NaiveRead } from './naive-ledger.test-data.ts';
import { historyOf } from './naive-world.test-data.ts';
import { Reader, type ReaderExport } from './reader.ts';
import { cases, tapes } from './tape.test-data.ts';
import { type Unnamed, valueId } from './unnamed.ts';

const STREAM = 's';
const unnamed: Unnamed = { by: 'field', of: (data) => data.toString().split(' ')[0] };

function sentOf(puts: readonly NaivePut[]): SentExport {
  const sent = new SentHistory(1);
  for (const { counter, attempts, place } of puts) {
    const [shardId, sequenceNumber] = place.split(' ') as [string, string];
    for (const outcome of attempts) {
      sent.sent(counter);
      sent.settled(counter, Fate[outcome], outcome === 'acknowledged' ? positionDigest(shardId, sequenceNumber) : 0);
    }
    sent.identified(counter, valueId(STREAM, `value-${counter}`));
  }
  return sent.export();
}

function readerOf(name: string, reads: readonly NaiveRead[], consumers: readonly ReaderExport[] = []): ReaderExport {
  const reader = new Reader(name, 'r0000001', undefined, { consumers });
  for (const { shardId, sequenceNumber, counter, content, restart } of reads) {
    if (restart) reader.restart(shardId);
    const data = Buffer.from(`value-${counter} ${content}`);
    reader.read(shardId, { SequenceNumber: sequenceNumber, PartitionKey: 'k' }, data, { stream: STREAM, unnamed });
  }
  return reader.export();
}

/** Without what only a tag can tell: damage, the key that was put, and a record that was never sent. */
function untold(history: NaiveHistory): NaiveHistory {
  const sent = new Set(history.puts.map(({ counter }) => counter));
  const plain = (reads: readonly NaiveRead[]) =>
    reads.filter(({ counter }) => sent.has(counter)).map((read) => ({ ...read, damaged: false, wrongKey: false }));
  return {
    ...history,
    consumers: history.consumers.map(plain),
    sweep: plain(history.sweep),
    again: history.again && plain(history.again),
    expired: -Infinity,
    crossings: [],
  };
}

test.each([
  ['much evil', 150, { records: 6, stride: 1, retries: 0.4, evil: 0.12 }],
  ['one defect or none', 100, { records: 20, stride: 1, retries: 0.2, evil: 0.003 }],
])('%s', (_, runs, world) => {
  fc.assert(
    fc.property(
      tapes(600).map((tape) => untold(historyOf(tape, world))),
      (history) => {
        const consumers = history.consumers.map((reads, at) => ({
          stream: STREAM,
          reader: readerOf(`pollers/${at}`, reads),
        }));
        const swept = (reads: readonly NaiveRead[], complete: boolean) => ({
          complete,
          durationNs: 1,
          reason: null,
          from: 'TRIM_HORIZON',
          streams: [
            {
              stream: STREAM,
              shards: [],
              reader: readerOf(
                'sweep',
                reads,
                consumers.map(({ reader }) => reader),
              ),
            },
          ],
        });
        const evidence = {
          producers: [
            { index: 3, name: 'w', stream: STREAM, identifiedBy: 'field' as const, sent: sentOf(history.puts) },
          ],
          consumers,
          sweep: swept(history.sweep, history.complete),
          again: history.again && swept(history.again, true),
          ownStreams: true,
          verify: [],
        };
        // Who is out of order is not known of these, only how many reads are.
        const { reordered, ...counts } = judge(evidence).counts;
        const { reordered: known, ...expected } = naiveCounts(history);
        expect(counts).toEqual(expected);
        expect(reordered > 0).toBe(known > 0);
        discard(evidence);
      },
    ),
    cases(runs),
  );
});
