/** What records hold and how they are told apart, in virtual time: read back as the endpoint stored them, judged by the ledger. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { NS_PER_S, type VirtualClock } from '../clock.ts';
import { ExitCode } from '../exit-code.ts';
import { Faults, faultNamed } from '../reference/faults.ts';
import type { Result, ScenarioDoc } from '../result.ts';
import { parseScenario } from '../scenario/parse.ts';
import type { CountMetric } from '../scenario/plan.ts';
import type { Handler } from '../wire/in-process.ts';
import { simulate } from './simulation.ts';

const shop = new URL('../../scenarios/data/shop-events.jsonl', import.meta.url);
const rows = readFileSync(shop, 'utf8').trim().split('\n');

function puts(fleet: string, { seconds = 10, shards = 1 } = {}): ScenarioDoc {
  const text = `
name: payloads
question: What is in the records?
expected: What the scenario says.
streams: { events: { shards: ${shards} } }
fleets:
  writers: { ${fleet} }
  pollers: { consume: polling, from: TRIM_HORIZON, every: 250ms }
phases:
  - { name: steady, for: ${seconds}s }
  - { name: drain, until: drained, within: 20s }
verify: [no-loss, no-duplicates, order, immutability]
`;
  const { plan, planHash } = parseScenario(text, { file: 'scenarios/test.yaml' });
  return { file: 'scenarios/test.yaml', text, planHash, plan, overrides: [] };
}

interface Stored {
  readonly atNs: number;
  readonly key: string;
  readonly data: Buffer;
}

/** Every record that was put, in the order of putting. */
function watching(seen: Stored[]) {
  return (handle: Handler, clock: VirtualClock): Handler =>
    (request) => {
      if (request.headers['x-amz-target']?.endsWith('.PutRecord')) {
        const input = JSON.parse(Buffer.from(request.body).toString()) as { Data: string; PartitionKey: string };
        seen.push({ atNs: clock.monotonicNs(), key: input.PartitionKey, data: Buffer.from(input.Data, 'base64') });
      }
      return handle(request);
    };
}

const count = (result: Result, metric: CountMetric) =>
  result.counts.filter((doc) => doc.metric === metric && doc.phase === null).reduce((sum, doc) => sum + doc.count, 0);
const verdicts = (result: Result) =>
  Object.fromEntries(result.ledger.verdicts.map(({ name, verdict }) => [name, verdict]));
const breaking = ['lost', 'duplicated', 'reordered', 'changed', 'ghost'] as const;
const broken = (result: Result) => breaking.filter((name) => result.ledger.counts[name] > 0);

async function withFault(fault: string, scenario: ScenarioDoc): Promise<Result> {
  const faults = new Faults();
  faults.arm(faultNamed(fault));
  const result = await simulate({ scenario, seed: 5, endpoint: { faults } });
  expect(faults.activations()[faultNamed(fault)]).toBeGreaterThan(0);
  return result;
}

describe('zeros', () => {
  test('are zeros behind the tag', async () => {
    const seen: Stored[] = [];
    const scenario = puts(
      'produce: PutRecord, rate: 20 records/s, record: { size: 300 B, key: uniform(9), data: zeros }',
    );
    const result = await simulate({ scenario, seed: 1, through: watching(seen) });
    expect(result.verdict.exitCode).toBe(ExitCode.pass);
    expect(seen.length).toBeGreaterThan(100);
    expect(seen.every(({ data }) => data.length === 300 && data.subarray(48).every((byte) => byte === 0))).toBe(true);
  });
});

