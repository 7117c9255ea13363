/**
 * Signature Version 4 of `POST /`, made for thousands a second. What many signatures have in common is made once: the signing
 * key and its two padded HMAC blocks for a day, everything but two hashes for a second. A signature then costs four one-shot
 * hashes (body, canonical request, and an HMAC of two), since an HMAC of two one-shot hashes is several times cheaper on
 * Node than `createHmac`, and a hash asked for in hexadecimal is cheaper than one in a Buffer (docs/performance.md).
 */
import { createHmac, hash } from 'node:crypto';

/** Keys to sign with; the same shape as a target's credentials. */
export interface SigningCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

export interface Scope {
  readonly region: string;
  readonly service: string;
}

/** The header that names the host: `host` in HTTP/1.1, the pseudo header in HTTP/2, as the AWS SDK signs it there. */
export type HostHeader = 'host' | ':authority';

/** What all signatures of one operation, identity and second share; the same object for all of them. */
export interface SigningStamp {
  /** Value of `x-amz-date`. */
  readonly date: string;
  /** Value of `x-amz-security-token`. */
  readonly token: string | undefined;
  /** Value of `authorization` up to the signature. */
  readonly authorization: string;
}

export interface Signature {
  readonly stamp: SigningStamp;
  /** 64 hexadecimal digits. */
  readonly hex: string;
}

const BLOCK_BYTES = 64;
const HASH_BYTES = 32;
const HASH_DIGITS = 64;

function hmac(key: string | Buffer, message: string): Buffer {
  return createHmac('sha256', key).update(message).digest();
}

/** The key of one day, region and service (source: AWS General Reference, deriving a signing key). */
export function signingKey(secretAccessKey: string, day: string, scope: Scope): Buffer {
  return hmac(hmac(hmac(hmac(`AWS4${secretAccessKey}`, day), scope.region), scope.service), 'aws4_request');
}

/** The SHA-256 of a body, hexadecimal. */
export function digestOf(body: Uint8Array): string {
  return hash('sha256', body, 'hex');
}

/** An HMAC-SHA-256 of messages that differ only in their last 64 characters. */
class HmacOfSecond {
  readonly #inner: Buffer;
  readonly #outer = Buffer.alloc(BLOCK_BYTES + HASH_BYTES, 0x5c);

  constructor(key: Buffer, prefix: string) {
    this.#inner = Buffer.alloc(BLOCK_BYTES + prefix.length + HASH_DIGITS, 0x36);
    for (const [index, byte] of key.entries()) {
      this.#inner[index]! ^= byte;
      this.#outer[index]! ^= byte;
    }
    this.#inner.write(prefix, BLOCK_BYTES, 'latin1');
  }

  sign(digits: string): string {
    this.#inner.write(digits, this.#inner.length - HASH_DIGITS, 'latin1');
    this.#outer.write(hash('sha256', this.#inner, 'hex'), BLOCK_BYTES, 'hex');
    return hash('sha256', this.#outer, 'hex');
  }
}

/** What a second of one identity needs, whatever the operation. */
interface Second {
  readonly credentials: SigningCredentials;
  readonly nowS: number;
  readonly date: string;
  readonly day: string;
  readonly hmac: HmacOfSecond;
  readonly operations: Map<string, { readonly stamp: SigningStamp; readonly canonical: string }>;
}

function isSame(a: SigningCredentials, b: SigningCredentials): boolean {
  return (
    a.accessKeyId === b.accessKeyId && a.secretAccessKey === b.secretAccessKey && a.sessionToken === b.sessionToken
  );
}

/** Signs requests to one host; not tied to one identity, so refreshed credentials may come with any call. */
export class Signer {
  readonly #scope: Scope;
  readonly #host: string;
  readonly #hostHeader: HostHeader;
  readonly #contentType: string;
  #second: Second | undefined;
  #key: { readonly id: string; readonly bytes: Buffer } | undefined;

  constructor(host: string, scope: Scope, contentType: string, hostHeader: HostHeader = 'host') {
    this.#host = host;
    this.#scope = scope;
    this.#contentType = contentType;
    this.#hostHeader = hostHeader;
  }

  /**
   * Signs a `POST /` with this body.
   * @param nowMs wall-clock time in ms since the epoch
   */
  sign(
    credentials: SigningCredentials,
    nowMs: number,
    target: string,
    body: Uint8Array,
    digest = digestOf(body),
  ): Signature {
    const second = this.#secondOf(credentials, Math.floor(nowMs / 1000));
    let operation = second.operations.get(target);
    if (!operation) second.operations.set(target, (operation = this.#operation(second, target)));
    const canonical = hash('sha256', operation.canonical + digest, 'hex');
    return { stamp: operation.stamp, hex: second.hmac.sign(canonical) };
  }

  #secondOf(credentials: SigningCredentials, nowS: number): Second {
    const known = this.#second;
    if (known && known.nowS === nowS && isSame(known.credentials, credentials)) return known;
    const iso = new Date(nowS * 1000).toISOString();
    const date = `${iso.slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
    const day = date.slice(0, 8);
    const prefix = `AWS4-HMAC-SHA256\n${date}\n${this.#scopeOf(day)}\n`;
    const hmacOfSecond = new HmacOfSecond(this.#keyOf(credentials, day), prefix);
    return (this.#second = { credentials, nowS, date, day, hmac: hmacOfSecond, operations: new Map() });
  }

  /** Names of signed headers stand in the order of their characters, `:authority` before all others. */
  #operation({ credentials, date, day }: Second, target: string) {
    const token = credentials.sessionToken;
    const headers = [
      [this.#hostHeader, this.#host],
      ['content-type', this.#contentType],
      ['x-amz-date', date],
      ['x-amz-target', target],
      ...(token === undefined ? [] : [['x-amz-security-token', token]]),
    ].sort(([a], [b]) => (a! < b! ? -1 : 1));
    const names = headers.map(([name]) => name).join(';');
    const lines = headers.map(([name, value]) => `${name}:${value}\n`).join('');
    const authorization =
      `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${this.#scopeOf(day)}, ` +
      `SignedHeaders=${names}, Signature=`;
    return { stamp: { date, token, authorization }, canonical: `POST\n/\n\n${lines}\n${names}\n` };
  }

  #scopeOf(day: string): string {
    return `${day}/${this.#scope.region}/${this.#scope.service}/aws4_request`;
  }

  #keyOf(credentials: SigningCredentials, day: string): Buffer {
    const id = `${day} ${credentials.secretAccessKey}`;
    if (this.#key?.id !== id) this.#key = { id, bytes: signingKey(credentials.secretAccessKey, day, this.#scope) };
    return this.#key.bytes;
  }
}
