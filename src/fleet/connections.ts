/**
 * How many connections a crew makes before the load, so that no call has to wait for one and `lateness` tells of the
 * generator, not of handshakes: what its producers will have open at a time if a call takes `CALL_NS`, and one for each shard
 * that a consumer polls (subscriptions have connections of their own). Slower endpoints have more made on demand.
 */
import type { ClientName, ConsumeFleet, ProduceFleet } from '../scenario/plan.ts';
import type { StreamInfo } from './context.ts';
import { putsToDelivery } from './firehose-put.ts';
import type { Agent } from './share.ts';

const CALL_NS = 50_000_000;
/** Of one crew: more handshakes at once would be a test of their own. */
const CONNECTIONS_MAX = 256;

/** Calls at a time, by client. */
export function callsAtOnce(
  producers: readonly Agent<ProduceFleet>[],
  consumers: readonly Agent<ConsumeFleet>[],
  streams: ReadonlyMap<string, StreamInfo>,
): Map<ClientName | 'firehose', number> {
  const calls = new Map<ClientName | 'firehose', number>();
  const add = (client: ClientName | 'firehose', count: number) =>
    calls.set(client, Math.min(CONNECTIONS_MAX, (calls.get(client) ?? 0) + count));
  for (const { fleet } of producers) {
    const open = (callsPerS(fleet) / fleet.agents) * (CALL_NS / 1e9);
    // Arrivals come in clusters: twice the mean, and one to spare.
    const wanted = Math.min(fleet.inFlightMax, Math.ceil(2 * open) + 1);
    add(putsToDelivery(fleet) ? 'firehose' : fleet.client, Math.min(wanted, fleet.connections ?? wanted));
  }
  for (const { fleet } of consumers)
    if (fleet.method === 'polling') add(fleet.client, streams.get(fleet.stream)?.shardIds.length ?? 0);
  return calls;
}

/** At the most; of records that are gathered, full calls and those that linger. 0 where a schedule or a file says when. */
function callsPerS({ rate, gather }: ProduceFleet): number {
  const arrivals = Math.max(
    0,
    ...rate.stages.flatMap(({ fromCallsPerS, toCallsPerS }) => [fromCallsPerS, toCallsPerS]),
  );
  return gather ? Math.min(arrivals, arrivals / gather.recordsMax + 1e9 / Math.max(1, gather.lingerNs)) : arrivals;
}
