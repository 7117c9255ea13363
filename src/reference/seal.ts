/**
 * Opaque strings that the reference hands out and takes back: shard iterators and pagination tokens. They carry numbers
 * and a keyed digest, so that what was not issued by this endpoint is told from what was. A state held by the client costs
 * the server nothing, and a shard iterator can be used any number of times. The digest keeps out accidents and splices,
 * not an attacker: the key comes from the seed.
 *
 * Everything that can be wrong with one is looked at here: whether it was issued by this endpoint since it began or was
 * reset (stream numbers begin anew then, so an older one would name another stream), for what, for a stream of whose, and
 * how long ago. It belongs to the owner of its stream: who may use it is who may use the stream.
 */
import { hash } from 'node:crypto';
import { ITERATOR_LIFE_MS, NEXT_TOKEN_LIFE_MS } from '../protocol/limits.ts';
import type { Random } from '../random.ts';
import type { Arrival, Caller } from './arrival.ts';
import type { Faults } from './faults.ts';
import { Refusal } from './refusal.ts';

/** What the string was issued for. */
export type SealKind = 'iterator' | 'shards' | 'streams' | 'consumers' | 'channels';

/** What the string carries. */
export interface Sealed {
  /** The number of the stream in this endpoint, so that a stream created again under the same name is another one. */
  readonly streamNumber: number;
  /** Ordinal of the next record, or the position in a list. */
  readonly position: number;
  /** What the kind has beside it: of an iterator the index of the shard, of a page of shards the filter, else 0. */
  readonly detail: number;
}

/** A stream as its number names it, whether it still exists or not. */
export interface SealedStream extends Caller {
  readonly name: string;
}

/** What a seal goes by. */
export interface SealOptions {
  readonly random: Random;
  /** Another one each time that the numbers of streams begin anew. */
  readonly incarnation: number;
  readonly faults: Faults;
  readonly streams: readonly SealedStream[];
}

const kinds: Readonly<Record<SealKind, number>> = { iterator: 1, shards: 2, streams: 3, consumers: 4, channels: 5 };
const PLAIN_BYTES = 29;
const DIGEST_BYTES = 10;
/** 39 bytes are 52 characters of base64 without padding. */
const TEXT_LENGTH = 52;

/** Seals and opens; two with the same seed and incarnation understand one another. */
export class Seal {
  readonly #key: string;
  readonly #faults: Faults;
  readonly #streams: readonly SealedStream[];

  constructor({ random, incarnation, faults, streams }: SealOptions) {
    this.#key = [random.uint32(), random.uint32(), random.uint32(), random.uint32(), incarnation].join('-');
    this.#faults = faults;
    this.#streams = streams;
  }

  /** The opaque string, 52 characters; its life begins when it is answered, at `atNs`. */
  seal(kind: SealKind, { streamNumber, position, detail }: Sealed, { nowMs, nowNs }: Arrival, atNs: number): string {
    const bytes = Buffer.allocUnsafe(PLAIN_BYTES + DIGEST_BYTES);
    bytes.writeUInt8(kinds[kind], 0);
    bytes.writeUInt32BE(streamNumber, 1);
    bytes.writeDoubleBE(position, 5);
    bytes.writeDoubleBE(nowMs + (atNs - nowNs) / 1e6, 13);
    bytes.writeDoubleBE(detail, 21);
    bytes.write(this.#digest(bytes), PLAIN_BYTES, 'hex');
    return bytes.toString('base64');
  }

  /** What a string of that kind carries, or why it cannot be used by the caller now. */
  open(kind: SealKind, text: string, { nowMs, caller }: Arrival): Sealed | Refusal {
    const bytes = this.#plain(kind, text);
    const streamNumber = bytes?.readUInt32BE(1) ?? -1;
    const stream = this.#streams[streamNumber];
    if (!bytes || !stream) {
      const crashes = kind === 'iterator' && this.#faults.fires('iter.crash-on-garbage');
      return crashes ? new Refusal('InternalFailure') : invalid(kind);
    }
    const foreign = stream.accountId !== caller.accountId || stream.region !== caller.region;
    const forged = foreign && kind === 'iterator' && this.#at(stream).fires('sec.iter-forge');
    if (foreign && !forged) return invalid(kind);
    const issuedMs = bytes.readDoubleBE(13);
    const expired = this.#refuseAge(kind, stream, issuedMs, nowMs);
    return expired ?? { streamNumber, position: bytes.readDoubleBE(5), detail: bytes.readDoubleBE(21) };
  }

  /** The stream that a string of that kind was issued for; undefined when this endpoint did not issue it. */
  streamOf(kind: SealKind, text: string): SealedStream | undefined {
    const bytes = this.#plain(kind, text);
    return bytes && this.#streams[bytes.readUInt32BE(1)];
  }

  #refuseAge(kind: SealKind, stream: SealedStream, issuedMs: number, nowMs: number): Refusal | undefined {
    if (kind !== 'iterator') {
      if (nowMs - issuedMs < NEXT_TOKEN_LIFE_MS || this.#at(stream).fires('list.token-immortal')) return undefined;
      return new Refusal('ExpiredNextTokenException', 'The NextToken has expired.');
    }
    if (nowMs - issuedMs < ITERATOR_LIFE_MS || this.#at(stream).fires('iter.never-expires')) return undefined;
    return new Refusal(
      'ExpiredIteratorException',
      `Iterator expired. The iterator was created at time ${javaDate(issuedMs)} while right now it is ${javaDate(nowMs)} which is further in the future than the tolerated delay of ${ITERATOR_LIFE_MS} milliseconds.`,
    );
  }

  #at({ name }: SealedStream): Faults {
    return this.#faults.at({ stream: name });
  }

  /** The bytes of a string of that kind; undefined when this endpoint did not issue it. */
  #plain(kind: SealKind, text: string): Buffer | undefined {
    if (text.length !== TEXT_LENGTH) return undefined;
    const bytes = Buffer.from(text, 'base64');
    if (bytes.length !== PLAIN_BYTES + DIGEST_BYTES || bytes[0] !== kinds[kind]) return undefined;
    if (bytes.toString('base64') !== text) return undefined;
    return bytes.toString('hex', PLAIN_BYTES) === this.#digest(bytes) ? bytes : undefined;
  }

  #digest(bytes: Buffer): string {
    return hash('sha256', `${this.#key}${bytes.toString('latin1', 0, PLAIN_BYTES)}`, 'hex').slice(0, 2 * DIGEST_BYTES);
  }
}

/** The refusal of a string that this endpoint did not issue for the caller and the call (the first text observed, the other assumed). */
export function invalid(kind: SealKind): Refusal {
  const member = kind === 'iterator' ? 'ShardIterator' : 'NextToken';
  return new Refusal('InvalidArgumentException', `Invalid ${member}.`);
}

/** A time as Java prints it: `Thu Jan 22 01:22:02 UTC 2015`. */
function javaDate(ms: number): string {
  const [weekday, day, month, year, time] = new Date(ms).toUTCString().replace(',', '').split(' ');
  return `${weekday} ${month} ${day} ${time} UTC ${year}`;
}
