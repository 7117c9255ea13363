/** KIN-PR-03: an entry says either where the record is or why it is nowhere. */
import { broken, statement } from '../statement.ts';
import { holdsUnderLoad, overload } from './overload.ts';
import { hasFailed, isText } from './result-entry.ts';

export const kinPr03 = statement({
  id: 'KIN-PR-03',
  level: 'MUST',
  evidence: ['model'],
  sentence:
    'Each entry of a PutRecords answer has either SequenceNumber and ShardId or ErrorCode and ErrorMessage, never both.',
  source: 'PutRecordsResultEntry; PutRecords',
  fault: 'batch.both-fields',
  needs: [],
  uses: { shared: [], prepared: ['overload'] },
  exercises: { 'stored entries': 100, 'failed entries': 20 },
  check: async (context) => {
    const load = await overload.for(context);
    const { calls } = load;
    for (const result of calls.flatMap(({ results }) => results)) {
      const places = [result.SequenceNumber, result.ShardId].filter(isText).length;
      const reasons = [result.ErrorCode, result.ErrorMessage].filter(isText).length;
      context.count(hasFailed(result) ? 'failed entries' : 'stored entries');
      if ((places === 2 && reasons === 0) || (places === 0 && reasons === 2)) continue;
      return broken(
        `PutRecords was answered with the entry ${JSON.stringify(result).slice(0, 400)}; AWS documents SequenceNumber and ShardId, or ErrorCode and ErrorMessage`,
      );
    }
    return holdsUnderLoad(load, 'every entry had a place or a reason, and none had both');
  },
});
