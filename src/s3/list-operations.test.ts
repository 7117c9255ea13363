/** Lists in both versions: pages, delimiters, and tokens that come from elsewhere. */
import { expect, test } from 'vitest';
import { serving, textsOf } from './serving.test-data.ts';

const KEYS = ['a/', 'a/1', 'a/2/x', 'a/2/y', 'b', 'c/x', 'd', '￿', '😀'];

function listing() {
  const lake = serving();
  for (const key of KEYS) lake.ask(`PUT /lake/${encodeURIComponent(key)}`, 'x');
  return lake;
}

const named = (answer: { text: string }) =>
  [...answer.text.matchAll(/<(?:Key|CommonPrefixes><Prefix)>([^<]*)/g)].map(([, key]) => decodeURIComponent(key!));

/** All pages, each with what it holds, keys before prefixes. */
function pages({ ask }: ReturnType<typeof serving>, query: string): string[][] {
  const found: string[][] = [];
  let token = '';
  for (let page = 0; page < 20; page += 1) {
    const answer = ask(`GET /lake?list-type=2&encoding-type=url&${query}${token}`);
    found.push(named(answer));
    const [next] = textsOf(answer, 'NextContinuationToken');
    expect(textsOf(answer, 'IsTruncated')).toEqual([String(next !== undefined)]);
    expect(textsOf(answer, 'KeyCount')).toEqual([String(found.at(-1)!.length)]);
    if (next === undefined) return found;
    token = `&continuation-token=${encodeURIComponent(next)}`;
  }
  return found;
}

test.each([
  ['max-keys=1&delimiter=/', [['a/'], ['b'], ['c/'], ['d'], ['￿'], ['😀']]],
  ['max-keys=2&prefix=a/&delimiter=/', [['a/', 'a/1'], ['a/2/']]],
  ['prefix=a/2&delimiter=/', [['a/2/']]],
  ['prefix=a/2/', [['a/2/x', 'a/2/y']]],
  ['delimiter=2/&prefix=a', [['a/', 'a/1', 'a/2/']]],
  ['start-after=a/1&max-keys=2', [['a/2/x', 'a/2/y'], ['b', 'c/x'], ['d', '￿'], ['😀']]],
  ['start-after=a/1&delimiter=/', [['b', 'd', '￿', '😀', 'a/', 'c/']]],
  ['start-after=zz', [['￿', '😀']]],
  ['prefix=none', [[]]],
  ['max-keys=0', [[]]],
])('%s in pages', (query, expected) => {
  expect(pages(listing(), query)).toEqual(expected);
});

test('a token of another query goes on where it says, and comes to an end', () => {
  const lake = listing();
  const [rolled] = textsOf(lake.ask('GET /lake?list-type=2&delimiter=/&max-keys=1'), 'NextContinuationToken');
  const token = `continuation-token=${encodeURIComponent(rolled!)}`;
  expect(pages(lake, token).flat()).toEqual(KEYS.slice(1));
  expect(pages(lake, `${token}&prefix=a/2/`).flat()).toEqual(['a/2/x', 'a/2/y']);
  expect(pages(lake, `${token}&prefix=A`).flat()).toEqual([]);
  const [late] = textsOf(lake.ask('GET /lake?list-type=2&max-keys=7'), 'NextContinuationToken');
  expect(pages(lake, `continuation-token=${encodeURIComponent(late!)}&prefix=a`).flat()).toEqual([]);
});

test('keys that come and go between pages cost no others', () => {
  const { ask, store } = listing();
  const [token] = textsOf(ask('GET /lake?list-type=2&max-keys=5'), 'NextContinuationToken');
  store.bucket('lake').delete('b');
  ask('PUT /lake/bb', 'x');
  ask('PUT /lake/a/3', 'x');
  const next = ask(`GET /lake?list-type=2&encoding-type=url&continuation-token=${encodeURIComponent(token!)}`);
  expect(named(next)).toEqual(['bb', 'c/x', 'd', '￿', '😀']);
});

test('the first version goes by markers, and names the next one where prefixes are rolled up', () => {
  const { ask } = listing();
  const first = ask('GET /lake?delimiter=/&max-keys=1');
  expect([named(first), textsOf(first, 'NextMarker')]).toEqual([['a/'], ['a/']]);
  expect(named(ask('GET /lake?delimiter=/&max-keys=2&marker=a/'))).toEqual(['b', 'c/']);
  expect(textsOf(ask('GET /lake?max-keys=1'), 'NextMarker')).toEqual([]);
});

test('owners are named by the first version, and by the second where they are asked for', () => {
  const { ask } = listing();
  const owners = (query: string) => textsOf(ask(`GET /lake?max-keys=1${query}`), 'DisplayName');
  expect([owners(''), owners('&list-type=2'), owners('&list-type=2&fetch-owner=true')]).toEqual([
    ['kinebench'],
    [],
    ['kinebench'],
  ]);
});
