/** Timed steps in whole runs on the virtual clock: done when they are due, seen in the load, and told in the result. */
import { describe, expect, test } from 'vitest';
import { ExitCode } from '../exit-code.ts';
import type { Result, ScenarioDoc } from '../result.ts';
import { parseScenario } from '../scenario/parse.ts';
import type { Handler } from '../wire/in-process.ts';
import { simulate } from './simulation.ts';

function scenario(...steps: readonly string[]): ScenarioDoc {
  const text = `
name: steps
question: What do steps do to a run?
expected: What they say.
streams: { events: { shards: 2 } }
fleets:
  writers: { produce: PutRecord, agents: 2, rate: 200 records/s total, arrivals: uniform, record: { size: 100 B, key: uniform(100) } }
  readers: { consume: polling, agents: 2, from: TRIM_HORIZON, every: 500ms, limit: 9000 }
phases:
  - { name: steady, for: 20s }
  - { name: drain, until: drained, within: 10s }
verify: [no-loss, no-duplicates, order, immutability]
steps:
${steps.map((step) => `  - ${step}\n`).join('')}`;
  const { plan, planHash } = parseScenario(text, { file: 'steps.yaml' });
  return { file: null, text, planHash, plan, overrides: [] };
}

const run = (...steps: readonly string[]) =>
  simulate({ scenario: scenario(...steps), seed: 1, endpoint: { latency: 'aws' } });

const outcomes = (result: Result) => result.steps?.map(({ text, outcome, openShards }) => [text, outcome, openShards]);

/** What a fleet counted second by second. */
const perSecond = (result: Result, fleet: string, metric: string) =>
  result.series.counts.find((line) => line.fleet === fleet && line.metric === metric && line.shard === null)?.values;

describe('streams', () => {
  test('split, merged and counted anew under load: nothing lost or reordered, and every reader follows the children', async () => {
    const result = await run(
      '{ at: 3s, split: events }',
      '{ at: 3s, split: events, shard: 2, hash-key: "300000000000000000000000000000000000000" }',
      '{ at: 8s, merge: events }',
      '{ at: 12s, reshard: events, to: 4 }',
    );
    expect(outcomes(result)).toEqual([
      ['split events', 'done', 3],
      ['split events, shard 2', 'done', 4],
      ['merge events', 'done', 3],
      ['reshard events to 4', 'done', 4],
    ]);
    expect(result.verdict).toMatchObject({ exitCode: ExitCode.pass, reasons: [] });
    expect(result.ledger).toMatchObject({ acknowledged: 4000, counts: { late: 0, redelivered: 0 } });
    const late = result.latencies.filter(({ metric, phase }) => metric === 'lateness' && phase === null);
    expect(late.map(({ fleet, maxNs }) => [fleet, maxNs])).toEqual([
      ['writers', 0],
      ['readers', 0],
    ]);
    const [first, second] = result.steps!;
    // A stream takes one change at a time: the second split waits for the first.
    expect(first).toMatchObject({ dueNs: 3e9, startNs: 3e9, stream: 'events' });
    expect(second!.startNs).toBe(first!.endNs);
    expect(first!.endNs! - first!.startNs!).toBeGreaterThan(500e6);
    // All readers have all records: the drain ended long before its time was up.
    expect(result.phases.at(-1)!.endNs).toBeLessThan(23e9);
    expect(perSecond(result, 'readers', 'received')!.reduce((sum, count) => sum + count, 0)).toBe(8000);
  });

  test('keep records longer or shorter and change their mode', async () => {
    const seen: object[] = [];
    const result = await simulate({
      scenario: scenario(
        '{ at: 1s, retention: events, to: 48h }',
        '{ at: 5s, retention: events, to: 24h }',
        '{ at: 6s, retention: events, to: 24h }',
        '{ at: 7s, mode: events, to: on-demand }',
      ),
      seed: 1,
      through: (handle) => (request) => {
        const operation = request.headers['x-amz-target']!.split('.')[1]!;
        if (/Retention|Mode/.test(operation)) seen.push([operation, JSON.parse(Buffer.from(request.body).toString())]);
        return handle(request);
      },
    });
    expect(result.steps?.map(({ outcome, detail }) => [outcome, detail])).toEqual([
      ['done', 'from 24h'],
      ['done', 'from 48h'],
      ['done', 'it was 24h already'],
      ['done', ''],
    ]);
    expect(seen).toMatchObject([
      ['IncreaseStreamRetentionPeriod', { RetentionPeriodHours: 48 }],
      ['DecreaseStreamRetentionPeriod', { RetentionPeriodHours: 24 }],
      ['UpdateStreamMode', { StreamModeDetails: { StreamMode: 'ON_DEMAND' } }],
    ]);
  });
});

