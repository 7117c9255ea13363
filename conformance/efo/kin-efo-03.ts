/**
 * KIN-EFO-03: what is pushed is the shard. Records wait before the subscription begins, several writers add to them while it
 * runs, and one last record behind all others turns whatever is still missing into a gap. Then a sweep by polling is the log that
 * each shard's events are held against.
 */
import { NS_PER_S } from '../../src/clock.ts';
import { disagreement } from '../agreement.ts';
import { withFanOut } from '../fan-out.ts';
import { endingSaid } from '../following.ts';
import { absent, put, putAll, sweep } from '../records.ts';
import { broken, holds, statement, unobserved } from '../statement.ts';

const WAITING = 400;
const WRITERS = 4;
const PUTS_EACH = 100;

export const kinEfo03 = statement({
  id: 'KIN-EFO-03',
  level: 'MUST',
  profile: 'extended',
  evidence: ['model'],
  sentence: 'A subscription pushes every record of its shard from its starting position on, once and in order.',
  source: 'SubscribeToShard (records are pushed as they become available)',
  fault: 'efo.drop-on-burst',
  needs: ['fan-out'],
  uses: { streams: [2], shared: [], records: 1300, consumers: 1 },
  exercises: { 'records pushed': WAITING + WRITERS * PUTS_EACH, 'shards followed': 2 },
  check: async (context) => {
    const { clock, settleNs } = context;
    const stream = await context.stream(2, 'fresh');
    const keys = (name: string, count: number) => Array.from({ length: count }, (_, index) => `${name}-${index}`);
    const waiting = await putAll(context, stream, keys('waiting', WAITING));
    return withFanOut(context, stream, async (fan) => {
      const consumer = await fan.consumer();
      const followings = await Promise.all(
        stream.shards.map(({ ShardId: shardId }) => fan.follow({ consumer, shardId, from: { Type: 'TRIM_HORIZON' } })),
      );
      const writers = Array.from({ length: WRITERS }, (_, writer) =>
        putAll(context, stream, keys(`writer-${writer}`, PUTS_EACH)),
      );
      const live = (await Promise.all(writers)).flat();
      for (const [index, { ShardId: shardId }] of stream.shards.entries()) {
        const following = followings[index]!;
        const last = await put(context, stream, { key: 'last', explicitHashKey: stream.ranges[index]!.start });
        const log = await sweep(context, stream, shardId, [...waiting, ...live, last]);
        if (absent([last], log).length > 0)
          return unobserved(`${last.sequenceNumber} did not become readable by polling`);
        const came = await following.until(
          () => following.has(last.sequenceNumber),
          clock.monotonicNs() + settleNs + NS_PER_S,
        );
        const { records, ending } = following;
        context.count('records pushed', records.length);
        context.count('shards followed');
        const why = disagreement(records, log, log[0]?.SequenceNumber);
        if (why)
          return broken(`of ${log.length} records of ${shardId}, pushed to a subscription from TRIM_HORIZON: ${why}`);
        if (came) continue;
        if (ending) return unobserved(`the subscription to ${shardId} ${endingSaid(ending)} before all was pushed`);
        return broken(
          `${log.length - records.length} of ${log.length} records of ${shardId} were not pushed ${settleNs / 1e9} s after polling gave them`,
        );
      }
      return holds('polling and two subscriptions gave the same records in the same order');
    });
  },
});
