import { Refusal } from '../refusal.ts';
import type { Service } from '../service.ts';
import type { Arrival } from '../arrival.ts';
import type { Shard } from '../shard.ts';
import type { Stream } from '../stream.ts';
import { shardIdShown, shardIndexOf } from './shard-id.ts';

/** A stream whose shards can be split, merged or counted anew: provisioned, and in no other change. The first text is assumed. */
export function findReshardable(
  service: Service,
  ref: { StreamName?: string; StreamARN?: string },
  arrival: Arrival,
  operation: string,
): Stream | Refusal {
  const stream = service.find(ref, arrival);
  if (stream instanceof Refusal) return stream;
  if (stream.mode === 'ON_DEMAND' && !stream.faults.fires('reshard.od-allowed')) {
    return new Refusal(
      'ValidationException',
      `${operation} is only supported for streams in PROVISIONED mode; ${stream.subject} is in ON_DEMAND mode.`,
    );
  }
  const busy = service.refuseBusy(stream, arrival);
  if (busy && stream.status(arrival.nowNs) === 'UPDATING' && stream.faults.fires('reshard.no-lock')) return stream;
  return busy ?? stream;
}

/** The open shard that a split or merge names (text observed; the one for a closed shard assumed). */
export function openShard(stream: Stream, shardId: string): Shard | Refusal {
  const shard = stream.topology.at(shardIndexOf(shardId) ?? -1);
  if (!shard)
    return new Refusal(
      'ResourceNotFoundException',
      `Could not find shard ${shardIdShown(shardId)} in ${stream.subject}.`,
    );
  if (shard.closedMs === undefined) return shard;
  return new Refusal(
    'InvalidArgumentException',
    `Shard ${shard.id} in ${stream.subject} is not open; it cannot be split or merged.`,
  );
}

/** The refusal of shards that the account may not have. */
export function refuseShards(service: Service, added: number, arrival: Arrival): Refusal | undefined {
  return service.account(arrival.caller).refuseShards(added, arrival);
}
