/** Runs in which kinebench is the destination: every record is followed to the request it arrived in, and through an outage. */
import { describe, expect, test } from 'vitest';
import { ExitCode } from '../exit-code.ts';
import { Faults } from '../reference/faults.ts';
import { awsLimits } from '../reference/limits.ts';
import type { Result } from '../result.ts';
import { parseScenario } from '../scenario/parse.ts';
import { simulateShipped } from './shipped.test-data.ts';
import { simulate } from './simulation.ts';

const text = (destination: string) => `
name: received
question: Is it all there?
expected: Yes.
delivery:
  sink: { destination: ${destination}, buffer: { size: 1 MiB, interval: 10s } }
fleets:
  writers: { produce: Firehose.PutRecordBatch, batch: 10, agents: 2, rate: 50 records/s total, record: { size: 1 KiB } }
  receiver: { watch: ${destination} }
phases:
  - { name: steady, for: 60s }
  - { name: drain, until: drained, within: 20s }
verify: [no-loss, no-duplicates, immutability]
`;

interface Given {
  readonly set?: readonly string[];
  readonly faults?: readonly string[];
  readonly more?: string;
}

function run(destination: string, { set = [], faults = [], more = '' }: Given = {}): Promise<Result> {
  const written = text(destination) + more;
  const { plan, planHash } = parseScenario(written, { file: 'received.yaml', set });
  const scenario = { file: null, text: written, planHash, plan, overrides: set };
  return simulate({ scenario, seed: 1, endpoint: { latency: 'aws', faults: new Faults(faults) } });
}

function count({ counts }: Result, metric: string, phase: string | null = null): number {
  return counts.find((doc) => doc.metric === metric && doc.phase === phase)!.count;
}

describe.each(['http', 'splunk'])('%s', (destination) => {
  test('every record is in a request, once and unchanged, as soon as its buffer is closed', async () => {
    const result = await run(destination);
    expect(result.verdict.reasons).toEqual([]);
    expect(count(result, 'received')).toBe(count(result, 'accepted'));
    expect(result.ledger.acknowledged).toBeGreaterThan(2500);
    expect(result.ledger.swept).toBe(result.ledger.acknowledged);
    expect(result.ledger.sweep.from).toBe('what the receiver took');
    const [{ objects, resolutionNs }] = result.delivery as [NonNullable<Result['delivery']>[number]];
    expect(resolutionNs).toBe(0);
    expect(objects.reduce((sum, { records }) => sum + records, 0)).toBe(result.ledger.acknowledged);
    expect(new Set(objects.map(({ condition }) => condition))).toEqual(new Set(['interval']));
    const delivery = result.latencies.find(({ metric, phase }) => metric === 'delivery' && phase === null)!;
    expect(delivery.maxNs).toBeGreaterThan(9.9e9);
    expect(delivery.maxNs).toBeLessThan(10.2e9);
  });

  test('where records come fast the size closes the buffer', async () => {
    const result = await run(destination, { set: ['fleets.writers.rate=400 records/s total'] });
    const [{ objects }] = result.delivery as [NonNullable<Result['delivery']>[number]];
    expect(objects.filter(({ condition }) => condition === 'size').length).toBeGreaterThan(15);
  });

  test('an outage is over: what was refused comes when the pauses are, and nothing is lost', async () => {
    const more = 'steps:\n  - { at: 15s, down: receiver }\n  - { at: 45s, up: receiver }\n';
    const result = await run(destination, { more, set: ['phases.1.within=90s'] });
    expect(result.ledger.counts).toMatchObject({ lost: 0, duplicated: 0, changed: 0 });
    expect(count(result, 'requests-refused')).toBeGreaterThan(3);
    expect(result.steps!.map(({ outcome }) => outcome)).toEqual(['done', 'done']);
    expect(count(result, 'received')).toBe(count(result, 'accepted'));
  });

  test('what an outage outlasts is found in the backup, named and not waited for', async () => {
    const more = `steps:
  - { at: 15s, down: sink }
  - { at: 55s, up: sink }
expect: [backed-up > 500, lost = 0]
`;
    const set = ['delivery.sink.retry=5s', 'phases.1.within=10m', 'delivery.sink.delimiter=true'];
    const result = await run(destination, { more, set });
    expect(result.verdict.reasons).toEqual([]);
    const backedUp = result.ledger.counts['backed-up'];
    expect(backedUp).toBe(count(result, 'accepted') - count(result, 'received'));
    expect(count(result, 'processing-failed')).toBe(0);
    const told = result.ledger.witnesses.map(({ anomaly, detail }) => `${anomaly} ${detail}`);
    expect(told.find((each) => each.includes('kinebench/'))).toMatch(
      new RegExp(`^backed-up not delivered, but in kinebench/simulate/sink.errors/${destination}\\S*-failed/.*: \\S+`),
    );
    // The last of them is in the backup a minute after it was given up, and the drain then over.
    const endedS = (result.phases.at(-1)!.endNs - result.phases.at(-1)!.startNs) / 1e9;
    expect(endedS).toBeLessThan(90);
  });

  test('what is lost as a buffer is closed is lost here, too', async () => {
    const result = await run(destination, { faults: ['fh.lose-on-rotate'] });
    expect(result.verdict.exitCode).toBe(ExitCode.correctness);
    expect(result.ledger.counts.lost).toBeGreaterThan(3);
  });

  test('a line feed behind each record is what nobody put', async () => {
    const result = await run(destination, { faults: ['fh.adds-newline'] });
    expect(result.ledger.counts.ghost).toBeGreaterThan(0);
  });
});

