/**
 * The objects of one bucket, in memory. Listing needs keys in the order of their UTF-8 bytes, and puts come far oftener than
 * lists: the order is made when somebody lists and kept until a key comes or goes. The bodies count for the memory of whoever
 * holds the store, with the key and a round sum for the JavaScript objects around each.
 */
import { createHash } from 'node:crypto';
import type { Checksum } from './checksum.ts';
import { S3Error } from './s3-error.ts';
import type { Upload } from './upload.ts';

/** An object as it is kept. */
export interface StoredObject {
  readonly key: string;
  readonly body: Uint8Array;
  /** In hexadecimal, without quotes: the MD5 of the body, or that of the MD5s of its parts with `-` and their number. */
  readonly etag: string;
  readonly lastModifiedMs: number;
  /** What is answered with it: content-type, content-encoding, x-amz-meta-… and their like, in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** As its client computed it and the store checked it. */
  readonly checksum: Checksum | undefined;
}

/** An object as it is put. */
export interface NewObject {
  readonly body: Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  readonly checksum?: Checksum | undefined;
  /** Where it is not the MD5 of the body. */
  readonly etag?: string;
  /** What its putter holds of the same room, and gives back once the object is there. */
  readonly freedBytes?: number | undefined;
}

/** Memory that several share: what one gives back another may take. */
export interface Room {
  bytes: number;
  allows(bytes: number): boolean;
}

const KEY_BYTES_MAX = 1024;
const METADATA_BYTES_MAX = 2048;
/** Of the JavaScript objects around a body or an upload, roughly. */
const OVERHEAD_BYTES = 500;

/** One bucket. */
export class Bucket {
  readonly name: string;
  readonly createdMs: number;
  /** By id. */
  readonly uploads = new Map<string, Upload>();
  readonly #objects = new Map<string, StoredObject>();
  readonly #room: Room;
  #keys: readonly string[] | undefined;

  constructor(name: string, createdMs: number, room: Room) {
    this.name = name;
    this.createdMs = createdMs;
    this.#room = room;
  }

  /** How many objects there are. */
  get size(): number {
    return this.#objects.size;
  }

  /** Every key, in the order of its bytes. */
  get keys(): readonly string[] {
    return (this.#keys ??= [...this.#objects.keys()].sort(compareKeys));
  }

  get(key: string): StoredObject | undefined {
    return this.#objects.get(key);
  }

  /** Puts an object in the place of what has its key; throws an S3Error where it cannot be kept. */
  put(key: string, { body, headers = {}, checksum, etag, freedBytes = 0 }: NewObject, nowMs: number): StoredObject {
    assertKeepable(key, headers);
    const before = this.#objects.get(key);
    const bytes = heldBytes(key, body) - (before ? heldBytes(key, before.body) : 0);
    if (!this.#room.allows(bytes - freedBytes)) throw new S3Error('InsufficientStorage');
    this.#room.bytes += bytes;
    const object: StoredObject = {
      key,
      body: owned(body),
      etag: etag ?? md5(body).toString('hex'),
      lastModifiedMs: nowMs,
      headers,
      checksum,
    };
    this.#objects.set(key, object);
    if (!before) this.#keys = undefined;
    return object;
  }

  /** Deletes an object; one that is not there is none the less gone. */
  delete(key: string): void {
    const object = this.#objects.get(key);
    if (!object) return;
    this.#objects.delete(key);
    this.#keys = undefined;
    this.#room.bytes -= heldBytes(key, object.body);
  }

  /** Deletes everything. */
  clear(): void {
    for (const key of this.#objects.keys()) this.delete(key);
    for (const upload of this.uploads.values()) upload.end();
    this.uploads.clear();
  }
}

/** Throws an S3Error where an object cannot have such a key or such metadata. */
export function assertKeepable(key: string, headers: Readonly<Record<string, string>>): void {
  if (Buffer.byteLength(key) > KEY_BYTES_MAX) throw new S3Error('KeyTooLongError');
  if (metadataBytes(headers) > METADATA_BYTES_MAX) throw new S3Error('MetadataTooLarge');
}

/** The MD5 of a body, of which S3 makes its entity tags. */
export function md5(body: Uint8Array): Buffer {
  return createHash('md5').update(body).digest();
}

/** What an object takes of the memory. */
export function heldBytes(key: string, body: Uint8Array): number {
  return body.length + 2 * key.length + OVERHEAD_BYTES;
}

/** Bytes that are nobody else's: a piece of what a socket brought would keep all of that alive. */
export function owned(body: Uint8Array): Uint8Array {
  return body.buffer.byteLength === body.length ? body : Uint8Array.prototype.slice.call(body);
}

function metadataBytes(headers: Readonly<Record<string, string>>): number {
  let bytes = 0;
  for (const [name, value] of Object.entries(headers)) {
    if (name.startsWith('x-amz-meta-')) bytes += name.length - 'x-amz-meta-'.length + Buffer.byteLength(value);
  }
  return bytes;
}

/** By UTF-8 bytes: in UTF-16 the halves of a pair stand before U+E000, and the character they are after U+FFFF. */
export function compareKeys(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at += 1) {
    const difference = rank(a.charCodeAt(at)) - rank(b.charCodeAt(at));
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}
