/**
 * KIN-THR-02: a shard stores 1 MiB a second. AWS writes MB in places, so 1,000,000 bytes will do as well. Judged over 20 s on a virtual
 * clock, over 8 s in real time, after 5 s in which 4 MiB a second spend even the 10 MiB that AWS names for streams of large records.
 */
import { awsShardLimits } from '../../src/protocol/limits.ts';
import { statement } from '../statement.ts';
import { load, sumOf, type LoadPlan } from './load.ts';
import { judgeRate, judgedSeconds } from './sustained-rate.ts';

const WARM_UP_S = 5;
const MEGABYTE = 1_000_000;

export const kinThr02 = statement({
  id: 'KIN-THR-02',
  level: 'MUST',
  evidence: ['model', 'guide'],
  sentence:
    'Of more than 1 MiB a second for one shard the rest is refused with ProvisionedThroughputExceededException, and 1 MiB is stored.',
  source:
    'PutRecords, CreateStream (1 MB or MiB per second per shard); the 10 MiB that PutRecord names are read as a burst',
  fault: 'thr.bytes-ignored',
  needs: ['throttle'],
  lane: 'slow',
  uses: { streams: [1], shared: [], seconds: 25, records: 5000 },
  exercises: { 'records offered': 2000, 'records throttled': 500 },
  check: async (context) => {
    const stream = await context.stream(1, 'fresh');
    const seconds = WARM_UP_S + judgedSeconds(context.world.capabilities.has('clock'));
    const plan: LoadPlan = { callsPerS: 8, recordsPerCall: 32, dataBytes: 16_384, seconds };
    const batches = await load(context, stream, plan);
    context.count('records throttled', sumOf(batches, 'throttled'));
    const most = 1.06 * awsShardLimits.writeBytesPerS;
    return judgeRate(batches, plan, WARM_UP_S, { unit: 'bytes', least: 0.94 * MEGABYTE, most });
  },
});
