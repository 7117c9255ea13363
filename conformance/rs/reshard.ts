/**
 * Resharding, waited for: a call is accepted at once and the change is made later (AWS takes half a minute). It is over when the
 * stream is ACTIVE and ListShards shows what was asked for; neither alone says so, since both may lag behind.
 */
import { NS_PER_S, sleepFor } from '../../src/clock.ts';
import type { Input, Shard } from '../../src/protocol/operations.ts';
import { refusableAtRest } from '../refusable-call.ts';
import { type Context, Unobservable } from '../context.ts';
import { listedShards } from '../streams.ts';
import { isOpen, parentsOf } from './shard-list.ts';

type Resharding = 'SplitShard' | 'MergeShards' | 'UpdateShardCount';

/** First pause between two looks at a stream that is UPDATING, in ns; it grows to a second. */
const LOOK_NS = 20_000_000;

/** The status of a stream. */
export async function summaryStatusOf(context: Context, name: string): Promise<string | undefined> {
  const { StreamDescriptionSummary: summary } = await context.send('DescribeStreamSummary', { StreamName: name });
  return (Object(summary) as Partial<typeof summary>).StreamStatus;
}

/** Makes a change; what refuses it makes the check indeterminate. Gives the shards as they are listed after it. */
export async function reshard<O extends Resharding>(
  context: Context,
  operation: O,
  input: Input<O> & { StreamName: string },
  made: (shards: readonly Shard[]) => boolean,
): Promise<Shard[]> {
  const answer = await refusableAtRest(context, operation, input, operation === 'UpdateShardCount' ? 'final' : 'wait');
  if (answer.kind === 'refused') {
    throw new Unobservable(`${operation} ${JSON.stringify(input)} was refused with ${answer.said}`);
  }
  return resharded(context, input.StreamName, made);
}

/**
 * Waits until a change is made. Where the stream is ACTIVE again and the list does not show it within the settling time, the list
 * is given as it is, for the check to judge.
 */
export async function resharded(
  context: Context,
  name: string,
  made: (shards: readonly Shard[]) => boolean,
): Promise<Shard[]> {
  const { clock, deadlineNs, settleNs } = context;
  let activeNs: number | undefined;
  for (let pauseNs = LOOK_NS; ; pauseNs = Math.min(pauseNs * 1.5, NS_PER_S)) {
    const status = await summaryStatusOf(context, name);
    const nowNs = clock.monotonicNs();
    activeNs = status === 'ACTIVE' ? (activeNs ?? nowNs) : undefined;
    if (activeNs !== undefined) {
      const shards = await listedShards(context.send, name);
      if (made(shards) || nowNs - activeNs > settleNs) return shards;
    }
    if (nowNs > deadlineNs) throw new Unobservable(`stream ${name} is still ${status}, not ACTIVE, at the deadline`);
    await sleepFor(clock, pauseNs);
  }
}

/** Splits a shard at a hash key. */
export function split(context: Context, name: string, { ShardId }: Shard, hashKey: bigint): Promise<Shard[]> {
  const input = { StreamName: name, ShardToSplit: ShardId, NewStartingHashKey: String(hashKey) };
  return reshard(context, 'SplitShard', input, replaced([ShardId], 2));
}

/** Merges two neighbours. */
export function merge(context: Context, name: string, lower: Shard, upper: Shard): Promise<Shard[]> {
  const [ShardToMerge, AdjacentShardToMerge] = [lower.ShardId, upper.ShardId];
  const input = { StreamName: name, ShardToMerge, AdjacentShardToMerge };
  return reshard(context, 'MergeShards', input, replaced([ShardToMerge, AdjacentShardToMerge], 1));
}

/** Whether shards are closed, and so many that are open name one of them as parent. */
function replaced(ids: readonly string[], children: number): (shards: readonly Shard[]) => boolean {
  return (shards) => {
    const open = shards.filter(isOpen);
    const named = open.filter((shard) => parentsOf(shard).some((id) => ids.includes(id)));
    return !open.some(({ ShardId }) => ids.includes(ShardId)) && named.length >= children;
  };
}
