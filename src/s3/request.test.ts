/** Bodies: what their clients say of them is held against what came. */
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { crcOf, refusalIn, serving } from './serving.test-data.ts';

const framed = (checksum: string) =>
  `3\r\nhel\r\n2;chunk-signature=0\r\nlo\r\n0\r\nx-amz-checksum-crc32:${checksum}\r\n\r\n`;
const frames = {
  'content-encoding': 'gzip,aws-chunked',
  'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
  'x-amz-decoded-content-length': '5',
  'x-amz-trailer': 'x-amz-checksum-crc32',
};

test('a body in frames is taken out of them, and held against its trailer', () => {
  const { ask, store } = serving();
  expect(ask('PUT /lake/a', framed(crcOf('hello')), frames).status).toBe(200);
  expect(Buffer.from(store.get('lake', 'a')!.body).toString()).toBe('hello');
  expect(store.get('lake', 'a')!.headers['content-encoding']).toBe('gzip');
  expect(refusalIn(ask('PUT /lake/b', framed(crcOf('other')), frames))).toEqual([400, 'BadDigest']);
});

test.each([
  ['nothing', ''],
  ['a chunk that breaks off', '5\r\nhel'],
  ['a size that is none', 'x\r\n'],
  ['a size that is negative', '-5\r\nhello\r\n0\r\n\r\n'],
  ['a size that is too large', 'ffffffff\r\nhello\r\n0\r\n\r\n'],
  ['a chunk that is longer than it says', '4\r\nhello\r\n0\r\n\r\n'],
  ['more than was said', '5\r\nhello\r\n5\r\nworld\r\n0\r\n\r\n'],
  ['less than was said', '3\r\nhel\r\n0\r\n\r\n'],
  ['no last chunk', '5\r\nhello\r\n'],
  ['no end', '5\r\nhello\r\n0\r\n'],
  ['a trailer that is none', '5\r\nhello\r\n0\r\ntrailer\r\n\r\n'],
  ['bytes behind its end', '5\r\nhello\r\n0\r\n\r\nhello'],
  ['line feeds alone', '5\nhello\n0\n\n'],
])('frames with %s: IncompleteBody, and nothing is kept', (_name, body) => {
  const { ask, store } = serving();
  const { 'x-amz-trailer': _none, ...headers } = frames;
  expect(refusalIn(ask('PUT /lake/a', body, headers))).toEqual([400, 'IncompleteBody']);
  expect(store.bucket('lake').size).toBe(0);
});

test('a trailer that was announced must come, and frames say how long their body is', () => {
  const { ask } = serving();
  expect(refusalIn(ask('PUT /lake/a', '5\r\nhello\r\n0\r\n\r\n', frames))).toEqual([400, 'MalformedTrailerError']);
  const { 'x-amz-decoded-content-length': _length, ...headers } = frames;
  expect(refusalIn(ask('PUT /lake/a', framed(crcOf('hello')), headers))).toEqual([411, 'MissingContentLength']);
  const much = { ...frames, 'x-amz-decoded-content-length': '99999999999999' };
  expect(refusalIn(ask('PUT /lake/a', framed(crcOf('hello')), much))).toEqual([400, 'IncompleteBody']);
});

test('a million frames of one byte are one body', () => {
  const { ask, store } = serving();
  const headers = { 'content-encoding': 'aws-chunked', 'x-amz-decoded-content-length': '1000000' };
  expect(ask('PUT /lake/a', `${'1\r\nx\r\n'.repeat(1_000_000)}0\r\n\r\n`, headers).status).toBe(200);
  expect(store.get('lake', 'a')!.body).toHaveLength(1_000_000);
});

/** Of `123456789`: the check values of their catalogues. */
const checks = {
  crc32: Buffer.from('cbf43926', 'hex').toString('base64'),
  crc32c: Buffer.from('e3069283', 'hex').toString('base64'),
  crc64nvme: Buffer.from('ae8b14860a799888', 'hex').toString('base64'),
  md5: createHash('md5').update('123456789').digest('base64'),
  sha1: createHash('sha1').update('123456789').digest('base64'),
  sha256: createHash('sha256').update('123456789').digest('base64'),
  sha512: createHash('sha512').update('123456789').digest('base64'),
};

