/** KIN-ORD-10: a record comes of a put, and of one put at most one. */
import { busyStream } from '../history/busy-stream.ts';
import { findingOf } from '../history/history.ts';
import { unexplained } from '../history/stability.ts';
import { statement } from '../statement.ts';

export const kinOrd10 = statement({
  id: 'KIN-ORD-10',
  level: 'MUST',
  evidence: ['guide'],
  sentence: 'Every record that is read was put, and there are no more copies of it than tries to put it.',
  source: 'PutRecord; Handle duplicate records (copies come of retries)',
  fault: 'log.double-append',
  needs: [],
  uses: { shared: [], prepared: ['busy stream'] },
  exercises: { 'acknowledged puts': 200, 'full reads': 8 },
  check: async (context) => {
    const busy = await busyStream(context);
    return findingOf(
      unexplained(busy),
      `what ${busy.scans.length} reads of whole shards gave had all been put, once for each try at the most`,
    );
  },
});
