/** A search cluster as its writers and readers meet it: what is indexed, what a search finds and when, what is refused. */
import { expect, test } from 'vitest';
import { VirtualClock } from '../clock.ts';
import { SearchCluster, type ClusterOptions } from './cluster.ts';

function made(options?: ClusterOptions) {
  const clock = new VirtualClock();
  const cluster = new SearchCluster(clock, options);
  const ask = (method: string, path: string, body: unknown = '') => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const { status, body: said } = cluster.receive({ method, path, body: Buffer.from(text) });
    return { status, said: JSON.parse(said.toString()) };
  };
  const bulk = (...lines: readonly unknown[]) =>
    ask('POST', '/_bulk', lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join(''));
  const put = (id: string, document: unknown) => bulk({ index: { _index: 'logs', _id: id } }, document);
  const search = (after = -1, shard = 0, size = 10) =>
    ask('POST', `/logs/_search?preference=_shards:${shard}`, { size, sort, search_after: [after] });
  const found = (after?: number, shard?: number, size?: number) =>
    search(after, shard, size).said.hits.hits.map(({ _id, _source, _version, sort: [seq] }: Hit) => [
      seq,
      _id,
      _source,
      _version,
    ]);
  return { clock, cluster, ask, bulk, put, search, found };
}

const sort = [{ _seq_no: { order: 'asc', unmapped_type: 'long' } }];

interface Hit {
  readonly _id: string;
  readonly _source: unknown;
  readonly _version: number;
  readonly sort: readonly [number];
}

test('a document is found from the next refresh on, in the order of writing, page by page', async () => {
  const { clock, put, found, search } = made();
  expect(search().status).toBe(404);
  expect(put('a', { n: 1 }).said).toMatchObject({ errors: false, items: [{ index: { status: 201, _seq_no: 0 } }] });
  put('b', { n: 2 });
  await clock.advance(0.999e9);
  expect(found()).toEqual([]);
  await clock.advance(0.001e9);
  put('c', { n: 3 });
  expect(found()).toEqual([
    [0, 'a', { n: 1 }, 1],
    [1, 'b', { n: 2 }, 1],
  ]);
  expect(found(-1, 0, 1)).toHaveLength(1);
  expect(found(0)).toEqual([[1, 'b', { n: 2 }, 1]]);
  await clock.advance(1e9);
  expect(found(1)).toEqual([[2, 'c', { n: 3 }, 1]]);
});

test('a document that is written over is the same one, found once, with what it was until the next refresh', async () => {
  const { clock, put, found, bulk } = made();
  put('a', { n: 1 });
  await clock.advance(1e9);
  expect(put('a', { n: 2 }).said.items[0].index).toMatchObject({ status: 200, _version: 2, result: 'updated' });
  expect(found()).toEqual([[0, 'a', { n: 1 }, 1]]);
  await clock.advance(1e9);
  expect(found()).toEqual([[1, 'a', { n: 2 }, 2]]);
  const again = bulk({ create: { _index: 'logs', _id: 'a' } }, { n: 3 });
  expect(again.said).toMatchObject({ errors: true, items: [{ create: { status: 409 } }] });
});

test('a refresh shows what was written, of the indices that are meant', async () => {
  const { ask, put, found } = made({ refreshNs: 60e9 });
  put('a', {});
  ask('POST', '/other*/_refresh');
  expect(found()).toEqual([]);
  expect(ask('POST', '/log*/_refresh').status).toBe(200);
  expect(found()).toHaveLength(1);
});

test('a document stands in the answer as it came', async () => {
  const { bulk, ask, cluster } = made();
  bulk({ index: { _index: 'logs' } }, '{ "big": 12345678901234567890, "a": 1.0 }');
  ask('POST', '/logs/_refresh');
  const body = Buffer.from(JSON.stringify({ sort }));
  const answer = cluster.receive({ method: 'POST', path: '/logs/_search?preference=_shards:0', body });
  expect(answer.body.toString()).toContain('"_source":{ "big": 12345678901234567890, "a": 1.0 }}');
});

test('shards have numbers of their own, and how many there are is told', () => {
  const { ask, put, found } = made({ shards: 3 });
  for (let n = 0; n < 30; n += 1) put(String(n), { n });
  ask('POST', '/logs/_refresh');
  const shards = [0, 1, 2].map((shard) => found(-1, shard, 100));
  expect(shards.map(([first]) => first[0])).toEqual([0, 0, 0]);
  expect(shards.flat()).toHaveLength(30);
  expect(ask('GET', '/log*/_settings/index.number_of_shards?flat_settings=true').said).toEqual({
    logs: { settings: { 'index.number_of_shards': '3' } },
  });
});

test('an index is removed by its name', () => {
  const { ask, put, search } = made();
  put('a', {});
  expect(ask('DELETE', '/log').status).toBe(404);
  expect(ask('DELETE', '/logs').status).toBe(200);
  expect(search().status).toBe(404);
  expect(ask('GET', '/logs*/_settings').said).toEqual({});
});

test('what is no object is refused alone, and what is no bulk request whole', () => {
  const { bulk, ask, found } = made();
  const { said } = bulk({ index: { _index: 'logs', _id: 'a' } }, '[1]', { index: { _index: 'logs', _id: 'b' } }, {});
  expect(said.items.map(({ index }: { index: { status: number } }) => index.status)).toEqual([400, 201]);
  ask('POST', '/logs/_refresh');
  expect(found()).toHaveLength(1);
  expect(bulk({ delete: { _index: 'logs', _id: 'b' } }).status).toBe(400);
  expect(ask('POST', '/_bulk', '{}').status).toBe(400);
});

test('what it does not do it refuses, and while it is down everything', () => {
  const { cluster, ask, put, search } = made();
  put('a', {});
  for (const [path, body] of [
    ['/logs/_search', { sort }],
    ['/logs/_search?preference=_shards:1', { sort }],
    ['/logs/_search?preference=_shards:0', { sort: [{ _doc: 'asc' }] }],
    ['/logs/_search?preference=_shards:0', '{'],
    ['/logs/_count', {}],
  ] as const)
    expect([path, ask('POST', path, body).status]).toEqual([path, 400]);
  cluster.down = true;
  expect([search().status, put('b', {}).status]).toEqual([503, 503]);
  cluster.down = false;
  expect(search().status).toBe(200);
});
