/**
 * KIN-OD-03: an on-demand stream grows. One of its shards is written to at more than half of what a shard takes, evenly over its
 * hash keys; when the stream has more shards than before is told, and nothing more is made of it: AWS publishes no rule that binds.
 */
import { NS_PER_S, sleepFor } from '../../src/clock.ts';
import { firstShard } from '../records.ts';
import { broken, holds, statement, unobserved } from '../statement.ts';
import { openShards } from '../streams.ts';
import { write } from './load.ts';
import { withOnDemand } from './on-demand-stream.ts';

/** 700 kB/s. */
const load = { recordBytes: 350_000, records: 2, calls: 1, seconds: 150 } as const;
/** AWS names 15 minutes; so long after the load has ended the stream is looked at. */
const WATCH_NS = 20 * 60 * NS_PER_S;
const LOOK_NS = 15 * NS_PER_S;

export const kinOd03 = statement({
  id: 'KIN-OD-03',
  level: 'INFO',
  profile: 'extended',
  evidence: ['inferred'],
  sentence:
    'An on-demand stream of which a shard is written to at more than 500 kB a second has more shards a quarter of an hour later.',
  source: 'On-demand mode (a shard above 500 KB/s is split within 15 minutes)',
  fault: 'od.never-scales',
  needs: ['clock', 'throttle'],
  lane: 'sentinel',
  uses: { streams: [4] },
  exercises: { 'megabytes written': 100 },
  check: (context) =>
    withOnDemand(
      context,
      async (stream) => {
        const { clock } = context;
        const startNs = clock.monotonicNs();
        const { start, end } = stream.ranges[0] ?? { start: 0n, end: 0n };
        const { ShardId: shardId } = firstShard(stream);
        const { stored } = await write(context, stream, { ...load, range: { start, end } });
        const records = stored.get(shardId)?.length ?? 0;
        context.count('megabytes written', Math.floor((records * load.recordBytes) / 1e6));
        const untilNs = clock.monotonicNs() + WATCH_NS;
        for (;;) {
          const open = await openShards(context.send, stream.name);
          const afterS = Math.round((clock.monotonicNs() - startNs) / NS_PER_S);
          const said = `${stream.shards.length} shards, ${load.seconds} s of 700 kB/s to ${shardId}: after ${afterS} s there are ${open.length}`;
          if (open.length > stream.shards.length) return holds(said);
          if (clock.monotonicNs() > untilNs) return broken(said);
          await sleepFor(clock, LOOK_NS);
        }
      },
      (said) => unobserved(`no on-demand stream could be created: ${said}`),
    ),
});
