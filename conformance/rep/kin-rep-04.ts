/** KIN-REP-04: a replay from the time of a record has that record. */
import type { Context } from '../context.ts';
import { busyStream, type BusyStream } from '../history/busy-stream.ts';
import { contentsOf, findingOf } from '../history/history.ts';
import { absent, read } from '../records.ts';
import { statement, unobserved } from '../statement.ts';

/** In each shard. */
const RECORDS = 6;

export const kinRep04 = statement({
  id: 'KIN-REP-04',
  level: 'SHOULD',
  evidence: ['model'],
  sentence: 'A read AT_TIMESTAMP of the time that a record shows as its arrival has that record.',
  source: 'GetShardIterator, Timestamp; Record, ApproximateArrivalTimestamp',
  fault: 'iter.ts-seconds-floor',
  needs: [],
  uses: { shared: [], prepared: ['busy stream'] },
  exercises: { 'reads from a time': 2 * RECORDS },
  check: async (context) => {
    const busy = await busyStream(context);
    const breaches = await Promise.all(busy.stream.shards.map(({ ShardId }) => replays(context, busy, ShardId)));
    const untimed = busy.scans.flatMap(contentsOf).find(({ arrivalS }) => !Number.isFinite(arrivalS));
    if (untimed) return unobserved(`record ${untimed.sequenceNumber} has no ApproximateArrivalTimestamp`);
    return findingOf(breaches.flat(), `reads from the arrival times of ${2 * RECORDS} records had them`);
  },
});

async function replays(context: Context, { stream, scans }: BusyStream, shardId: string): Promise<string[]> {
  const whole = contentsOf(scans.findLast((scan) => scan.shardId === shardId)!);
  const breaches: string[] = [];
  for (let trial = 0; trial < RECORDS && whole.length > 0 && breaches.length === 0; trial += 1) {
    const { key = '', data, sequenceNumber, arrivalS } = whole[context.random.below(whole.length)]!;
    if (arrivalS === undefined || !Number.isFinite(arrivalS)) continue;
    const { ShardIterator } = await context.send('GetShardIterator', {
      StreamName: stream.name,
      ShardId: shardId,
      ShardIteratorType: 'AT_TIMESTAMP',
      Timestamp: arrivalS,
    });
    if (!ShardIterator) continue;
    const record = { partitionKey: key, data, shardId, sequenceNumber };
    const records = await read(context, stream, shardId, ShardIterator, { expect: [record] });
    context.count('reads from a time');
    if (absent([record], records).length === 0) continue;
    const first = records[0];
    const began = first ? `${first.SequenceNumber}, which arrived at ${first.ApproximateArrivalTimestamp}` : 'nothing';
    breaches.push(
      `${sequenceNumber} of ${shardId} shows ${arrivalS} as its arrival; a read AT_TIMESTAMP ${arrivalS} began with ${began}, and did not have it`,
    );
  }
  return breaches;
}
