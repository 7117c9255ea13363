/** KIN-IT-04: AFTER_SEQUENCE_NUMBER excludes the record it names. */
import { broken, holds, statement } from '../statement.ts';
import { readFromMiddle } from './middle.ts';

export const kinIt04 = statement({
  id: 'KIN-IT-04',
  level: 'MUST',
  evidence: ['model'],
  sentence: 'AFTER_SEQUENCE_NUMBER starts with the record right after that sequence number.',
  source: 'GetShardIterator, ShardIteratorType',
  fault: 'iter.after-is-at',
  needs: [],
  exercises: { 'reads from the middle': 1 },
  check: async (context) => {
    const { middle, next, first } = await readFromMiddle(context, 'AFTER_SEQUENCE_NUMBER');
    return first?.SequenceNumber === next.sequenceNumber
      ? holds('the record after the one that was named came first')
      : broken(
          `a read AFTER_SEQUENCE_NUMBER ${middle.sequenceNumber} began with ${first?.SequenceNumber ?? 'nothing'}, not with ${next.sequenceNumber}`,
        );
  },
});
