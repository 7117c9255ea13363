/** The S3 protocol without sockets: what is answered, and what is refused by which code. */
import { crc32 } from 'node:zlib';
import { expect, test } from 'vitest';
import { VirtualClock } from '../clock.ts';
import { Random } from '../random.ts';
import { s3Handler } from './handler.ts';
import { ObjectStore, type StoreOptions } from './store.ts';

const authorization =
  'AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0';

function serving(options: StoreOptions = {}) {
  const store = new ObjectStore(new VirtualClock(), options);
  const handle = s3Handler(store, { random: new Random(1), signed: true });
  const ask = (line: string, body: string | Uint8Array = '', headers: Record<string, string> = {}) => {
    const [method = '', path = ''] = line.split(' ');
    const answer = handle({ method, path, headers: { authorization, ...headers }, body: Buffer.from(body) });
    return { ...answer, text: Buffer.from(answer.body).toString() };
  };
  ask('PUT /lake');
  return { store, ask, handle };
}

const crcOf = (text: string) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(text));
  return bytes.toString('base64');
};

test('an object is put, read, ranged over and deleted', () => {
  const { ask } = serving();
  const headers = { 'content-type': 'text/plain', 'x-amz-meta-a': 'b', 'x-amz-checksum-crc32': crcOf('hello') };
  expect(ask('PUT /lake/a%20b', 'hello', headers).headers).toMatchObject({
    etag: '"5d41402abc4b2a76b9719d911017c592"',
  });
  const read = ask('GET /lake/a%20b', '', { 'x-amz-checksum-mode': 'ENABLED' });
  expect([read.status, read.text, read.headers]).toEqual([200, 'hello', expect.objectContaining(headers)]);
  const part = ask('GET /lake/a%20b', '', { range: 'bytes=1-2' });
  expect([part.status, part.text, part.headers['content-range']]).toEqual([206, 'el', 'bytes 1-2/5']);
  expect(ask('GET /lake/a%20b', '', { range: 'bytes=-2' }).text).toBe('lo');
  expect(ask('GET /lake/a%20b', '', { 'if-none-match': '"5d41402abc4b2a76b9719d911017c592"' }).status).toBe(304);
  expect(ask('DELETE /lake/a%20b').status).toBe(204);
  expect(ask('GET /lake/a%20b').status).toBe(404);
});

test('a body in frames is taken out of them, and held against its trailer', () => {
  const { ask, store } = serving();
  const framed = (checksum: string) =>
    `3\r\nhel\r\n2;chunk-signature=0\r\nlo\r\n0\r\nx-amz-checksum-crc32:${checksum}\r\n\r\n`;
  const headers = {
    'content-encoding': 'gzip,aws-chunked',
    'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
    'x-amz-decoded-content-length': '5',
  };
  expect(ask('PUT /lake/a', framed(crcOf('hello')), headers).status).toBe(200);
  expect(Buffer.from(store.get('lake', 'a')!.body).toString()).toBe('hello');
  expect(store.get('lake', 'a')!.headers['content-encoding']).toBe('gzip');
  expect(ask('PUT /lake/b', framed(crcOf('other')), headers).text).toContain('<Code>BadDigest<');
  for (const broken of ['', '5\r\nhel', 'x\r\n', '5\r\nhelloworld\r\n0\r\n\r\n', '3\r\nhel\r\n0\r\n\r\n']) {
    expect(ask('PUT /lake/b', broken, headers).text).toContain('<Code>IncompleteBody<');
  }
});

