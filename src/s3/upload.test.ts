/** Multipart uploads: parts in any order, those that are missing, and the memory they take. */
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { crcOf, refusalIn, serving, textsOf } from './serving.test-data.ts';

const MIB = 1024 * 1024;

function begun(options = {}) {
  const lake = serving(options);
  const [id] = textsOf(lake.ask('POST /lake/a?uploads', '', { 'x-amz-meta-a': 'b' }), 'UploadId');
  const put = (number: number | string, body: Uint8Array | string, headers = {}) =>
    lake.ask(`PUT /lake/a?uploadId=${id}&partNumber=${number}`, body, headers);
  const complete = (parts: [number | string, string?, string?][], headers = {}) =>
    lake.ask(
      `POST /lake/a?uploadId=${id}`,
      `<CompleteMultipartUpload>${parts.map(([number, etag = '', more = '']) => `<Part><PartNumber>${number}</PartNumber><ETag>${etag}</ETag>${more}</Part>`).join('')}</CompleteMultipartUpload>`,
      headers,
    );
  return { ...lake, id, put, complete };
}

const etagOf = (body: Uint8Array | string) => `"${createHash('md5').update(body).digest('hex')}"`;
const large = Buffer.alloc(5 * MIB, 'x');

test('parts come in any order and twice, and are put together by number', () => {
  const { ask, store, put, complete } = begun();
  put(10_000, 'end');
  put(2, 'x');
  expect(put(2, large).headers['etag']).toBe(etagOf(large));
  put(3, 'left out');
  const answer = complete([
    [2, etagOf(large)],
    [10_000, etagOf('end').slice(1, -1)],
  ]);
  expect(answer.status).toBe(200);
  const { body, headers } = ask('GET /lake/a');
  expect(Buffer.concat([large, Buffer.from('end')]).equals(body)).toBe(true);
  expect(headers).toMatchObject({ 'x-amz-meta-a': 'b', etag: expect.stringMatching(/^"[\da-f]{32}-2"$/) });
  expect(refusalIn(complete([[2, etagOf(large)]]))).toEqual([404, 'NoSuchUpload']);
  store.clear();
});

test.each<[string, [number | string, string?, string?][], string]>([
  ['none', [], 'MalformedXML'],
  [
    'out of order',
    [
      [2, etagOf(large)],
      [1, etagOf(large)],
    ],
    'InvalidPartOrder',
  ],
  [
    'twice',
    [
      [1, etagOf(large)],
      [1, etagOf(large)],
    ],
    'InvalidPartOrder',
  ],
  [
    'never put',
    [
      [1, etagOf(large)],
      [7, etagOf('x')],
    ],
    'InvalidPart',
  ],
  ['of another body', [[1, etagOf('y')]], 'InvalidPart'],
  ['without a number', [['', etagOf(large)]], 'InvalidPart'],
  [
    'too small, and not the last',
    [
      [1, etagOf(large)],
      [3, etagOf('x')],
      [4, etagOf('x')],
    ],
    'EntityTooSmall',
  ],
  ['with another checksum', [[1, etagOf(large), '<ChecksumCRC32>AAAAAA==</ChecksumCRC32>']], 'InvalidPart'],
])('parts that are named %s: nothing is made of them, and they are still there', (_name, parts, code) => {
  const { ask, id, put, complete } = begun();
  put(1, large, { 'x-amz-checksum-crc32': crcOf(large) });
  put(2, large);
  put(3, 'x');
  put(4, 'x');
  expect(refusalIn(complete(parts))).toEqual([400, code]);
  expect(ask('GET /lake/a').status).toBe(404);
  expect(textsOf(ask(`GET /lake/a?uploadId=${id}`), 'PartNumber')).toEqual(['1', '2', '3', '4']);
});

test.each(['0', '10001', '-1', '1e3', 'x', ''])('there is no part %j', (number) => {
  expect(refusalIn(begun().put(number, 'x'))).toEqual([400, 'InvalidArgument']);
});

test('an upload is of one key, and its parts are checked as other bodies are', () => {
  const { ask, id, put } = begun();
  expect(refusalIn(ask(`PUT /lake/b?uploadId=${id}&partNumber=1`, 'x'))).toEqual([404, 'NoSuchUpload']);
  expect(refusalIn(put(1, 'x', { 'x-amz-checksum-crc32': 'AAAAAA==' }))).toEqual([400, 'BadDigest']);
  expect(refusalIn(put(1, 'x', { 'x-amz-copy-source': 'lake/b' }))).toEqual([501, 'NotImplemented']);
  expect(refusalIn(ask(`POST /lake/${'k'.repeat(1025)}?uploads`))).toEqual([400, 'KeyTooLongError']);
  expect(refusalIn(ask('POST /lake/a?uploads', '', { 'x-amz-meta-a': 'x'.repeat(2048) }))).toEqual([
    400,
    'MetadataTooLarge',
  ]);
});

