/** KIN-ORD-01: a chain of puts gets rising sequence numbers. */
import { busyStream } from '../history/busy-stream.ts';
import { findingOf } from '../history/history.ts';
import { chainedPairs, fallingPairs } from '../history/order.ts';
import { statement } from '../statement.ts';

export const kinOrd01 = statement({
  id: 'KIN-ORD-01',
  level: 'MUST',
  evidence: ['model'],
  sentence:
    'Puts of one key that each name the sequence number of the one before as SequenceNumberForOrdering get strictly increasing sequence numbers.',
  source: 'PutRecord, SequenceNumberForOrdering',
  fault: 'ord.seq-repeats-after-chain',
  needs: [],
  uses: { shared: [], prepared: ['busy stream'] },
  exercises: { 'chained puts': 90 },
  check: async (context) => {
    const pairs = chainedPairs(await busyStream(context));
    return findingOf(
      fallingPairs(pairs),
      `${pairs.length} chained puts got greater numbers than those they were chained to`,
    );
  },
});
