import type { StreamMode } from '../protocol/operations.ts';
import type { StreamFaults } from './faults.ts';
import type { Limits, Quotas } from './limits.ts';
import { Refusal } from './refusal.ts';

/** Warm throughput is asked for in these. */
export const MIB = 1_048_576;

/** The refusal of a warm throughput that a stream cannot have; `committed`: its account has a billing commitment (texts assumed). */
export function refuseWarm(
  warmMiBps: number,
  mode: StreamMode,
  committed: boolean,
  quotas: Quotas,
  faults: StreamFaults,
): Refusal | undefined {
  const anyMode = mode !== 'ON_DEMAND' && faults.fires('od.warm-any');
  if (mode !== 'ON_DEMAND' && !anyMode) {
    return new Refusal('ValidationException', 'WarmThroughputMiBps is only supported for streams in ON_DEMAND mode.');
  }
  // Commitments are for on-demand streams: who forgets the mode does not ask for one.
  if (!committed && !anyMode) {
    return new Refusal(
      'ValidationException',
      'WarmThroughputMiBps is only supported in accounts that have MinimumThroughputBillingCommitment enabled.',
    );
  }
  if (warmMiBps <= quotas.warmThroughputMiBpsMax) return undefined;
  return new Refusal(
    'InvalidArgumentException',
    `WarmThroughputMiBps ${warmMiBps} is more than a stream can have: ${quotas.warmThroughputMiBpsMax} MiB/s.`,
  );
}

/** Shards that a warm throughput takes; none where nothing limits a shard. */
export function shardsForWarm(warmMiBps: number | undefined, limits: Limits | undefined): number {
  return limits && warmMiBps !== undefined ? Math.ceil((warmMiBps * MIB) / limits.writeBytes.perS) : 0;
}
