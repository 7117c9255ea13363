/** KIN-ORD-04: one producer's puts, each sent when the one before was acknowledged, keep their order without being chained. */
import { busyStream } from '../history/busy-stream.ts';
import { findingOf } from '../history/history.ts';
import { crossedPairs, sequentialPairs } from '../history/order.ts';
import { statement } from '../statement.ts';

export const kinOrd04 = statement({
  id: 'KIN-ORD-04',
  level: 'SHOULD',
  evidence: ['model'],
  sentence:
    'Records that one producer puts into a shard one after the other, each once the one before was acknowledged, are read in that order.',
  source: 'PutRecord, SequenceNumberForOrdering (without it records are "coarsely ordered" by arrival)',
  fault: 'ord.batch-shuffle',
  needs: [],
  uses: { shared: [], prepared: ['busy stream'] },
  exercises: { 'puts in turn': 90, 'full reads': 8 },
  check: async (context) => {
    const busy = await busyStream(context);
    const pairs = sequentialPairs(busy);
    context.count('puts in turn', pairs.length);
    return findingOf(
      crossedPairs(pairs, busy),
      `${pairs.length} puts in turn were met in their order by ${busy.scans.length} reads of whole shards`,
    );
  },
});
