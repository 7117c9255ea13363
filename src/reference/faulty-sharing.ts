/**
 * What readers of one shard share, or do not share, by fault: a cursor, a checkpoint, a quota. The state of these defects is
 * kept here, beside the shards, because a correct endpoint has none of it.
 */
import type { ShardFaults } from './faults.ts';
import type { Limits } from './limits.ts';
import type { Arrival } from './arrival.ts';
import type { Shard } from './shard.ts';
import { TokenBucket } from './token-bucket.ts';

/** Two readers this close in time share their cursor by `mc.shared-cursor`. */
const CURSOR_REACH_NS = 200_000_000;

const delivered = new WeakMap<Shard, number>();

/** Remembers for `mc.checkpoint-ahead` that some reader was given every record before `next`. */
export function noteDelivery(shard: Shard, next: number): void {
  delivered.set(shard, Math.max(deliveredTo(shard), next));
}

/** How far any reader was given records since the fault was armed: the ordinal after the last one. */
export function deliveredTo(shard: Shard): number {
  return delivered.get(shard) ?? 0;
}

const cursors = new WeakMap<Shard, { readonly next: number; readonly atNs: number }>();

/** Where the next read goes on by `mc.shared-cursor`: at the place of another reader who was just here and is further. */
export function sharedCursor(faults: ShardFaults, shard: Shard, next: number, { nowNs }: Arrival): number {
  const other = cursors.get(shard);
  const near = other && nowNs - other.atNs <= CURSOR_REACH_NS && other.next > next;
  const shared = near && faults.fires('mc.shared-cursor') ? other.next : next;
  cursors.set(shard, { next: shared, atNs: nowNs });
  return shared;
}

/** The budgets that a read draws on. */
export type ReadQuota = Pick<Shard, 'readCalls' | 'readBytes' | 'readShutUntilNs'>;

const quotas = new WeakMap<Shard, Map<string, ReadQuota>>();

/**
 * What whoever holds an iterator would have for itself by `mc.quota-per-client`: it goes from iterator to iterator with its
 * reader. It matters only where the shard's own budget is spent.
 */
export function quotaOf(limits: Limits, shard: Shard, iterator: string, { nowNs }: Arrival): ReadQuota {
  let byIterator = quotas.get(shard);
  if (!byIterator) quotas.set(shard, (byIterator = new Map()));
  let quota = byIterator.get(iterator);
  if (!quota) {
    quota = {
      readCalls: new TokenBucket(limits.readCalls, nowNs),
      readBytes: new TokenBucket(limits.readBytes, nowNs),
      readShutUntilNs: 0,
    };
    byIterator.set(iterator, quota);
  }
  return quota;
}

/** Hands a reader's quota on from the iterator it came with to the one it goes with. */
export function passQuota(shard: Shard, from: string, to: string): void {
  const byIterator = quotas.get(shard);
  const quota = byIterator?.get(from);
  if (!byIterator || !quota) return;
  byIterator.delete(from);
  byIterator.set(to, quota);
}
