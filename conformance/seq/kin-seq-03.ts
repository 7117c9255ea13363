/** KIN-SEQ-03: a record is read where the put was told, under the number it was told. */
import { busyStream } from '../history/busy-stream.ts';
import { findingOf } from '../history/history.ts';
import { renumbered } from '../history/numbers.ts';
import { statement } from '../statement.ts';

export const kinSeq03 = statement({
  id: 'KIN-SEQ-03',
  level: 'MUST',
  evidence: ['model'],
  sentence: 'A record is read from the shard and under the sequence number that its put was answered with.',
  source: 'PutRecord and PutRecords, ShardId and SequenceNumber',
  fault: 'seq.renumber-on-read',
  needs: [],
  uses: { shared: [], prepared: ['busy stream'] },
  exercises: { 'acknowledged puts': 200, 'full reads': 8, 'shards hit': 2 },
  check: async (context) => {
    const busy = await busyStream(context);
    return findingOf(
      renumbered(busy),
      `${busy.scans.length} reads of whole shards had every record where its put was told`,
    );
  },
});
