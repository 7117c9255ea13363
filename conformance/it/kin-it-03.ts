/** KIN-IT-03: AT_SEQUENCE_NUMBER includes the record it names. */
import { broken, holds, statement } from '../statement.ts';
import { readFromMiddle } from './middle.ts';

export const kinIt03 = statement({
  id: 'KIN-IT-03',
  level: 'MUST',
  evidence: ['model'],
  sentence: 'AT_SEQUENCE_NUMBER starts with the record of that sequence number.',
  source: 'GetShardIterator, ShardIteratorType',
  fault: 'iter.at-is-after',
  needs: [],
  exercises: { 'reads from the middle': 1 },
  check: async (context) => {
    const { middle, first } = await readFromMiddle(context, 'AT_SEQUENCE_NUMBER');
    return first?.SequenceNumber === middle.sequenceNumber
      ? holds('the record that was named came first')
      : broken(
          `a read AT_SEQUENCE_NUMBER ${middle.sequenceNumber} began with ${first?.SequenceNumber ?? 'nothing'}, not with that record`,
        );
  },
});
