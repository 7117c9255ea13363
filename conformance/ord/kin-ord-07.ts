/** KIN-ORD-07: a page leaves nothing out between its first record and its last. */
import { busyStream } from '../history/busy-stream.ts';
import { findingOf } from '../history/history.ts';
import { faultyPages } from '../history/order.ts';
import { statement } from '../statement.ts';

export const kinOrd07 = statement({
  id: 'KIN-ORD-07',
  level: 'MUST',
  evidence: ['model'],
  sentence:
    'Inside one answer of GetRecords no record is left out and none stands before one with a smaller sequence number.',
  source: 'GetRecords; Record, SequenceNumber',
  fault: 'poll.int-gap',
  needs: [],
  uses: { shared: [], prepared: ['busy stream'] },
  exercises: { 'pages of three or more': 30, 'full reads': 8 },
  check: async (context) => {
    const busy = await busyStream(context);
    const pages = busy.scans.flatMap((scan) => scan.pages).filter((page) => page.length >= 3);
    context.count('pages of three or more', pages.length);
    return findingOf(faultyPages(busy), `${pages.length} pages of three records or more had no gap and no step back`);
  },
});
