/** KIN-PR-02: who looks at FailedRecordCount alone misses nothing. */
import { broken, statement } from '../statement.ts';
import { holdsUnderLoad, overload } from './overload.ts';
import { hasFailed } from './result-entry.ts';

export const kinPr02 = statement({
  id: 'KIN-PR-02',
  level: 'MUST',
  evidence: ['model'],
  sentence: 'FailedRecordCount of PutRecords is the number of entries with an ErrorCode.',
  source: 'PutRecordsOutput, FailedRecordCount',
  fault: 'batch.count-wrong',
  needs: [],
  uses: { shared: [], prepared: ['overload'] },
  exercises: { 'calls with failed entries': 1, 'failed entries': 20 },
  check: async (context) => {
    const load = await overload.for(context);
    const { calls } = load;
    for (const { results, failedRecordCount } of calls) {
      const failed = results.filter(hasFailed).length;
      context.count('failed entries', failed);
      context.count('calls with failed entries', failed > 0 ? 1 : 0);
      // The model lets it be absent.
      if ((failedRecordCount ?? 0) === failed) continue;
      return broken(
        `PutRecords of ${results.length} records was answered with FailedRecordCount ${JSON.stringify(failedRecordCount ?? null)} and ${failed} entries with an ErrorCode`,
      );
    }
    return holdsUnderLoad(load, `${calls.length} calls counted their failed entries right`);
  },
});
