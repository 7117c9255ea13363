/**
 * Messages of `application/vnd.amazon.eventstream`, written: a prelude of two lengths with its CRC-32, headers that are all
 * texts, a payload, and a CRC-32 over everything before it. What a subscription says is an initial response, events, and
 * at most one exception, which is the last message (source: the service model's shape, frame names observed).
 */
import { crc32 } from 'node:zlib';
import type { Codec } from './codec.ts';
import type { Refusal } from './refusal.ts';

const PRELUDE_BYTES = 12;
const CRC_BYTES = 4;
/** The type of a header's value: a text with a length of two bytes. */
const TEXT = 7;

function headerBlock(headers: Readonly<Record<string, string>>): Buffer {
  return Buffer.concat(
    Object.entries(headers).map(([name, value]) => {
      const nameBytes = Buffer.byteLength(name);
      const valueBytes = Buffer.byteLength(value);
      const header = Buffer.allocUnsafe(1 + nameBytes + 3 + valueBytes);
      let at = header.writeUInt8(nameBytes, 0);
      at += header.write(name, at);
      at = header.writeUInt8(TEXT, at);
      at = header.writeUInt16BE(valueBytes, at);
      header.write(value, at);
      return header;
    }),
  );
}

function message(headers: Uint8Array, payload: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(PRELUDE_BYTES + headers.length + payload.length + CRC_BYTES);
  bytes.writeUInt32BE(bytes.length, 0);
  bytes.writeUInt32BE(headers.length, 4);
  bytes.writeUInt32BE(crc32(bytes.subarray(0, 8)), 8);
  bytes.set(headers, PRELUDE_BYTES);
  bytes.set(payload, PRELUDE_BYTES + headers.length);
  const end = bytes.length - CRC_BYTES;
  bytes.writeUInt32BE(crc32(bytes.subarray(0, end)), end);
  return bytes;
}

/** Writes the messages of one form of payloads. */
export class EventStreamWriter {
  readonly #codec: Codec;
  readonly #eventHeaders: Buffer;

  constructor(codec: Codec) {
    this.#codec = codec;
    this.#eventHeaders = this.#headers('event', 'SubscribeToShardEvent');
  }

  /** The first message: the call has succeeded. */
  initialResponse(): Buffer {
    return message(this.#headers('event', 'initial-response'), this.#codec.encode({}));
  }

  /** An event with its payload. */
  event(payload: Uint8Array): Buffer {
    return message(this.#eventHeaders, payload);
  }

  /** An event as a faulty endpoint writes it: the last CRC leaves the prelude out. */
  eventWithBadCrc(payload: Uint8Array): Buffer {
    const bytes = this.event(payload);
    const end = bytes.length - CRC_BYTES;
    bytes.writeUInt32BE(crc32(bytes.subarray(PRELUDE_BYTES, end)), end);
    return bytes;
  }

  /** The last message of a subscription that ends with an error. */
  exception({ name, message: text }: Refusal): Buffer {
    return message(this.#headers('exception', name), this.#codec.encode({ message: text }));
  }

  #headers(type: 'event' | 'exception', name: string): Buffer {
    return headerBlock({
      ':message-type': type,
      [`:${type}-type`]: name,
      ':content-type': this.#codec.contentType,
    });
  }
}
