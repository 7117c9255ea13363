import { Refusal } from '../refusal.ts';
import type { Handler } from './operation.ts';
import { findReshardable, openShard } from './shard-ref.ts';

/** Begins to merge two shards with neighbouring hash keys; both take records until the change is made. */
export const mergeShards: Handler<'MergeShards'> = (service, input, arrival) => {
  const stream = findReshardable(service, input, arrival, 'MergeShards');
  if (stream instanceof Refusal) return stream;
  const shard = openShard(stream, input.ShardToMerge);
  if (shard instanceof Refusal) return shard;
  const adjacent = openShard(stream, input.AdjacentShardToMerge);
  if (adjacent instanceof Refusal) return adjacent;
  const meet = shard.range.end + 1n === adjacent.range.start || adjacent.range.end + 1n === shard.range.start;
  if (!meet && (shard === adjacent || !stream.faults.fires('reshard.merge-any'))) {
    return new Refusal(
      'InvalidArgumentException',
      `Shards ${shard.id} and ${adjacent.id} in ${stream.subject} are not an adjacent pair of shards eligible for merging`,
    );
  }
  service.plan(stream, [shard, adjacent], arrival, (at) => stream.topology.merge(shard, adjacent, at));
  return { atNs: service.answerAtNs(arrival), value: undefined };
};
