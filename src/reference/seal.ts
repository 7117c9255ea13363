/**
 * Opaque strings that the reference hands out and takes back: shard iterators and pagination tokens. They carry numbers
 * and a keyed digest, so that what was not issued by this endpoint is told from what was. A state held by the client costs
 * the server nothing, and a shard iterator can be used any number of times. The digest keeps out accidents and splices,
 * not an attacker: the key comes from the seed.
 */
import { hash } from 'node:crypto';
import type { Random } from '../random.ts';

/** What the string was issued for. */
export type SealKind = 'iterator' | 'shards' | 'streams' | 'consumers';

/** What the string carries. */
export interface Sealed {
  /** The number of the stream in this endpoint, so that a stream created again under the same name is another one. */
  readonly streamNumber: number;
  readonly shardIndex: number;
  /** Ordinal of the next record, or the position in a list. */
  readonly position: number;
  /** When it was issued, in ms since the epoch. */
  readonly issuedMs: number;
}

const kinds: Readonly<Record<SealKind, number>> = { iterator: 1, shards: 2, streams: 3, consumers: 4 };
const PLAIN_BYTES = 29;
const DIGEST_BYTES = 10;
/** 39 bytes are 52 characters of base64 without padding. */
const TEXT_LENGTH = 52;

/** Seals and opens; two with the same seed understand one another. */
export class Seal {
  readonly #key: string;

  constructor(random: Random) {
    this.#key = [random.uint32(), random.uint32(), random.uint32(), random.uint32()].join('-');
  }

  /** The opaque string, 52 characters. */
  seal(kind: SealKind, { streamNumber, shardIndex, position, issuedMs }: Sealed): string {
    const bytes = Buffer.allocUnsafe(PLAIN_BYTES + DIGEST_BYTES);
    bytes.writeUInt8(kinds[kind], 0);
    bytes.writeUInt32BE(streamNumber, 1);
    bytes.writeDoubleBE(position, 5);
    bytes.writeDoubleBE(issuedMs, 13);
    bytes.writeDoubleBE(shardIndex, 21);
    bytes.write(this.#digest(bytes), PLAIN_BYTES, 'hex');
    return bytes.toString('base64');
  }

  /** What a string of that kind carries; undefined when this endpoint did not issue it. */
  open(kind: SealKind, text: string): Sealed | undefined {
    if (text.length !== TEXT_LENGTH) return undefined;
    const bytes = Buffer.from(text, 'base64');
    if (bytes.length !== PLAIN_BYTES + DIGEST_BYTES || bytes[0] !== kinds[kind]) return undefined;
    if (bytes.toString('base64') !== text) return undefined;
    if (bytes.toString('hex', PLAIN_BYTES) !== this.#digest(bytes)) return undefined;
    return {
      streamNumber: bytes.readUInt32BE(1),
      position: bytes.readDoubleBE(5),
      issuedMs: bytes.readDoubleBE(13),
      shardIndex: bytes.readDoubleBE(21),
    };
  }

  #digest(bytes: Buffer): string {
    return hash('sha256', `${this.#key}${bytes.toString('latin1', 0, PLAIN_BYTES)}`, 'hex').slice(0, 2 * DIGEST_BYTES);
  }
}
