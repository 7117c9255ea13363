/** The shards of a stream as ListShards shows them, and questions about them. */
import type { HashRange } from '../../src/protocol/hash.ts';
import type { Shard } from '../../src/protocol/operations.ts';
import { rangeOf } from '../streams.ts';

/** Whether it takes records. */
export function isOpen({ SequenceNumberRange }: Shard): boolean {
  return !SequenceNumberRange.EndingSequenceNumber;
}

/** Those that take records, by hash key. */
export function openOf(shards: readonly Shard[]): Shard[] {
  return shards.filter(isOpen).sort((a, b) => (rangeOf(a).start < rangeOf(b).start ? -1 : 1));
}

/** The ids of the shards that it came of, as it names them. */
export function parentsOf({ ParentShardId, AdjacentParentShardId }: Shard): string[] {
  return [ParentShardId, AdjacentParentShardId].filter((id) => id !== undefined && id !== null);
}

/** Those that name a shard as their parent, by hash key. */
export function childrenOf(shards: readonly Shard[], shardId: string): Shard[] {
  return shards
    .filter((shard) => parentsOf(shard).includes(shardId))
    .sort((a, b) => (rangeOf(a).start < rangeOf(b).start ? -1 : 1));
}

/** The hash key in the middle of a range, with which its upper half begins. */
export function middleOf({ start, end }: HashRange): bigint {
  return start + (end - start + 1n) / 2n;
}

/** A range, for findings. */
export function rangeText({ start, end }: HashRange): string {
  return `[${start}, ${end}]`;
}
