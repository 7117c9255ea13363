/**
 * Messages of `application/vnd.amazon.eventstream`, read as their bytes come. A message is a prelude (its length, the length
 * of its headers, a CRC-32 of both), headers, a payload and a CRC-32 over everything before it. Both CRCs are checked, the
 * prelude's before its lengths are believed; after a fault nothing can be read any more, since nobody knows where the next
 * message begins.
 */
import { crc32 } from 'node:zlib';

export interface EventMessage {
  /** Those whose value is a text; names as sent (`:event-type`). */
  readonly headers: ReadonlyMap<string, string>;
  readonly payload: Buffer;
}

const PRELUDE_BYTES = 12;
const CRC_BYTES = 4;
/** An event carries at most 2 MiB of records by contract, in base64 and with their keys: a bound far above it. */
const MESSAGE_BYTES_MAX = 24 * 1024 * 1024;
const TEXT = 7;
/** Bytes of a header's value by its type; types 6 (bytes) and 7 (text) carry their length. */
const VALUE_BYTES: readonly (number | undefined)[] = [0, 0, 1, 2, 4, 8, undefined, undefined, 8, 16];

/** Thrown for bytes that are no message; the message says why. */
export class EventStreamFault extends Error {}

export class EventStreamReader {
  #pieces: Buffer[] = [];
  #bytes = 0;
  /** Length of the message that is coming, once its prelude was read. */
  #wanted = 0;

  /** Takes bytes, which must not change any more, and gives the messages they complete. Throws `EventStreamFault`. */
  read(bytes: Buffer): EventMessage[] {
    this.#pieces.push(bytes);
    this.#bytes += bytes.length;
    const messages: EventMessage[] = [];
    for (;;) {
      if (this.#wanted === 0) {
        if (this.#bytes < PRELUDE_BYTES) break;
        this.#wanted = lengthOf(this.#joined());
      }
      if (this.#bytes < this.#wanted) break;
      const all = this.#joined();
      messages.push(messageOf(all.subarray(0, this.#wanted)));
      this.#pieces = [all.subarray(this.#wanted)];
      this.#bytes -= this.#wanted;
      this.#wanted = 0;
    }
    return messages;
  }

  /** Whether a message has begun and is not complete. */
  get pending(): boolean {
    return this.#bytes > 0;
  }

  /** Joined only when something can be read, or a large message in small pieces would be copied again and again. */
  #joined(): Buffer {
    const all = this.#pieces.length === 1 ? this.#pieces[0]! : Buffer.concat(this.#pieces, this.#bytes);
    this.#pieces = [all];
    return all;
  }
}

function lengthOf(bytes: Buffer): number {
  if (crc32(bytes.subarray(0, 8)) !== bytes.readUInt32BE(8)) throw new EventStreamFault('the prelude fails its CRC');
  const length = bytes.readUInt32BE(0);
  const headerBytes = bytes.readUInt32BE(4);
  if (length > MESSAGE_BYTES_MAX || headerBytes + PRELUDE_BYTES + CRC_BYTES > length)
    throw new EventStreamFault(`a message of ${length} bytes with ${headerBytes} bytes of headers`);
  return length;
}

function messageOf(bytes: Buffer): EventMessage {
  const end = bytes.length - CRC_BYTES;
  if (crc32(bytes.subarray(0, end)) !== bytes.readUInt32BE(end))
    throw new EventStreamFault('the message fails its CRC');
  const payloadAt = PRELUDE_BYTES + bytes.readUInt32BE(4);
  return { headers: headersOf(bytes.subarray(PRELUDE_BYTES, payloadAt)), payload: bytes.subarray(payloadAt, end) };
}

function headersOf(bytes: Buffer): Map<string, string> {
  const headers = new Map<string, string>();
  for (let at = 0; at < bytes.length;) {
    const typeAt = at + 1 + bytes[at]!;
    const type = bytes[typeAt] ?? -1;
    const counted = type === 6 || type === TEXT;
    if (counted && typeAt + 3 > bytes.length) throw new EventStreamFault('headers that end early');
    const length = counted ? bytes.readUInt16BE(typeAt + 1) : VALUE_BYTES[type];
    if (length === undefined) throw new EventStreamFault(`a header of type ${type}`);
    const valueAt = typeAt + (counted ? 3 : 1);
    if (valueAt + length > bytes.length) throw new EventStreamFault('headers that end early');
    const name = bytes.toString('utf8', at + 1, typeAt);
    if (type === TEXT) headers.set(name, bytes.toString('utf8', valueAt, valueAt + length));
    at = valueAt + length;
  }
  return headers;
}