describe('JSON by template', () => {
  const template =
    '{ meta: { id: "{id}", seq: "{counter}", at: "{time}", ms: "{time-ms}" }, key: "{key}", n: "{int(3, 5)}", x: "{float(0, 1)}", who: "user {word}", tags: ["{words(2)}", plain, 7, true, null], u: "{uuid}", brace: "{{}" }';
  const fleet = `produce: PutRecord, rate: 50 records/s, record: { key: uniform(9), data: { json: ${template} } }`;

  test('is JSON with every placeholder filled, and identified wherever its tag stands', async () => {
    const seen: Stored[] = [];
    const result = await simulate({ scenario: puts(fleet), seed: 1, through: watching(seen) });
    expect(result.verdict).toMatchObject({ exitCode: ExitCode.pass, reasons: [] });
    expect(verdicts(result)).toEqual({
      'no-loss': 'pass',
      'no-duplicates': 'pass',
      order: 'pass',
      immutability: 'pass',
    });
    expect(result.ledger).toMatchObject({ acknowledged: seen.length, swept: seen.length, foreign: 0, unjudged: [] });
    expect(seen.length).toBeGreaterThan(400);
    for (const [index, { key, data }] of seen.entries()) {
      expect(JSON.parse(data.toString())).toEqual({
        meta: {
          id: expect.stringMatching(new RegExp(`^kbt1simulate-0-${index}-\\d+-\\d-[0-9a-f]{8}$`)) as string,
          seq: index,
          at: expect.stringMatching(/^2026-01-01T00:00:\d\d\.\d{3}Z$/) as string,
          ms: expect.any(Number) as number,
        },
        key,
        n: expect.toSatisfy((n: number) => [3, 4, 5].includes(n)) as number,
        x: expect.toSatisfy((x: number) => x >= 0 && x < 1) as number,
        who: expect.stringMatching(/^user [a-z]+$/) as string,
        tags: [expect.stringMatching(/^[a-z]+ [a-z]+$/) as string, 'plain', 7, true, null],
        u: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/) as string,
        brace: '{}',
      });
    }
    // Delivery needs the due time, which stands in the tag.
    expect(result.latencies.find((doc) => doc.metric === 'delivery' && doc.phase === null)?.count).toBe(seen.length);
  });

  test.each([
    ['log.ack-then-drop', 'lost'],
    ['log.double-append', 'duplicated'],
    ['imm.bit-rot', 'changed'],
    ['log.store-then-reject', 'ghost'],
  ])('with the fault %s, records are %s and nothing else', async (fault, anomaly) => {
    const result = await withFault(fault, puts(fleet.replace('50 records/s', '1200 records/s')));
    expect(broken(result)).toEqual([anomaly]);
    expect(result.verdict.exitCode).toBe(ExitCode.correctness);
  });
});

describe('records too small for a tag', () => {
  const fleet =
    'produce: PutRecord, agents: 2, rate: 100 records/s total, identify: sequence-number, record: { size: 8 B, key: uniform(9) }';

  test('are told apart by sequence number; what that cannot tell is said', async () => {
    const seen: Stored[] = [];
    const result = await simulate({ scenario: puts(fleet), seed: 1, through: watching(seen) });
    expect(seen.every(({ data }) => data.length === 8)).toBe(true);
    expect(broken(result)).toEqual([]);
    expect(verdicts(result)).toEqual({
      'no-loss': 'pass',
      'no-duplicates': 'indeterminate',
      order: 'pass',
      immutability: 'pass',
    });
    expect(result.ledger.swept).toBe(seen.length);
    expect(result.ledger.unjudged).toHaveLength(2);
    expect(result.ledger.counts.late).toBe(0);
    // The drain ended because consumers had seen as many, not because its time was over.
    expect(result.phases.at(-1)!.endNs).toBeLessThan(12 * NS_PER_S);
    // Nothing in them says when they were due, so they count where they were received, the drain included.
    for (const metric of ['received', 'untimed']) {
      const docs = result.counts.filter((doc) => doc.metric === metric && doc.phase !== null);
      expect(docs.reduce((sum, doc) => sum + doc.count, 0)).toBe(seen.length);
    }
  });

  test('a loss is found, and a copy is not called a ghost', async () => {
    expect(broken(await withFault('log.ack-then-drop', puts(fleet)))).toEqual(['lost']);
    const doubled = await withFault('log.double-append', puts(fleet));
    expect(broken(doubled)).toEqual([]);
    expect(doubled.ledger.unjudged[0]).toMatch(/; [1-9]\d* such were read/);
    expect(verdicts(doubled)['no-duplicates']).toBe('indeterminate');
  });
});

