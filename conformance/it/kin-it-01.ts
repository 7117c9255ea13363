/** KIN-IT-01: TRIM_HORIZON is the oldest record. */
import { type Acknowledged, firstShard, inOrder, put, sweep } from '../records.ts';
import { broken, holds, statement } from '../statement.ts';

export const kinIt01 = statement({
  id: 'KIN-IT-01',
  level: 'MUST',
  evidence: ['model'],
  sentence: 'TRIM_HORIZON starts at the oldest record that is not trimmed.',
  source: 'GetShardIterator, ShardIteratorType',
  fault: 'iter.horizon-skips-first',
  needs: [],
  uses: { streams: [1], shared: [] },
  exercises: { 'records put': 3, 'records read': 3 },
  check: async (context) => {
    const stream = await context.stream(1, 'fresh');
    const acknowledged: Acknowledged[] = [];
    for (let index = 0; index < 3; index += 1) acknowledged.push(await put(context, stream, { key: 'one-key' }));
    const oldest = inOrder(acknowledged)[0]!;
    const [first] = await sweep(context, stream, firstShard(stream).ShardId, acknowledged);
    return first?.SequenceNumber === oldest.sequenceNumber
      ? holds('the first of three records came first')
      : broken(
          `of three records in a new stream the oldest is ${oldest.sequenceNumber}; a read from TRIM_HORIZON began with ${first?.SequenceNumber ?? 'nothing'}`,
        );
  },
});
