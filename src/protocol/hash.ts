import { hash } from 'node:crypto';

/** The number of hash keys: 2^128. Hash keys run from 0 to one less (source: CreateStream, HashKeyRange in the service model). */
export const HASH_KEY_COUNT = 2n ** 128n;

/** A shard's part of the hash keys, both ends included. */
export interface HashRange {
  readonly start: bigint;
  readonly end: bigint;
}

/**
 * The hash key of a partition key: MD5 of its UTF-8 bytes as an unsigned 128-bit big-endian integer
 * (source: PutRecord in the service model; byte order observed).
 */
export function hashKeyOf(partitionKey: string): bigint {
  return BigInt(`0x${hash('md5', partitionKey, 'hex')}`);
}

/** How many low bits `hashHighOf` leaves out. */
export const HASH_LOW_BITS = 80n;

/** The 48 highest bits of the hash key of a partition key: enough to tell it from all but the nearest, and no BigInt. */
export function hashHighOf(partitionKey: string): number {
  const digest = hash('md5', partitionKey, 'binary');
  let high = 0;
  for (let at = 0; at < 6; at += 1) high = high * 256 + digest.charCodeAt(at);
  return high;
}

/** The ranges of `shardCount` fresh shards: equal steps of floor(2^128 / n), the last one takes the rest (observed). */
export function initialRanges(shardCount: number): HashRange[] {
  const step = HASH_KEY_COUNT / BigInt(shardCount);
  return Array.from({ length: shardCount }, (_, index) => ({
    start: step * BigInt(index),
    end: index === shardCount - 1 ? HASH_KEY_COUNT - 1n : step * BigInt(index + 1) - 1n,
  }));
}

/** A shard id as AWS writes it: `shardId-` and twelve digits. */
export function shardIdOf(index: number): string {
  return `shardId-${String(index).padStart(12, '0')}`;
}

/** Finds the range that holds a hash key in a list sorted by start; -1 when none does. */
export function rangeIndexOf(ranges: readonly HashRange[], hashKey: bigint): number {
  let low = 0;
  let high = ranges.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const range = ranges[middle]!;
    if (hashKey < range.start) high = middle - 1;
    else if (hashKey > range.end) low = middle + 1;
    else return middle;
  }
  return -1;
}