describe('fleets', () => {
  test('a paused producer owes nothing while it is paused', async () => {
    const result = await run(
      '{ at: 5s, pause: writers }',
      '{ at: 8s, resume: writers }',
      '{ at: 12s, pause: writers, agent: 1 }',
    );
    const offered = perSecond(result, 'writers', 'offered')!;
    expect(offered.slice(4, 9)).toEqual([200, 0, 0, 0, 200]);
    expect(offered[15]).toBe(100);
    expect(perSecond(result, 'writers', 'skipped')).toBeUndefined();
    expect(result.verdict.exitCode).toBe(ExitCode.pass);
  });

  test('a killed consumer starts again from its checkpoint: nothing late, and what it had open is read again', async () => {
    const result = await run('{ at: 5s, kill: readers, agent: 0 }', '{ at: 9s, start: readers }');
    const received = perSecond(result, 'readers', 'received')!;
    expect(result.latencies.find(({ metric, fleet }) => metric === 'lateness' && fleet === 'readers')!.maxNs).toBe(0);
    expect(received[3]).toBeGreaterThan(350);
    expect(received[7]).toBeLessThan(250);
    expect(received[9]).toBeGreaterThan(800);
    expect(result.ledger.counts).toMatchObject({ late: 0, reordered: 0, duplicated: 0 });
    expect(result.verdict.exitCode).toBe(ExitCode.pass);
  });

  test('an answer that comes to a dead consumer is lost with it, and its place is asked for anew', async () => {
    const asked: string[] = [];
    let delivered = 0;
    const result = await simulate({
      scenario: scenario('{ at: 5s, kill: readers, agent: 0 }', '{ at: 9s, start: readers }'),
      seed: 1,
      through:
        (handle, clock): Handler =>
        async (request) => {
          const answer = await handle(request);
          const operation = request.headers['x-amz-target']!.split('.')[1]!;
          const input: Record<string, unknown> = JSON.parse(Buffer.from(request.body).toString());
          if (operation === 'GetShardIterator') asked.push(String(input['ShardIteratorType']));
          // The limit tells a reader from the sweep.
          if (operation !== 'GetRecords' || input['Limit'] !== 9000) return answer;
          const output: { Records?: unknown[] } = JSON.parse(Buffer.from(answer.body).toString());
          delivered += output.Records?.length ?? 0;
          // So slow that a poll is under way at nearly any time.
          await clock.sleepUntil(clock.monotonicNs() + 450e6);
          return answer;
        },
    });
    // Two shards of one consumer; the sweep asks from TRIM_HORIZON, as all did at first.
    expect(asked.filter((type) => type === 'AFTER_SEQUENCE_NUMBER')).toHaveLength(2);
    // Both consumers read all 4,000 records; what was under way at the death was read twice, and noted once.
    expect(delivered).toBeGreaterThan(8000);
    expect(result.ledger.counts).toMatchObject({ late: 0, redelivered: 0, lost: 0 });
  });

  test('one that stays dead is missed by the drain, not by the ledger of what is stored', async () => {
    const result = await run('{ at: 15s, kill: readers, agent: 0 }');
    expect(result.ledger.counts.late).toBeGreaterThan(900);
    expect(result.ledger.counts.lost).toBe(0);
    expect(result.phases.at(-1)).toMatchObject({ endNs: expect.closeTo(30e9, -9) });
  });
});

describe('the target', () => {
  test('has a fault between its arming and its disarming only', async () => {
    const result = await run('{ at: 5s, arm: log.ack-then-drop }', '{ at: 6s, disarm: log.ack-then-drop }');
    expect(outcomes(result)).toEqual([
      ['arm log.ack-then-drop', 'done', null],
      ['disarm log.ack-then-drop', 'done', null],
    ]);
    const { lost } = result.ledger.counts;
    expect(lost).toBeGreaterThan(0);
    expect(lost).toBeLessThan(220);
    expect(result.verdict.exitCode).toBe(ExitCode.correctness);
  });

  test('a fault that is none is refused before anything begins', async () => {
    await expect(run('{ at: 5s, arm: log.ack-then-dorp }')).rejects.toMatchObject({
      name: 'OperatorError',
      message: expect.stringContaining('log.ack-then-dorp'),
    });
  });

  test('what it lacks is unsupported, and does not speak against the run', async () => {
    const result = await simulate({
      scenario: scenario('{ at: 2s, reshard: events, to: 4 }', '{ at: 3s, restart: target }'),
      seed: 1,
      through:
        (handle): Handler =>
        async (request) =>
          request.headers['x-amz-target']!.endsWith('UpdateShardCount')
            ? { status: 400, body: Buffer.from('{"__type":"UnknownOperationException"}') }
            : handle(request),
    });
    expect(outcomes(result)).toEqual([
      ['reshard events to 4', 'unsupported', null],
      ['restart the target', 'unsupported', null],
    ]);
    expect(result.validity.find(({ name }) => name === 'steps')).toMatchObject({
      verdict: 'pass',
      observed: '0 of 2 done; unsupported: reshard events to 4; unsupported: restart the target',
    });
    expect(result.verdict.exitCode).toBe(ExitCode.pass);
  });
});

test('a step that fails makes the run invalid, with the reason', async () => {
  const result = await run('{ at: 2s, split: events, shard: 9 }');
  expect(result.steps).toMatchObject([
    { outcome: 'failed', startNs: 2e9, detail: expect.stringContaining('no open shard 9') },
  ]);
  expect(result.verdict.exitCode).toBe(ExitCode.invalid);
  expect(result.verdict.reasons.join()).toContain('split events, shard 9 failed: ');
});

test('what is due when the run is over already is not reached', async () => {
  const result = await run('{ in: drain, at: 9s, split: events }');
  expect(result.steps).toMatchObject([{ outcome: 'not-reached', startNs: null, endNs: null }]);
  expect(result.verdict.exitCode).toBe(ExitCode.pass);
});
