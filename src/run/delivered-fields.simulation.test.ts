/** Records without a tag on their way through Data Firehose, told apart by a field of what is delivered of them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { ExitCode } from '../exit-code.ts';
import { Faults } from '../reference/faults.ts';
import type { Result } from '../result.ts';
import { parseScenario } from '../scenario/parse.ts';
import { simulate } from './simulation.ts';

const folder = mkdtempSync(join(tmpdir(), 'kinebench-fields-'));
afterAll(() => rmSync(folder, { recursive: true }));
const ROWS = 400;
const numbers = Array.from({ length: ROWS }, (_, at) => at);
writeFileSync(join(folder, 'rows.jsonl'), numbers.map((at) => `{"meta":{"event":"e-${at}"},"n":${at}}\n`).join(''));
writeFileSync(
  join(folder, 'rows.csv'),
  ['device,celsius,at', ...numbers.map((at) => `d-${at},${at / 4},${at % 50 === 7 ? 'now,or later' : 'now'}`)].join(
    '\n',
  ),
);
const buffer = 'buffer: { size: 1 MiB, interval: 10s }';

interface Given {
  readonly sink: string;
  readonly data: string;
  readonly field: string;
  readonly faults?: string[];
}

function run({ sink, data, field, faults = [] }: Given): Promise<Result> {
  const text = `
name: told-by-field
question: Is it all there?
expected: Yes.
delivery:
  sink: { ${sink} }
fleets:
  writers: { produce: Firehose.PutRecord, rate: 10 records/s, identify: { field: ${field} }, record: { data: ${data} } }
  watcher: { watch: ${/destination: (\w+)/.exec(sink)![1]!} }
phases:
  - { name: steady, for: 60s }
  - { name: drain, until: drained, within: 60s }
verify: [no-loss, no-duplicates, immutability]
`;
  const file = join(folder, 'told-by-field.yaml');
  const { plan, planHash } = parseScenario(text, { file });
  const scenario = { file, text, planHash, plan, overrides: [] };
  return simulate({ scenario, seed: 1, endpoint: { latency: 'aws', faults: new Faults(faults) } });
}

/** In all phases: what carries no time of its own counts where it came. */
function count({ counts }: Result, metric: string): number {
  return counts.filter((doc) => doc.metric === metric && doc.phase !== null).reduce((sum, doc) => sum + doc.count, 0);
}

const made = `{ json: { event: '{uuid}', n: '{counter}', at: '{time}' } }`;
const columns = '{ event: string, n: bigint, at: timestamp }';

test.each([
  ['rows of JSON', `destination: s3, ${buffer}, compression: gzip`, '{ file: rows.jsonl }', 'meta.event'],
  ['rows of CSV on lines', `destination: s3, ${buffer}, delimiter: true`, '{ file: rows.csv }', 'device'],
  [
    'JSON as Parquet, by a text',
    `destination: s3, parquet: { columns: ${columns} }, buffer: { interval: 10s }`,
    made,
    'event',
  ],
  [
    'JSON as Parquet, by a number',
    `destination: s3, parquet: { columns: ${columns} }, buffer: { interval: 10s }`,
    made,
    'n',
  ],
])('%s: all is found, once, and compared as far as that goes', async (_, sink, data, field) => {
  const result = await run({ sink, data, field });
  expect(result.verdict.reasons).toEqual([]);
  const { acknowledged, swept, compared, unjudged } = result.ledger;
  expect(acknowledged).toBeGreaterThan(350);
  expect([swept, compared, count(result, 'received')]).toEqual([acknowledged, acknowledged, acknowledged]);
  expect(unjudged).toEqual([expect.stringContaining('Nothing in records without a tag checks them')]);
  expect(count(result, 'untimed')).toBe(acknowledged);
  expect(result.latencies.filter(({ metric }) => metric === 'propagation' || metric === 'freshness')).toEqual([]);
});

test('rows that a function made JSON of are known by its field, and those that it failed by their column', async () => {
  const lambda = '{ function: csv-to-json, buffer: { interval: 5s } }';
  const sink = `destination: s3, ${buffer}, lambda: ${lambda}`;
  const result = await run({ sink, data: '{ file: rows.csv }', field: 'device' });
  expect(result.verdict.reasons).toEqual([]);
  const failed = count(result, 'processing-failed');
  expect(failed).toBeGreaterThan(6);
  expect(result.ledger.counts).toMatchObject({ lost: 0, 'backed-up': failed });
  expect(result.ledger.swept).toBe(result.ledger.acknowledged - failed);
});

test('what a receiver took is read once, and so nothing says whether it changed', async () => {
  const sink = `destination: http, ${buffer}`;
  const result = await run({ sink, data: '{ file: rows.jsonl }', field: 'meta.event' });
  const verdicts = result.ledger.verdicts.map(({ name, verdict }) => `${name}: ${verdict}`);
  expect(verdicts).toEqual(['no-loss: pass', 'no-duplicates: pass', 'immutability: indeterminate']);
});

test.each([
  ['fh.lose-on-rotate', `destination: s3, ${buffer}`, 'lost'],
  ['fh.lose-on-rotate', `destination: http, ${buffer}`, 'lost'],
] as const)('%s to %s: %s', async (fault, sink, anomaly) => {
  const result = await run({ sink, data: '{ file: rows.jsonl }', field: 'n', faults: [fault] });
  expect(result.verdict.exitCode).toBe(ExitCode.correctness);
  expect(result.ledger.counts[anomaly]).toBe(count(result, 'accepted') - count(result, 'received'));
  expect(result.ledger.witnesses[0]).toMatchObject({ anomaly, producer: 'writers/0' });
});

test('a column that may write the field in another way is refused, and so is a field that has none', async () => {
  const sink = (types: string) => `destination: s3, parquet: { columns: ${types} }, buffer: { interval: 10s }`;
  await expect(async () => run({ sink: sink('{ event: double }'), data: made, field: 'event' })).rejects.toThrow(
    'a column of double may give event back in another way',
  );
  await expect(async () => run({ sink: sink('{ n: bigint }'), data: made, field: 'event' })).rejects.toThrow(
    'no column of sink holds event',
  );
});

test('lines of CSV that do not end are refused', async () => {
  const sink = `destination: s3, ${buffer}`;
  await expect(async () => run({ sink, data: '{ file: rows.csv }', field: 'device' })).rejects.toThrow(
    'where a record of writers ends does not show in an object',
  );
});
