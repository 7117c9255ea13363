/**
 * KIN-IT-05: AT_TIMESTAMP begins at a time. Arrival times are the endpoint's own, read from it; where they do not rise from record
 * to record, which AWS allows, nothing can be said. The puts are more than a second apart for those who keep seconds only.
 */
import { NS_PER_S, sleepFor } from '../../src/clock.ts';
import { type Context, type Stream, Unobservable } from '../context.ts';
import { type Acknowledged, firstShard, put, read, sweep } from '../records.ts';
import { broken, holds, statement, unobserved } from '../statement.ts';

const RECORDS = 4;
const APART_NS = 1.1 * NS_PER_S;
const HOUR_MS = 3_600_000;

export const kinIt05 = statement({
  id: 'KIN-IT-05',
  level: 'MUST',
  evidence: ['model'],
  sentence:
    'AT_TIMESTAMP starts at the first record that arrived at that time or later, and at the oldest record where the time is before it.',
  source: 'GetShardIterator, Timestamp',
  fault: 'iter.ts-strict',
  needs: [],
  uses: { streams: [1], shared: [] },
  exercises: { 'times between arrivals': RECORDS - 1, 'times of an arrival': RECORDS, 'times before all arrivals': 1 },
  check: async (context) => {
    const stream = await context.stream(1, 'fresh');
    const acknowledged: Acknowledged[] = [];
    for (let index = 0; index < RECORDS; index += 1) {
      if (index > 0) await sleepFor(context.clock, APART_NS);
      acknowledged.push(await put(context, stream, { key: `at-${index}` }));
    }
    const records = await sweep(context, stream, firstShard(stream).ShardId, acknowledged);
    if (records.length !== RECORDS)
      return unobserved(`of ${RECORDS} records in a new stream ${records.length} were read`);
    const arrivals = records.map((record) => Math.round(Number(record.ApproximateArrivalTimestamp) * 1000));
    const rising = arrivals.every((ms, index) => ms > (arrivals[index - 1] ?? 0));
    if (!rising) return unobserved(`the arrival times do not rise: ${arrivals.join(', ')} ms`);
    const probes = [
      { what: 'times before all arrivals', ms: arrivals[0]! - HOUR_MS, from: 0 },
      ...arrivals.map((ms, index) => ({ what: 'times of an arrival', ms, from: index })),
      ...arrivals.slice(1).map((ms, index) => {
        return { what: 'times between arrivals', ms: Math.round((arrivals[index]! + ms) / 2), from: index + 1 };
      }),
    ];
    for (const { what, ms, from } of probes) {
      const first = await firstFrom(context, stream, ms, acknowledged.slice(from));
      const place = records.findIndex((record) => record.SequenceNumber === first);
      if (place !== from) {
        const came = place < 0 ? 'none of them' : `number ${place + 1}`;
        return broken(
          `${RECORDS} records arrived at ${arrivals.join(', ')} ms (as read); a read AT_TIMESTAMP ${ms / 1000} began with ${came}; AWS documents number ${from + 1}`,
        );
      }
      context.count(what);
    }
    return holds(`${probes.length} times, a read began with the first record of that time or later`);
  },
});

/** The number of the first record that a read from that time on gives. */
async function firstFrom(
  context: Context,
  stream: Stream,
  ms: number,
  expect: Acknowledged[],
): Promise<string | undefined> {
  const { ShardId: shardId } = firstShard(stream);
  const { ShardIterator: iterator } = await context.send('GetShardIterator', {
    StreamName: stream.name,
    ShardId: shardId,
    ShardIteratorType: 'AT_TIMESTAMP',
    Timestamp: ms / 1000,
  });
  if (!iterator) throw new Unobservable(`GetShardIterator AT_TIMESTAMP ${ms / 1000} gave no iterator`);
  const [first] = await read(context, stream, shardId, iterator, { expect });
  return first?.SequenceNumber;
}
