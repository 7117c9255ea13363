/** KIN-IMM-04: key and arrival time belong to the record, not to the read. */
import { busyStream } from '../history/busy-stream.ts';
import { findingOf } from '../history/history.ts';
import { changedMarks, scanPairs } from '../history/stability.ts';
import { statement } from '../statement.ts';

export const kinImm04 = statement({
  id: 'KIN-IMM-04',
  level: 'SHOULD',
  evidence: ['inferred'],
  sentence: 'The partition key and the arrival time of a record are the same on every read.',
  source: 'Record, PartitionKey and ApproximateArrivalTimestamp',
  fault: 'imm.timestamp-now',
  needs: [],
  uses: { shared: [], prepared: ['busy stream'] },
  exercises: { 'reads compared': 12, 'acknowledged puts': 200 },
  check: async (context) => {
    const pairs = scanPairs((await busyStream(context)).scans);
    context.count('reads compared', pairs.length);
    return findingOf(
      pairs.flatMap(([earlier, later]) => changedMarks(earlier, later)),
      `${pairs.length} times a shard was read again, its records had the same keys and arrival times`,
    );
  },
});
