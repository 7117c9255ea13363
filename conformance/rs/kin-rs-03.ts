/** KIN-RS-03: what can be merged. */
import { refusableAtRest } from '../refusable-call.ts';
import { Unobservable } from '../context.ts';
import { broken, holds, loose, statement } from '../statement.ts';
import { rangeOf } from '../streams.ts';
import { merge } from './reshard.ts';
import { rangeText } from './shard-list.ts';

export const kinRs03 = statement({
  id: 'KIN-RS-03',
  level: 'MUST',
  evidence: ['emulator'],
  sentence: 'MergeShards takes two open shards with neighbouring hash keys, and refuses any others.',
  source: 'MergeShards, AdjacentShardToMerge',
  fault: 'reshard.merge-any',
  needs: [],
  lane: 'slow',
  uses: { streams: [3], shared: [] },
  exercises: { 'merges refused': 3, 'merges made': 1 },
  check: async (context) => {
    const stream = await context.stream(3, 'fresh');
    const [first, second, third] = stream.shards;
    if (!first || !second || !third) throw new Unobservable(`stream ${stream.name} does not show three open shards`);
    const tried = async (ShardToMerge: string, AdjacentShardToMerge: string) => {
      const answer = await refusableAtRest(context, 'MergeShards', {
        StreamName: stream.name,
        ShardToMerge,
        AdjacentShardToMerge,
      });
      context.count('merges refused', answer.kind === 'refused' ? 1 : 0);
      return answer;
    };
    const apart = await tried(first.ShardId, third.ShardId);
    if (apart.kind === 'accepted') {
      return broken(
        `MergeShards of ${first.ShardId} ${rangeText(rangeOf(first))} and ${third.ShardId} ${rangeText(rangeOf(third))}, which are no neighbours, was accepted`,
      );
    }
    const itself = await tried(first.ShardId, first.ShardId);
    if (itself.kind === 'accepted') return broken(`MergeShards of ${first.ShardId} with itself was accepted`);
    await merge(context, stream.name, first, second);
    context.count('merges made');
    const again = await tried(first.ShardId, second.ShardId);
    if (again.kind === 'accepted') {
      return broken(
        `MergeShards of ${first.ShardId} and ${second.ShardId} was accepted a second time, when both were closed`,
      );
    }
    // What a shard that is closed is refused with has not been seen.
    return apart.code === 'InvalidArgumentException'
      ? holds(
          'shards that are no neighbours, a shard with itself, and closed ones were refused; neighbours were merged',
        )
      : loose(
          `MergeShards of shards that are no neighbours was refused with ${apart.said}; AWS answers InvalidArgumentException`,
        );
  },
});