describe('a data set', () => {
  const replay = 'produce: PutRecord, record: { key: field(user), data: { file: data/shop-events.jsonl, time: at } }';
  const dueMs = rows.map((row) => Date.parse((JSON.parse(row) as { at: string }).at));

  test('is replayed row by row with its own timing and its own keys', async () => {
    const seen: Stored[] = [];
    const result = await simulate({ scenario: puts(replay, { seconds: 25 }), seed: 1, through: watching(seen) });
    expect(seen.map(({ data }) => data.toString())).toEqual(rows);
    expect(seen.map(({ key }) => key)).toEqual(rows.map((row) => (JSON.parse(row) as { user: string }).user));
    const offsetsMs = seen.map(({ atNs }) => Math.round((atNs - seen[0]!.atNs) / 1e6));
    expect(offsetsMs).toEqual(dueMs.map((ms) => ms - dueMs[0]!));
    expect(count(result, 'offered')).toBe(rows.length);
    expect(broken(result)).toEqual([]);
    expect(result.ledger.acknowledged).toBe(rows.length);
  });

  test('goes faster, begins anew, and is shared among agents, each row of a round once', async () => {
    const seen: Stored[] = [];
    const looped = replay
      .replace('time: at', 'time: at, speed: 4, loop: true')
      .replace('PutRecord', 'PutRecord, agents: 3');
    await simulate({ scenario: puts(looped, { seconds: 8 }), seed: 1, through: watching(seen) });
    const round = seen.slice(0, rows.length).map(({ data }) => data.toString());
    expect(round.toSorted()).toEqual(rows.toSorted());
    expect(seen.length).toBeGreaterThan(rows.length * 1.4);
    const spanMs = (seen[rows.length - 1]!.atNs - seen[0]!.atNs) / 1e6;
    expect(spanMs).toBeCloseTo((dueMs.at(-1)! - dueMs[0]!) / 4, 3);
  });

  test('goes at a rate, and ends with its last row', async () => {
    const seen: Stored[] = [];
    const paced =
      'produce: PutRecord, rate: 100 records/s, arrivals: uniform, record: { key: uniform(9), data: { file: data/shop-events.jsonl } }';
    const result = await simulate({ scenario: puts(paced), seed: 1, through: watching(seen) });
    expect(seen).toHaveLength(rows.length);
    expect((seen.at(-1)!.atNs - seen[0]!.atNs) / 1e6).toBeCloseTo((rows.length - 1) * 10, 0);
    expect(count(result, 'offered')).toBe(rows.length);
  });

  test.each([
    ['log.ack-then-drop', 'lost'],
    ['log.double-append', 'duplicated'],
  ])('identified by a field, with the fault %s, rows are %s', async (fault, anomaly) => {
    const identified = `${replay}, identify: { field: event }`;
    const clean = await simulate({ scenario: puts(identified, { seconds: 25 }), seed: 1 });
    expect(broken(clean)).toEqual([]);
    expect(verdicts(clean)['no-duplicates']).toBe('pass');
    expect(broken(await withFault(fault, puts(identified, { seconds: 25 })))).toEqual([anomaly]);
  });

  test('a field that is not one record’s own is said to be shared', async () => {
    const shared = `${replay}, identify: { field: kind }`;
    const result = await simulate({ scenario: puts(shared, { seconds: 25 }), seed: 1 });
    expect(result.ledger.unjudged.join(' ')).toContain(
      `${rows.length} records have the field that tells them apart in`,
    );
    expect(broken(result)).toEqual([]);
    expect(result.ledger.acknowledged).toBe(0);
    expect(verdicts(result)['no-loss']).toBe('indeterminate');
  });
});
