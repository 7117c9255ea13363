/** KIN-THR-08: a shard that was overloaded is soon as good as new. */
import { NS_PER_S } from '../../src/clock.ts';
import { broken, holds, loose, statement, unobserved } from '../statement.ts';
import { load, sumOf } from './load.ts';

const OVERLOAD_S = 4;
/** Until when everything is to be stored again, in s after the last call of the overload; and when it is too late. */
const SOON_S = 2;
const LATE_S = 4;
const EVERY_S = 0.25;

export const kinThr08 = statement({
  id: 'KIN-THR-08',
  level: 'SHOULD',
  evidence: ['model'],
  sentence: 'About a second after an overload has ended, a shard takes records again.',
  source: 'PutRecords, PutRecord (limits per second)',
  fault: 'thr.sticky',
  needs: ['throttle'],
  uses: { streams: [1], shared: [], records: 13000 },
  exercises: { 'records throttled': 500 },
  check: async (context) => {
    const { clock } = context;
    const stream = await context.stream(1, 'fresh');
    const over = await load(context, stream, { callsPerS: 10, recordsPerCall: 200, dataBytes: 1, seconds: OVERLOAD_S });
    context.count('records throttled', sumOf(over, 'throttled'));
    const endNs = clock.monotonicNs();
    const said = `${OVERLOAD_S} s of 2,000 records a second into one shard`;
    for (let afterS = EVERY_S; afterS <= LATE_S; afterS += EVERY_S) {
      await clock.sleepUntil(endNs + afterS * NS_PER_S);
      // A twentieth of what a shard takes in a second: what is asked for again and again must not be an overload itself.
      const [batch] = await load(context, stream, { callsPerS: 1, recordsPerCall: 50, dataBytes: 1, seconds: 1 });
      if (!batch) continue;
      if (batch.stored + batch.throttled < batch.records) return unobserved(`${said}: then a call failed otherwise`);
      if (batch.throttled > 0) continue;
      const tookS = (batch.sentNs - endNs) / NS_PER_S;
      const recovered = `${said}: ${tookS.toFixed(2)} s after its end 50 records were stored`;
      return tookS <= SOON_S ? holds(recovered) : loose(recovered);
    }
    return broken(`${said}: ${LATE_S} s after its end 50 records were still not stored; the limit is for one second`);
  },
});
