/** Requests of Kinesis as the AWS SDK signs them: the second opinion that the reference's authentication is held against. */
import { createHash, createHmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import type { EndpointRequest } from '../endpoint.ts';
import type { AccessKey } from './access-key.ts';

/** When requests are signed where nothing else is said. */
export const signedAtMs = Date.UTC(2026, 10, 23, 9, 25, 7);
/** A key of an account of its own. */
export const plain: AccessKey = {
  accessKeyId: 'AKIDPLAIN',
  secretAccessKey: 'a/secret+of=forty-characters-0123456789',
  accountId: '111111111111',
};
/** A key with a session token, for an hour. */
export const temporary: AccessKey = {
  accessKeyId: 'ASIATEMP',
  secretAccessKey: 'another-secret',
  sessionToken: 'token/with+signs=',
  expiresMs: signedAtMs + 3_600_000,
};

function bytes(data: string | ArrayBuffer | ArrayBufferView): Buffer {
  if (typeof data === 'string') return Buffer.from(data);
  return data instanceof ArrayBuffer ? Buffer.from(data) : Buffer.from(data.buffer, data.byteOffset, data.byteLength);
}

/** The SHA-256 that the AWS signer asks of its host. */
class Sha256 {
  readonly #hash;
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', bytes(secret));
  }
  update(data: string | Uint8Array): void {
    this.#hash.update(data);
  }
  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
  reset(): void {}
}

/** What to sign, and how. */
export interface SdkCall {
  readonly key?: AccessKey;
  readonly atMs?: number;
  readonly region?: string;
  readonly service?: string;
  readonly path?: string;
  readonly query?: Record<string, string | string[]>;
  readonly headers?: Record<string, string>;
  readonly host?: 'host' | ':authority';
  readonly body?: Buffer;
  readonly applyChecksum?: boolean;
  /** Presigned for so many seconds. */
  readonly expiresIn?: number;
}

/** A request as the AWS SDK would send it. */
export async function sdkRequest(call: SdkCall = {}): Promise<EndpointRequest> {
  const {
    key = plain,
    path = '/',
    host = 'host',
    body = Buffer.from('{"StreamName":"ä"}'),
    atMs = signedAtMs,
    expiresIn,
  } = call;
  const { accessKeyId, secretAccessKey, sessionToken } = key;
  const signer = new SignatureV4({
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) },
    region: call.region ?? 'eu-west-1',
    service: call.service ?? 'kinesis',
    sha256: Sha256,
    applyChecksum: call.applyChecksum ?? true,
  });
  const request = {
    method: 'POST',
    protocol: 'http:',
    hostname: '127.0.0.1',
    path,
    query: call.query ?? {},
    headers: {
      [host]: '127.0.0.1:4567',
      'content-type': 'application/x-amz-json-1.1',
      'content-length': String(body.length),
      'x-amz-target': 'Kinesis_20131202.ListShards',
      'x-amz-user-agent': 'aws-sdk-js/3.1143.0  with   blanks ',
      ...call.headers,
    },
    body,
  };
  const signingDate = new Date(atMs);
  const unhoistableHeaders = new Set(['x-amz-target', 'x-amz-user-agent']);
  const signed =
    expiresIn === undefined
      ? await signer.sign(request, { signingDate })
      : await signer.presign(request, { signingDate, expiresIn, unhoistableHeaders });
  const pairs = Object.entries(signed.query ?? {}).flatMap(([name, value]) =>
    [value ?? ''].flat().map((one) => [name, one]),
  );
  const query = pairs.map((pair) => pair.map((text) => encodeURIComponent(text)).join('=')).join('&');
  return {
    method: 'POST',
    path: query ? `${path}?${query}` : path,
    headers: { ...request.headers, ...signed.headers },
    body,
  };
}

/** The request with other headers; undefined removes one. */
export function withHeaders(request: EndpointRequest, headers: Record<string, string | undefined>): EndpointRequest {
  return { ...request, headers: { ...request.headers, ...headers } };
}
