/**
 * CBOR as Kinesis speaks it (`application/x-amz-cbor-1.1`): the members of the JSON form, blobs as byte strings, timestamps
 * as tag 1 around epoch milliseconds (observed: contract A1). Operations answer in the JSON form; which numbers of an answer
 * are timestamps is known by the names of their members.
 */
import { timestampMembers } from '../protocol/operations.ts';
import { BodyWriter } from './body-writer.ts';
import { readCbor } from './cbor-reader.ts';
import type { Codec } from './codec.ts';
import type { Faults } from './faults.ts';
import type { PageRecord } from './record-page.ts';

const UNSIGNED = 0;
const NEGATIVE = 1;
const BYTES = 2;
const TEXT = 3;
const LIST = 4;
const MAP = 5;
const EPOCH_TAG = 0xc1;
const FALSE = 0xf4;
const TRUE = 0xf5;
const NULL = 0xf6;
const DOUBLE = 0xfb;
/** Bytes of a head, or of a number, at the most. */
const HEAD_BYTES = 9;
/** Bytes of a record beside its data and key, at the most: names, number and time. */
const FRAME_BYTES = 192;

class CborWriter extends BodyWriter {
  /** Writes a major type with its argument, a safe integer. */
  head(major: number, argument: number): void {
    const { bytes } = this;
    if (argument < 24) {
      bytes[this.at++] = (major << 5) | argument;
    } else if (argument <= 0xff) {
      bytes[this.at++] = (major << 5) | 24;
      bytes[this.at++] = argument;
    } else if (argument <= 0xffff) {
      bytes[this.at++] = (major << 5) | 25;
      this.at = bytes.writeUInt16BE(argument, this.at);
    } else if (argument <= 0xffff_ffff) {
      bytes[this.at++] = (major << 5) | 26;
      this.at = bytes.writeUInt32BE(argument, this.at);
    } else {
      bytes[this.at++] = (major << 5) | 27;
      this.at = bytes.writeUInt32BE(Math.floor(argument / 2 ** 32), this.at);
      this.at = bytes.writeUInt32BE(argument % 2 ** 32, this.at);
    }
  }

  /** Writes a text. */
  text(text: string): void {
    const length = Buffer.byteLength(text);
    this.reserve(HEAD_BYTES + length);
    this.head(TEXT, length);
    this.at += this.bytes.write(text, this.at, 'utf8');
  }

  /** Writes the members of a structure; those that are undefined are left out. */
  structure(value: object, more = 0): void {
    const members = Object.entries(value).filter(([, member]) => member !== undefined);
    this.reserve(HEAD_BYTES);
    this.head(MAP, members.length + more);
    for (const [name, member] of members) this.member(name, member);
  }

  /** Writes a member with its name. */
  member(name: string, value: unknown): void {
    this.text(name);
    if (typeof value === 'number' && timestampMembers.has(name)) this.#timestamp(Math.round(value * 1000));
    else this.#value(value);
  }

  /** Writes a member of `Records`. */
  record({ block, dataAt, keyAt, end, hasKey, encrypted, arrivalMs, number }: PageRecord, asText: boolean): void {
    this.reserve(FRAME_BYTES + (keyAt - dataAt) * 2 + (end - keyAt));
    this.head(MAP, 3 + (hasKey ? 1 : 0) + (encrypted ? 1 : 0));
    this.put(numberName);
    this.head(TEXT, number.length);
    this.put(number);
    this.put(arrivalName);
    this.#timestamp(arrivalMs);
    this.put(dataName);
    if (asText) this.text(block.toString('base64', dataAt, keyAt));
    else this.#bytes(BYTES, block, dataAt, keyAt);
    if (hasKey) {
      this.put(keyName);
      this.#bytes(TEXT, block, keyAt, end);
    }
    if (encrypted) this.put(encryption);
  }

  #value(value: unknown): void {
    this.reserve(HEAD_BYTES);
    if (value === null || value === undefined) this.bytes[this.at++] = NULL;
    else if (typeof value === 'boolean') this.bytes[this.at++] = value ? TRUE : FALSE;
    else if (typeof value === 'number') this.#number(value);
    else if (typeof value === 'string') this.text(value);
    else if (value instanceof Uint8Array) {
      this.head(BYTES, value.length);
      this.reserve(value.length);
      this.put(value);
    } else if (Array.isArray(value)) {
      this.head(LIST, value.length);
      for (const member of value) this.#value(member);
    } else if (typeof value === 'object') this.structure(value);
  }

  #number(value: number): void {
    if (Number.isSafeInteger(value)) {
      this.head(value < 0 ? NEGATIVE : UNSIGNED, value < 0 ? -1 - value : value);
    } else {
      this.bytes[this.at++] = DOUBLE;
      this.at = this.bytes.writeDoubleBE(value, this.at);
    }
  }

  #timestamp(ms: number): void {
    this.reserve(1 + HEAD_BYTES);
    this.bytes[this.at++] = EPOCH_TAG;
    this.#number(ms);
  }

  #bytes(major: number, block: Buffer, from: number, to: number): void {
    this.head(major, to - from);
    block.copy(this.bytes, this.at, from, to);
    this.at += to - from;
  }
}

function textsOf(...texts: readonly string[]): Uint8Array {
  const writer = new CborWriter(64);
  for (const text of texts) writer.text(text);
  return writer.done();
}

const recordsName = textsOf('Records');
const numberName = textsOf('SequenceNumber');
const arrivalName = textsOf('ApproximateArrivalTimestamp');
const dataName = textsOf('Data');
const keyName = textsOf('PartitionKey');
const encryption = textsOf('EncryptionType', 'KMS');

/** The codec of `application/x-amz-cbor-1.1`. */
export function cborCodec(faults: Faults): Codec {
  return {
    contentType: 'application/x-amz-cbor-1.1',
    blobs: 'bytes',
    decode: readCbor,

    encode(value) {
      const writer = new CborWriter(512);
      writer.structure(value);
      return writer.done();
    },

    encodeRecords(page, rest) {
      const asText = page.count > 0 && faults.fires('api.cbor-string-blob');
      const writer = new CborWriter(1024 + page.count * FRAME_BYTES + page.bytes);
      writer.structure(rest, 1);
      writer.put(recordsName);
      writer.head(LIST, page.count);
      page.each((record) => writer.record(record, asText));
      return writer.done();
    },
  };
}
