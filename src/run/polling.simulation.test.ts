/** How pollers behave in whole runs: where they begin, when they poll, what their application does meanwhile, and what they do when refused. */
import { describe, expect, test } from 'vitest';
import { Faults } from '../reference/faults.ts';
import type { Result } from '../result.ts';
import { parseScenario } from '../scenario/parse.ts';
import type { CountMetric, LatencyMetric } from '../scenario/plan.ts';
import { simulate } from './simulation.ts';

interface Circumstances {
  readonly more?: string;
  readonly phases?: string;
  readonly rate?: string;
  readonly faults?: string[];
  readonly verify?: string;
}

function run(reader: string, circumstances: Circumstances = {}) {
  const { more = '', phases = '[{ name: steady, for: 30s }]', rate = '20 records/s', faults = [] } = circumstances;
  const text = `
name: polling
question: How does the reader read?
expected: As it was told, or it is wrong.
streams: { events: { shards: 1 } }
fleets:
  writers: { produce: PutRecord, rate: ${rate}, arrivals: uniform, record: { size: 100 B, key: uniform(10) } }
  reader: { consume: polling, ${reader} }
phases: ${phases}
${more}
${circumstances.verify ?? 'verify: [no-loss, no-duplicates, order, immutability]'}
`;
  const { plan, planHash } = parseScenario(text, { file: 'polling.yaml' });
  const scenario = { file: null, text, planHash, plan, overrides: [] };
  return simulate({ scenario, seed: 1, endpoint: { latency: 'aws', faults: new Faults(faults) } });
}

const count = (result: Result, metric: CountMetric) =>
  result.counts.find((doc) => doc.fleet === 'reader' && doc.metric === metric && doc.phase === null)!.count;
const latency = (result: Result, metric: LatencyMetric, phase: string | null = null) =>
  result.latencies.find(
    (doc) =>
      doc.fleet === 'reader' &&
      doc.metric === metric &&
      doc.phase === phase &&
      ['received', 'sent', 'accepted'].includes(doc.outcome),
  )!;
const anomalies = ({ ledger: { counts } }: Result) => ({ ...counts, late: 0 });
const none = { lost: 0, missed: 0, duplicated: 0, reordered: 0, changed: 0, ghost: 0, redelivered: 0 };

describe('where it begins', () => {
  test.each([
    // Of 600 records, those of the last 20 s; of the time from -10 s on, all.
    ['AT_TIMESTAMP(start + 10s)', 400],
    ['AT_TIMESTAMP(start - 10s)', 600],
    ['AT_TIMESTAMP(start)', 600],
    ['TRIM_HORIZON', 600],
  ])('%s', async (from, records) => {
    const result = await run(`from: ${from}, every: 250ms`);
    expect(Math.abs(count(result, 'received') - records)).toBeLessThanOrEqual(8);
    expect(anomalies(result)).toMatchObject(none);
  });

  test('killed, it goes on from its checkpoint, and reads again what came after it', async () => {
    const steps = 'steps: [{ at: 14s, kill: reader }, { at: 15s, start: reader }]';
    const often = await run('from: TRIM_HORIZON', { more: steps });
    const seldom = await run('from: TRIM_HORIZON, checkpoint: 10s', { more: steps });
    expect(anomalies(often)).toMatchObject(none);
    // The last checkpoint was made some 10 s after the first answer: four seconds of records come again, and that is legal.
    expect(anomalies(seldom)).toMatchObject({ ...none, redelivered: expect.any(Number) as number });
    expect(seldom.ledger.counts.redelivered).toBeGreaterThan(60);
    expect(seldom.ledger.counts.redelivered).toBeLessThan(90);
    expect(seldom.verdict.reasons).toEqual([]);
  });
});

describe('when it polls', () => {
  const phases = '[{ name: before, for: 20s }, { name: catch-up, for: 20s }]';
  const more = 'steps: [{ at: 0s, pause: reader }, { in: catch-up, resume: reader }]';

  test('idle: caught-up reads a backlog on at once, and idles when it has caught up', async () => {
    const slow = await run('from: TRIM_HORIZON, every: 2s, limit: 50', { phases, more });
    const eager = await run('from: TRIM_HORIZON, every: 2s, limit: 50, idle: caught-up', { phases, more });
    // 400 records wait and 40 more come every 2 s: ten polls of 50 do not make it, eight and a few at once do.
    expect(latency(slow, 'behind', 'catch-up').maxNs).toBeGreaterThan(15e9);
    const last = (result: Result) =>
      result.series.latencies
        .find(({ fleet, metric }) => fleet === 'reader' && metric === 'lag')!
        .maxNs.findLast((ns) => ns !== null)!;
    expect(last(slow)).toBeGreaterThan(10e9);
    expect(last(eager)).toBeLessThan(3e9);
    // But for the rounding of times to whole ns.
    expect(latency(eager, 'lateness').maxNs).toBeLessThan(1000);
    expect(count(eager, 'polls')).toBeLessThan(40);
  });

  test('processing keeps an application from polling, by the record or by the page, and its polls are not late', async () => {
    const free = await run('every: 200ms');
    const byPage = await run('every: 200ms, processing: 900ms/page');
    const byRecord = await run('every: 200ms, processing: 100ms/record');
    expect(count(free, 'polls')).toBeGreaterThan(148);
    // A poll a second, each with 20 records.
    expect(count(byPage, 'polls')).toBeGreaterThan(28);
    expect(count(byPage, 'polls')).toBeLessThan(32);
    // 20 records a second take two seconds: it falls behind for ever.
    expect(count(byRecord, 'polls')).toBeLessThan(8);
    expect(latency(byRecord, 'lag').maxNs).toBeLessThan(1e9);
    expect(latency(byRecord, 'delivery').maxNs).toBeGreaterThan(8e9);
    for (const result of [byPage, byRecord]) expect(latency(result, 'lateness').maxNs).toBe(0);
  });
});

describe('what it does when refused', () => {
  test('an expired iterator is counted for itself, and another one is asked for where it stood', async () => {
    const held = {
      phases: '[{ name: steady, for: 7m }]',
      more: 'steps: [{ at: 10s, pause: reader }, { at: 6m, resume: reader }]',
      rate: '2 records/s',
    };
    const result = await run('from: TRIM_HORIZON', held);
    expect(count(result, 'iterators-expired')).toBe(1);
    expect(count(result, 'polls-failed')).toBe(1);
    expect(anomalies(result)).toMatchObject(none);
    const immortal = await run('from: TRIM_HORIZON', { ...held, faults: ['iter.never-expires'] });
    expect(count(immortal, 'iterators-expired')).toBe(0);
  });

  test('retry: sdk makes a throttled poll again after a pause of its own, at most twice', async () => {
    // Ten polls a second of five.
    const plain = await run('every: 100ms', { verify: '' });
    const patient = await run('every: 100ms, retry: sdk', { verify: '' });
    const share = (result: Result) => count(result, 'polls-throttled') / count(result, 'polls');
    expect(share(plain)).toBeGreaterThan(0.4);
    // While one waits for its next attempt it misses its times: fewer polls, and fewer refused.
    expect(count(patient, 'polls')).toBeLessThan(0.7 * count(plain, 'polls'));
    expect(share(patient)).toBeLessThan(0.2);
    expect(count(patient, 'polls-throttled')).toBeGreaterThan(0);
  });
});
