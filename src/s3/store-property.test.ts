/** Seeded requests, sensible and not: lists are held against a naive one, nothing throws, and the memory comes out at nothing. */
import { expect, test } from 'vitest';
import { Random } from '../random.ts';
import { serving, textsOf } from './serving.test-data.ts';

const PIECES = ['a', 'b', '/', '//', 'é', '😀', '￿', '%', '&', ' ', '', '\n'];

function pick<T>(random: Random, list: readonly T[]): T {
  return list[random.below(list.length)]!;
}

function word(random: Random, most: number): string {
  return Array.from({ length: random.below(most + 1) }, () => pick(random, PIECES)).join('');
}

interface Query {
  readonly prefix: string;
  readonly delimiter: string;
  readonly after: string;
}

/** What a list has to hold, by going over all keys. */
function naive(keys: readonly string[], { prefix, delimiter, after }: Query): string[] {
  const sorted = [...keys].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const found = sorted
    .filter((key) => key.startsWith(prefix) && Buffer.compare(Buffer.from(key), Buffer.from(after)) > 0)
    .map((key) => {
      const cut = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
      return cut < 0 ? key : key.slice(0, cut + delimiter.length);
    });
  // What is rolled up to the very key that a list begins after was listed before.
  return [...new Set(found)].filter((entry) => entry !== after);
}

/** All pages of a list, in the order of bytes. */
function listed({ ask }: ReturnType<typeof serving>, { prefix, delimiter, after }: Query, max: number): string[] {
  const entries: string[] = [];
  const asked = new URLSearchParams({ 'list-type': '2', 'encoding-type': 'url', prefix, delimiter });
  if (after !== '') asked.set('start-after', after);
  asked.set('max-keys', String(max));
  for (let page = 0; page < 200; page += 1) {
    const answer = ask(`GET /lake?${asked.toString()}`);
    expect(answer.status).toBe(200);
    const rolled = [...answer.text.matchAll(/<CommonPrefixes><Prefix>([^<]*)/g)].map(([, found]) => found!);
    const entriesOfPage = [...textsOf(answer, 'Key'), ...rolled].map((one) =>
      decodeURIComponent(one.replaceAll('+', ' ')),
    );
    expect(entriesOfPage.length).toBeLessThanOrEqual(max);
    entries.push(...entriesOfPage.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
    const [next] = textsOf(answer, 'NextContinuationToken');
    if (next === undefined) return entries;
    asked.set('continuation-token', next);
  }
  throw new Error('the list has no end');
}

test.each([1, 2, 3, 4])('lists are those that going over all keys gives: seed %i', (seed) => {
  const random = new Random(seed);
  const lake = serving();
  const keys = new Set<string>();
  for (let step = 0; step < 150; step += 1) {
    const key = `${word(random, 3)}k`;
    const path = `/lake/${encodeURIComponent(key)}`;
    if (random.below(4) === 0) {
      lake.ask(`DELETE ${path}`);
      keys.delete(key);
    } else {
      lake.ask(`PUT ${path}`, 'x');
      keys.add(key);
    }
    const query = { prefix: word(random, 1), delimiter: pick(random, ['', '/', 'a', '//']), after: word(random, 2) };
    const found = listed(lake, query, 1 + random.below(5));
    expect(found, JSON.stringify([seed, step, query])).toEqual(naive([...keys], query));
  }
});

/** Words as they stand in a text. */
const wordsOf = (text: string) => text.split(/\s+/);
const METHODS = ['GET', 'HEAD', 'PUT', 'POST', 'DELETE', 'PATCH', 'get', ''];
const NAMES =
  wordsOf(`uploads uploadId partNumber delete list-type max-keys continuation-token prefix encoding-type max-parts
  part-number-marker key-marker max-uploads location response-expires x-id acl delimiter marker`);
const HEADERS =
  wordsOf(`range if-match if-none-match if-modified-since if-range content-md5 x-amz-trailer content-encoding host
  x-amz-copy-source x-amz-content-sha256 x-amz-decoded-content-length x-amz-checksum-crc32 x-amz-checksum-x x-amz-meta-a
  x-amz-metadata-directive x-amz-mp-object-size`);
const VALUES = [
  '',
  ...wordsOf(`0 1 2 -1 99999999999 x url * "0" bytes=0-0 bytes=9- aws-chunked lake/k lake.localhost STREAMING- UNSIGNED-PAYLOAD
    AAAAAA== é % constructor __proto__`),
];
const BODIES = [
  '',
  'x',
  '0\r\n\r\n',
  '1\r\nx\r\n0\r\n\r\n',
  '<Delete><Object><Key>k</Key></Object></Delete>',
  '<',
  '\u0000',
  '<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>x</ETag></Part></CompleteMultipartUpload>',
];

test.each([1, 2, 3, 4])('no request makes it throw, and all its memory comes back: seed %i', (seed) => {
  const random = new Random(seed);
  const room = { bytes: 0, allows: (bytes: number) => room.bytes + bytes <= 8000 };
  const { ask, store } = serving({ room });
  const ids = ['none'];
  const statuses = new Set<number>();
  for (let step = 0; step < 5000; step += 1) {
    // Most of what may come needs something that is there.
    if (step % 10 === 0) for (const sensible of ['PUT /lake', 'PUT /lake/k', `PUT /lake/${step}`]) ask(sensible, 'x');
    if (step % 500 === 0) store.clear();
    const place = pick(random, [
      '/lake/k',
      '/lake',
      '/lake/',
      '/',
      '/pond',
      '/lake/%',
      '/lake/k%00',
      '//',
      '',
      '/k/../k',
    ]);
    const query = Array.from({ length: random.below(4) }, () => {
      const name = pick(random, NAMES);
      return `${name}=${encodeURIComponent(name === 'uploadId' ? pick(random, ids) : pick(random, VALUES))}`;
    });
    const headers = Array.from({ length: random.below(4) }, () => [pick(random, HEADERS), pick(random, VALUES)]);
    const line = `${pick(random, METHODS)} ${place}${query.length > 0 ? `?${query.join('&')}` : ''}`;
    const answer = ask(line, pick(random, BODIES), Object.fromEntries(headers));
    statuses.add(answer.status);
    const [id] = textsOf(answer, 'UploadId');
    if (id !== undefined) ids.push(id);
    for (const value of Object.values(answer.headers)) expect(value, line).toMatch(/^[\t\x20-\x7e\x80-\xff]*$/);
  }
  expect([...statuses]).toEqual(expect.arrayContaining([200, 204, 400, 404, 405, 501]));
  expect(statuses.has(500)).toBe(false);
  store.clear();
  expect(room.bytes).toBe(0);
});
