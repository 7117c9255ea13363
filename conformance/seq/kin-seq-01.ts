/** KIN-SEQ-01: a sequence number names one record of a shard. */
import { busyStream } from '../history/busy-stream.ts';
import { findingOf } from '../history/history.ts';
import { sharedAcrossShards, sharedNumbers } from '../history/numbers.ts';
import { statement } from '../statement.ts';

export const kinSeq01 = statement({
  id: 'KIN-SEQ-01',
  level: 'MUST',
  evidence: ['model'],
  sentence: 'No two records of a shard have the same sequence number.',
  source: 'Record, SequenceNumber (PutRecord even says: across all records in the stream)',
  fault: 'seq.collide-in-shard',
  needs: [],
  uses: { shared: [], prepared: ['busy stream'] },
  exercises: { 'acknowledged puts': 200, 'full reads': 8, 'shards hit': 2 },
  check: async (context) => {
    const busy = await busyStream(context);
    const across = sharedAcrossShards(busy);
    // AWS's texts differ on it, so it is told and not judged.
    const whole =
      across === 0 ? 'nor any two of the stream' : `though ${across} of the stream are those of records in two shards`;
    return findingOf(sharedNumbers(busy), `no two records of a shard had the same number, ${whole}`);
  },
});
