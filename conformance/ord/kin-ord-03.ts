/** KIN-ORD-03: a chain of puts is read in its order. */
import { busyStream } from '../history/busy-stream.ts';
import { findingOf } from '../history/history.ts';
import { chainedPairs, crossedPairs } from '../history/order.ts';
import { statement } from '../statement.ts';

export const kinOrd03 = statement({
  id: 'KIN-ORD-03',
  level: 'MUST',
  evidence: ['model'],
  sentence: 'Records put with SequenceNumberForOrdering are read in the order in which they were chained.',
  source: 'PutRecord, SequenceNumberForOrdering; GetRecords',
  fault: 'ord.commit-by-size',
  needs: [],
  uses: { shared: [], prepared: ['busy stream'] },
  exercises: { 'chained puts': 90, 'full reads': 8 },
  check: async (context) => {
    const busy = await busyStream(context);
    const pairs = chainedPairs(busy);
    return findingOf(
      crossedPairs(pairs, busy),
      `${pairs.length} chained puts were met in their order by ${busy.scans.length} reads of whole shards`,
    );
  },
});
