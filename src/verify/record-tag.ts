/**
 * The tag inside a record's data: who sent it, its number, when it was due, and a checksum over everything, so that a
 * record can be recognised wherever it turns up and a single changed byte shows. Identity is plain ASCII at the front;
 * the rest of the data is filler. 48 bytes, big-endian:
 *
 *   0 magic "kbt1" · 4 run (8 ASCII) · 12 producer u32 · 16 counter f64 · 24 due f64 (monotonic ns) · 32 length u32 ·
 *   36 key u32 · 40 checksum u32 (CRC-32 of all other bytes) · 44 filler
 */
import { crc32 } from 'node:zlib';
import { seemsAggregated } from '../protocol/aggregation.ts';
import { readTextTag } from './text-tag.ts';

/** Begins every tag; the run follows. */
export const TAG_MAGIC = 'kbt1';
/** Where a tag says how long its record is: u32, big-endian. */
export const TAG_LENGTH_AT = 32;
const CHECKSUM_AT = 40;
const FILLER_AT = 44;

/** Follows the run in a tag of text; no index of a producer begins with that byte. */
const TEXT_DASH = 0x2d;

/** Characters of a run's tag. */
export const RUN_TAG_LENGTH = 8;

export interface RecordTag {
  /** Index of the sending agent within the run. */
  readonly producer: number;
  /** Number of the record among its producer's, from 0. */
  readonly counter: number;
  /** Planned time, monotonic ns of the machine that sent it. */
  readonly dueNs: number;
  readonly key: number;
  /** CRC-32 of the whole data: equal data have equal values. */
  readonly checksum: number;
}

/** Writes the tag into the front of `data`, whose filler must be in place. */
export function writeTag(data: Buffer, run: string, tag: Omit<RecordTag, 'checksum'>): void {
  data.write(TAG_MAGIC, 0, 'latin1');
  data.write(run, 4, RUN_TAG_LENGTH, 'latin1');
  data.writeUInt32BE(tag.producer, 12);
  data.writeDoubleBE(tag.counter, 16);
  data.writeDoubleBE(tag.dueNs, 24);
  data.writeUInt32BE(data.length, TAG_LENGTH_AT);
  data.writeUInt32BE(tag.key, 36);
  data.writeUInt32BE(checksum(data), CHECKSUM_AT);
}

/**
 * The tag of a record of this run; `foreign` for anybody else's data, `damaged` for ours with other bytes than were sent
 * (an aggregated record that cannot be taken apart, though records of this run are in it, among them).
 */
export function readTag(data: Buffer, run: string): RecordTag | 'foreign' | 'damaged' {
  if (data.toString('latin1', 0, 4 + RUN_TAG_LENGTH) !== TAG_MAGIC + run || data[4 + RUN_TAG_LENGTH] === TEXT_DASH)
    return seemsAggregated(data)
      ? data.includes(TAG_MAGIC + run, 0, 'latin1')
        ? 'damaged'
        : 'foreign'
      : (readTextTag(data, run) ?? 'foreign');
  if (data.length < FILLER_AT) return 'damaged';
  const sum = data.readUInt32BE(CHECKSUM_AT);
  if (data.readUInt32BE(TAG_LENGTH_AT) !== data.length || checksum(data) !== sum) return 'damaged';
  return {
    producer: data.readUInt32BE(12),
    counter: data.readDoubleBE(16),
    dueNs: data.readDoubleBE(24),
    key: data.readUInt32BE(36),
    checksum: sum,
  };
}

function checksum(data: Buffer): number {
  return crc32(data.subarray(FILLER_AT), crc32(data.subarray(0, CHECKSUM_AT)));
}
