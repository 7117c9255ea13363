/** The shards of a stream as ListShards shows them, checked for what a check takes for granted, and questions about them. */
import type { HashRange } from '../../src/protocol/hash.ts';
import type { ListShardsOutput, Shard } from '../../src/protocol/operations.ts';
import { type Context, Unobservable } from '../context.ts';
import { rangeOf } from '../streams.ts';

/** Pages of ListShards at the most: no check makes more than some dozens of shards. */
const PAGES_MAX = 20;

/** All shards of a stream, open and closed. */
export async function listShards(context: Context, name: string): Promise<Shard[]> {
  const shards: Shard[] = [];
  let token: string | null | undefined;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const answer: Partial<ListShardsOutput> = await context.send(
      'ListShards',
      token ? { NextToken: token } : { StreamName: name },
    );
    const listed: unknown = answer.Shards;
    if (!Array.isArray(listed) || !listed.every(isShard)) {
      throw new Unobservable(`ListShards was answered with ${JSON.stringify(answer).slice(0, 300)}`);
    }
    shards.push(...listed);
    token = answer.NextToken;
    if (!token) return shards;
  }
  throw new Unobservable(`ListShards of ${name} has more than ${PAGES_MAX} pages`);
}

function isShard(value: unknown): value is Shard {
  const { ShardId, HashKeyRange, SequenceNumberRange } = Object(value) as Partial<Shard>;
  const ends = [HashKeyRange?.StartingHashKey, HashKeyRange?.EndingHashKey];
  return (
    typeof ShardId === 'string' &&
    ends.every((end) => typeof end === 'string' && /^\d+$/.test(end)) &&
    typeof SequenceNumberRange === 'object' &&
    SequenceNumberRange !== null
  );
}

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
