import type { StreamMode, WarmThroughputObject } from '../../protocol/operations.ts';
import type { Arrival } from '../arrival.ts';
import type { StreamFaults } from '../faults.ts';
import type { Limits } from '../limits.ts';
import { Refusal } from '../refusal.ts';
import type { Service, ServiceOptions } from '../service.ts';
import type { Stream } from '../stream.ts';

const MIB = 1_048_576;

/** The refusal of a warm throughput that a stream cannot have; `committed`: its account has a billing commitment (texts assumed). */
export function refuseWarm(
  warmMiBps: number,
  mode: StreamMode,
  committed: boolean,
  { quotas }: ServiceOptions,
  faults: StreamFaults,
): Refusal | undefined {
  if (mode !== 'ON_DEMAND' && !faults.fires('od.warm-any')) {
    return new Refusal('ValidationException', 'WarmThroughputMiBps is only supported for streams in ON_DEMAND mode.');
  }
  if (!committed) {
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

/** Sets a stream's warm throughput and begins to bring the shards for it. Those beyond it stay (assumed). */
export function keepWarm(service: Service, stream: Stream, warmMiBps: number | undefined, arrival: Arrival): void {
  const { topology, settings } = stream;
  settings.warmMiBps = warmMiBps;
  const count = shardsForWarm(warmMiBps, service.options.limits);
  if (count <= topology.open.length) service.beginUpdate(stream, arrival);
  else service.plan(stream, topology.open, arrival, (at) => topology.grow(count, at));
}

/** What a stream shows of it: what was asked for, and how much of that its shards take now. */
export function warmShown(
  { settings: { warmMiBps }, topology }: Stream,
  limits: Limits | undefined,
): { readonly WarmThroughput?: WarmThroughputObject } {
  if (warmMiBps === undefined) return {};
  const shardsMiBps = limits ? Math.floor((topology.open.length * limits.writeBytes.perS) / MIB) : warmMiBps;
  return { WarmThroughput: { TargetMiBps: warmMiBps, CurrentMiBps: Math.min(warmMiBps, shardsMiBps) } };
}
