/**
 * The aggregated record format of the KPL: several user records in one record of a stream (source: aggregation-format.md of
 * awslabs/amazon-kinesis-producer).
 *
 *   F3 89 9A C2 · protobuf AggregatedRecord · MD5 of the protobuf, 16 bytes
 *   AggregatedRecord: 1 partition_key_table (string)*, 2 explicit_hash_key_table (string)*, 3 records (Record)*
 *   Record: 1 partition_key_index (uint64), 2 explicit_hash_key_index (uint64, optional), 3 data (bytes), 4 tags (ignored)
 *
 * Protobuf by hand: two messages of three fields each. Whatever does not decode to the last byte is, as for the KCL, a
 * record like any other that happens to begin so.
 */
import { hash } from 'node:crypto';

const MAGIC = Buffer.from([0xf3, 0x89, 0x9a, 0xc2]);
const DIGEST_BYTES = 16;
/** Bytes of an aggregated record that are neither table nor record. */
const FRAME_BYTES = MAGIC.length + DIGEST_BYTES;

/** A record as an application put it. */
export interface UserRecord {
  readonly partitionKey: string;
  readonly explicitHashKey?: string | undefined;
  readonly data: Buffer;
}

/** Puts user records together, and knows how large the result is before it is made. */
export class AggregateBuilder {
  readonly #partitionKeys = new Map<string, number>();
  readonly #hashKeys = new Map<string, number>();
  readonly #records: UserRecord[] = [];
  #bytes = FRAME_BYTES;

  get records(): number {
    return this.#records.length;
  }