test('the checksum and the size of the whole are checked where they are said', () => {
  const { put, complete, ask } = begun();
  put(1, 'hello', { 'x-amz-checksum-crc32': crcOf('hello') });
  const parts: [number, string, string][] = [[1, etagOf('hello'), `<ChecksumCRC32>${crcOf('hello')}</ChecksumCRC32>`]];
  const crc = 'x-amz-checksum-crc32';
  expect(refusalIn(complete(parts, { [crc]: 'AAAAAA==' }))).toEqual([400, 'BadDigest']);
  expect(refusalIn(complete(parts, { 'x-amz-mp-object-size': '4' }))).toEqual([400, 'InvalidRequest']);
  const whole = { [crc]: crcOf('hello'), 'x-amz-checksum-type': 'FULL_OBJECT', 'x-amz-mp-object-size': '5' };
  expect(textsOf(complete(parts, whole), 'ChecksumCRC32')).toEqual([crcOf('hello')]);
  expect(ask('HEAD /lake/a', '', { 'x-amz-checksum-mode': 'ENABLED' }).headers[crc]).toBe(crcOf('hello'));
});

test('parts are listed in pages', () => {
  const { ask, id, put } = begun();
  for (const number of [3, 1, 2]) put(number, 'x');
  const list = (query: string) => ask(`GET /lake/a?uploadId=${id}${query}`);
  const first = list('&max-parts=2');
  expect([textsOf(first, 'PartNumber'), textsOf(first, 'IsTruncated')]).toEqual([['1', '2'], ['true']]);
  const [next] = textsOf(first, 'NextPartNumberMarker');
  const second = list(`&part-number-marker=${next}`);
  expect([textsOf(second, 'PartNumber'), textsOf(second, 'IsTruncated')]).toEqual([['3'], ['false']]);
  expect(textsOf(list('&max-parts=0'), 'IsTruncated')).toEqual(['false']);
  expect(refusalIn(list('&part-number-marker=x'))).toEqual([400, 'InvalidArgument']);
});

test('uploads are listed in pages, those of one key too', () => {
  const { ask, id } = begun();
  const ids = [id];
  for (const key of ['a', 'b', 'b', '%EF%BF%BD', '%F0%9F%98%80'])
    ids.push(textsOf(ask(`POST /lake/${key}?uploads`), 'UploadId')[0]);
  const found: string[] = [];
  let markers = '';
  for (let page = 0; page < 10; page += 1) {
    const answer = ask(`GET /lake?uploads&max-uploads=2&encoding-type=url${markers}`);
    found.push(...textsOf(answer, 'UploadId'));
    if (textsOf(answer, 'IsTruncated')[0] === 'false') break;
    markers = `&key-marker=${textsOf(answer, 'NextKeyMarker')[0]}&upload-id-marker=${textsOf(answer, 'NextUploadIdMarker')[0]}`;
  }
  expect(found).toEqual(ids);
  expect(textsOf(ask('GET /lake?uploads&key-marker=a'), 'UploadId')).toEqual(ids.slice(2));
  expect(textsOf(ask('GET /lake?uploads&prefix=b'), 'UploadId')).toEqual(ids.slice(2, 4));
  expect(refusalIn(ask('GET /lake?uploads&delimiter=/'))).toEqual([501, 'NotImplemented']);
});

test('what is completed may take the room of its parts, and what is aborted gives it back', () => {
  const room = { bytes: 0, allows: (bytes: number) => room.bytes + bytes <= 12 * MIB };
  const { ask, store, id, put, complete } = begun({ room });
  put(1, large);
  put(2, large);
  expect(refusalIn(put(3, large))).toEqual([507, 'InsufficientStorage']);
  expect(
    complete([
      [1, etagOf(large)],
      [2, etagOf(large)],
    ]).status,
  ).toBe(200);
  expect(room.bytes).toBeLessThan(10 * MIB + 2000);
  const [other] = textsOf(ask('POST /lake/b?uploads'), 'UploadId');
  expect(other).not.toBe(id);
  const before = room.bytes;
  ask(`PUT /lake/b?uploadId=${other}&partNumber=1`, Buffer.alloc(MIB));
  expect(ask(`DELETE /lake/b?uploadId=${other}`).status).toBe(204);
  expect(room.bytes).toBeLessThan(before);
  store.clear();
  expect(room.bytes).toBe(0);
});
