/** Conditions and ranges of reads, and conditions of writes, copies and deletions. */
import { expect, test } from 'vitest';
import { NS_PER_S } from '../clock.ts';
import { serving } from './serving.test-data.ts';

const etag = '"5d41402abc4b2a76b9719d911017c592"';
const before = 'Wed, 31 Dec 2025 23:59:59 GMT';
const made = 'Thu, 01 Jan 2026 00:00:00 GMT';

/** With the object `a`, made at the beginning of 2026 and something. */
async function withObject() {
  const lake = serving();
  await lake.clock.advance(0.4 * NS_PER_S);
  lake.ask('PUT /lake/a', 'hello');
  return lake;
}

test.each([
  [{ 'if-match': etag }, 200],
  [{ 'if-match': '*' }, 200],
  [{ 'if-match': `"0", ${etag}` }, 200],
  [{ 'if-match': '"0"' }, 412],
  [{ 'if-none-match': etag }, 304],
  [{ 'if-none-match': `W/${etag}` }, 304],
  [{ 'if-none-match': '*' }, 304],
  [{ 'if-none-match': '"0"' }, 200],
  [{ 'if-modified-since': before }, 200],
  [{ 'if-modified-since': made }, 304],
  [{ 'if-modified-since': 'yesterday' }, 200],
  [{ 'if-unmodified-since': before }, 412],
  [{ 'if-unmodified-since': made }, 200],
  // The tag outranks the time (RFC 9110, 13.2.2).
  [{ 'if-match': etag, 'if-unmodified-since': before }, 200],
  [{ 'if-none-match': '"0"', 'if-modified-since': made }, 200],
])('GET and HEAD with %j: %i', async (headers, status) => {
  const { ask } = await withObject();
  expect(ask('GET /lake/a', '', headers).status).toBe(status);
  expect(ask('HEAD /lake/a', '', headers).status).toBe(status);
  const copied = ask(
    'PUT /lake/b',
    '',
    Object.fromEntries([
      ['x-amz-copy-source', '/lake/a'],
      ...Object.entries(headers).map(([name, value]) => [`x-amz-copy-source-${name}`, value]),
    ]),
  );
  expect(copied.status).toBe(status === 200 ? 200 : 412);
});

test.each([
  ['bytes=0-0', 206, 'h', '0-0'],
  ['bytes=1-', 206, 'ello', '1-4'],
  ['bytes=3-99', 206, 'lo', '3-4'],
  ['bytes=-2', 206, 'lo', '3-4'],
  ['bytes=-99', 206, 'hello', '0-4'],
  [`bytes=0-${'9'.repeat(400)}`, 206, 'hello', '0-4'],
  ['bytes=4-1', 200, 'hello', undefined],
  ['bytes=-', 200, 'hello', undefined],
  ['bytes=0-1,3-4', 200, 'hello', undefined],
  ['lines=0-1', 200, 'hello', undefined],
  ['bytes=5-', 416, undefined, undefined],
  ['bytes=-0', 416, undefined, undefined],
])('the range %s: %i', async (range, status, body, bytes) => {
  const answer = (await withObject()).ask('GET /lake/a', '', { range });
  expect(answer.status).toBe(status);
  expect(answer.headers['content-range']).toBe(bytes && `bytes ${bytes}/5`);
  if (body === undefined) expect(answer.text).toContain('<Code>InvalidRange<');
  else expect(answer.text).toBe(body);
});

test('a range of nothing is none', () => {
  const { ask } = serving();
  ask('PUT /lake/a');
  expect(ask('GET /lake/a', '', { range: 'bytes=0-' }).status).toBe(416);
  expect(ask('GET /lake/a').status).toBe(200);
});

test('a range of what was replaced meanwhile is all of it', async () => {
  const { ask } = await withObject();
  const ranged = (condition: string) => ask('GET /lake/a', '', { range: 'bytes=1-', 'if-range': condition }).text;
  expect([etag, made, '"0"', before, 'W/"0"'].map(ranged)).toEqual(['ello', 'ello', 'hello', 'hello', 'hello']);
});

test.each([
  ['PUT /lake/a', { 'if-none-match': '*' }, 412],
  ['PUT /lake/new', { 'if-none-match': '*' }, 200],
  ['PUT /lake/a', { 'if-none-match': etag }, 501],
  ['PUT /lake/a', { 'if-match': etag }, 200],
  ['PUT /lake/a', { 'if-match': '"0"' }, 412],
  ['PUT /lake/new', { 'if-match': '*' }, 404],
  ['DELETE /lake/a', { 'if-match': '"0"' }, 412],
  ['DELETE /lake/a', { 'if-match': etag }, 204],
  ['DELETE /lake/new', { 'if-match': '*' }, 404],
  ['DELETE /lake/new', {}, 204],
])('%s with %j: %i, and what was there is there where it failed', async (line, headers, status) => {
  const { ask, store } = await withObject();
  expect(ask(line, 'other', headers).status).toBe(status);
  if (status >= 400) {
    expect(store.bucket('lake').keys).toEqual(['a']);
    expect(ask('GET /lake/a').text).toBe('hello');
  }
});

test('a copy has the metadata of its source unless it is told others; onto itself it must be', async () => {
  const { ask } = await withObject();
  ask('PUT /lake/a', 'hello', { 'x-amz-meta-a': '1' });
  const copy = (line: string, headers: Record<string, string>) =>
    ask(line, '', { 'x-amz-copy-source': 'lake/a', ...headers }).status;
  expect(copy('PUT /lake/b', { 'x-amz-meta-a': '2' })).toBe(200);
  expect(ask('HEAD /lake/b').headers['x-amz-meta-a']).toBe('1');
  expect(copy('PUT /lake/b', { 'x-amz-meta-a': '2', 'x-amz-metadata-directive': 'REPLACE' })).toBe(200);
  expect(ask('HEAD /lake/b').headers['x-amz-meta-a']).toBe('2');
  expect(copy('PUT /lake/b', { 'x-amz-metadata-directive': 'KEEP' })).toBe(400);
  expect(copy('PUT /lake/a', {})).toBe(400);
  expect(copy('PUT /lake/a', { 'x-amz-metadata-directive': 'REPLACE' })).toBe(200);
  expect(ask('HEAD /lake/a').headers['x-amz-meta-a']).toBeUndefined();
});
