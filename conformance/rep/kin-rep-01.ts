/** KIN-REP-01: a replay is the same as the one before. */
import { busyStream } from '../history/busy-stream.ts';
import { findingOf } from '../history/history.ts';
import { replayDiffers, scanPairs } from '../history/stability.ts';
import { statement } from '../statement.ts';

export const kinRep01 = statement({
  id: 'KIN-REP-01',
  level: 'MUST',
  evidence: ['model'],
  sentence: 'Two reads of a shard from TRIM_HORIZON to its end give the same records, byte for byte.',
  source: 'GetShardIterator, TRIM_HORIZON; data retention (records can be read again and again)',
  fault: 'replay.sampled',
  needs: [],
  uses: { shared: [], prepared: ['busy stream'] },
  exercises: { 'replays compared': 12, 'acknowledged puts': 200 },
  check: async (context) => {
    const pairs = scanPairs((await busyStream(context)).scans);
    context.count('replays compared', pairs.length);
    return findingOf(
      pairs.flatMap(([earlier, later]) => replayDiffers(earlier, later)),
      `${pairs.length} times a shard was read again, it gave the same records`,
    );
  },
});
