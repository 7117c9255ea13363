/**
 * The vectors of AWS's own test suite for Signature Version 4 (aws-sig-v4-test-suite): the request as it is sent, and the
 * signature that AWS says it has. Paths and queries stand there unencoded, which a wire never shows; the vectors that
 * differ by this alone are left out.
 */
import { expect, test } from 'vitest';
import { Faults } from '../faults.ts';
import { Refusal } from '../refusal.ts';
import { Authentication } from './authentication.ts';
import { CanonicalHeads, queryOf } from './canonical-request.ts';

const keys = [{ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' }];
const token =
  'AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA==';

interface Vector {
  readonly path?: string;
  readonly headers?: Record<string, string | string[]>;
  readonly rawHeaders?: readonly string[];
  readonly body?: string;
  readonly signed?: string;
  readonly signature: string;
}

const vectors: Record<string, Vector> = {
  'get-vanilla': { signature: '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31' },
  'post-vanilla': { signature: '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b' },
  'get-relative': {
    path: '/example/..',
    signature: '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31',
  },
  'get-relative-relative': {
    path: '/example1/example2/../..',
    signature: '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31',
  },
  'get-slash-dot-slash': {
    path: '/./',
    signature: '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31',
  },
  'get-slashes': {
    path: '//example//',
    signature: '9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84',
  },
  'get-slash-pointless-dot': {
    path: '/./example',
    signature: 'ef75d96142cf21edca26f06005da7988e4f8dc83a165a80865db7089db637ec5',
  },
  'get-space': {
    path: '/example space/',
    signature: '652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741',
  },
  'get-utf8': { path: '/ሴ', signature: '8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85' },
  'get-vanilla-query-order-key-case': {
    path: '/?Param2=value2&Param1=value1',
    signature: 'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
  },
  'get-vanilla-query-order-encoded': {
    path: '/?Param-3=Value3&Param=Value2&%E1%88%B4=Value1',
    signature: '371d3713e185cc334048618a97f809c9ffe339c62934c032af5a0e595648fcac',
  },
  'get-vanilla-query-unreserved': {
    path: '/?-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz=-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz',
    signature: '9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197',
  },
  'get-vanilla-utf8-query': {
    path: '/?ሴ=bar',
    signature: '2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04',
  },
  'get-vanilla-empty-query-key': {
    path: '/?Param1=value1',
    signature: 'a67d582fa61cc504c4bae71f336f98b97f1ea3c7a6bfe1b6e45aec72011b9aeb',
  },
  'post-vanilla-query': {
    path: '/?Param1=value1',
    signature: '28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11',
  },
  'get-header-key-duplicate': {
    headers: { 'my-header1': ['value2', 'value2', 'value1'] },
    signed: 'host;my-header1;x-amz-date',
    signature: 'c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea',
  },
  'get-header-value-order': {
    headers: { 'my-header1': 'value4, value1, value3, value2' },
    rawHeaders: ['My-Header1', 'value4', 'My-Header1', 'value1', 'My-Header1', 'value3', 'My-Header1', 'value2'],
    signed: 'host;my-header1;x-amz-date',
    signature: '08c7e5a9acfcfeb3ab6b2185e75ce8b1deb5e634ec47601a50643f830c755c01',
  },
  'get-header-value-trim': {
    headers: { 'my-header1': ' value1', 'my-header2': ' "a   b   c"' },
    signed: 'host;my-header1;my-header2;x-amz-date',
    signature: 'acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736',
  },
  'post-header-value-case': {
    headers: { 'my-header1': 'VALUE1' },
    signed: 'host;my-header1;x-amz-date',
    signature: 'cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d',
  },
  'post-x-www-form-urlencoded': {
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'Param1=value1',
    signed: 'content-type;host;x-amz-date',
    signature: 'ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a',
  },
  'post-sts-header-before': {
    headers: { 'x-amz-security-token': token },
    signed: 'host;x-amz-date;x-amz-security-token',
    signature: '85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead',
  },
  'post-sts-header-after': {
    headers: { 'x-amz-security-token': token },
    signature: '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b',
  },
};

test.each(Object.entries(vectors))('%s', (name, { path = '/', headers, rawHeaders, body = '', signed, signature }) => {
  const sessionToken = headers && 'x-amz-security-token' in headers ? { sessionToken: token } : {};
  const authentication = new Authentication(
    { auth: 'verify', keys: keys.map((key) => ({ ...key, ...sessionToken })) },
    { caller: { accountId: '000000000000', region: 'us-east-1' }, service: 'service', faults: new Faults() },
  );
  const admit = (given: string) =>
    authentication.admit(
      {
        method: name.startsWith('get') ? 'GET' : 'POST',
        path,
        headers: {
          host: 'example.amazonaws.com',
          'x-amz-date': '20150830T123600Z',
          ...headers,
          authorization: `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=${signed ?? 'host;x-amz-date'}, Signature=${given}`,
        },
        ...(rawHeaders && { rawHeaders }),
        body: Buffer.from(body),
      },
      Date.UTC(2015, 7, 30, 12, 36),
    );
  expect(admit(signature)).toEqual({ accountId: '000000000000', region: 'us-east-1' });
  expect(admit(signature.replace(/^./, (digit) => (digit === '0' ? '1' : '0')))).toBeInstanceOf(Refusal);
});

test('the head that is kept is that of the last request, also after one that lacked a header', () => {
  const heads = new CanonicalHeads({ headerNames: ['host', 'x-amz-date'], signedHeaders: 'host;x-amz-date' });
  const of = (headers: Record<string, string>, path = '/', method = 'POST') =>
    heads.of({ method, path, headers }, queryOf(path));
  const first = 'POST\n/\n\nhost:a\nx-amz-date:1\n\nhost;x-amz-date\n';
  expect(of({ host: 'a', 'x-amz-date': '1' })).toBe(first);
  expect(of({ host: ' a ', 'x-amz-date': '1' })).toBe(first);
  expect(of({ host: 'b' })).toBeUndefined();
  expect(of({ host: 'b', 'x-amz-date': '1' })).toBe(first.replace('host:a', 'host:b'));
  expect(of({ host: 'b', 'x-amz-date': '1' }, '/?q=1')).toBe(
    first.replace('host:a', 'host:b').replace('/\n', '/\nq=1'),
  );
  expect(of({ host: 'b', 'x-amz-date': '1' }, '/', 'GET')).toBe(
    first.replace('host:a', 'host:b').replace('POST', 'GET'),
  );
  expect(of({ host: 'a', 'x-amz-date': '1' })).toBe(first);
});