  /** Size in bytes as it stands. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Size in bytes with one record more. */
  bytesWith(record: UserRecord): number {
    const { partitionKey, explicitHashKey, data } = record;
    const keyIndex = this.#partitionKeys.get(partitionKey);
    const hashIndex = explicitHashKey === undefined ? undefined : this.#hashKeys.get(explicitHashKey);
    let bytes = this.#bytes;
    if (keyIndex === undefined) bytes += delimitedBytes(Buffer.byteLength(partitionKey));
    if (explicitHashKey !== undefined && hashIndex === undefined)
      bytes += delimitedBytes(Buffer.byteLength(explicitHashKey));
    const inner =
      indexBytes(keyIndex ?? this.#partitionKeys.size) +
      (explicitHashKey === undefined ? 0 : indexBytes(hashIndex ?? this.#hashKeys.size)) +
      delimitedBytes(data.length);
    return bytes + delimitedBytes(inner);
  }

  add(record: UserRecord): void {
    this.#bytes = this.bytesWith(record);
    if (!this.#partitionKeys.has(record.partitionKey))
      this.#partitionKeys.set(record.partitionKey, this.#partitionKeys.size);
    const { explicitHashKey } = record;
    if (explicitHashKey !== undefined && !this.#hashKeys.has(explicitHashKey))
      this.#hashKeys.set(explicitHashKey, this.#hashKeys.size);
    this.#records.push(record);
  }

  /** The aggregated record, `bytes` long. */
  encode(): Buffer {
    const out = new Writer(this.#bytes);
    out.bytes(MAGIC);
    for (const key of this.#partitionKeys.keys()) out.delimited(1, Buffer.from(key));
    for (const key of this.#hashKeys.keys()) out.delimited(2, Buffer.from(key));
    for (const { partitionKey, explicitHashKey, data } of this.#records) {
      const keyIndex = this.#partitionKeys.get(partitionKey)!;
      const hashIndex = explicitHashKey === undefined ? undefined : this.#hashKeys.get(explicitHashKey)!;
      out.varint((3 << 3) | 2);
      out.varint(
        indexBytes(keyIndex) + (hashIndex === undefined ? 0 : indexBytes(hashIndex)) + delimitedBytes(data.length),
      );
      out.index(1, keyIndex);
      if (hashIndex !== undefined) out.index(2, hashIndex);
      out.delimited(3, data);
    }
    out.bytes(hash('md5', out.buffer.subarray(MAGIC.length, out.at), 'buffer'));
    return out.buffer;
  }
}

/** Whether data begins as an aggregated record does. */
export function seemsAggregated(data: Buffer): boolean {
  return data.length >= MAGIC.length && MAGIC.compare(data, 0, MAGIC.length) === 0;
}

/** The user records in the data of a record of a stream, as views of it; null for a record that is not aggregated. */
export function deaggregate(data: Buffer): UserRecord[] | null {
  if (data.length < FRAME_BYTES || !seemsAggregated(data)) return null;
  const message = data.subarray(MAGIC.length, data.length - DIGEST_BYTES);
  if (!hash('md5', message, 'buffer').equals(data.subarray(data.length - DIGEST_BYTES))) return null;
  try {
    return readAggregate(message);
  } catch (error) {
    if (error instanceof Malformed) return null;
    throw error;
  }
}

function readAggregate(message: Buffer): UserRecord[] {
  const partitionKeys: string[] = [];
  const hashKeys: string[] = [];
  const records: RawRecord[] = [];
  for (const { field, bytes } of fieldsOf(message)) {
    if (field === 1) partitionKeys.push(present(bytes).toString('utf8'));
    else if (field === 2) hashKeys.push(present(bytes).toString('utf8'));
    else if (field === 3) records.push(readRecord(present(bytes)));
  }
  return records.map(({ keyIndex, hashIndex, data }) => {
    const explicitHashKey = hashIndex === undefined ? undefined : present(hashKeys[hashIndex]);
    return { partitionKey: present(partitionKeys[keyIndex]), explicitHashKey, data };
  });
}

interface RawRecord {
  readonly keyIndex: number;
  readonly hashIndex: number | undefined;
  readonly data: Buffer;
}

function readRecord(message: Buffer): RawRecord {
  let keyIndex: number | undefined;
  let hashIndex: number | undefined;
  let data: Buffer | undefined;
  for (const { field, value, bytes } of fieldsOf(message)) {
    if (field === 1) keyIndex = present(value);
    else if (field === 2) hashIndex = present(value);
    else if (field === 3) data = present(bytes);
  }
  return { keyIndex: present(keyIndex), hashIndex, data: present(data) };
}

/** A message that is not what the format says. */
class Malformed extends Error {}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Malformed();
  return value;
}

interface Field {
  readonly field: number;
  /** Of a varint. */
  readonly value: number | undefined;
  /** Of a length-delimited one. */
  readonly bytes: Buffer | undefined;
}

/** The fields of a message, unknown ones included. Every step reads a byte at least, so it ends. */
function* fieldsOf(message: Buffer): Generator<Field> {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; shift < 64; shift += 7) {
      const byte = present(message[at++]);
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw new Malformed();
  };
  const take = (length: number): Buffer => {
    if (length > message.length - at) throw new Malformed();
    return message.subarray(at, (at += length));
  };
  while (at < message.length) {
    const key = varint();
    const field = Math.floor(key / 8);
    const type = key % 8;
    if (type === 0) yield { field, value: varint(), bytes: undefined };
    else if (type === 2) yield { field, value: undefined, bytes: take(varint()) };
    else if (type === 1) take(8);
    else if (type === 5) take(4);
    else throw new Malformed();
  }
}

class Writer {
  readonly buffer: Buffer;
  at = 0;

  constructor(bytes: number) {
    this.buffer = Buffer.allocUnsafe(bytes);
  }

  varint(value: number): void {
    let rest = value;
    for (; rest >= 0x80; rest = Math.floor(rest / 128)) this.buffer[this.at++] = (rest % 128) | 0x80;
    this.buffer[this.at++] = rest;
  }

  index(field: number, value: number): void {
    this.varint(field << 3);
    this.varint(value);
  }

  delimited(field: number, bytes: Buffer): void {
    this.varint((field << 3) | 2);
    this.varint(bytes.length);
    this.bytes(bytes);
  }

  bytes(bytes: Buffer): void {
    bytes.copy(this.buffer, this.at);
    this.at += bytes.length;
  }
}

function varintBytes(value: number): number {
  let bytes = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 128)) bytes += 1;
  return bytes;
}

/** A field of one key byte, a length and that many bytes. */
function delimitedBytes(length: number): number {
  return 1 + varintBytes(length) + length;
}

function indexBytes(index: number): number {
  return 1 + varintBytes(index);
}
