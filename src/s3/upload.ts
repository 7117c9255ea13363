/** A multipart upload: parts come in any order and any number of times, and become an object when they are named in order. */
import { heldBytes, md5, owned, type NewObject, type Room } from './bucket.ts';
import { S3Error } from './s3-error.ts';

/** One part. */
export interface Part {
  readonly number: number;
  readonly body: Uint8Array;
  readonly etag: string;
  readonly lastModifiedMs: number;
}

/** What a part may be called. */
export const PART_NUMBER_MAX = 10_000;
/** Every part but the last has so many bytes at the least. */
const PART_BYTES_MIN = 5 * 1024 * 1024;

/** One upload that is neither completed nor aborted. */
export class Upload {
  readonly id: string;
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly #room: Room;
  readonly #parts = new Map<number, Part>();

  /** Throws an S3Error where there is no room for it. */
  constructor(id: string, key: string, headers: Readonly<Record<string, string>>, room: Room) {
    const bytes = heldBytes(key, new Uint8Array());
    if (!room.allows(bytes)) throw new S3Error('InsufficientStorage');
    room.bytes += bytes;
    this.id = id;
    this.key = key;
    this.headers = headers;
    this.#room = room;
  }

  /** The parts there are, by number. */
  get parts(): Part[] {
    return [...this.#parts.values()].sort((a, b) => a.number - b.number);
  }

  /** Takes a part in the place of what has its number. */
  put(number: number, body: Uint8Array, nowMs: number): Part {
    const before = this.#parts.get(number);
    const bytes = heldBytes('', body) - (before ? heldBytes('', before.body) : 0);
    if (!this.#room.allows(bytes)) throw new S3Error('InsufficientStorage');
    this.#room.bytes += bytes;
    const part = { number, body: owned(body), etag: md5(body).toString('hex'), lastModifiedMs: nowMs };
    this.#parts.set(number, part);
    return part;
  }

  /** The object that the named parts are; those not named are left out. Throws an S3Error where they cannot be one. */
  assemble(named: readonly { readonly number: number; readonly etag: string }[]): NewObject {
    const parts = named.map(({ number, etag }, at) => {
      if (at > 0 && number <= named[at - 1]!.number) throw new S3Error('InvalidPartOrder');
      const part = this.#parts.get(number);
      if (!part || part.etag !== etag) throw new S3Error('InvalidPart');
      return part;
    });
    if (parts.slice(0, -1).some(({ body }) => body.length < PART_BYTES_MIN)) throw new S3Error('EntityTooSmall');
    const digests = Buffer.concat(parts.map(({ etag }) => Buffer.from(etag, 'hex')));
    return {
      body: Buffer.concat(parts.map(({ body }) => body)),
      headers: this.headers,
      etag: `${md5(digests).toString('hex')}-${parts.length}`,
    };
  }

  /** Gives the memory of its parts back. */
  end(): void {
    this.#room.bytes -= heldBytes(this.key, new Uint8Array());
    for (const { body } of this.#parts.values()) this.#room.bytes -= heldBytes('', body);
    this.#parts.clear();
  }
}
