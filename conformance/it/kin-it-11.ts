/** KIN-IT-11: each type of iterator has its arguments. */
import { firstShard, put } from '../records.ts';
import { statement } from '../statement.ts';
import { refusesAll } from './refused-calls.ts';

export const kinIt11 = statement({
  id: 'KIN-IT-11',
  level: 'SHOULD',
  evidence: ['emulator'],
  sentence:
    'GetShardIterator is refused with InvalidArgumentException where the type lacks its argument, or has a sequence number that it does not take.',
  source: 'GetShardIterator, ShardIteratorType',
  fault: 'iter.lenient-combo',
  needs: [],
  exercises: { 'wrong combinations': 5 },
  check: async (context) => {
    const stream = await context.stream(1);
    const { ShardId } = firstShard(stream);
    const { sequenceNumber } = await put(context, stream, { key: 'combination' });
    const ref = { StreamName: stream.name, ShardId };
    const number = { StartingSequenceNumber: sequenceNumber };
    return refusesAll(
      context,
      'GetShardIterator',
      [
        {
          what: 'LATEST and a StartingSequenceNumber',
          input: { ...ref, ShardIteratorType: 'LATEST', ...number },
        },
        {
          what: 'TRIM_HORIZON and a StartingSequenceNumber',
          input: { ...ref, ShardIteratorType: 'TRIM_HORIZON', ...number },
        },
        {
          what: 'AT_SEQUENCE_NUMBER and no StartingSequenceNumber',
          input: { ...ref, ShardIteratorType: 'AT_SEQUENCE_NUMBER' },
        },
        {
          what: 'AFTER_SEQUENCE_NUMBER and no StartingSequenceNumber',
          input: { ...ref, ShardIteratorType: 'AFTER_SEQUENCE_NUMBER' },
        },
        { what: 'AT_TIMESTAMP and no Timestamp', input: { ...ref, ShardIteratorType: 'AT_TIMESTAMP' } },
      ],
      'wrong combinations',
    );
  },
});
