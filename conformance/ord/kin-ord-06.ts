/** KIN-ORD-06: a page begins behind the one before it. */
import { busyStream } from '../history/busy-stream.ts';
import { findingOf } from '../history/history.ts';
import { stepsBack } from '../history/order.ts';
import { statement } from '../statement.ts';

export const kinOrd06 = statement({
  id: 'KIN-ORD-06',
  level: 'MUST',
  evidence: ['model'],
  sentence: 'Following NextShardIterator from page to page repeats no record and steps back to none.',
  source: 'GetRecords, NextShardIterator',
  fault: 'poll.repeat-last',
  needs: [],
  uses: { shared: [], prepared: ['busy stream'] },
  exercises: { 'pages with records': 30, 'full reads': 8 },
  check: async (context) => {
    const busy = await busyStream(context);
    return findingOf(
      stepsBack(busy),
      `in ${busy.scans.length} reads of whole shards every page began behind the one before it`,
    );
  },
});
