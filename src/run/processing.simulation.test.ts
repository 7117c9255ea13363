/** Runs that follow records through functions, delimiters, partitions and conversions: what they find where it is right, and what where it is not. */
import { describe, expect, test } from 'vitest';
import { ExitCode } from '../exit-code.ts';
import { Faults } from '../reference/faults.ts';
import { localLambda, type LambdaHandler } from '../reference/firehose/lambda.ts';
import type { Result } from '../result.ts';
import { parseScenario } from '../scenario/parse.ts';
import { simulateShipped } from './shipped.test-data.ts';
import { simulate, type Simulation } from './simulation.ts';

interface Given extends Omit<Simulation, 'scenario' | 'seed'> {
  readonly sink: string;
  readonly data: string;
  readonly more?: string;
  readonly verify?: string;
  readonly faults?: string[];
}

/** A minute of 20 records a second, through what the delivery stream says. */
function run({ sink, data, more = '', verify, faults = [], ...given }: Given): Promise<Result> {
  const text = `
name: processed
question: Is it all there?
expected: Yes.
delivery:
  sink: ${sink}
fleets:
  writers: { produce: Firehose.PutRecordBatch, batch: 5, rate: 20 records/s, record: { data: ${data} } }
${more}
  watcher: { watch: ${/destination: (\w+)/.exec(sink)![1]!} }
phases:
  - { name: steady, for: 60s }
  - { name: drain, until: drained, within: 60s }
verify: ${verify ?? '[no-loss, no-duplicates, immutability]'}
`;
  const { plan, planHash } = parseScenario(text, { file: 'processed.yaml' });
  const scenario = { file: null, text, planHash, plan, overrides: [] };
  const endpoint = { latency: 'aws', faults: new Faults(faults), ...given.endpoint } as const;
  return simulate({ scenario, seed: 1, ...given, endpoint });
}

function count({ counts }: Result, metric: string, fleet = 'watcher'): number {
  return counts.find((doc) => doc.metric === metric && doc.phase === null && doc.fleet === fleet)?.count ?? 0;
}

const csv = `{ text: '{id},{float(10, 30)},{time}' }`;
const json = `{ json: { id: '{id}', n: '{counter}', team: 'team-{int(1, 3)}', note: 'a {{ and "b"\\n' } }`;
const buffer = 'buffer: { size: 1 MiB, interval: 10s }';
const lambda = `{ function: csv-to-json, buffer: { interval: 5s } }`;
const byFunction = `{ destination: s3, ${buffer}, lambda: ${lambda}, original: '{device},{celsius},{at}' }`;
const flat = `{ json: { id: '{id}', n: '{counter}', x: '{float(0, 1)}', at: '{time}' } }`;
const parquet = '{ columns: { id: string, n: bigint, x: double, at: timestamp } }';
const toParquet = `{ destination: s3, buffer: { size: 64 MiB, interval: 10s }, parquet: ${parquet} }`;

describe('a right endpoint loses nothing and changes nothing', () => {
  test.each([
    ['a line feed behind bytes', `{ destination: s3, ${buffer}, delimiter: true, compression: gzip }`, ''],
    ['JSON one behind the other', `{ destination: s3, ${buffer} }`, json],
    ['JSON on lines, as Snappy', `{ destination: s3, ${buffer}, delimiter: true, compression: snappy }`, json],
    ['lines of its own', `{ destination: s3, ${buffer}, compression: zip }`, `{ text: "{id} {words(3)}\\n" }`],
    ['a function', byFunction, csv],
    ['partitions', '{ destination: s3, buffer: { size: 64 MiB, interval: 10s }, partition: { team: .team } }', json],
    ['Parquet', toParquet, flat],
    ['Parquet with gzip inside', toParquet.replace('} }', '}, compression: gzip }'), flat],
  ])('%s', async (_, sink, data) => {
    const bytes = data === '';
    const result = await run({ sink, data: bytes ? 'random, size: 1 KiB' : data });
    expect(result.verdict.reasons).toEqual([]);
    expect(result.ledger.acknowledged).toBeGreaterThan(900);
    expect(result.ledger.swept).toBe(result.ledger.acknowledged);
    expect(count(result, 'received')).toBe(result.ledger.acknowledged);
    expect(result.ledger.compared).toBe(result.ledger.acknowledged);
  });

  test.each([
    ['a function', 'http', byFunction, csv],
    ['a function', 'splunk', byFunction, csv],
    ['JSON in gzip', 'http', `{ destination: s3, ${buffer}, compression: gzip }`, json],
    ['a line feed behind bytes', 'splunk', `{ destination: s3, ${buffer}, delimiter: true }`, 'random, size: 1 KiB'],
  ])('%s to a receiver: %s', async (_, destination, sink, data) => {
    const result = await run({ sink: sink.replace('s3', destination), data });
    expect(result.verdict.reasons).toEqual([]);
    expect(result.ledger.acknowledged).toBeGreaterThan(900);
    expect(count(result, 'received')).toBe(result.ledger.acknowledged);
    expect(result.ledger.sweep.from).toBe('what the receiver took');
  });

  test('partitions stand under their keys', async () => {
    const sink = '{ destination: s3, buffer: { size: 64 MiB, interval: 10s }, partition: { team: .team } }';
    const { delivery, verdict, ledger } = await run({ sink, data: json, verify: '[no-loss, partitions]' });
    expect(verdict.reasons).toEqual([]);
    expect(ledger.verdicts[1]!.explanation).toMatch(/^[\d,]+ records under a prefix/);
    const places = new Set(delivery![0]!.objects.map(({ key }) => key.split('/')[3]));
    expect([...places].toSorted((a, b) => a!.localeCompare(b!))).toEqual(['team=team-1', 'team=team-2', 'team=team-3']);
  });
});

