/** KIN-ORD-02: whoever reads a shard reads ascending sequence numbers. */
import { compareSequenceNumbers } from '../../src/protocol/sequence-number.ts';
import { firstShard, putAll, sweep } from '../records.ts';
import { broken, holds, statement } from '../statement.ts';

export const kinOrd02 = statement({
  id: 'KIN-ORD-02',
  level: 'MUST',
  evidence: ['model'],
  sentence: 'GetRecords gives the records of a shard in ascending order of their sequence numbers.',
  source: 'GetRecords; Record, SequenceNumber',
  fault: 'ord.swap-adjacent',
  needs: [],
  uses: { records: 300 },
  exercises: { 'records read': 200 },
  check: async (context) => {
    const stream = await context.stream(1);
    const acknowledged = await putAll(
      context,
      stream,
      Array.from({ length: 200 }, (_, index) => `key-${index % 17}`),
    );
    const records = await sweep(context, stream, firstShard(stream).ShardId, acknowledged);
    for (const [index, record] of records.entries()) {
      const before = records[index - 1];
      if (!before || compareSequenceNumbers(before.SequenceNumber, record.SequenceNumber) < 0) continue;
      return broken(
        `record ${index} of a read from TRIM_HORIZON has sequence number ${record.SequenceNumber}, after ${before.SequenceNumber}`,
      );
    }
    return holds(`${records.length} records came in ascending order`);
  },
});
