/** Runs into search clusters over sockets: the one that the run is itself, and one that was there before. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { systemClock } from '../src/clock.ts';
import { SearchCluster } from '../src/opensearch/cluster.ts';
import type { Result } from '../src/result.ts';
import { socketReceivers } from '../src/wire/socket-receivers.ts';
import { codeOf, commandLine } from './command-line.ts';

const { folder, kinebench, clear } = commandLine();

afterAll(clear);

writeFileSync(
  join(folder, 'indexed.yaml'),
  `name: indexed
question: Is every record a document?
expected: It is.
delivery:
  sink: { destination: opensearch, buffer: { size: 1 MiB, interval: 1s } }
fleets:
  writers: { produce: Firehose.PutRecord, rate: 50 records/s, record: { data: { json: { id: '{id}', at: '{time}' } } } }
  watcher: { watch: opensearch, every: 200ms }
phases:
  - { name: steady, for: 5s }
  - { name: drain, until: drained, within: 30s }
verify: [no-loss, no-duplicates, immutability]
`,
);

const resultIn = (out: string) => JSON.parse(readFileSync(join(folder, out, 'result.json'), 'utf8')) as Result;

test('the run is the cluster: every record is a document, once and unchanged', async () => {
  const { code, stdout, stderr } = await kinebench('run', 'indexed.yaml', '--out', 'own', '--quiet');
  const own = resultIn('own');
  expect([code, stderr]).toEqual([codeOf(own, 0), '']);
  expect(stdout).toMatch(/Delivered \(indexed, embedded\): watcher \d+ answers/);
  const { acknowledged, swept, sweep } = own.ledger;
  expect(acknowledged).toBeGreaterThan(100);
  expect([swept, sweep.from]).toEqual([acknowledged, 'the documents indexed']);
});

test('a cluster that is there: its shards are all read, and it is left as it was', async () => {
  const cluster = new SearchCluster(systemClock, { shards: 5 });
  const receivers = socketReceivers();
  const origin = await receivers.reserve();
  const asked: string[] = [];
  const leave = await receivers.listen(origin, (request) => {
    asked.push(`${request.method} ${request.path}`);
    return cluster.receive(request);
  });
  try {
    const theirs = ['sink', 'kinebench-else-sink'].map((index) => `{"index":{"_index":"${index}"}}\n{}\n`).join('');
    cluster.receive({ method: 'POST', path: '/_bulk', body: Buffer.from(theirs) });
    const set = ['--set', `delivery.sink.cluster=${origin}`];
    const { code, stderr } = await kinebench('run', 'indexed.yaml', ...set, '--out', 'theirs', '--quiet');
    const result = resultIn('theirs');
    expect([code, stderr]).toEqual([codeOf(result, 0), '']);
    const { acknowledged, swept } = result.ledger;
    expect([swept, acknowledged > 100]).toEqual([acknowledged, true]);
    const deleted = asked.filter((line) => line.startsWith('DELETE'));
    expect(deleted).toEqual([expect.stringMatching(/^DELETE \/kinebench-\w{8}-sink-\d{4}-\d\d-\d\d$/)]);
    const left = cluster.receive({ method: 'GET', path: '/*/_settings', body: Buffer.alloc(0) }).body.toString();
    expect(Object.keys(JSON.parse(left))).toEqual(['sink', 'kinebench-else-sink']);
  } finally {
    await leave();
  }
});

test('a cluster that does not answer: exit 7, before any load', async () => {
  const set = ['--set', 'delivery.sink.cluster=http://127.0.0.1:9'];
  const { code, stderr } = await kinebench('run', 'indexed.yaml', ...set, '--out', 'none', '--quiet');
  expect(code).toBe(7);
  expect(stderr).toContain('the cluster http://127.0.0.1:9 cannot be asked');
});

test('a cluster in a simulation: refused, with a way out', async () => {
  const set = ['--set', 'delivery.sink.cluster=http://127.0.0.1:9', '--simulate'];
  const { code, stderr } = await kinebench('run', 'indexed.yaml', ...set, '--out', 'simulated', '--quiet');
  expect([code, stderr]).toEqual([2, expect.stringContaining('there is no network in a simulation')]);
});
