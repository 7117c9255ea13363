/** KIN-PR-05: an entry that failed says why, in one of two ways. */
import { isThrottle } from '../../src/protocol/errors.ts';
import { broken, loose, statement } from '../statement.ts';
import { holdsUnderLoad, overload } from './overload.ts';
import { hasFailed } from './result-entry.ts';

const codes = ['ProvisionedThroughputExceededException', 'InternalFailure'];

export const kinPr05 = statement({
  id: 'KIN-PR-05',
  level: 'MUST',
  evidence: ['model'],
  sentence:
    'The ErrorCode of a failed PutRecords entry is ProvisionedThroughputExceededException, whose ErrorMessage names account, stream and shard, or InternalFailure.',
  source: 'PutRecords; PutRecordsResultEntry, ErrorCode and ErrorMessage',
  fault: 'batch.code-other',
  needs: [],
  uses: { shared: [], prepared: ['overload'] },
  exercises: { 'failed entries': 20 },
  check: async (context) => {
    const load = await overload.for(context);
    const { calls, stream } = load;
    let silent: string | undefined;
    for (const { ErrorCode = '', ErrorMessage } of calls.flatMap(({ results }) => results.filter(hasFailed))) {
      context.count('failed entries');
      if (!codes.includes(ErrorCode)) {
        return broken(
          `a record of PutRecords failed with ErrorCode ${ErrorCode} (${ErrorMessage ?? 'no message'}); AWS documents ${codes.join(' and ')}`,
        );
      }
      const text = ErrorMessage ?? '';
      // Texts are no contract: what they lack is told and breaks nothing.
      const named =
        /shardId-\d{12}/.test(text) &&
        text.includes(stream.name) &&
        /(?<!\d)\d{12}(?!\d)/.test(text.replace(/shardId-\d+/, ''));
      if (isThrottle(ErrorCode) && !named) silent ??= text;
    }
    return silent === undefined
      ? holdsUnderLoad(load, 'failed records had the codes that AWS documents')
      : loose(
          `the codes are right; the text "${silent}" of a throttled record does not name account, stream and shard`,
        );
  },
});
