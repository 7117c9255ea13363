import type { ChildShard } from '../protocol/operations.ts';
import type { Shard } from './shard.ts';

/** What a reader is told at the end of a closed shard: where its hash keys went. */
export function childShards(shard: Shard): ChildShard[] {
  if (shard.faults.fires('reshard.no-children')) return [];
  return shard.children.map((child) => ({
    ShardId: child.id,
    ParentShards: [child.parentIds?.parent, child.parentIds?.adjacent].flatMap((parent) => parent ?? []),
    HashKeyRange: child.hashKeyRange(),
  }));
}
