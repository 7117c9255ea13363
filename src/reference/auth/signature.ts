/**
 * The arithmetic of Signature Version 4: signing keys, signatures, and a comparison that takes the same time wherever two
 * signatures differ. An HMAC is made of two one-shot hashes over blocks prepared once per key, which on Node costs a third
 * of `createHmac`; texts are hashed as the bytes that came over the wire (Node gives header values as Latin-1).
 */
import { createHmac, hash, timingSafeEqual } from 'node:crypto';
import { ALGORITHM, type Scope } from './claim.ts';

const BLOCK_BYTES = 64;
const DIGEST_BYTES = 32;

/** A signing key: that of one secret, day, region and service. It cannot be read back. */
export class SigningKey {
  readonly #inner = Buffer.alloc(BLOCK_BYTES, 0x36);
  readonly #outer = Buffer.alloc(BLOCK_BYTES + DIGEST_BYTES, 0x5c);

  /** Source: AWS General Reference, "Calculate the signature". */
  constructor(secretAccessKey: string, { day, region, service, terminator }: Scope) {
    let key = Buffer.from(`AWS4${secretAccessKey}`);
    for (const element of [day, region, service, terminator]) key = createHmac('sha256', key).update(element).digest();
    for (let index = 0; index < DIGEST_BYTES; index += 1) {
      this.#inner[index]! ^= key[index]!;
      this.#outer[index]! ^= key[index]!;
    }
  }

  /** The signature of a text, 64 hexadecimal digits. */
  sign(text: string): string {
    const bytes = Buffer.allocUnsafe(BLOCK_BYTES + text.length);
    bytes.set(this.#inner);
    bytes.write(text, BLOCK_BYTES, 'latin1');
    this.#outer.write(hash('sha256', bytes, 'binary'), BLOCK_BYTES, 'latin1');
    return hash('sha256', this.#outer, 'hex');
  }
}

/** The text that is signed. `stamp` is the time of the request, YYYYMMDDTHHMMSSZ. */
export function stringToSign(stamp: string, scope: Scope, canonical: string): string {
  const { day, region, service, terminator } = scope;
  const digest = hash('sha256', Buffer.from(canonical, 'latin1'), 'hex');
  return `${ALGORITHM}\n${stamp}\n${day}/${region}/${service}/${terminator}\n${digest}`;
}

/** Whether two secret texts are the same, in a time that tells only their lengths. */
export function sameText(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}
