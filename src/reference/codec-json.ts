/**
 * JSON 1.1: blobs are base64, timestamps are epoch seconds with a fraction. Operations answer in this form already, so only
 * records need a writer of their own: one pass over a page, from the bytes of the log to the bytes of the body.
 */
import { isUtf8 } from 'node:buffer';
import { BodyWriter } from './body-writer.ts';
import type { Codec } from './codec.ts';
import { readPlainJson } from './plain-json.ts';
import type { PageRecord } from './record-page.ts';

const encoder = new TextEncoder();
const start = encoder.encode('{"Records":[');
const beforeNumber = encoder.encode('{"SequenceNumber":"');
const beforeArrival = encoder.encode('","ApproximateArrivalTimestamp":');
const beforeData = encoder.encode(',"Data":"');
const beforeKey = encoder.encode('","PartitionKey":');
const encryption = encoder.encode(',"EncryptionType":"KMS"');

/** Bytes of a record beside its data and key, at the most: names, number and time. */
const FRAME_BYTES = 224;
/** A byte of a key becomes six at the most (`\u0000`). */
const ESCAPE_BYTES = 6;
/** Slack at the end of a body, so that its last records do not make it grow. */
const SLACK_BYTES = 8192;
/** From this length on a body is looked at before it is parsed. */
const LARGE_BYTES = 64 * 1024;
/**
 * Lists, structures and members that a body may hold: their signs may also stand in partition keys, of which 500 have
 * 128,000 characters. A body of brackets alone would make a hundred times its length of objects, one of a million members
 * takes seconds to parse.
 */
const SIGNS_MAX = 200_000;
const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const LIST = 0x5b;
const BACKSLASH = 0x5c;
const LIST_END = 0x5d;
const STRUCTURE = 0x7b;
const STRUCTURE_END = 0x7d;

/** Writes records one after the other, each followed by a comma. */
class RecordWriter extends BodyWriter {
  #arrivalMs = -1;
  #arrival: Uint8Array = start;

  /** Writes a record. */
  record({ block, dataAt, keyAt, end, hasKey, encrypted, arrivalMs, number }: PageRecord): void {
    this.reserve(FRAME_BYTES + ((keyAt - dataAt) / 3 + 1) * 4 + (end - keyAt) * ESCAPE_BYTES);
    this.put(beforeNumber);
    this.put(number);
    this.put(beforeArrival);
    if (arrivalMs !== this.#arrivalMs) {
      this.#arrivalMs = arrivalMs;
      this.#arrival = encoder.encode(String(arrivalMs / 1000));
    }
    this.put(this.#arrival);
    this.put(beforeData);
    this.at += this.bytes.write(block.toString('base64', dataAt, keyAt), this.at, 'latin1');
    if (hasKey) this.#key(block, keyAt, end);
    else this.bytes[this.at++] = QUOTE;
    if (encrypted) this.put(encryption);
    this.bytes[this.at++] = STRUCTURE_END;
    this.bytes[this.at++] = COMMA;
  }

  #key(block: Buffer, from: number, to: number): void {
    this.put(beforeKey);
    const { bytes } = this;
    let at = this.at;
    bytes[at++] = QUOTE;
    for (let read = from; read < to; read += 1) {
      const byte = block[read]!;
      if (byte < 0x20 || byte === QUOTE || byte === BACKSLASH) {
        this.put(encoder.encode(JSON.stringify(block.toString('utf8', from, to))));
        return;
      }
      bytes[at++] = byte;
    }
    bytes[at++] = QUOTE;
    this.at = at;
  }
}

/** Whether a body holds more lists, structures or members than any request does. */
function crowded(body: Buffer): boolean {
  for (const sign of [LIST, STRUCTURE, COLON]) {
    let count = 0;
    for (let at = body.indexOf(sign); at !== -1; at = body.indexOf(sign, at + 1)) {
      count += 1;
      if (count > SIGNS_MAX) return true;
    }
  }
  return false;
}

/** The value of a body; undefined where it is no JSON. */
function parsed(bytes: Buffer): unknown {
  if (!isUtf8(bytes) || (bytes.length > LARGE_BYTES && crowded(bytes))) return undefined;
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}

/** The codec of `application/x-amz-json-1.1`. */
export const jsonCodec: Codec = {
  contentType: 'application/x-amz-json-1.1',
  blobs: 'base64',

  decode(body) {
    const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
    const value = (bytes.length > LARGE_BYTES ? readPlainJson(bytes) : undefined) ?? parsed(bytes);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  },

  // From Node's pool: an encoder takes memory of its own for every answer, which the collector counts.
  encode: (value) => Buffer.from(JSON.stringify(value)),

  encodeRecords(page, rest) {
    const members = encoder.encode(JSON.stringify(rest).slice(1));
    const room = start.length + page.count * FRAME_BYTES + Math.ceil(page.bytes / 3) * 4 + members.length + SLACK_BYTES;
    const writer = new RecordWriter(room);
    writer.put(start);
    page.each((record) => writer.record(record));
    // Every record is followed by a comma; the last one is not.
    if (page.count > 0) writer.at -= 1;
    writer.reserve(2 + members.length);
    writer.bytes[writer.at++] = LIST_END;
    if (members.length > 1) writer.bytes[writer.at++] = COMMA;
    writer.put(members);
    return writer.done();
  },
};