test('a delivery stream that is called errors has none of another one’s among its objects', async () => {
  const text = `
name: named
question: Is it all there?
expected: Yes.
delivery:
  sink: ${byFunction}
  errors: { destination: s3, ${buffer} }
fleets:
  broken: { produce: Firehose.PutRecord, to: sink, rate: 5 records/s, record: { data: { text: '{id},1' } } }
  bytes: { produce: Firehose.PutRecord, to: errors, rate: 5 records/s, record: { size: 1 KiB } }
  failures: { watch: s3, of: sink }
  others: { watch: s3, of: errors }
phases:
  - { name: steady, for: 30s }
  - { name: drain, until: drained, within: 60s }
verify: [no-loss, no-duplicates, immutability]
`;
  const { plan, planHash } = parseScenario(text, { file: 'named.yaml' });
  const scenario = { file: null, text, planHash, plan, overrides: [] };
  const result = await simulate({ scenario, seed: 1, endpoint: { latency: 'aws' } });
  expect(result.verdict.reasons).toEqual([]);
  expect(count(result, 'objects-of-errors', 'failures')).toBeGreaterThan(1);
  expect(count(result, 'objects-of-errors', 'others')).toBe(0);
  expect(count(result, 'received', 'others')).toBe(count(result, 'accepted', 'bytes'));
});

