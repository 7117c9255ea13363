/** A multipart upload: parts come in any order and any number of times, and become an object when they are named in order. */
import { assertKeepable, heldBytes, md5, owned, type NewObject, type Room } from './bucket.ts';
import { checksumIn, elementOf, namesIn, type Checksum, type Headers } from './checksum.ts';
import { S3Error } from './s3-error.ts';

/** One part. */
export interface Part {
  readonly number: number;
  readonly body: Uint8Array;
  readonly etag: string;
  readonly lastModifiedMs: number;
  readonly checksum: Checksum | undefined;
}

/** A part as the completion of an upload names it. */
export interface NamedPart {
  readonly number: number;
  readonly etag: string;
  /** The checksum that an element of a name gives, where there is one. */
  readonly checksum: (element: string) => string | undefined;
}

/** What a part may be called. */
export const PART_NUMBER_MAX = 10_000;
/** Every part but the last has so many bytes at the least. */
const PART_BYTES_MIN = 5 * 1024 * 1024;

/** How an upload begins. */
export interface UploadStart {
  readonly key: string;
  /** Kept for the object that it becomes. */
  readonly headers: Readonly<Record<string, string>>;
  readonly nowMs: number;
}

/** One upload that is neither completed nor aborted. */
export class Upload {
  readonly id: string;
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly initiatedMs: number;
  readonly #room: Room;
  readonly #parts = new Map<number, Part>();

  /** Throws an S3Error where there is no room for it, or the object cannot be. */
  constructor(id: string, { key, headers, nowMs }: UploadStart, room: Room) {
    assertKeepable(key, headers);
    const bytes = heldBytes(key, new Uint8Array());
    if (!room.allows(bytes)) throw new S3Error('InsufficientStorage');
    room.bytes += bytes;
    this.id = id;
    this.key = key;
    this.headers = headers;
    this.initiatedMs = nowMs;
    this.#room = room;
  }

  /** The parts there are, by number. */
  get parts(): Part[] {
    return [...this.#parts.values()].sort((a, b) => a.number - b.number);
  }

  /** Takes a part in the place of what has its number. */
  put(number: number, { body, checksum }: Pick<Part, 'body' | 'checksum'>, nowMs: number): Part {
    const before = this.#parts.get(number);
    const bytes = heldBytes('', body) - (before ? heldBytes('', before.body) : 0);
    if (!this.#room.allows(bytes)) throw new S3Error('InsufficientStorage');
    this.#room.bytes += bytes;
    const part = { number, body: owned(body), etag: md5(body).toString('hex'), lastModifiedMs: nowMs, checksum };
    this.#parts.set(number, part);
    return part;
  }

  /**
   * The object that the named parts are; those not named are left out. Among the headers may be the checksum of the whole. Throws an
   * S3Error where they cannot be one.
   */
  assemble(named: readonly NamedPart[], headers: Headers): NewObject {
    const parts = named.map(({ number, etag, checksum }, at) => {
      if (at > 0 && number <= named[at - 1]!.number) throw new S3Error('InvalidPartOrder');
      const part = this.#parts.get(number);
      if (!part || part.etag !== etag) throw new S3Error('InvalidPart');
      const said = part.checksum && checksum(elementOf(part.checksum));
      if (said !== undefined && said !== part.checksum?.value) throw new S3Error('InvalidPart');
      return part;
    });
    if (parts.slice(0, -1).some(({ body }) => body.length < PART_BYTES_MIN)) throw new S3Error('EntityTooSmall');
    const digests = Buffer.concat(parts.map(({ etag }) => Buffer.from(etag, 'hex')));
    const body = Buffer.concat(parts.map((part) => part.body));
    // A checksum of checksums ends with the number of parts; it is passed over.
    const composite = namesIn(headers).some((name) => String(headers[name]).includes('-'));
    return {
      body,
      headers: this.headers,
      etag: `${md5(digests).toString('hex')}-${parts.length}`,
      checksum: composite ? undefined : checksumIn(headers, body),
      freedBytes: this.#bytes,
    };
  }

  /** Gives the memory of its parts back. */
  end(): void {
    this.#room.bytes -= this.#bytes;
    this.#parts.clear();
  }

  /** What it takes of the memory. */
  get #bytes(): number {
    let bytes = heldBytes(this.key, new Uint8Array());
    for (const { body } of this.#parts.values()) bytes += heldBytes('', body);
    return bytes;
  }
}
