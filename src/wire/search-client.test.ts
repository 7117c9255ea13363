/** The reader of search clusters: on sockets and in process alike, and against answers that are less than an answer. */
import { afterEach, describe, expect, test } from 'vitest';
import { VirtualClock } from '../clock.ts';
import { SearchCluster } from '../opensearch/cluster.ts';
import { inProcessReceivers } from './in-process-receivers.ts';
import { jsonAnswer, type ReceiverAnswer } from './receiver.ts';
import { PAGE_DOCUMENTS, SearchClient } from './search-client.ts';
import { socketReceivers } from './socket-receivers.ts';

const cleanup: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const leave of cleanup.splice(0)) await leave();
});

const ways = { sockets: socketReceivers, 'in process': inProcessReceivers };

describe.each(['sockets', 'in process'] as const)('%s', (way) => {
  async function parties(shards = 1) {
    const cluster = new SearchCluster(new VirtualClock(), { shards });
    const receivers = ways[way]();
    const origin = await receivers.reserve();
    cleanup.push(await receivers.listen(origin, (request) => cluster.receive(request)));
    const put = (index: string, documents: number) => {
      const lines = Array.from({ length: documents }, (_, n) => [{ index: { _index: index, _id: `${n}` } }, { n }]);
      const text = lines.flat().map((line) => `${JSON.stringify(line)}\n`);
      cluster.receive({ method: 'POST', path: '/_bulk', body: Buffer.from(text.join('')) });
    };
    return { client: new SearchClient(receivers.ask, origin), cluster, put };
  }

  test('an index is found by its name, with those of its rotation, and not by what others begin with', async () => {
    const { client, put } = await parties(3);
    const own = ['a', 'a-2026-01-01', 'a-2026-01-01-13', 'a-2026-w01', 'a-2026-01'];
    for (const index of [...own, 'ab', 'a-b', 'a-b-2026-01-01', 'b']) put(index, 1);
    const found = await client.indices('a');
    expect(found).toEqual({ kind: 'ok', value: own.map((name) => ({ name, shards: 3 })) });
    expect(await client.remove('a-2026-01')).toMatchObject({ kind: 'ok' });
    expect((await client.indices('a')).kind === 'ok').toBe(true);
    expect(await client.indices('nobody')).toEqual({ kind: 'ok', value: [] });
  });

  test('documents are read page by page, each with its place and how often it was written', async () => {
    const { client, put } = await parties();
    put('a', PAGE_DOCUMENTS + 2);
    expect(await client.behind('a', 0, -1)).toEqual({ kind: 'ok', value: [] });
    expect(await client.refresh('a')).toMatchObject({ kind: 'ok' });
    const pages = [await client.behind('a', 0, -1), await client.behind('a', 0, PAGE_DOCUMENTS - 1)];
    const [first, second] = pages.map((page) => (page.kind === 'ok' ? page.value : []));
    expect([first!.length, second!.length]).toEqual([PAGE_DOCUMENTS, 2]);
    const n = PAGE_DOCUMENTS;
    expect(second![0]).toEqual({ index: 'a', id: `${n}`, seq: n, version: 1, source: { n } });
  });

  test('what is refused is an error with its name, and so is silence', async () => {
    const { client, cluster } = await parties();
    expect(await client.behind('a', 0, -1)).toMatchObject({ kind: 'error', code: 'index_not_found_exception' });
    cluster.down = true;
    expect(await client.indices('a')).toMatchObject({ kind: 'error', code: 'cluster_block_exception' });
    await cleanup.pop()!();
    expect(await client.refresh('a')).toMatchObject({ kind: 'error', code: 'no-answer' });
  });
});

test.each([
  ['a shard that failed', { timed_out: false, _shards: { failed: 1 }, hits: { hits: [] } }],
  ['a search that was cut short', { timed_out: true, _shards: { failed: 0 }, hits: { hits: [] } }],
  ['no hits', { timed_out: false, _shards: { failed: 0 } }],
])('%s is no answer', async (_what, body) => {
  const answer: ReceiverAnswer = jsonAnswer(200, body);
  const client = new SearchClient(() => Promise.resolve(answer), 'http://127.0.0.1:1');
  expect(await client.behind('a', 0, -1)).toMatchObject({ kind: 'error', code: 'partial-answer' });
});

test('of shards that failed the cause is told', async () => {
  const root_cause = [{ type: 'query_shard_exception', reason: 'No mapping found' }];
  const body = { error: { type: 'search_phase_execution_exception', reason: 'all shards failed', root_cause } };
  const client = new SearchClient(() => Promise.resolve(jsonAnswer(400, body)), 'http://127.0.0.1:1');
  expect(await client.behind('a', 0, -1)).toEqual({
    kind: 'error',
    code: 'query_shard_exception',
    message: 'No mapping found',
  });
});

test('an answer that is no JSON is an error', async () => {
  const answer = { status: 502, body: Buffer.from('<html>') };
  const client = new SearchClient(() => Promise.resolve(answer), 'http://127.0.0.1:1');
  expect(await client.indices('a')).toMatchObject({ kind: 'error', code: 'no-answer' });
});
