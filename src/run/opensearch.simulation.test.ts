/** Runs whose destination is a search cluster: every record is followed to the query that first had its document. */
import { describe, expect, test } from 'vitest';
import { ExitCode } from '../exit-code.ts';
import { Faults } from '../reference/faults.ts';
import { SendError, type Sender } from '../reference/firehose/sender.ts';
import type { Result } from '../result.ts';
import { parseScenario } from '../scenario/parse.ts';
import { simulateShipped } from './shipped.test-data.ts';
import { simulate, type Simulation } from './simulation.ts';

const written = `
name: indexed
question: Is it all there?
expected: Yes.
delivery:
  sink: { destination: opensearch, index: logs, buffer: { size: 1 MiB, interval: 10s } }
fleets:
  writers:
    produce: Firehose.PutRecordBatch
    batch: 10
    agents: 2
    rate: 50 records/s total
    record: { data: { json: { id: '{id}', at: '{time}', n: '{counter}', price: '{float(0, 9)}', text: '{words(60)}' } } }
  watcher: { watch: opensearch, every: 500ms }
phases:
  - { name: steady, for: 60s }
  - { name: drain, until: drained, within: 20s }
verify: [no-loss, no-duplicates, immutability]
`;

interface Given extends Omit<Simulation, 'scenario' | 'seed' | 'endpoint'> {
  readonly set?: readonly string[];
  readonly faults?: readonly string[];
  readonly more?: string;
}

function run({ set = [], faults = [], more = '', ...given }: Given = {}): Promise<Result> {
  const text = written + more;
  const { plan, planHash } = parseScenario(text, { file: 'indexed.yaml', set });
  const scenario = { file: null, text, planHash, plan, overrides: set };
  return simulate({ scenario, seed: 1, ...given, endpoint: { latency: 'aws', faults: new Faults(faults) } });
}

function count({ counts }: Result, metric: string): number {
  return counts.find((doc) => doc.metric === metric && doc.phase === null)!.count;
}

test('every record is a document, once and unchanged, from the first query behind the refresh that shows it', async () => {
  const result = await run();
  expect(result.verdict.reasons).toEqual([]);
  expect(result.ledger.acknowledged).toBeGreaterThan(2500);
  expect(count(result, 'received')).toBe(count(result, 'accepted'));
  expect(result.ledger.swept).toBe(result.ledger.acknowledged);
  expect(result.ledger.sweep.from).toBe('the documents indexed');
  const [{ objects, resolutionNs }] = result.delivery as [NonNullable<Result['delivery']>[number]];
  expect(resolutionNs).toBe(500e6);
  expect(objects.reduce((sum, { records }) => sum + records, 0)).toBe(result.ledger.acknowledged);
  expect(new Set(objects.map(({ condition }) => condition))).toEqual(new Set(['interval']));
  const delivery = result.latencies.find(({ metric, phase }) => metric === 'delivery' && phase === null)!;
  // The interval, the refresh of a second, and the time between two queries.
  expect(delivery.maxNs).toBeGreaterThan(10.1e9);
  expect(delivery.maxNs).toBeLessThan(11.8e9);
});

test('where records come fast the size closes the buffer', async () => {
  const result = await run({ set: ['fleets.writers.rate=600 records/s total'] });
  expect(result.verdict.reasons).toEqual([]);
  const [{ objects }] = result.delivery as [NonNullable<Result['delivery']>[number]];
  expect(objects.filter(({ condition }) => condition === 'size').length).toBeGreaterThan(10);
});

test.each(['none', 'hour', 'week', 'month'])('rotation %s: the index of each time is read', async (rotation) => {
  const result = await run({ set: [`delivery.sink.rotation=${rotation}`] });
  expect(result.verdict.reasons).toEqual([]);
  expect(result.ledger.swept).toBe(result.ledger.acknowledged);
});

test('over the turn of an hour documents go into two indices, and all of them are found', async () => {
  const set = ['phases.0.for=61m', 'fleets.writers.rate=2 records/s total', 'delivery.sink.rotation=hour'];
  const indices = new Set<string>();
  const onTheWay =
    (send: Sender): Sender =>
    (request, signal) => {
      for (const [name] of Buffer.from(request.body)
        .toString()
        .matchAll(/kinebench-[\w-]+/g))
        indices.add(name);
      return send(request, signal);
    };
  const result = await run({ set, onTheWay });
  expect([...indices]).toEqual(['kinebench-simulate-logs-2026-01-01-00', 'kinebench-simulate-logs-2026-01-01-01']);
  expect(result.verdict.reasons).toEqual([]);
  expect(result.ledger.swept).toBe(result.ledger.acknowledged);
});

