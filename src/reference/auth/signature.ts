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
  readonly #scope: Scope;
  readonly #key: Buffer;
  readonly #outer = Buffer.alloc(BLOCK_BYTES + DIGEST_BYTES, 0x5c);
  /** The block of the key, the text that was signed last but for its hash, and room for a hash. */
  #inner = Buffer.alloc(0);
  #stamp = '';
  /** The canonical request that was signed last, with room for the hash of a payload. */
  #canonical = Buffer.alloc(0);
  #head = '';

  /** Source: AWS General Reference, "Calculate the signature". */
  constructor(secretAccessKey: string, scope: Scope) {
    const { day, region, service, terminator } = scope;
    let key = Buffer.from(`AWS4${secretAccessKey}`);
    for (const element of [day, region, service, terminator]) key = createHmac('sha256', key).update(element).digest();
    this.#scope = scope;
    this.#key = key;
    for (let index = 0; index < DIGEST_BYTES; index += 1) this.#outer[index]! ^= key[index]!;
  }

  /**
   * The signature of a canonical request, 64 hexadecimal digits: of its `head`, which is all but the hash of the payload. What
   * is signed of requests of one second and one operation differs in hashes alone, so the bytes of the last one are kept.
   * @param stamp the time of the request, YYYYMMDDTHHMMSSZ
   * @param payloadHash 64 hexadecimal digits; anything else is slower
   */
  sign(stamp: string, head: string, payloadHash: string): string {
    if (stamp !== this.#stamp) this.#begin(stamp);
    const inner = this.#inner;
    inner.write(hash('sha256', this.#request(head, payloadHash), 'hex'), inner.length - HASH_DIGITS, 'latin1');
    this.#outer.write(hash('sha256', inner, 'binary'), BLOCK_BYTES, 'latin1');
    return hash('sha256', this.#outer, 'hex');
  }

  #request(head: string, payloadHash: string): Buffer {
    if (payloadHash.length !== HASH_DIGITS) return Buffer.from(`${head}${payloadHash}`, 'latin1');
    if (head !== this.#head) {
      this.#head = head;
      this.#canonical = Buffer.alloc(head.length + HASH_DIGITS);
      this.#canonical.write(head, 'latin1');
    }
    this.#canonical.write(payloadHash, head.length, 'latin1');
    return this.#canonical;
  }

  #begin(stamp: string): void {
    const { day, region, service, terminator } = this.#scope;
    const prefix = `${ALGORITHM}\n${stamp}\n${day}/${region}/${service}/${terminator}\n`;
    this.#stamp = stamp;
    this.#inner = Buffer.alloc(BLOCK_BYTES + prefix.length + HASH_DIGITS, 0x36);
    for (let index = 0; index < DIGEST_BYTES; index += 1) this.#inner[index]! ^= this.#key[index]!;
    this.#inner.write(prefix, BLOCK_BYTES, 'latin1');
  }
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
