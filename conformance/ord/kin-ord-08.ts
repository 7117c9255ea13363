/** KIN-ORD-08: all readers read the same. */
import { busyStream } from '../history/busy-stream.ts';
import { findingOf } from '../history/history.ts';
import { disagreements, scanPairs } from '../history/stability.ts';
import { statement } from '../statement.ts';

export const kinOrd08 = statement({
  id: 'KIN-ORD-08',
  level: 'MUST',
  evidence: ['inferred'],
  sentence: 'Readers of one shard agree on what every sequence number holds and on the order of what they read.',
  source: 'GetRecords; Record (a sequence number names one record)',
  fault: 'read.replica-diverges',
  needs: [],
  uses: { shared: [], prepared: ['busy stream'] },
  exercises: { 'reads compared': 12, 'acknowledged puts': 200 },
  check: async (context) => {
    const pairs = scanPairs((await busyStream(context)).scans);
    context.count('reads compared', pairs.length);
    return findingOf(
      pairs.flatMap(([one, two]) => disagreements(one, two)),
      `${pairs.length} pairs of reads of the same shard agreed`,
    );
  },
});
