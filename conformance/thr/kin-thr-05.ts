/** KIN-THR-05: a shard serves five reads a second. */
import { awsShardLimits } from '../../src/protocol/limits.ts';
import { broken, holds, loose, statement, unobserved } from '../statement.ts';
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
    const { outcomes, tookS } = await readHastily(context);
    const served = outcomes.filter((outcome) => outcome.kind === 'ok').length;
    // The read has just worked, so whatever name it is refused by, it is for coming too fast.
    const codes = outcomes.flatMap((outcome) =>
      outcome.kind === 'error' && outcome.status >= 400 && outcome.status < 500 ? outcome.code : [],
    );
    const refused = codes.length;
    const said = `${outcomes.length} calls at ${HASTY_RATE} a second: ${served} served within ${tookS.toFixed(1)} s, ${refused} refused`;
    // A bucket as deep as one second's worth is spent first, and a call on the edge belongs to either side.
    const most = awsShardLimits.readCallsPerS * (tookS + 1) + 2;
    if (refused === 0 && served <= most) return unobserved(`${said}, and not more than ${Math.floor(most)} served`);
    if (refused === 0) return broken(`${said}; AWS documents five a second`);
    const other = codes.find((code) => code !== 'ProvisionedThroughputExceededException');
    if (other !== undefined)
      return broken(`${said} with ${other}; AWS documents ProvisionedThroughputExceededException`);
    if (served > most) return loose(`${said}, which is more than ${Math.floor(most)}`);
    // Nobody is promised to be served: what follows a refusal within a second is refused, and it may last longer (GetRecords).
    const least = awsShardLimits.readCallsPerS * (HASTY_S - 1);
    return served < least ? loose(`${said}, which is less than ${least}`) : holds(said);
  },
});
