/** Runs that follow records into the objects of Data Firehose: what they find where it is right, and what where it is not. */
import { describe, expect, test } from 'vitest';
import { ExitCode } from '../exit-code.ts';
import { Faults } from '../reference/faults.ts';
import type { Result } from '../result.ts';
import { parseScenario } from '../scenario/parse.ts';
import { simulate, type Simulation } from './simulation.ts';
import { simulateShipped } from './shipped.test-data.ts';
import { checkSteps } from './steps.ts';

const text = `
name: delivered
question: Is it all there?
expected: Yes.
delivery:
  sink: { destination: s3, buffer: { size: 1 MiB, interval: 10s } }
fleets:
  writers: { produce: Firehose.PutRecordBatch, batch: 10, agents: 2, rate: 50 records/s total, record: { size: 1 KiB } }
  watcher: { watch: s3, every: 1s }
phases:
  - { name: steady, for: 60s }
  - { name: drain, until: drained, within: 20s }
verify: [no-loss, no-duplicates, immutability]
`;

interface Given extends Omit<Simulation, 'scenario' | 'seed'> {
  readonly set?: string[];
  readonly faults?: string[];
}

function run({ set = [], faults = [], ...given }: Given = {}): Promise<Result> {
  const { plan, planHash } = parseScenario(text, { file: 'delivered.yaml', set });
  const scenario = { file: null, text, planHash, plan, overrides: set };
  const endpoint = { latency: 'aws', faults: new Faults(faults), ...given.endpoint } as const;
  return simulate({ scenario, seed: 1, ...given, endpoint });
}

/** S3 is down from one time of the load to another. */
function outage(from: string, to: string): string[] {
  return [`steps=[{ at: ${from}, down: watcher }, { at: ${to}, up: sink }]`];
}

function count({ counts }: Result, metric: string): number {
  return counts.find((doc) => doc.metric === metric && doc.phase === null)!.count;
}

describe('a right endpoint', () => {
  test.each(['none', 'gzip', 'zip', 'snappy', 'hadoop-snappy'])(
    '%s: every record is found, once and unchanged',
    async (compression) => {
      const result = await run({ set: [`delivery.sink.compression=${compression}`] });
      expect(result.verdict.reasons).toEqual([]);
      expect(count(result, 'received')).toBe(count(result, 'accepted'));
      expect(result.ledger.swept).toBe(result.ledger.acknowledged);
      expect(result.ledger.acknowledged).toBeGreaterThan(2500);
      const [{ objects }] = result.delivery as [NonNullable<Result['delivery']>[number]];
      expect(objects.reduce((sum, { records }) => sum + records, 0)).toBe(result.ledger.acknowledged);
      expect(objects.every(({ condition }) => condition === 'interval')).toBe(true);
    },
  );

  test('without a bound on records the size closes objects, and is named', async () => {
    const result = await run({ set: ['fleets.writers.rate=500 records/s total', 'fleets.writers.arrivals=uniform'] });
    const [{ objects }] = result.delivery as [NonNullable<Result['delivery']>[number]];
    expect(objects.slice(0, -1).map(({ condition }) => condition)).toEqual(objects.slice(1).map(() => 'size'));
    expect(objects.at(-1)!.condition).toBe('interval');
  });

  test('nothing of the run is left behind, and what others have is', async () => {
    let keys: readonly string[] = [];
    await run({
      through: (handle, _clock, reference) => {
        reference.objects.createBucket('kinebench');
        reference.objects.put('kinebench', 'kinebench/other/x', { body: Buffer.from('x') });
        return async (request) => {
          const answer = await handle(request);
          keys = reference.objects.bucket('kinebench').keys;
          return answer;
        };
      },
    });
    expect(keys).toEqual(['kinebench/other/x']);
  });

  test('two hours without a destination lose nothing, where the drain gives it the time', async () => {
    const result = await run({
      set: ['phases.1.within=3h'],
      through: (handle, clock, { objects }) => {
        objects.state = 'down';
        void clock.sleepUntil(clock.monotonicNs() + 7200e9).then(() => (objects.state = 'up'));
        return handle;
      },
    });
    expect(result.ledger.counts).toMatchObject({ lost: 0, duplicated: 0, changed: 0 });
    expect(count(result, 'received')).toBe(count(result, 'accepted'));
  });
});

