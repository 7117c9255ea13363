/** The S3 protocol without sockets: what is answered, and what is refused by which code. */
import { expect, test } from 'vitest';
import { crcOf, refusalIn, serving, textsOf } from './serving.test-data.ts';

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
  ['PUT /lake', 'no XML', {}, 400, 'MalformedXML'],
  ['PUT /127.0.0.1', '', {}, 400, 'InvalidBucketName'],
  ['GET /lake?list-type=3', '', {}, 400, 'InvalidArgument'],
  ['GET /lake?encoding-type=html', '', {}, 400, 'InvalidArgument'],
  ['GET /lake/a?partNumber=1', '', {}, 501, 'NotImplemented'],
  ['PUT /lake/a?partNumber=1', 'a', {}, 501, 'NotImplemented'],
  ['GET /lake?session', '', {}, 501, 'NotImplemented'],
  ['DELETE /lake/a?annotation&annotationName=b', '', {}, 501, 'NotImplemented'],
  ['DELETE /lake/a', '', { 'x-amz-if-match-size': '1' }, 501, 'NotImplemented'],
  ['GET /lake/a?uploadId=none', '', {}, 404, 'NoSuchUpload'],
  ['PUT /lake/a', '', { 'x-amz-copy-source': 'lake' }, 400, 'InvalidArgument'],
  ['PUT /lake/a', '', { 'x-amz-copy-source': 'lake/b?versionId=1' }, 501, 'NotImplemented'],
  ['PUT /lake/a', '', { 'x-amz-copy-source': 'lake/none' }, 404, 'NoSuchKey'],
])('%s with %j %j: %i %s', (line, body, headers, status, code) => {
  expect(refusalIn(serving().ask(line, body, headers))).toEqual([status, code]);
});

test('HEAD is refused without a body', () => {
  expect(serving().ask('HEAD /lake/none')).toMatchObject({ status: 404, text: '' });
});

test.each([
  ['lake.localhost:4567', '/a/b'],
  ['lake.s3.localhost', '/a/b'],
  ['lake.s3.eu-west-1.amazonaws.com', '/a/b'],
  ['127.0.0.1:4567', '/lake/a/b'],
  ['s3.localhost:4567', '/lake/a/b'],
  ['localhost:4567', '/lake/a/b'],
  ['my.kinebench:4567', '/lake/a/b'],
])('at %s, %s is a/b of the bucket lake', (host, path) => {
  const { ask, store } = serving();
  ask('PUT /lake/a/b', 'x');
  expect(ask(`GET ${path}`, '', { host })).toMatchObject({ status: 200, text: 'x' });
  expect(ask(`GET ${path}`, '', { ':authority': host })).toMatchObject({ status: 200, text: 'x' });
  const [bucket] = path.split('a/b');
  expect(ask(`GET ${bucket}?list-type=2`, '', { host }).text).toContain('<Key>a/b</Key>');
  expect(ask(`DELETE ${path}`, '', { host }).status).toBe(204);
  expect(store.bucket('lake').size).toBe(0);
});

test.each([
  ['GET /lake/a?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=c&X-Amz-Signature=0', undefined, 200],
  ['GET /lake/a?AWSAccessKeyId=c&Signature=0&Expires=1', undefined, 200],
  ['GET /lake/a', 'AWS key:signature', 200],
  ['GET /lake/a?X-Amz-Credential=c', undefined, 403],
  ['GET /lake/a?AWSAccessKeyId=c', undefined, 403],
  ['GET /lake/a', 'Basic a2V5OnNlY3JldA==', 403],
  ['GET /lake/a', undefined, 403],
])('%s, signed by %j in the header: %i', (line, authorization, status) => {
  const { ask, handle } = serving();
  ask('PUT /lake/a', 'x');
  const [method = '', path = ''] = line.split(' ');
  expect(handle({ method, path, headers: { authorization }, body: Buffer.alloc(0) }).status).toBe(status);
});

test.each([
  'PUT /',
  'DELETE /',
  'GET /?list-type=2',
  'POST /?delete',
  'PUT /key?x-id=PutObject',
  'DELETE /key?x-id=DeleteObject',
  'GET /lake?x-id=GetObject',
])('%s at a host that might begin with a bucket is refused, and nothing made of it', (line) => {
  const { ask, store } = serving();
  expect(refusalIn(ask(line, 'x', { host: 'lake.kinebench:4567' }))).toEqual([400, 'InvalidRequest']);
  expect(store.buckets.map(({ name }) => name)).toEqual(['lake']);
});

test('buckets are listed by prefix and in pages', () => {
  const { ask } = serving();
  for (const name of ['pond', 'lagoon', 'lane']) ask(`PUT /${name}`);
  const first = ask('GET /?prefix=la&max-buckets=2');
  expect(first.text).toMatch(/<Name>lagoon<.*<Name>lake<.*<ContinuationToken>/s);
  const token = /<ContinuationToken>([^<]*)/.exec(first.text)![1]!;
  const second = ask(`GET /?prefix=la&max-buckets=2&continuation-token=${encodeURIComponent(token)}`);
  expect(second.text).toContain('<Bucket><Name>lane</Name>');
  expect(second.text).not.toMatch(/ContinuationToken|pond|lagoon/);
});

test.each([
  ['of spaces and pluses', 'a b+c%d', 'a%20b%2Bc%25d'],
  ['of slashes and dots', '//a/./../b//', '//a/./../b//'],
  ['of signs', `!'()*&$@=;:,?#[]{}|^~\`"<>\\`, encodeURIComponent(`!'()*&$@=;:,?#[]{}|^~\`"<>\\`)],
  ['of control characters', '\n\r\t\u0001\u007f', '%0A%0D%09%01%7F'],
  ['beyond the first plane', '😀￿é', encodeURIComponent('😀￿é')],
  ['of bytes without percent signs, as curl sends them', 'é', '\u00c3\u00a9'],
  ['like a name that JavaScript knows', '__proto__', '__proto__'],
  ['as long as it may be', 'k'.repeat(1024), 'k'.repeat(1024)],
])('a key %s is kept, listed and deleted', (_name, key, path) => {
  const { ask, store } = serving();
  expect(ask(`PUT /lake/${path}`, 'x').status).toBe(200);
  expect(store.bucket('lake').keys).toEqual([key]);
  expect(ask(`GET /lake/${path}`).text).toBe('x');
  const listed = /<Key>([^<]*)<\/Key>/.exec(ask('GET /lake?list-type=2&encoding-type=url').text)![1]!;
  expect(decodeURIComponent(listed.replaceAll('+', ' '))).toBe(key);
  expect(ask(`DELETE /lake/${path}`).status).toBe(204);
  expect(store.bucket('lake').size).toBe(0);
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

test('a store that is down takes nothing, and what it has can be read and deleted', () => {
  const { ask, store } = serving();
  ask('PUT /lake/a', 'x');
  const [UploadId = ''] = textsOf(ask('POST /lake/b?uploads'), 'UploadId');
  store.state = 'down';
  for (const line of [
    'PUT /lake/a',
    'PUT /other',
    'POST /lake/c?uploads',
    `PUT /lake/b?partNumber=1&uploadId=${UploadId}`,
  ])
    expect(refusalIn(ask(line, 'y'))).toEqual([503, 'SlowDown']);
  expect(() => store.put('lake', 'a', { body: Buffer.from('y') })).toThrow('reduce your request rate');
  expect(ask('GET /lake/a').text).toBe('x');
  expect(ask('DELETE /lake/a').status).toBe(204);
  store.state = 'up';
  expect(ask('PUT /lake/a', 'y').status).toBe(200);
});
