/**
 * Records, places and whole pages of them as numbers. A record's place and content take 31 bits each: two that differ are
 * taken for equal once in 2^31 times, and two that are equal never for different, so a digest may miss an anomaly and cannot
 * invent one. A page takes 64 bits, summed in any order.
 */
import { PAGE_ROWS } from './page-store.ts';

/** Where a record stands, as one number: never 0, equal for equal shard and sequence number. */
export function positionDigest(shardId: string, sequenceNumber: string): number {
  return (hashOf(sequenceNumber, hashOf(shardId, 0)) | 1) >>> 0;
}

/** The place of a record that went through Data Firehose: its producer and its number there, the same for who put it and who reads it. */
export function deliveredPlace(producer: number, counter: number): number {
  return positionDigest(String(producer), String(counter));
}

/** What a reader saw of a record: key, data and arrival time (ms since the epoch), as one number that is never 0. */
export function contentDigest(partitionKey: string, checksum: number, arrivalMs = 0): number {
  return (hashOf(partitionKey, checksum ^ mix(Math.round(arrivalMs) >>> 0)) | 1) >>> 0;
}

/** A digest of the rows of a page whose value is not 0: equal for equal values in equal rows, whatever came first. */
export function columnDigest(values: Uint32Array): ColumnDigest {
  let low = 0;
  let high = 0;
  for (let row = 0; row < PAGE_ROWS; row += 1) {
    const value = values[row]!;
    if (value === 0) continue;
    const mixed = mix(value ^ Math.imul(row + 1, 0x9e3779b1));
    low = (low + mixed) >>> 0;
    high = (high + mix(mixed ^ Math.imul(value, 0x85ebca77))) >>> 0;
  }
  return { low, high };
}

export interface ColumnDigest {
  readonly low: number;
  readonly high: number;
}

export function equalDigests(a: ColumnDigest, b: ColumnDigest): boolean {
  return a.low === b.low && a.high === b.high;
}

/** 32 bits of a text (FNV-1a, spread); no call out of JavaScript, which would cost more than the text is long. */
function hashOf(text: string, seed: number): number {
  let hash = mix(seed ^ 0x811c9dc5);
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return mix(hash);
}

/** Spreads every bit of a number over all of it (the finaliser of MurmurHash3, Austin Appleby, public domain). */
function mix(value: number): number {
  let mixed = value;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
