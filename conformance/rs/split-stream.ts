/**
 * A stream whose first shard was split, with records from before and after: what most statements about a closed shard and its
 * children look at. Made once in a session, since AWS takes a minute for it.
 */
import type { Shard } from '../../src/protocol/operations.ts';
import { type Stream, Unobservable } from '../context.ts';
import { Prepared } from '../prepared.ts';
import { type Acknowledged, firstShard, put } from '../records.ts';
import { rangeOf } from '../streams.ts';
import { split } from './reshard.ts';
import { childrenOf } from './shard-list.ts';

const RECORDS = 40;

export interface SplitStream {
  readonly stream: Stream;
  /** As it was before. */
  readonly parent: Shard;
  /** The hash key at which it was split. */
  readonly at: bigint;
  /** All shards, as they are listed after it. */
  readonly shards: readonly Shard[];
  /** Put into the parent before. */
  readonly before: readonly Acknowledged[];
  /** Put after, by the hash key they were sent with: both ends of each half, and some between. */
  readonly after: readonly (Acknowledged & { readonly hashKey: bigint })[];
}

/** The stream of this session. */
export const splitStream = new Prepared<SplitStream>(async (context) => {
  const stream = await context.stream(2, 'fresh');
  const parent = firstShard(stream);
  const { start, end } = rangeOf(parent);
  const step = (end - start) / BigInt(RECORDS);
  const before: Acknowledged[] = [];
  for (let index = 0; index < RECORDS; index += 1) {
    before.push(await put(context, stream, { key: `before-${index}`, explicitHashKey: start + BigInt(index) * step }));
  }
  // Not in the middle: where the middle is taken whatever was asked for, it shows.
  const at = start + (end - start) / 3n;
  const shards = await split(context, stream.name, parent, at);
  const hashKeys = [
    start,
    at - 1n,
    at,
    end,
    ...Array.from({ length: 12 }, (_, index) => start + (BigInt(index) * (end - start)) / 12n),
  ];
  const after: (Acknowledged & { hashKey: bigint })[] = [];
  for (const hashKey of hashKeys) {
    after.push({ ...(await put(context, stream, { key: 'after', explicitHashKey: hashKey })), hashKey });
  }
  return { stream, parent, at, shards, before, after };
});

/** The two children of the split, by hash key; a split that is not listed is for KIN-RS-01 to judge. */
export function twoChildren({ shards, parent }: SplitStream): readonly [Shard, Shard] {
  const [lower, upper] = childrenOf(shards, parent.ShardId);
  if (!lower || !upper)
    throw new Unobservable(
      `the split of ${parent.ShardId} is not listed with two children: that is KIN-RS-01's matter`,
    );
  return [lower, upper];
}
