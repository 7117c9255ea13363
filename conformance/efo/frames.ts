/**
 * Messages of `application/vnd.amazon.eventstream` as their bytes are, read once more and apart from the client: total length,
 * length of the headers, CRC-32 of these two, headers, payload, CRC-32 of everything before it. All numbers are big-endian.
 */
import { crc32 } from 'node:zlib';

const PRELUDE_BYTES = 12;
const CRC_BYTES = 4;
/** Far more than a message of a subscription can have. */
const MESSAGE_BYTES_MAX = 32 * 1024 * 1024;

/** A message whose CRCs are right. */
export interface Frame {
  readonly payload: Buffer;
  readonly bytes: number;
}

/** The messages that are complete, and what is wrong with the first that is none; nothing can be read after it. */
export function framesIn(bytes: Buffer): { readonly frames: readonly Frame[]; readonly flaw?: string } {
  const frames: Frame[] = [];
  for (let at = 0; bytes.length - at >= PRELUDE_BYTES;) {
    const total = bytes.readUInt32BE(at);
    const headers = bytes.readUInt32BE(at + 4);
    const which = `message ${frames.length} (${total} bytes)`;
    const prelude = bytes.readUInt32BE(at + 8);
    const preludeDue = crc32(bytes.subarray(at, at + 8));
    if (prelude !== preludeDue)
      return { frames, flaw: `${which} has prelude CRC ${hex(prelude)}, due ${hex(preludeDue)}` };
    if (total > MESSAGE_BYTES_MAX || headers + PRELUDE_BYTES + CRC_BYTES > total) {
      return { frames, flaw: `${which} has ${headers} bytes of headers` };
    }
    if (bytes.length - at < total) break;
    const end = at + total - CRC_BYTES;
    const crc = bytes.readUInt32BE(end);
    const due = crc32(bytes.subarray(at, end));
    if (crc !== due) return { frames, flaw: `${which} has message CRC ${hex(crc)}, due ${hex(due)}` };
    frames.push({ payload: bytes.subarray(at + PRELUDE_BYTES + headers, end), bytes: total });
    at += total;
  }
  return { frames };
}

function hex(number: number): string {
  return number.toString(16).padStart(8, '0');
}
