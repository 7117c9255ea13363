/** KIN-THR-05: a shard serves five reads a second. */
import { isThrottle } from '../../src/protocol/errors.ts';
import { awsShardLimits } from '../../src/protocol/limits.ts';
import { broken, holds, loose, statement } from '../statement.ts';
import { HASTY_RATE, HASTY_S, readHastily } from './hasty-reads.ts';

export const kinThr05 = statement({
  id: 'KIN-THR-05',
  level: 'MUST',
  evidence: ['model'],
  sentence:
    'More than five GetRecords calls a second on one shard are refused with ProvisionedThroughputExceededException.',
  source: 'GetRecords (five transactions per second per shard)',
  fault: 'thr.read-tps-off',
  needs: ['throttle'],
  exercises: { 'reads beyond the limit': 20 },
  check: async (context) => {
    const outcomes = await readHastily(context);
    const served = outcomes.filter((outcome) => outcome.kind === 'ok').length;
    const throttled = outcomes.filter((outcome) => outcome.kind === 'error' && isThrottle(outcome.code)).length;
    const said = `${outcomes.length} calls at ${HASTY_RATE} a second: ${served} served, ${throttled} throttled`;
    if (throttled === 0) return broken(`${said}; AWS documents five a second`);
    // A bucket as deep as one second's worth is spent first, and a call on the edge belongs to either side.
    const most = awsShardLimits.readCallsPerS * (HASTY_S + 1) + 2;
    const least = awsShardLimits.readCallsPerS * (HASTY_S - 1);
    if (served < least) return broken(`${said}, which is less than ${least}: what AWS documents must be served`);
    return served <= most ? holds(said) : loose(`${said}, which is more than ${most}`);
  },
});