test('a list is paged and rolled up, in the order of bytes', () => {
  const { ask } = serving();
  for (const key of ['b', 'a/2', 'a/1', '%F0%9F%98%80', '%EF%BF%BD', 'c/x']) ask(`PUT /lake/${key}`, 'x');
  const keys: string[] = [];
  let token = '';
  for (let page = 0; page < 10; page += 1) {
    const { text } = ask(`GET /lake?list-type=2&max-keys=1&delimiter=/&encoding-type=url${token}`);
    keys.push(/<(?:Key|CommonPrefixes><Prefix)>([^<]*)/.exec(text)![1]!);
    const next = /<NextContinuationToken>([^<]*)/.exec(text)?.[1];
    if (next === undefined) break;
    token = `&continuation-token=${encodeURIComponent(next)}`;
  }
  expect(keys).toEqual(['a/', 'b', 'c/', '%EF%BF%BD', '%F0%9F%98%80']);
});

test.each([
  ['GET /none/a', '', {}, 404, 'NoSuchBucket'],
  ['GET /lake/none', '', {}, 404, 'NoSuchKey'],
  ['PUT /A', '', {}, 400, 'InvalidBucketName'],
  ['PUT /lake', '<CreateBucketConfiguration/>', {}, 409, 'BucketAlreadyOwnedByYou'],
  ['GET /lake/%E0%A4%A', '', {}, 400, 'InvalidURI'],
  ['PUT /lake/a', 'a', { 'content-md5': 'AAAA' }, 400, 'InvalidDigest'],
  ['PUT /lake/a', 'a', { 'content-md5': 'AAAAAAAAAAAAAAAAAAAAAA==' }, 400, 'BadDigest'],
  ['PUT /lake/a', 'a', { 'x-amz-checksum-crc32': 'AAAAAA==' }, 400, 'BadDigest'],
  ['PUT /lake/a', 'a', { 'x-amz-checksum-crc32c': 'x' }, 400, 'InvalidRequest'],
  ['PUT /lake/a', 'a', { 'if-match': '"0"' }, 404, 'NoSuchKey'],
  [`PUT /lake/${'k'.repeat(1025)}`, 'a', {}, 400, 'KeyTooLongError'],
  ['PUT /lake/a', 'a', { 'x-amz-meta-a': 'x'.repeat(2048) }, 400, 'MetadataTooLarge'],
  ['POST /lake?delete', '<Delete>', { 'content-md5': '9pijnZXbFtpkqjg1wn5Bww==' }, 400, 'BadDigest'],
  ['POST /lake?delete', '<Delete/>', {}, 400, 'InvalidRequest'],
  ['POST /lake?delete', '<Delete', { 'x-amz-checksum-crc32': crcOf('<Delete') }, 400, 'MalformedXML'],
  ['POST /lake/a?uploadId=none', '<CompleteMultipartUpload/>', {}, 404, 'NoSuchUpload'],
  ['GET /lake?acl', '', {}, 501, 'NotImplemented'],
  ['PATCH /lake', '', {}, 405, 'MethodNotAllowed'],
  ['GET /lake', '', { authorization: '' }, 403, 'AccessDenied'],
  ['GET /lake?list-type=2&continuation-token=x', '', {}, 400, 'InvalidArgument'],
  ['GET /lake?max-keys=-1', '', {}, 400, 'InvalidArgument'],
])('%s with %j %j: %i %s', (line, body, headers, status, code) => {
  const answer = serving().ask(line, body, headers);
  expect([answer.status, /<Code>(.*)<\/Code>/.exec(answer.text)?.[1]]).toEqual([status, code]);
});

test('what is kept counts for the memory, and what goes gives it back', () => {
  const room = { bytes: 0, allows: (bytes: number) => room.bytes + bytes <= 10_000 };
  const { ask, store } = serving({ room });
  expect(ask('PUT /lake/a', 'x'.repeat(8000)).status).toBe(200);
  expect(ask('PUT /lake/b', 'x'.repeat(8000)).status).toBe(507);
  expect(ask('PUT /lake/a', 'x'.repeat(8001)).status).toBe(200);
  ask('POST /lake/c?uploads');
  store.clear();
  expect(room.bytes).toBe(0);
});

test('a store that is down refuses everything', () => {
  const { ask } = serving({ unavailable: () => true });
  expect(ask('GET /').status).toBe(503);
});