test('an outage is over: what was refused comes when the pauses are, and nothing is lost', async () => {
  const more = 'steps:\n  - { at: 15s, down: watcher }\n  - { at: 45s, up: watcher }\n';
  const result = await run({ more, set: ['phases.1.within=90s'] });
  expect(result.ledger.counts).toMatchObject({ lost: 0, duplicated: 0, changed: 0 });
  expect(result.steps!.map(({ outcome }) => outcome)).toEqual(['done', 'done']);
  expect(count(result, 'received')).toBe(count(result, 'accepted'));
  expect(count(result, 'listings-failed')).toBe(60);
});

test('what an outage outlasts is found in the backup', async () => {
  const more = 'steps:\n  - { at: 15s, down: sink }\n  - { at: 55s, up: sink }\n';
  const result = await run({ more, set: ['delivery.sink.retry=5s', 'phases.1.within=10m'] });
  expect(result.verdict.reasons).toEqual([]);
  const { lost, 'backed-up': backedUp } = result.ledger.counts;
  expect([lost, backedUp]).toEqual([0, count(result, 'accepted') - count(result, 'received')]);
  expect(backedUp).toBeGreaterThan(100);
});

test('what a function makes of texts are documents, and what was put is written again', async () => {
  const put = "fleets.writers.record={ data: { text: '{id},{float(10, 30)},{time}' } }";
  const lambda = 'delivery.sink.lambda={ function: csv-to-json, buffer: { interval: 1s } }';
  const set = [put, lambda, "delivery.sink.original='{device},{celsius},{at}'"];
  const result = await run({ set });
  expect(result.verdict.reasons).toEqual([]);
  expect(result.ledger.swept).toBe(result.ledger.acknowledged);
});

/** Lets a bulk request through with its documents, an action and a text each, as they are made anew. */
function changing(change: (documents: [action: string, text: string][], requests: number) => [string, string][]) {
  let requests = 0;
  return (send: Sender): Sender =>
    async (request, signal) => {
      requests += 1;
      const lines = Buffer.from(request.body).toString().split('\n');
      const documents = lines.flatMap((line, at): [string, string][] => (at % 2 === 1 ? [[lines[at - 1]!, line]] : []));
      const body = Buffer.from(changeable(change(documents, requests)));
      const answer = await send({ ...request, body }, signal);
      const items = documents.map(() => ({ index: { status: 201 } }));
      return answer.status === 200
        ? { ...answer, body: Buffer.from(JSON.stringify({ errors: false, items })) }
        : answer;
    };
}

function changeable(documents: readonly (readonly string[])[]): string {
  return documents.map((lines) => `${lines.join('\n')}\n`).join('');
}

test('what is sent twice is indexed once, since its id is the same: no copy is told, whoever saw the first', async () => {
  let requests = 0;
  const onTheWay =
    (send: Sender): Sender =>
    async (request, signal) => {
      requests += 1;
      const answer = await send(request, signal);
      // Indexed, and nobody heard of it.
      if (requests % 2 === 1) throw new SendError('connection-reset');
      return answer;
    };
  const result = await run({ onTheWay, set: ['phases.1.within=90s'] });
  expect(result.verdict.reasons).toEqual([]);
  expect(requests).toBeGreaterThan(8);
  expect(result.ledger.counts).toMatchObject({ lost: 0, duplicated: 0, changed: 0 });
  expect(count(result, 'received')).toBe(count(result, 'accepted'));
});

test('what is written over before anybody sees it leaves numbers that never come: what stands behind is read again, and noted once', async () => {
  const onTheWay = changing((documents) => [documents[0]!, ...documents]);
  const result = await run({ onTheWay });
  expect(result.verdict.reasons).toEqual([]);
  expect(result.ledger.counts).toMatchObject({ lost: 0, duplicated: 0, changed: 0 });
  const [{ objects }] = result.delivery as [NonNullable<Result['delivery']>[number]];
  expect(objects.reduce((sum, { records }) => sum + records, 0)).toBe(result.ledger.acknowledged);
});

test('what a stream is the source of is compared with what the stream has', async () => {
  const text = written
    .replace('sink: {', 'sink: { source: events,')
    .replace('delivery:', 'streams: { events: { shards: 1 } }\ndelivery:')
    .replace('Firehose.PutRecordBatch', 'PutRecords')
    .replace('record: {', 'record: { key: uniform(10),')
    .replace('fleets:', 'fleets:\n  pollers: { consume: polling, from: LATEST }');
  const { plan, planHash } = parseScenario(text, { file: 'indexed.yaml' });
  const scenario = { file: null, text, planHash, plan, overrides: [] };
  const drop = changing((documents, requests) => (requests === 2 ? documents.slice(1) : documents));
  const [right, wrong] = await Promise.all(
    [undefined, drop].map((onTheWay) =>
      simulate({ scenario, seed: 1, endpoint: { latency: 'aws' }, ...(onTheWay && { onTheWay }) }),
    ),
  );
  expect(right!.verdict.reasons).toEqual([]);
  expect(wrong!.ledger.counts).toMatchObject({ lost: 0, missed: 1, changed: 0, duplicated: 0 });
});

