/**
 * The arithmetic of Signature Version 4: signing keys, signatures, and a comparison that takes the same time wherever two
 * signatures differ. An HMAC is made of two one-shot hashes over blocks prepared once per key, which on Node costs a third
 * of `createHmac`; texts are hashed as the bytes that came over the wire (Node gives header values as Latin-1).
 */
import { createHmac, hash, timingSafeEqual } from 'node:crypto';
import { ALGORITHM, type Scope } from './claim.ts';

const BLOCK_BYTES = 64;
const DIGEST_BYTES = 32;

const HASH_DIGITS = 2 * DIGEST_BYTES;

/** A signing key: that of one secret, day, region and service. It cannot be read back. */
export class SigningKey {
  readonly #key: Buffer;
  readonly #outer = Buffer.alloc(BLOCK_BYTES + DIGEST_BYTES, 0x5c);
  /** The block of the key, the text that was signed last but for its hash, and room for a hash. */
  #inner = Buffer.alloc(0);
  #prefix = '';

  /** Source: AWS General Reference, "Calculate the signature". */
  constructor(secretAccessKey: string, { day, region, service, terminator }: Scope) {
    let key = Buffer.from(`AWS4${secretAccessKey}`);
    for (const element of [day, region, service, terminator]) key = createHmac('sha256', key).update(element).digest();
    this.#key = key;
    for (let index = 0; index < DIGEST_BYTES; index += 1) this.#outer[index]! ^= key[index]!;
  }

  /**
   * The signature of a canonical request, 64 hexadecimal digits. `prefix` is what stands before its hash in the text that is
   * signed: the same for all requests of one second, and so are the bytes that are kept of it.
   */
  sign(prefix: string, canonical: string): string {
    if (prefix !== this.#prefix) this.#begin(prefix);
    const inner = this.#inner;
    inner.write(hash('sha256', Buffer.from(canonical, 'latin1'), 'hex'), inner.length - HASH_DIGITS, 'latin1');
    this.#outer.write(hash('sha256', inner, 'binary'), BLOCK_BYTES, 'latin1');
    return hash('sha256', this.#outer, 'hex');
  }

  #begin(prefix: string): void {
    this.#prefix = prefix;
    this.#inner = Buffer.alloc(BLOCK_BYTES + prefix.length + HASH_DIGITS, 0x36);
    for (let index = 0; index < DIGEST_BYTES; index += 1) this.#inner[index]! ^= this.#key[index]!;
    this.#inner.write(prefix, BLOCK_BYTES, 'latin1');
  }
}

/** What is signed, but for the hash of the canonical request at its end. `stamp` is the time of the request, YYYYMMDDTHHMMSSZ. */
export function signedPrefix(stamp: string, { day, region, service, terminator }: Scope): string {
  return `${ALGORITHM}\n${stamp}\n${day}/${region}/${service}/${terminator}\n`;
}

const left = Buffer.alloc(HASH_DIGITS);
const right = Buffer.alloc(HASH_DIGITS);

/** Whether two secret texts are the same, in a time that tells only their lengths. */
export function sameText(a: string, b: string): boolean {
  if (a.length !== HASH_DIGITS || b.length !== HASH_DIGITS) return sameBytes(Buffer.from(a), Buffer.from(b));
  // Two signatures, as for every request. What passes may still differ in characters of more than a byte, which no signature has.
  left.write(a, 'latin1');
  right.write(b, 'latin1');
  return timingSafeEqual(left, right) && a === b;
}

function sameBytes(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
