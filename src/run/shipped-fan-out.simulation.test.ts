/** The shipped scenarios about fan-out hold what they expect of the reference, in virtual time, and can fail. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ExitCode } from '../exit-code.ts';
import { Faults } from '../reference/faults.ts';
import type { Result } from '../result.ts';
import { parseScenario } from '../scenario/parse.ts';
import { resolveScenarioFile } from '../scenario/shipped.ts';
import { type Simulation, simulate } from './simulation.ts';

/** The runs of a shipped scenario, one for each combination of its values. */
async function runs(name: string, endpoint: Simulation['endpoint'] = {}, set: string[] = []): Promise<Result[]> {
  const file = resolveScenarioFile(name);
  const text = readFileSync(file, 'utf8');
  const parsed = parseScenario(text, { file, set });
  const cells = parsed.series?.cells ?? [parsed];
  const results: Result[] = [];
  for (const { plan, planHash } of cells) {
    const scenario = { file, text, planHash, plan, overrides: set };
    results.push(await simulate({ scenario, seed: 1, endpoint: { latency: 'aws', ...endpoint } }));
  }
  return results;
}

function meanMs({ latencies }: Result, fleet: string, metric: string): number {
  const doc = latencies.find((each) => each.fleet === fleet && each.metric === metric && each.phase === null);
  return doc!.meanNs / 1e6;
}

describe('fan-out-delay', () => {
  test('holds', async () => {
    const [result] = await runs('fan-out-delay');
    expect(result!.verdict.reasons).toEqual([]);
  });

  test('is broken where a renewed subscription leaves records out', async () => {
    const [result] = await runs('fan-out-delay', { faults: new Faults(['efo.continuation-ahead']) });
    expect(result!.verdict.exitCode).toBe(ExitCode.correctness);
    expect(result!.ledger.counts.missed).toBeGreaterThan(0);
  });
});

describe('fan-out-vs-polling', () => {
  test('holds; the mean of the differences is the difference of the means, record for record', async () => {
    const [result] = await runs('fan-out-vs-polling');
    expect(result!.verdict.reasons).toEqual([]);
    const [pair] = result!.pairs!;
    const accepted = result!.counts.find(({ metric, phase }) => metric === 'accepted' && phase === null)!;
    expect(pair).toMatchObject({ agents: 1, records: accepted.count, onlyMinuend: 0, onlySubtrahend: 0 });
    const difference = meanMs(result!, 'pollers', 'propagation') - meanMs(result!, 'pushed', 'propagation');
    expect(meanMs(result!, 'pollers - pushed', 'paired')).toBeCloseTo(difference, 6);
    // What polling costs is its wait and its call; what it does not, pushing costs (1 ms, by the reference's model).
    const [polling] = result!.polling;
    const explained = (polling!.phaseMeanNs + polling!.callMeanNs) / 1e6;
    expect(Math.abs(explained - meanMs(result!, 'pollers - pushed', 'paired'))).toBeLessThan(3);
  });

  test('is missed where pushing takes as long as polling', async () => {
    const after = (medianMs: number) => ({ medianMs, sigma: 0, knotMs: 250 });
    const latency = { visibility: after(70), acknowledgement: after(15), call: after(30), push: after(400) };
    const [result] = await runs('fan-out-vs-polling', { latency });
    expect(result!.verdict.exitCode).toBe(ExitCode.expectation);
    const missed = result!.expectations.filter(({ verdict }) => verdict === 'fail').map(({ text }) => text);
    expect(missed).toContain('paired(pollers - pushed).p50 > 50ms');
  });

  test('is not judged by pairs where one of the two saw part of the records only', async () => {
    const [result] = await runs('fan-out-vs-polling', {}, [
      'fleets.pushed.slow=20 KiB/s',
      'verify=[]',
      'phases.2.within=1s',
    ]);
    const expectations = result!.expectations.filter(({ text }) => text.startsWith('paired'));
    expect(expectations.map(({ verdict }) => verdict)).toEqual(['indeterminate', 'indeterminate']);
    expect(expectations[0]!.explanation).toMatch(/records were seen by one of pollers - pushed only/);
  });
});

test('consumers-curve: each poller more costs all of them 100 ms, and one that is pushed to costs nobody', async () => {
  const results = await runs('consumers-curve');
  expect(results.flatMap(({ verdict }) => verdict.reasons)).toEqual([]);
  expect(results.map(({ pairs }) => pairs![0]!.agents)).toEqual([1, 2, 3, 4, 5]);
  for (const [index, result] of results.entries()) {
    expect(Math.abs(meanMs(result, 'pushed', 'propagation') - 70)).toBeLessThan(5);
    expect(Math.abs(meanMs(result, 'pollers', 'propagation') - (200 + 100 * index))).toBeLessThan(25);
  }
});
