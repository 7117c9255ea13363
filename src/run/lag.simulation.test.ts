/** How far consumers lag behind, by our clock and by the endpoint's word: over time in the result, on the page, and in expectations. */
import { expect, test } from 'vitest';
import { Faults } from '../reference/faults.ts';
import { renderHtml } from '../report/html.ts';
import type { Result } from '../result.ts';
import { parseScenario } from '../scenario/parse.ts';
import { simulate } from './simulation.ts';

function run(steps: string, { faults = [], consume = 'polling' }: { faults?: string[]; consume?: string } = {}) {
  const text = `
name: lag
question: How far behind is the reader?
expected: As far as it was held, or it is wrong.
streams: { events: { shards: 1 } }
fleets:
  writers: { produce: PutRecord, rate: 20 records/s, arrivals: uniform, record: { size: 100 B, key: uniform(10) } }
  reader: { consume: ${consume}, from: LATEST }
phases:
  - { name: before, for: 10s }
  - { name: held, for: 15s }
  - { name: after, for: 10s }
${steps}
expect:
  - lag.max{fleet=reader} over before < 1s
  - lag.max{fleet=reader} over after < 1s
  - behind.max{fleet=reader} over after < 1s
`;
  const { plan, planHash } = parseScenario(text, { file: 'lag.yaml' });
  const scenario = { file: null, text, planHash, plan, overrides: [] };
  return simulate({ scenario, seed: 1, endpoint: { latency: 'aws', faults: new Faults(faults) } });
}

/** Ten records a second are taken, of the twenty that come. */
function runLimited(faults: string[] = []) {
  return run('', { faults, consume: 'polling, every: 200ms, limit: 2' });
}

const held = 'steps: [{ in: held, pause: reader }, { in: after, resume: reader }]';

const series = (result: Result, metric: string) =>
  result.series.latencies.find((each) => each.fleet === 'reader' && each.metric === metric)!.maxNs;

test('who keeps up lags by an interval and a call', async () => {
  const result = await run('');
  expect(result.verdict.reasons).toEqual([]);
  const highest = Math.max(...series(result, 'lag').map((ns) => ns ?? 0));
  expect(highest).toBeGreaterThan(50e6);
  expect(highest).toBeLessThan(500e6);
  expect(renderHtml(result)).not.toContain('Consumer lag');
});

test('who was held has a gap, and is not behind once one answer brought all that had gathered', async () => {
  const result = await run(held);
  const lag = series(result, 'lag');
  // Nothing is read from the 11th to the 24th second.
  expect(lag.slice(11, 24).every((ns) => ns === null)).toBe(true);
  expect(lag[5]).toBeLessThan(1e9);
  expect(lag.at(-3)).toBeLessThan(1e9);
  expect(renderHtml(result)).not.toContain('Consumer lag');
});

test('a reader that cannot take all of it falls behind, by both measures, and both are judged', async () => {
  const limited = await runLimited();
  expect(limited.expectations.filter(({ verdict }) => verdict === 'fail').map(({ text }) => text)).toEqual([
    'lag.max{fleet=reader} over before < 1s',
    'lag.max{fleet=reader} over after < 1s',
    'behind.max{fleet=reader} over after < 1s',
  ]);
  // 20 records/s come and 10 are taken: half of the time is missing at any time.
  const lag = series(limited, 'lag');
  expect(lag[30]! / 1e9).toBeGreaterThan(14);
  expect(lag[30]! / 1e9).toBeLessThan(17);
  expect(Math.abs(series(limited, 'behind')[30]! - lag[30]!) / 1e9).toBeLessThan(1);
  const page = renderHtml(limited);
  expect(page).toContain('Consumer lag');
  expect(page).toMatch(/The lag was highest 3\d(\.\d)? s after the start, 1\d\.\d s/);
});

test('an endpoint that always says 0 does not hide the lag', async () => {
  const result = await runLimited(['poll.behind-always-0']);
  expect(Math.max(...series(result, 'behind').map((ns) => ns ?? 0))).toBe(0);
  expect(result.expectations.filter(({ verdict }) => verdict === 'fail').map(({ text }) => text)).toEqual([
    'lag.max{fleet=reader} over before < 1s',
    'lag.max{fleet=reader} over after < 1s',
  ]);
});

test('what is pushed is behind by its way alone', async () => {
  const result = await run('', { consume: 'fan-out' });
  expect(result.verdict.reasons).toEqual([]);
  expect(series(result, 'behind').some((ns) => ns !== null)).toBe(true);
});
