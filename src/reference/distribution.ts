import type { RecordDistributionStrategy, StreamMode } from '../protocol/operations.ts';
import type { StreamFaults } from './faults.ts';
import { Refusal } from './refusal.ts';

/** The refusal of a distribution that streams of a mode cannot have (the text is assumed). */
export function refuseDistribution(
  strategy: RecordDistributionStrategy | undefined,
  mode: StreamMode,
  faults: StreamFaults,
): Refusal | undefined {
  if (strategy !== 'AUTO' || mode === 'ON_DEMAND' || faults.fires('part.auto-accepted')) return undefined;
  const message = 'RecordDistributionStrategy AUTO is only supported for streams in ON_DEMAND mode.';
  return new Refusal('InvalidArgumentException', message);
}
