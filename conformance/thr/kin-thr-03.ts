/** KIN-THR-03: who stays well below the limits is left alone. One minute on a virtual clock, ten seconds in real time. */
import { NS_PER_S } from '../../src/clock.ts';
import { awsShardLimits } from '../../src/protocol/limits.ts';
import { broken, holds, statement, unobserved } from '../statement.ts';
import { load, recordBytes, sumOf, type LoadPlan } from './load.ts';

const WARM_UP_S = 2;
const SHARE = 0.8;
const CALLS_PER_S = 10;

export const kinThr03 = statement({
  id: 'KIN-THR-03',
  level: 'SHOULD',
  evidence: ['inferred'],
  sentence: 'Writes at 80 % of a shard’s limits are not throttled.',
  source: 'PutRecords (1,000 records and 1 MB per second per shard)',
  fault: 'thr.too-strict',
  needs: ['throttle'],
  lane: 'slow',
  uses: { streams: [1], shared: [], seconds: 20, records: 12000 },
  exercises: { 'records stored after the warm-up': 5000 },
  check: async (context) => {
    const stream = await context.stream(1, 'fresh');
    const { writeRecordsPerS, writeBytesPerS } = awsShardLimits;
    const recordsPerS = SHARE * writeRecordsPerS;
    const plan: LoadPlan = {
      callsPerS: CALLS_PER_S,
      recordsPerCall: recordsPerS / CALLS_PER_S,
      // 80 % of a megabyte, so that it is no more of a mebibyte.
      dataBytes: Math.floor((SHARE * Math.min(writeBytesPerS, 1_000_000)) / recordsPerS) - 4,
      seconds: context.world.capabilities.has('clock') ? 60 : 10,
    };
    const batches = await load(context, stream, plan);
    const beganNs = batches[0]?.sentNs ?? 0;
    const counted = batches.filter(({ sentNs }) => sentNs - beganNs >= WARM_UP_S * NS_PER_S);
    const throttled = sumOf(counted, 'throttled');
    const stored = sumOf(counted, 'stored');
    context.count('records stored after the warm-up', stored);
    const said = `${recordsPerS} records and ${recordsPerS * recordBytes(plan)} bytes a second for ${plan.seconds} s into one shard`;
    if (throttled > 0)
      return broken(`${said}: after ${WARM_UP_S} s ${throttled} of ${sumOf(counted, 'records')} were throttled`);
    const failed = sumOf(counted, 'records') - stored;
    return failed === 0 ? holds(`${said}: none was throttled`) : unobserved(`${said}: ${failed} failed otherwise`);
  },
});
