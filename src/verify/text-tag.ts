/**
 * The tag of a record whose data is text: what `record-tag.ts` puts into bytes, as characters that JSON needs not escape,
 * wherever in the text they stand:
 *
 *   kbt1<run>-<producer>-<counter>-<due ns>-<key>-<checksum>
 *
 * The checksum is the CRC-32, eight hexadecimal digits, of the whole text without these eight.
 */
import { crc32 } from 'node:zlib';
import type { RecordTag } from './record-tag.ts';

const MAGIC = 'kbt1';
const DIGITS = 8;
const OPEN = '-'.repeat(DIGITS);
const pattern = /^-(\d{1,10})-(\d{1,16})-(\d{1,17})-(\d{1,10})-([0-9a-f]{8})/;

/** The tag with its checksum still open; `seal` closes it. */
export function openTag(run: string, { producer, counter, dueNs, key }: Omit<RecordTag, 'checksum'>): string {
  return `${MAGIC}${run}-${producer}-${counter}-${Math.round(dueNs)}-${key}-${OPEN}`;
}

/** Writes the checksum into a text that holds an open tag, once. */
export function sealTag(data: Buffer, tag: string): void {
  const at = data.indexOf(tag) + tag.length - DIGITS;
  data.write(checksum(data, at).toString(16).padStart(DIGITS, '0'), at, 'latin1');
}

/** The tag in a text that was made of the one it was put into: its checksum is of that, and says nothing of this. */
export function findTextTag(data: Buffer, run: string): RecordTag | 'damaged' | undefined {
  return tagAt(data, MAGIC + run)?.tag;
}

/** The tag in a text; `damaged` where something of this run is there with other bytes, undefined where nothing is. */
export function readTextTag(data: Buffer, run: string): RecordTag | 'damaged' | undefined {
  const found = tagAt(data, MAGIC + run);
  if (!found || found.tag === 'damaged') return found?.tag;
  return checksum(data, found.endAt - DIGITS) === found.tag.checksum ? found.tag : 'damaged';
}

/**
 * Bytes of the text at the front of others that stand right behind it: it ends where the checksum in its tag first holds, and before the next tag.
 * undefined where it holds nowhere.
 * @param mark what tags of the run begin with
 */
export function sealedLength(data: Buffer, mark: string): number | undefined {
  const found = tagAt(data, mark);
  if (!found || found.tag === 'damaged') return undefined;
  const { tag, endAt } = found;
  const next = data.indexOf(mark, endAt, 'latin1');
  let sum = crc32(data.subarray(0, endAt - DIGITS));
  for (let at = endAt; at <= (next < 0 ? data.length : next); at += 1) {
    if (sum === tag.checksum) return at;
    sum = crc32(data.subarray(at, at + 1), sum);
  }
  return undefined;
}

function tagAt(data: Buffer, start: string): { tag: RecordTag | 'damaged'; endAt: number } | undefined {
  const at = data.indexOf(start, 0, 'latin1');
  if (at === -1) return undefined;
  const rest = at + start.length;
  const match = pattern.exec(data.toString('latin1', rest, rest + 80));
  if (!match) return { tag: 'damaged', endAt: rest };
  const [producer, counter, dueNs, key] = match.slice(1, 5).map(Number);
  const sum = Number.parseInt(match[5]!, 16);
  const tag = { producer: producer!, counter: counter!, dueNs: dueNs!, key: key!, checksum: sum };
  return { tag, endAt: rest + match[0].length };
}

function checksum(data: Buffer, at: number): number {
  return crc32(data.subarray(at + DIGITS), crc32(data.subarray(0, at)));
}
