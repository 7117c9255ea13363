import { Refusal } from '../refusal.ts';
import type { Handler } from './operation.ts';
import { findReshardable, openShard, refuseShards } from './shard-ref.ts';

/** Begins to split a shard in two at a hash key; the parent takes records until the change is made. */
export const splitShard: Handler<'SplitShard'> = (service, input, arrival) => {
  const stream = findReshardable(service, input, arrival, 'SplitShard');
  if (stream instanceof Refusal) return stream;
  const shard = openShard(stream, input.ShardToSplit);
  if (shard instanceof Refusal) return shard;
  const hashKey = BigInt(input.NewStartingHashKey);
  const { start, end } = shard.range;
  const inside = hashKey > start + 1n && hashKey < end;
  const atEdge = hashKey > start && hashKey <= end;
  if (!inside && !(atEdge && shard.faults.fires('reshard.bound-inclusive'))) {
    return new Refusal(
      'InvalidArgumentException',
      `NewStartingHashKey ${hashKey} used in SplitShard() on shard ${shard.id} in ${stream.subject} is not both greater than one plus the shard's StartingHashKey ${start} and less than the shard's EndingHashKey ${end}.`,
    );
  }
  const refused = refuseShards(service, 1, arrival);
  if (refused) return refused;
  service.plan(stream, [shard], arrival, (at) => stream.topology.split(shard, hashKey, at), 1);
  return { atNs: service.answerAtNs(arrival), value: undefined };
};
