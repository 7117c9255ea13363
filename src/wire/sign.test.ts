import { createHash, createHmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import { expect, test } from 'vitest';
import { Signer, signingKey } from './sign.ts';

const now = Date.UTC(2026, 10, 23, 9, 25, 7);
const scope = { region: 'eu-west-1', service: 'kinesis' };

test('derives the signing key of the AWS General Reference', () => {
  const key = signingKey('wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY', '20150830', {
    region: 'us-east-1',
    service: 'iam',
  });
  expect(key.toString('hex')).toBe('c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9');
});

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

test.each([undefined, 'token/with+signs='])(
  'agrees with the signer of the AWS SDK, session token %s',
  async (sessionToken) => {
    const credentials = { accessKeyId: 'AKID', secretAccessKey: 'secret', ...(sessionToken && { sessionToken }) };
    const body = Buffer.from('{"StreamName":"ä"}');
    const type = 'application/x-amz-json-1.1';
    const signer = new Signer('127.0.0.1:4567', scope, type);
    for (const at of [now, now + 1_000, now + 86_400_000]) {
      const { stamp, hex } = signer.sign(credentials, at, 'Kinesis_20131202.PutRecord', body);
      const ours: Record<string, string> = {
        host: '127.0.0.1:4567',
        'content-type': type,
        'x-amz-date': stamp.date,
        'x-amz-target': 'Kinesis_20131202.PutRecord',
        ...(stamp.token !== undefined && { 'x-amz-security-token': stamp.token }),
        authorization: stamp.authorization + hex,
      };
      const { authorization: _, ...headers } = ours;
      const official = new SignatureV4({ credentials, ...scope, sha256: Sha256, applyChecksum: false });
      const signed = await official.sign(
        { method: 'POST', protocol: 'http:', hostname: '127.0.0.1', path: '/', headers, body },
        { signingDate: new Date(at) },
      );
      expect(ours['authorization']).toBe(signed.headers['authorization']);
    }
  },
);
