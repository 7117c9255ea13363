/**
 * Messages of `application/vnd.amazon.eventstream`, read: what tests and simulations look at a subscription with. Written
 * apart from the writer, down to a CRC of its own, so that one defect can not hide in both.
 */

/** A message as it came. */
export interface StreamMessage {
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: Buffer;
  /** Whether both CRCs are right. */
  readonly intact: boolean;
}

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

function crcOf(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = table[(crc ^ byte) & 0xff]! ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

function headersOf(bytes: Buffer): Record<string, string> {
  const headers: Record<string, string> = {};
  for (let at = 0; at < bytes.length;) {
    const valueAt = at + 1 + bytes[at]! + 3;
    const name = bytes.toString('utf8', at + 1, valueAt - 3);
    if (bytes[valueAt - 3] !== 7) throw new Error(`header ${name} is no text`);
    at = valueAt + bytes.readUInt16BE(valueAt - 2);
    headers[name] = bytes.toString('utf8', valueAt, at);
  }
  return headers;
}

/** Takes bytes as they come and gives messages as they are complete. */
export class EventStreamReader {
  #rest: Buffer = Buffer.alloc(0);

  /** The messages that end in this chunk. */
  read(chunk: Uint8Array): StreamMessage[] {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    const messages: StreamMessage[] = [];
    while (this.#rest.length >= 12 && this.#rest.length >= this.#rest.readUInt32BE(0)) {
      const bytes = this.#rest.subarray(0, this.#rest.readUInt32BE(0));
      const payloadAt = 12 + bytes.readUInt32BE(4);
      const end = bytes.length - 4;
      messages.push({
        headers: headersOf(bytes.subarray(12, payloadAt)),
        payload: bytes.subarray(payloadAt, end),
        intact:
          crcOf(bytes.subarray(0, 8)) === bytes.readUInt32BE(8) &&
          crcOf(bytes.subarray(0, end)) === bytes.readUInt32BE(end),
      });
      this.#rest = this.#rest.subarray(bytes.length);
    }
    return messages;
  }

  /** Bytes of a message that is not complete. */
  get pending(): number {
    return this.#rest.length;
  }
}