describe('what a function does with a record', () => {
  const more = `
  broken: { produce: Firehose.PutRecord, rate: 2 records/s, record: { data: { text: '{id},1' } } }
  comments: { produce: Firehose.PutRecord, rate: 2 records/s, dropped: true, record: { data: { text: '# {id}' } } }`;

  test('what it fails stands among the errors and is not lost, what it drops is awaited by nobody', async () => {
    const result = await run({ sink: byFunction, data: csv, more });
    expect(result.verdict.reasons).toEqual([]);
    expect(count(result, 'processing-failed')).toBe(count(result, 'accepted', 'broken'));
    expect(result.ledger.counts).toMatchObject({ lost: 0, 'backed-up': count(result, 'accepted', 'broken') });
    const witness = result.ledger.witnesses.find(({ anomaly }) => anomaly === 'backed-up')!;
    expect(witness.producer).toBe('broken/0');
    expect(witness.detail).toMatch(
      /^not delivered, but in kinebench\/simulate\/sink\.errors\/processing-failed\/\S+: Lambda\.ProcessingFailed/,
    );
    expect(count(result, 'objects-of-errors')).toBeGreaterThan(3);
    expect(count(result, 'received')).toBe(count(result, 'accepted', 'writers'));
    const dropped = count(result, 'accepted', 'comments');
    expect(result.ledger.unjudged.join()).toMatch(
      new RegExp(`^${dropped} records of comments.* were put to be dropped`),
    );
    expect(result.ledger.acknowledged).toBe(count(result, 'accepted', 'writers') + count(result, 'accepted', 'broken'));
  });

  test('what it fails does not come to a receiver, and is found in the backup', async () => {
    const result = await run({ sink: byFunction.replace('s3', 'http'), data: csv, more });
    expect(result.verdict.reasons).toEqual([]);
    expect(result.ledger.counts).toMatchObject({ lost: 0, 'backed-up': count(result, 'accepted', 'broken') });
    expect(count(result, 'processing-failed')).toBe(count(result, 'accepted', 'broken'));
    expect(count(result, 'received')).toBe(count(result, 'accepted', 'writers'));
  });

  test('what it should have dropped and came all the same is found', async () => {
    const result = await run({ sink: byFunction, data: csv, more, faults: ['fh.dropped-delivered'] });
    expect(result.verdict.exitCode).toBe(ExitCode.correctness);
    const came = count(result, 'accepted', 'comments');
    expect(came).toBeGreaterThan(50);
    expect(result.ledger.counts).toMatchObject({ lost: 0, changed: 0, ghost: came });
  });

  test('a value that it changes is found, where the text can be written again', async () => {
    const warmer: LambdaHandler = ({ records }) => ({
      records: records.map(({ recordId, data }, index) => {
        const [device, celsius, at] = Buffer.from(data, 'base64').toString().split(',');
        const changed = JSON.stringify({ device, celsius: Number(celsius) + (index === 0 ? 1 : 0), at });
        return { recordId, result: 'Ok', data: Buffer.from(changed).toString('base64') };
      }),
    });
    const result = await run({
      sink: byFunction,
      data: csv,
      endpoint: { lambda: localLambda({ 'csv-to-json': warmer }) },
    });
    expect(result.verdict.exitCode).toBe(ExitCode.correctness);
    expect(result.ledger.counts.changed).toBeGreaterThan(5);
    expect(result.ledger.witnesses.find(({ anomaly }) => anomaly === 'changed')!.producer).toMatch(/^writers/);
  });

  test('without that only loss and copies are judged', async () => {
    const sink = byFunction.replace(/, original.*'/, '');
    expect(sink).not.toContain('original');
    const result = await run({ sink, data: csv, verify: '[no-loss, no-duplicates]' });
    expect(result.verdict.reasons).toEqual([]);
    expect(result.ledger.swept).toBe(result.ledger.acknowledged);
    await expect(async () => run({ sink, data: csv })).rejects.toThrow('cannot be compared with what was put');
  });

  test('a function that answers nobody fails everything, and nothing of it is lost', async () => {
    const sink = byFunction.replace('csv-to-json', 'arn:aws:lambda:us-east-1:000000000000:function:nobody');
    const result = await run({ sink, data: csv });
    expect(result.ledger.counts).toMatchObject({ lost: 0, 'backed-up': result.ledger.acknowledged });
    expect(count(result, 'processing-failed')).toBe(result.ledger.acknowledged);
  });
});

describe('faults are found', () => {
  test.each([
    ['JSON', '', json],
    [
      'rows of Parquet',
      ', parquet: { columns: { id: string, n: bigint, team: string } }',
      `{ json: { id: '{id}', n: '{counter}', team: 'team-{int(1, 3)}' } }`,
    ],
  ])(
    'fh.partition-mixed, in %s: what stands in the partition of another record is counted and named',
    async (_, more, data) => {
      const sink = `{ destination: s3, buffer: { size: 64 MiB, interval: 10s }, partition: { team: .team }${more} }`;
      const faults = new Faults(['fh.partition-mixed{p=0.1}']);
      const result = await run({ sink, data, verify: '[no-loss, partitions]', endpoint: { faults } });
      expect(result.verdict.exitCode).toBe(ExitCode.correctness);
      const { counts, witnesses } = result.ledger;
      expect(counts).toMatchObject({ misplaced: faults.activations()['fh.partition-mixed'], lost: 0, changed: 0 });
      expect(counts.misplaced).toBeGreaterThan(20);
      expect(witnesses.find(({ anomaly }) => anomaly === 'misplaced')!.detail).toMatch(
        /read it in kinebench\/simulate\/sink\/team=team-\d\/\S+, which is not its partition/,
      );
    },
  );

  test.each([
    ['fh.lose-on-rotate', byFunction, csv, 'lost'],
    ['fh.lose-on-rotate', toParquet, flat, 'lost'],
    ['fh.schema-null', toParquet, flat, 'changed'],
    ['fh.lose-on-rotate', byFunction.replace('s3', 'http'), csv, 'lost'],
    ['fh.adds-newline', `{ destination: s3, ${buffer} }`, json, 'ghost'],
  ] as const)('%s: %s', async (fault, sink, data, anomaly) => {
    const result = await run({ sink, data, faults: [fault] });
    expect(result.verdict.exitCode).toBe(ExitCode.correctness);
    expect(result.ledger.counts[anomaly]).toBeGreaterThan(0);
  });
});

describe('shipped scenarios find', () => {
  test.each([
    ['firehose-compression', 'fh.gzip-truncated', ['matrix.compression=[gzip]'], 'lost'],
    ['firehose-lambda', 'fh.dropped-delivered', [], 'ghost'],
    ['firehose-parquet', 'fh.schema-null', [], 'changed'],
  ] as const)('%s: %s', async (name, fault, set, anomaly) => {
    const [result] = await simulateShipped(name, { faults: [fault], set });
    expect(result!.verdict.exitCode).toBe(ExitCode.correctness);
    expect(result!.ledger.counts[anomaly]).toBeGreaterThan(0);
  });

  test('firehose-compression: a size that is ignored', async () => {
    const set = ['matrix.compression=[hadoop-snappy]'];
    const [result] = await simulateShipped('firehose-compression', { faults: ['fh.size-ignored'], set });
    const missed = result!.expectations.filter(({ verdict }) => verdict !== 'pass').map((each) => each.text);
    expect(missed).toContain('objects.bytes = 1 MiB ± 10%');
  });
});
