/**
 * Signature Version 4 for JSON calls over HTTP/1.1. The signing key is derived once per day and kept; a signature then
 * costs three one-shot hashes, because an HMAC of two one-shot hashes is several times cheaper on Node than `createHmac`.
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

const BLOCK_BYTES = 64;

/** An HMAC-SHA-256 key with its two padded blocks made once. */
class HmacKey {
  readonly #inner = Buffer.alloc(BLOCK_BYTES, 0x36);
  readonly #outer = Buffer.alloc(BLOCK_BYTES, 0x5c);

  constructor(key: Buffer) {
    for (const [index, byte] of key.entries()) {
      this.#inner[index]! ^= byte;
      this.#outer[index]! ^= byte;
    }
  }

  sign(message: string): string {
    const inner = hash('sha256', Buffer.concat([this.#inner, Buffer.from(message)]), 'buffer');
    return hash('sha256', Buffer.concat([this.#outer, inner]), 'hex');
  }
}

function hmac(key: string | Buffer, message: string): Buffer {
  return createHmac('sha256', key).update(message).digest();
}

/** The key of one day, region and service (source: AWS General Reference, deriving a signing key). */
export function signingKey(secretAccessKey: string, day: string, scope: Scope): Buffer {
  return hmac(hmac(hmac(hmac(`AWS4${secretAccessKey}`, day), scope.region), scope.service), 'aws4_request');
}

/** Signs requests of one host; not tied to one identity, so refreshed credentials may come with any call. */
export class Signer {
  readonly #scope: Scope;
  readonly #host: string;
  #key: { readonly id: string; readonly hmac: HmacKey } | undefined;

  constructor(host: string, scope: Scope) {
    this.#host = host;
    this.#scope = scope;
  }

  /**
   * The headers of a signed `POST /`.
   * @param nowMs wall-clock time in ms since the epoch
   */
  headers(
    credentials: SigningCredentials,
    nowMs: number,
    target: string,
    contentType: string,
    body: Buffer,
  ): Record<string, string> {
    const iso = new Date(nowMs).toISOString();
    const stamp = `${iso.slice(0, 4)}${iso.slice(5, 7)}${iso.slice(8, 13)}${iso.slice(14, 16)}${iso.slice(17, 19)}Z`;
    const day = stamp.slice(0, 8);
    const token = credentials.sessionToken;
    const signed = `content-type;host;x-amz-date${token === undefined ? '' : ';x-amz-security-token'};x-amz-target`;
    const canonical =
      `POST\n/\n\ncontent-type:${contentType}\nhost:${this.#host}\nx-amz-date:${stamp}\n` +
      `${token === undefined ? '' : `x-amz-security-token:${token}\n`}x-amz-target:${target}\n\n${signed}\n${hash('sha256', body, 'hex')}`;
    const scope = `${day}/${this.#scope.region}/${this.#scope.service}/aws4_request`;
    const signature = this.#hmacKey(credentials, day).sign(
      `AWS4-HMAC-SHA256\n${stamp}\n${scope}\n${hash('sha256', canonical, 'hex')}`,
    );
    return {
      host: this.#host,
      'content-type': contentType,
      'x-amz-date': stamp,
      'x-amz-target': target,
      ...(token === undefined ? {} : { 'x-amz-security-token': token }),
      authorization: `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${scope}, SignedHeaders=${signed}, Signature=${signature}`,
    };
  }

  #hmacKey(credentials: SigningCredentials, day: string): HmacKey {
    const id = `${day} ${credentials.accessKeyId} ${credentials.secretAccessKey}`;
    if (this.#key?.id !== id) {
      this.#key = { id, hmac: new HmacKey(signingKey(credentials.secretAccessKey, day, this.#scope)) };
    }
    return this.#key.hmac;
  }
}
