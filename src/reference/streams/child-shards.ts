import type { ChildShard } from '../../protocol/operations.ts';
import type { Shard } from '../shard.ts';
import type { Stream } from '../stream.ts';

/** What a reader is told at the end of a closed shard: where its hash keys went. */
export function childShards({ topology }: Stream, shard: Shard): ChildShard[] {
  if (shard.faults.fires('reshard.no-children')) return [];
  return topology.childrenOf(shard).map((child) => ({
    ShardId: child.id,
    ParentShards: [child.parents?.parent, child.parents?.adjacent].flatMap((parent) => parent?.id ?? []),
    HashKeyRange: child.hashKeyRange(),
  }));
}
