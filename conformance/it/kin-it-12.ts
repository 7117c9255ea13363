/** KIN-IT-12: a sequence number belongs to its shard. */
import { put } from '../records.ts';
import { statement, unobserved } from '../statement.ts';
import { refusesAll } from './refused-calls.ts';

export const kinIt12 = statement({
  id: 'KIN-IT-12',
  level: 'SHOULD',
  evidence: ['emulator'],
  sentence: 'A sequence number of another shard is refused with InvalidArgumentException.',
  source: 'GetShardIterator, StartingSequenceNumber',
  fault: 'iter.foreign-seq',
  needs: [],
  uses: { shared: [2] },
  exercises: { 'numbers of another shard': 4 },
  check: async (context) => {
    const stream = await context.stream(2);
    const [low, high] = stream.ranges;
    if (!low || !high) return unobserved(`a stream of two shards has ${stream.ranges.length} open ones`);
    const first = await put(context, stream, { key: 'foreign', explicitHashKey: low.start });
    const second = await put(context, stream, { key: 'foreign', explicitHashKey: high.start });
    if (first.shardId === second.shardId) {
      return unobserved(`hash keys ${low.start} and ${high.start} both led to ${first.shardId}`);
    }
    const calls = [
      { from: first, to: second.shardId },
      { from: second, to: first.shardId },
    ].flatMap(({ from, to }) =>
      (['AT_SEQUENCE_NUMBER', 'AFTER_SEQUENCE_NUMBER'] as const).map((ShardIteratorType) => ({
        what: `${ShardIteratorType} ${from.sequenceNumber} of ${from.shardId} on ${to}`,
        input: {
          StreamName: stream.name,
          ShardId: to,
          ShardIteratorType,
          StartingSequenceNumber: from.sequenceNumber,
        },
      })),
    );
    return refusesAll(context, 'GetShardIterator', calls, 'numbers of another shard');
  },
});
