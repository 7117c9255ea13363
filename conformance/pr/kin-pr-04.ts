/** KIN-PR-04: a record that fails takes no other with it. */
import { isThrottle } from '../../src/protocol/errors.ts';
import { broken, statement } from '../statement.ts';
import { holdsUnderLoad, overload } from './overload.ts';
import { hasFailed } from './result-entry.ts';

/** Records behind the first failed one that have to be there before their failing says anything. */
const LATER_MIN = 3;

export const kinPr04 = statement({
  id: 'KIN-PR-04',
  level: 'MUST',
  evidence: ['model'],
  sentence: 'A record that fails does not stop the records after it in the same PutRecords call.',
  source: 'PutRecords (a single record failure does not stop the processing of subsequent records)',
  fault: 'batch.stop-at-first',
  needs: [],
  uses: { shared: [], prepared: ['overload'] },
  exercises: { 'calls with a failed record before others': 1, 'records stored after a failed one': 3 },
  check: async (context) => {
    const load = await overload.for(context);
    const { calls, hot, cold } = load;
    for (const { sent } of calls) {
      const first = sent.findIndex(({ result }) => result && isThrottle(result.ErrorCode ?? ''));
      if (first < 0) continue;
      // The other shard is far below its limits. What failed by InternalFailure failed for a reason of its own.
      const later = sent
        .slice(first + 1)
        .filter(({ cold: isCold, result }) => isCold && result && result.ErrorCode !== 'InternalFailure');
      if (later.length < LATER_MIN) continue;
      context.count('calls with a failed record before others');
      const stored = later.filter(({ result }) => !hasFailed(result!)).length;
      context.count('records stored after a failed one', stored);
      if (stored > 0) continue;
      const { ErrorCode, ErrorMessage } = later[0]!.result!;
      return broken(
        `of ${sent.length} records, record ${first} for the overloaded ${hot.ShardId} failed, and then all ${later.length} later ones for ${cold.ShardId}, which takes 25 a call, the first with ${ErrorCode} ${ErrorMessage ?? ''}`,
      );
    }
    return holdsUnderLoad(load, 'behind records that were throttled on one shard, those for another were stored');
  },
});
