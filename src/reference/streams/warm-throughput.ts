import type { WarmThroughputObject } from '../../protocol/operations.ts';
import type { Arrival } from '../arrival.ts';
import type { Limits } from '../limits.ts';
import type { Service } from '../service.ts';
import type { Stream } from '../stream.ts';
import { MIB, shardsForWarm } from '../warm-rules.ts';

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
