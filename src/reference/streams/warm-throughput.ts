import { WARM_THROUGHPUT_MIBPS_MAX } from '../../protocol/limits.ts';
import type { StreamMode } from '../../protocol/operations.ts';
import type { Faults } from '../faults.ts';
import { Refusal } from '../refusal.ts';

/** The refusal of a warm throughput that a stream cannot have (texts assumed). */
export function refuseWarm(warmMiBps: number, mode: StreamMode, faults: Faults): Refusal | undefined {
  if (mode !== 'ON_DEMAND' && !faults.fires('od.warm-any')) {
    return new Refusal('ValidationException', 'WarmThroughputMiBps is only supported for streams in ON_DEMAND mode.');
  }
  if (warmMiBps <= WARM_THROUGHPUT_MIBPS_MAX) return undefined;
  return new Refusal(
    'InvalidArgumentException',
    `WarmThroughputMiBps ${warmMiBps} is more than a stream can have: ${WARM_THROUGHPUT_MIBPS_MAX} MiB/s.`,
  );
}
