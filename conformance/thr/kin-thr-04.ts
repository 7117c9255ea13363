/** KIN-THR-04: a hot shard is hot alone. */
import { NS_PER_S, sleepFor } from '../../src/clock.ts';
import { broken, holds, loose, statement, unobserved } from '../statement.ts';
import { load, sumOf } from './load.ts';

const WARM_UP_S = 3;
const SECONDS = 4;
/** A share of the cold load: a budget for both shards refuses far more of it than a call or two. */
const BY_CHANCE = 0.05;

export const kinThr04 = statement({
  id: 'KIN-THR-04',
  level: 'MUST',
  evidence: ['model'],
  sentence: 'Write limits are of each shard: one that is overloaded takes nothing from another.',
  source: 'PutRecords, PutRecord (limits per shard)',
  fault: 'thr.per-stream',
  needs: ['throttle'],
  lane: 'slow',
  uses: { streams: [2], shared: [], seconds: 25, records: 46000 },
  exercises: { 'records throttled on the hot shard': 500, 'records stored on the cold shard': 1000 },
  check: async (context) => {
    const stream = await context.stream(2, 'fresh');
    const [first, second] = stream.ranges;
    if (!first || !second) return unobserved(`a stream of two shards has ${stream.ranges.length} open ones`);
    for (const [hotRange, coldRange] of [
      [first, second],
      [second, first],
    ] as const) {
      const heat = { callsPerS: 10, recordsPerCall: 200, dataBytes: 1, seconds: WARM_UP_S + SECONDS, into: hotRange };
      const [hot, cold] = await Promise.all([
        load(context, stream, heat),
        // The hot shard's burst is spent first: until then a budget for both would do.
        sleepFor(context.clock, WARM_UP_S * NS_PER_S).then(() =>
          load(context, stream, { callsPerS: 10, recordsPerCall: 30, dataBytes: 1, seconds: SECONDS, into: coldRange }),
        ),
      ]);
      context.count('records throttled on the hot shard', sumOf(hot, 'throttled'));
      context.count('records stored on the cold shard', sumOf(cold, 'stored'));
      const throttled = sumOf(cold, 'throttled');
      const said = `2,000 records a second into one shard and 300 into another: of the first ${sumOf(hot, 'throttled')} of ${sumOf(hot, 'records')} were throttled, of the second ${throttled} of ${sumOf(cold, 'records')}`;
      if (throttled > BY_CHANCE * sumOf(cold, 'records')) return broken(said);
      if (throttled > 0) return loose(said);
      if (sumOf(cold, 'stored') < sumOf(cold, 'records')) return unobserved(`${said}, and some failed otherwise`);
    }
    return holds('2,000 records a second into one shard were throttled, 300 into another were not, both ways round');
  },
});
