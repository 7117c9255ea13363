/** KIN-SEQ-02: sequence numbers are decimal, without leading zeros, of 129 digits at the most. */
import { findingOf } from '../history/history.ts';
import { malformed } from '../history/numbers.ts';
import { type Acknowledged, firstShard, put, putAll, sweep } from '../records.ts';
import { statement } from '../statement.ts';

export const kinSeq02 = statement({
  id: 'KIN-SEQ-02',
  level: 'MUST',
  evidence: ['model'],
  sentence: 'Sequence numbers are decimal, without leading zeros, and have at most 129 digits.',
  source: 'SequenceNumber, pattern',
  fault: 'seq.hex',
  needs: [],
  uses: { records: 90 },
  exercises: { 'records put': 60, 'records read': 60, 'numbers of shards': 1 },
  check: async (context) => {
    const stream = await context.stream(1);
    const { ShardId } = firstShard(stream);
    const told: Acknowledged[] = [];
    for (let index = 0; index < 10; index += 1) told.push(await put(context, stream, { key: `alone-${index}` }));
    told.push(
      ...(await putAll(
        context,
        stream,
        Array.from({ length: 50 }, (_, index) => `batch-${index}`),
      )),
    );
    const read = await sweep(context, stream, ShardId, told);
    const { StreamDescription } = await context.send('DescribeStream', { StreamName: stream.name });
    const ranges = StreamDescription.Shards.map(({ SequenceNumberRange }) => SequenceNumberRange);
    context.count('numbers of shards', ranges.length);
    const numbers = [
      ...told.map((one) => [`SequenceNumber in an answer to a put into ${ShardId}`, one.sequenceNumber] as const),
      ...read.map((one) => [`SequenceNumber of a record of ${ShardId}`, one.SequenceNumber] as const),
      ...ranges.map((range) => ['StartingSequenceNumber of a shard', range?.StartingSequenceNumber ?? ''] as const),
    ];
    return findingOf(
      malformed(numbers),
      `${numbers.length} sequence numbers of puts, reads and shards have the form that AWS documents`,
    );
  },
});