test('requests in gzip are opened', async () => {
  const result = await run('http', { set: ['delivery.sink.compression=gzip', 'fleets.writers.record.data=zeros'] });
  expect(result.verdict.reasons).toEqual([]);
  const [{ objects }] = result.delivery as [NonNullable<Result['delivery']>[number]];
  expect(objects[0]!.storedBytes).toBeLessThan(objects[0]!.bytes / 2);
});

test('freshness is the age of the oldest record that is on its way', async () => {
  const result = await run('http', { set: ['fleets.writers.arrivals=uniform'] });
  const [{ freshness }] = result.delivery as [NonNullable<Result['delivery']>[number]];
  expect(freshness!.everyNs).toBe(1e9);
  // A buffer is filled for ten seconds, and the next one is begun.
  expect(freshness!.agesNs.slice(1, 10).every((age, index) => age > index * 1e9 && age <= (index + 1) * 1e9)).toBe(
    true,
  );
  expect(Math.max(...freshness!.agesNs)).toBeLessThan(10.2e9);
});

describe('shipped', () => {
  test('firehose-outage-recovery: what a 503 drops is found, counted and named', async () => {
    const faults = new Faults(['fh.drop-on-503']);
    const [result] = await simulateShipped('firehose-outage-recovery', { faults });
    expect(result!.verdict.exitCode).toBe(ExitCode.correctness);
    const { lost } = result!.ledger.counts;
    expect(lost).toBe(count(result!, 'accepted') - count(result!, 'received'));
    // Two hours of two records a second, and every refused request was the last of its records.
    expect(lost).toBeGreaterThan(14_000);
    expect(count(result!, 'requests-refused')).toBe(faults.activations()['fh.drop-on-503']);
    expect(result!.ledger.witnesses.find(({ anomaly }) => anomaly === 'lost')!.producer).toBe('writers/0');
    const missed = result!.expectations.filter(({ verdict }) => verdict !== 'pass').map((each) => each.text);
    expect(missed).toContain('lost = 0');
  });

  test('firehose-throttle-quota: the quota of another region', async () => {
    const limits = { ...awsLimits, firehose: { ...awsLimits.firehose, largeRegions: [] } };
    const [result] = await simulateShipped('firehose-throttle-quota', { endpoint: { limits } });
    const missed = result!.expectations.filter(({ verdict }) => verdict === 'fail').map((each) => each.text);
    expect(missed).toContain('accepted.throughput{fleet=by-bytes} over steady = 5 MiB/s ± 2%');
    expect(missed).toContain('accepted.rate{fleet=by-requests} over steady = 2000 records/s ± 2%');
  });
});
