/**
 * KIN-THR-01: a shard stores 1,000 records a second. Judged over 20 s on a virtual clock, over 8 s in real time, after 5 s for the
 * burst; how large a burst may be AWS does not say.
 */
import { awsShardLimits } from '../../src/protocol/limits.ts';
import { statement } from '../statement.ts';
import { load, sumOf, type LoadPlan } from './load.ts';
import { judgeRate, judgedSeconds } from './sustained-rate.ts';

const WARM_UP_S = 5;
const { writeRecordsPerS: limit } = awsShardLimits;

export const kinThr01 = statement({
  id: 'KIN-THR-01',
  level: 'MUST',
  evidence: ['model'],
  sentence:
    'Of more than 1,000 records a second for one shard the rest is refused with ProvisionedThroughputExceededException, and 1,000 are stored.',
  source: 'PutRecords, PutRecord (1,000 records per second per shard)',
  fault: 'thr.off',
  needs: ['throttle'],
  lane: 'slow',
  uses: { streams: [1], shared: [], seconds: 25, records: 39000 },
  exercises: { 'records offered': 15_000, 'records throttled': 1000 },
  check: async (context) => {
    const stream = await context.stream(1, 'fresh');
    const seconds = WARM_UP_S + judgedSeconds(context.world.capabilities.has('clock'));
    const plan: LoadPlan = { callsPerS: 10, recordsPerCall: 200, dataBytes: 1, seconds };
    const batches = await load(context, stream, plan);
    context.count('records throttled', sumOf(batches, 'throttled'));
    // 5 % to either side: a window may end a call earlier or later.
    return judgeRate(batches, plan, WARM_UP_S, { unit: 'records', least: 0.95 * limit, most: 1.05 * limit });
  },
});
