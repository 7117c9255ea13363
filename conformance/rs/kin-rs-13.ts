/** KIN-RS-13: where every shard came from. */
import type { Shard } from '../../src/protocol/operations.ts';
import { Lineage } from '../../src/verify/lineage.ts';
import { Unobservable } from '../context.ts';
import { renewed } from '../passing-time.ts';
import { broken, holds, statement } from '../statement.ts';
import { rangeOf } from '../streams.ts';
import { merge, split } from './reshard.ts';
import { childrenOf, middleOf, parentsOf, rangeText } from './shard-list.ts';

export const kinRs13 = statement({
  id: 'KIN-RS-13',
  level: 'MUST',
  evidence: ['model'],
  sentence:
    'The child of a merge has the hash keys of both parents and names both; parents are listed, and no shard is its own ancestor.',
  source: 'MergeShards; Shard, ParentShardId and AdjacentParentShardId',
  fault: 'reshard.adjacent-missing',
  needs: [],
  lane: 'slow',
  uses: { streams: [3], shared: [] },
  exercises: { merges: 1, splits: 1, 'parents named': 4 },
  check: async (context) => {
    const stream = await context.stream(3, 'fresh');
    const [first, second] = stream.shards;
    if (!first || !second) throw new Unobservable(`stream ${stream.name} does not show two open shards`);
    const merged = await merge(context, stream.name, first, second);
    context.count('merges');
    const both = `${first.ShardId} and ${second.ShardId}`;
    const children = [...new Set([...childrenOf(merged, first.ShardId), ...childrenOf(merged, second.ShardId)])];
    if (children.length !== 1)
      return broken(`after MergeShards of ${both} ${children.length} shards name one of them as parent`);
    const child = children[0]!;
    const named = parentsOf(child);
    if (!named.includes(first.ShardId) || !named.includes(second.ShardId)) {
      return broken(
        `${child.ShardId}, made by MergeShards of ${both}, has ParentShardId ${child.ParentShardId ?? '-'} and AdjacentParentShardId ${child.AdjacentParentShardId ?? '-'}`,
      );
    }
    const due = { start: rangeOf(first).start, end: rangeOf(second).end };
    const range = rangeOf(child);
    if (range.start !== due.start || range.end !== due.end) {
      return broken(
        `${child.ShardId}, made by MergeShards of ${both}, has ${rangeText(range)}; due is ${rangeText(due)}`,
      );
    }
    // Where a stream, a merge and a split take half a minute each, they take all the time of one check.
    const shards = await split(renewed(context), stream.name, child, middleOf(range));
    context.count('splits');
    context.count('parents named', shards.flatMap(parentsOf).length);
    return (
      tangled(shards) ??
      holds(`a merge and a split: ${shards.length} shards, whose parents are listed and lead back to the first ones`)
    );
  },
});

/** What is wrong with the ancestors of shards that all are younger than the retention. */
function tangled(shards: readonly Shard[]) {
  const ids = new Set(shards.map(({ ShardId }) => ShardId));
  if (ids.size !== shards.length) return broken(`ListShards names ${shards.length} shards with ${ids.size} ids`);
  const lineage = new Lineage(shards.map((shard) => ({ shardId: shard.ShardId, parents: parentsOf(shard) })));
  for (const shard of shards) {
    const missing = parentsOf(shard).find((id) => !ids.has(id));
    if (missing)
      return broken(
        `${shard.ShardId} names ${missing} as parent, which is not listed although its data have not expired`,
      );
    if (lineage.descends(shard.ShardId, shard.ShardId)) return broken(`${shard.ShardId} is its own ancestor`);
  }
  return undefined;
}
