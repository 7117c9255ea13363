import type { StreamMode } from '../../protocol/operations.ts';
import { Refusal } from '../refusal.ts';
import type { ServiceOptions } from '../service.ts';

/** The refusal of a warm throughput that a stream cannot have (texts assumed). */
export function refuseWarm(
  warmMiBps: number,
  mode: StreamMode,
  { quotas, faults }: ServiceOptions,
): Refusal | undefined {
  if (mode !== 'ON_DEMAND' && !faults.fires('od.warm-any')) {
    return new Refusal('ValidationException', 'WarmThroughputMiBps is only supported for streams in ON_DEMAND mode.');
  }
  if (warmMiBps <= quotas.warmThroughputMiBpsMax) return undefined;
  return new Refusal(
    'InvalidArgumentException',
    `WarmThroughputMiBps ${warmMiBps} is more than a stream can have: ${quotas.warmThroughputMiBpsMax} MiB/s.`,
  );
}
