import { expect, test } from 'vitest';
import { pollingDelayResult } from '../report/polling-delay.test-data.ts';
import { renderSummary } from '../report/text.ts';
import { renderHtml } from '../report/html.ts';
import type { CpuDoc, Result } from '../result.ts';
import type { Expectation } from '../scenario/plan.ts';
import { cpuDocs } from './cpu.ts';
import { judgeExpectations } from './expectations.ts';

const below = (limitNs: number, fleet: string): Expectation => ({
  text: `cpu.per-operation{fleet=${fleet}}`,
  subject: { kind: 'cpu', metric: 'cpu', stat: 'per-operation' },
  labels: { fleet },
  window: null,
  unit: 'ns',
  comparator: '<',
  value: limitNs,
  tolerance: 0,
});

/** Writers whose threads took 200 µs for each of the calls that left. */
function metered(fleets: readonly string[] = ['writers']): Result {
  const sample = pollingDelayResult();
  const setup = { ...sample.latencies[0]!, fleet: 'writers', metric: 'setup' as const, phase: null, count: 6000 };
  const latencies = [...sample.latencies.filter(({ metric }) => metric !== 'setup'), setup];
  const cpu = cpuDocs([
    { fleets, cpuNs: 0.7e9 },
    { fleets, cpuNs: 0.5e9 },
  ]);
  return { ...sample, latencies, cpu };
}

test('threads of the same fleets are added up', () => {
  const docs: CpuDoc[] = cpuDocs([
    { fleets: ['a'], cpuNs: 1 },
    { fleets: ['a', 'b'], cpuNs: 2 },
    { fleets: ['a'], cpuNs: 4, threads: 3 },
  ]);
  expect(docs).toEqual([
    { fleets: ['a'], cpuNs: 5, threads: 4 },
    { fleets: ['a', 'b'], cpuNs: 2, threads: 1 },
  ]);
});

test('CPU per call is that of the threads of the fleet by the calls that left', () => {
  const [met, missed] = judgeExpectations([below(201e3, 'writers'), below(199e3, 'writers')], metered());
  expect(met).toMatchObject({ verdict: 'pass', observed: '200 µs' });
  expect(missed).toMatchObject({ verdict: 'fail', observed: '200 µs' });
});

test('of a thread that two fleets shared, nobody can tell', () => {
  const [judged] = judgeExpectations([below(1e9, 'writers')], metered(['writers', 'others']));
  expect(judged).toMatchObject({
    verdict: 'indeterminate',
    observed: 'n/a',
    explanation: expect.stringContaining('writers shared its threads with others'),
  });
});

test('on a virtual clock it is not measured, which is no pass', () => {
  const { cpu: _, ...simulated } = metered();
  expect(judgeExpectations([below(1e9, 'writers')], simulated)[0]).toMatchObject({
    verdict: 'skip',
    observed: 'n/a',
    explanation: expect.stringContaining('not measured here'),
  });
});

test('the terminal tells it where a fleet calls with the SDK, the page always', () => {
  const wire = metered();
  const sdk = { ...metered(['writers', 'others']), client: { ...wire.client, name: 'sdk' } };
  const said = renderSummary([wire, sdk]);
  expect(said).toContain('CPU per call (polling-delay, #1 reference): writers 200 µs\n');
  expect(said).toContain('CPU per call (polling-delay, #2 reference): writers n/a (in one thread with others)');
  expect(renderSummary([wire])).not.toContain('CPU per call');
  expect(renderHtml(wire)).toContain('writers 200 µs');
});