test.each(Object.entries(checks))('a checksum %s is checked, kept and answered', (name, value) => {
  const { ask } = serving();
  const header = `x-amz-checksum-${name}`;
  expect(ask('PUT /lake/a', '123456789', { [header]: value })).toMatchObject({
    status: 200,
    headers: { [header]: value },
  });
  expect(ask('GET /lake/a', '', { 'x-amz-checksum-mode': 'ENABLED' }).headers[header]).toBe(value);
  expect(ask('GET /lake/a').headers[header]).toBeUndefined();
  expect(refusalIn(ask('PUT /lake/b', '12345678', { [header]: value }))).toEqual([400, 'BadDigest']);
  expect(refusalIn(ask('PUT /lake/b', '123456789', { [header]: 'short' }))).toEqual([400, 'InvalidRequest']);
});

test.each([
  ['two checksums', { 'x-amz-checksum-crc32': checks.crc32, 'x-amz-checksum-sha1': 'wrong' }, 400, 'InvalidRequest'],
  ['one that is not known', { 'x-amz-checksum-xxhash64': 'AAAAAAAAAAA=' }, 501, 'NotImplemented'],
  ['an MD5 of another body', { 'content-md5': createHash('md5').update('x').digest('base64') }, 400, 'BadDigest'],
  ['an MD5 that is none', { 'content-md5': 'x' }, 400, 'InvalidDigest'],
  ['a hash of another body', { 'x-amz-content-sha256': '0'.repeat(64) }, 400, 'XAmzContentSHA256Mismatch'],
  ['a hash that is none', { 'x-amz-content-sha256': 'x' }, 400, 'InvalidArgument'],
] as const)('a body with %s is refused', (_name, headers, status, code) => {
  const { ask, store } = serving();
  expect(refusalIn(ask('PUT /lake/a', '123456789', headers))).toEqual([status, code]);
  expect(store.bucket('lake').size).toBe(0);
});

test('the hash that was signed is that of the body', () => {
  const said = createHash('sha256').update('123456789').digest('hex');
  expect(serving().ask('PUT /lake/a', '123456789', { 'x-amz-content-sha256': said }).status).toBe(200);
  expect(serving().ask('PUT /lake/a', '123456789', { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' }).status).toBe(200);
});

test.each([
  ['no end', '<Delete>'],
  ['another root', '<Remove><Object><Key>a</Key></Object></Remove>'],
  ['no objects', '<Delete></Delete>'],
  ['an object without a key', '<Delete><Object/></Delete>'],
  ['an entity of its own', '<!DOCTYPE d [<!ENTITY e "a">]><Delete><Object><Key>&e;</Key></Object></Delete>'],
  [
    'a file of the machine',
    '<!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/passwd">]><Delete><Object><Key>&e;</Key></Object></Delete>',
  ],
  [
    'bytes that are no UTF-8',
    Buffer.from('3c44656c6574653e3c4f626a6563743e3c4b65793eff3c2f4b65793e3c2f4f626a6563743e3c2f44656c6574653e', 'hex'),
  ],
  ['a million levels', '<Delete>'.repeat(1_000_000)],
  ['1001 objects', `<Delete>${'<Object><Key>a</Key></Object>'.repeat(1001)}</Delete>`],
  ['nothing', ''],
])('XML with %s: MalformedXML, and nothing is deleted', (_name, body) => {
  const { ask, store } = serving();
  for (const key of ['a', '%EF%BF%BD']) ask(`PUT /lake/${key}`, 'x');
  const answer = ask('POST /lake?delete', body, { 'x-amz-checksum-crc32': crcOf(body) });
  expect(refusalIn(answer)).toEqual([400, 'MalformedXML']);
  expect(store.bucket('lake').size).toBe(2);
});

test('of many objects some are deleted and some refused', () => {
  const { ask, store } = serving();
  for (const key of ['a', 'b', 'c', '&']) ask(`PUT /lake/${encodeURIComponent(key)}`, 'x');
  const object = (Key: string, more = '') => `<Object><Key>${Key}</Key>${more}</Object>`;
  const objects = [
    object('a', '<VersionId>1</VersionId>'),
    object('b', '<ETag>"0"</ETag>'),
    object('c', '<VersionId>null</VersionId>'),
    object('&amp;'),
    object('none'),
  ];
  const body = `<?xml version="1.0"?><Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${objects.join('')}</Delete>`;
  const { text } = ask('POST /lake?delete', body, { 'x-amz-checksum-crc32': crcOf(body) });
  expect([...text.matchAll(/<Deleted><Key>(.*?)<\/Key>/g)].map(([, key]) => key)).toEqual(['c', '&amp;', 'none']);
  expect(text).toContain('<Error><Key>a</Key><Code>NotImplemented</Code>');
  expect(text).toContain('<Error><Key>b</Key><Code>PreconditionFailed</Code>');
  expect(store.bucket('lake').keys).toEqual(['a', 'b']);
});