describe('S3 that is down by steps', () => {
  test('takes nothing between them, can be read, and then gets everything', async () => {
    const result = await run({ set: [...outage('15s', '45s'), 'phases.1.within=5m'] });
    expect(result.verdict.reasons).toEqual([]);
    expect(result.steps!.map(({ text: said, outcome }) => [said, outcome])).toEqual([
      ['down S3, where sink delivers to', 'done'],
      ['up S3, where sink delivers to', 'done'],
    ]);
    expect(count(result, 'received')).toBe(count(result, 'accepted'));
    expect(count(result, 'listings-failed')).toBe(0);
    expect(count(result, 'untimed')).toBe(0);
    const visible = result.delivery![0]!.objects.map(({ visibleNs }) => visibleNs / 1e9);
    expect(visible.filter((second) => second > 16 && second < 45)).toEqual([]);
  });

  test('is refused before the load by a target that cannot have it', async () => {
    const { plan } = parseScenario(text, { file: 'delivered.yaml', set: outage('15s', '30s') });
    expect(() => checkSteps(plan.steps!, {})).toThrow(
      expect.objectContaining({
        message: 'unsupported: down S3, where sink delivers to: only the S3 of the reference can be taken down',
        code: 'target-lacks',
        exitCode: ExitCode.unreachable,
      }),
    );
  });
});

test.each(['s3', 'http', 'opensearch'])(
  'a run into %s that is interrupted says that it was, and calls nothing lost that is still buffered',
  async (destination) => {
    const set = [
      `delivery.sink.destination=${destination}`,
      'expect=[lost = 0]',
      `fleets.watcher={ watch: ${destination} }`,
      "fleets.writers.record={ data: { json: { id: '{id}' } } }",
    ];
    const stop = new AbortController();
    const result = await run({
      set,
      stop: stop.signal,
      through: (handle, clock) => {
        void clock.sleepUntil(clock.monotonicNs() + 35e9).then(() => stop.abort());
        return handle;
      },
    });
    expect(result.ledger.acknowledged).toBeGreaterThan(1000);
    expect(result.ledger.counts).toMatchObject({ lost: 0, duplicated: 0, changed: 0 });
    expect(result.ledger.sweep.reason).toContain('interrupted');
    expect(result.expectations[0]!.verdict).toBe('indeterminate');
    expect(result.verdict.exitCode).toBe(ExitCode.interrupted);
  },
);

describe('a target without Data Firehose', () => {
  test('is unsupported, not failed', async () => {
    const result = await run({ target: { capabilities: new Set(['throttle']) } });
    expect(result.verdict.exitCode).toBe(ExitCode.unreachable);
    expect(result.unsupported!.map(({ fleet }) => fleet)).toEqual(['writers', 'watcher']);
  });
});