test('what the cluster refuses for good stands in the backup, by name, and nobody waits for it', async () => {
  let refused = 0;
  const onTheWay =
    (send: Sender): Sender =>
    async (request, signal) => {
      const lines = Buffer.from(request.body).toString().split('\n');
      const answer = await send({ ...request, body: Buffer.from(changeable([lines.slice(2, -1)])) }, signal);
      const [, ...items] = lines.slice(0, -1).flatMap((_, at) => (at % 2 === 0 ? [{ index: { status: 201 } }] : []));
      const error = { type: 'mapper_parsing_exception' };
      refused += 1;
      const body = { errors: true, items: [{ index: { status: 400, error } }, ...items] };
      return { ...answer, body: Buffer.from(JSON.stringify(body)) };
    };
  const result = await run({ onTheWay, set: ['phases.1.within=5m'] });
  expect(refused).toBeGreaterThan(5);
  expect(result.ledger.counts).toMatchObject({ lost: 0, duplicated: 0, changed: 0, 'backed-up': refused });
  expect(result.ledger.witnesses.find(({ anomaly }) => anomaly === 'backed-up')!.detail).toMatch(/errors.*400/);
  // The backup has buffers of a minute, and the drain is then over.
  const { startNs, endNs } = result.phases.at(-1)!;
  expect(endNs - startNs).toBeLessThan(90e9);
});

describe('is found', () => {
  test('a document that is dropped', async () => {
    const onTheWay = changing((documents) => documents.slice(1));
    const result = await run({ onTheWay });
    expect(result.verdict.exitCode).toBe(ExitCode.correctness);
    expect(result.ledger.counts).toMatchObject({ duplicated: 0, changed: 0 });
    expect(result.ledger.counts.lost).toBe(count(result, 'accepted') - count(result, 'received'));
    expect(result.ledger.counts.lost).toBeGreaterThan(3);
  });

  test('a document one value of which is another', async () => {
    const onTheWay = changing((documents, requests) =>
      documents.map(([action, text], at) => [
        action,
        requests === 2 && at === 0 ? text.replace('"n":', '"n":1') : text,
      ]),
    );
    const result = await run({ onTheWay });
    expect(result.verdict.exitCode).toBe(ExitCode.correctness);
    expect(result.ledger.counts).toMatchObject({ lost: 0, duplicated: 0, changed: 1 });
    expect(result.ledger.witnesses.find(({ anomaly }) => anomaly === 'changed')!.detail).toContain(
      'kinebench-simulate-logs',
    );
  });

  test('a document that stands there twice, under ids of its own', async () => {
    const onTheWay = changing((documents, requests) => {
      const [[action, text]] = documents as [[string, string]];
      return requests === 2 ? [...documents, [action.replace('"_id":"', '"_id":"x'), text]] : documents;
    });
    const result = await run({ onTheWay });
    expect(result.verdict.exitCode).toBe(ExitCode.correctness);
    expect(result.ledger.counts).toMatchObject({ lost: 0, duplicated: 1, changed: 0 });
  });

  test('a document that nobody put', async () => {
    const onTheWay = changing((documents, requests) => {
      const [[action]] = documents as [[string, string]];
      return requests === 2 ? [...documents, [action.replace('"_id":"', '"_id":"x'), '{"a":1}']] : documents;
    });
    const result = await run({ onTheWay });
    expect(result.ledger.counts.ghost).toBe(1);
  });

  test('what is lost as a buffer is closed', async () => {
    const result = await run({ faults: ['fh.lose-on-rotate'] });
    expect(result.verdict.exitCode).toBe(ExitCode.correctness);
    expect(result.ledger.counts.lost).toBeGreaterThan(3);
  });

  test('what a 503 drops, by name', async () => {
    const more = 'steps:\n  - { at: 15s, down: watcher }\n  - { at: 25s, up: watcher }\n';
    const result = await run({ more, faults: ['fh.drop-on-503'], set: ['phases.1.within=60s'] });
    expect(result.verdict.exitCode).toBe(ExitCode.correctness);
    expect(result.ledger.counts.lost).toBe(count(result, 'accepted') - count(result, 'received'));
    expect(result.ledger.witnesses.find(({ anomaly }) => anomaly === 'lost')!.producer).toMatch(/^writers\/\d$/);
  });
});

describe('firehose-opensearch', () => {
  test('finds what is forgotten as buffers are closed', async () => {
    const faults = new Faults(['fh.lose-on-rotate']);
    const [result] = await simulateShipped('firehose-opensearch', { faults });
    expect(result!.verdict.exitCode).toBe(ExitCode.correctness);
    expect(result!.ledger.counts.lost).toBe(faults.activations()['fh.lose-on-rotate']);
  });

  test('misses when buffers wait', async () => {
    const [result] = await simulateShipped('firehose-opensearch', { faults: ['fh.interval-ignored'] });
    const missed = result!.expectations.filter(({ verdict }) => verdict !== 'pass').map((each) => each.text);
    expect(missed).toContain('delivery.mean < 6s');
  });
});
