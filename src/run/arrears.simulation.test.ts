/** A consumer that never catches up must not look fast for what little it read. */
import { expect, test } from 'vitest';
import { renderSummary } from '../report/text.ts';
import { renderHtml } from '../report/html.ts';
import type { Result } from '../result.ts';
import { parseScenario } from '../scenario/parse.ts';
import { simulate } from './simulation.ts';

/** The first application takes all five calls a second of the shard; the second one finds the bucket empty almost every time. */
function run(every: string, { from = 'LATEST', drain = true }: { from?: string; drain?: boolean } = {}) {
  const text = `
name: starved
question: What does a second reader have?
expected: Its records within seconds, or it is wrong.
streams: { events: { shards: 1 } }
fleets:
  writers: { produce: PutRecord, rate: 50 records/s, arrivals: uniform, record: { size: 100 B, key: uniform(10) } }
  first: { consume: polling, every: ${every} }
  second: { consume: polling, every: ${every}, from: ${from} }
phases:
  - { name: steady, for: 20s }
${drain ? '  - { name: drain, until: drained, within: 10s }' : ''}
expect:
  - propagation.mean{fleet=second} < 5s
  - delivery.max{fleet=second} < 5s
`;
  const { plan, planHash } = parseScenario(text, { file: 'starved.yaml' });
  const scenario = { file: null, text, planHash, plan, overrides: [] };
  return simulate({ scenario, seed: 1, endpoint: { latency: 'aws' } });
}

const of = (result: Result, fleet: string, metric: string) =>
  result.latencies.find((doc) => doc.fleet === fleet && doc.metric === metric && doc.phase === null)!;
const countOf = (result: Result, fleet: string, metric: string) =>
  result.counts.find((doc) => doc.fleet === fleet && doc.metric === metric && doc.phase === null)!.count;

test('records that never came rank above every delay: no mean, no maximum, and nothing held is claimed', async () => {
  const result = await run('200ms');
  const missing = countOf(result, 'writers', 'accepted') - countOf(result, 'second', 'received');
  expect(missing).toBeGreaterThan(100);
  expect(of(result, 'second', 'propagation').infinite).toBe(missing);
  expect(of(result, 'second', 'delivery').infinite).toBe(missing);
  expect(of(result, 'first', 'propagation').infinite).toBe(0);
  expect(result.expectations.map(({ verdict }) => verdict)).toEqual(['indeterminate', 'indeterminate']);
  expect(result.verdict.exitCode).toBe(6);
  expect(renderSummary([result])).toMatch(/second n\/a \([\d,]+ of 1,000\s+records\s+never/);
  expect(renderHtml(result)).toMatch(/second: [\d,]+ of 1,000 records never came/);
});

test('who has all of them in the end has a mean', async () => {
  const result = await run('400ms');
  expect(of(result, 'second', 'propagation').infinite).toBe(0);
  expect(result.verdict.reasons).toEqual([]);
});

test('nothing is missing that was left out on purpose, or that is under way because nobody waits for it', async () => {
  const late = await run('400ms', { from: 'AT_TIMESTAMP(start + 10s)' });
  expect(countOf(late, 'second', 'received')).toBeLessThan(600);
  expect(of(late, 'second', 'propagation').infinite).toBe(0);
  // Nobody knows how many it passes over: it is waited for until nothing has come for 5 s, not for the ten that a drain may last.
  const [, drain] = late.phases;
  expect((drain!.endNs - drain!.startNs) / 1e9).toBeGreaterThan(5);
  expect((drain!.endNs - drain!.startNs) / 1e9).toBeLessThan(8);
  const undrained = await run('400ms', { drain: false });
  expect(countOf(undrained, 'second', 'received')).toBeLessThan(1000);
  expect(of(undrained, 'second', 'propagation').infinite).toBe(0);
});