describe('faults are found', () => {
  test.each([
    ['fh.lose-on-rotate', 'lost'],
    ['fh.adds-newline', 'ghost'],
    ['fh.interval-ignored', 'lost'],
  ] as const)('%s: %s', async (fault, anomaly) => {
    const result = await run({ faults: [fault] });
    expect(result.verdict.exitCode).toBe(ExitCode.correctness);
    expect(result.ledger.counts[anomaly]).toBeGreaterThan(0);
  });

  test('fh.lose-on-rotate: exactly the record that closed each object', async () => {
    const faults = new Faults(['fh.lose-on-rotate']);
    const result = await run({ endpoint: { faults } });
    expect(result.ledger.counts.lost).toBe(faults.activations()['fh.lose-on-rotate']);
    expect(result.ledger.witnesses.find(({ anomaly }) => anomaly === 'lost')!.producer).toMatch(/^writers\/\d$/);
  });

  test('fh.gzip-truncated: objects that cannot be opened are named, and what was in them is lost', async () => {
    const result = await run({ set: ['delivery.sink.compression=gzip'], faults: ['fh.gzip-truncated'] });
    expect(result.verdict.exitCode).toBe(ExitCode.correctness);
    expect(count(result, 'objects-unreadable')).toBeGreaterThan(0);
    expect(result.delivery![0]!.objects[0]!.unreadable).toMatch(/unexpected end of file/);
  });

  test('fh.drop-on-503: what S3 refused once is lost, and named', async () => {
    const faults = new Faults(['fh.drop-on-503']);
    const result = await run({ set: outage('15s', '30s'), endpoint: { faults } });
    expect(result.verdict.exitCode).toBe(ExitCode.correctness);
    const { lost } = result.ledger.counts;
    expect(lost).toBe(count(result, 'accepted') - count(result, 'received'));
    expect(faults.activations()['fh.drop-on-503']).toBe(1);
    expect(result.ledger.witnesses.find(({ anomaly }) => anomaly === 'lost')!.producer).toMatch(/^writers\/\d$/);
  });
});

describe('shipped scenarios find', () => {
  const missed = ([result]: readonly Result[]) =>
    result!.expectations.filter(({ verdict }) => verdict !== 'pass').map((each) => each.text);

  test('firehose-buffer-interval: an interval that is ignored', async () => {
    const results = await simulateShipped('firehose-buffer-interval', { faults: ['fh.interval-ignored'] });
    expect(results[0]!.verdict.exitCode).toBe(ExitCode.correctness);
    expect(missed(results)).toContain('objects.count >= 9');
  });

  test('firehose-buffer-size: a size that is ignored', async () => {
    const results = await simulateShipped('firehose-buffer-size', { faults: ['fh.size-ignored'] });
    expect(results[0]!.verdict.exitCode).not.toBe(ExitCode.pass);
    expect(missed(results)).toContain('objects.bytes = 5 MiB ± 5%');
  });

  test('firehose-zero-buffering: records that a rotation forgets', async () => {
    const [result] = await simulateShipped('firehose-zero-buffering', { faults: ['fh.lose-on-rotate'] });
    expect(result!.verdict.exitCode).toBe(ExitCode.correctness);
  });

  test('firehose-intervals: objects that are cut off', async () => {
    const [result] = await simulateShipped('firehose-intervals', {
      faults: ['fh.gzip-truncated'],
      set: ['matrix.interval=[15]'],
    });
    expect(result!.verdict.exitCode).toBe(ExitCode.correctness);
  });

  test('firehose-s3-outage: what a 503 drops is found, counted and named', async () => {
    const faults = new Faults(['fh.drop-on-503']);
    const [result] = await simulateShipped('firehose-s3-outage', { faults });
    expect(result!.verdict.exitCode).toBe(ExitCode.correctness);
    const { lost } = result!.ledger.counts;
    expect(lost).toBe(count(result!, 'accepted') - count(result!, 'received'));
    // Two hours of two records a second.
    expect(lost).toBeGreaterThan(14_000);
    expect(missed([result!])).toContain('lost = 0');
  });

  test('firehose-kinesis-source: what the stream has and no object does is missed, and nothing is lost', async () => {
    const faults = new Faults(['fh.lose-on-rotate']);
    const [result] = await simulateShipped('firehose-kinesis-source', { faults });
    expect(result!.verdict.exitCode).toBe(ExitCode.correctness);
    expect(result!.ledger.counts).toMatchObject({
      missed: faults.activations()['fh.lose-on-rotate'],
      lost: 0,
      changed: 0,
    });
  });
});
