import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Result } from '../result.ts';
import type { FanOutFleet } from '../scenario/plan.ts';
import { gate } from './gate.ts';
import { median } from './observe.ts';
import { defaultRules, parseRule, ruleName } from './rule.ts';
import { sampleLatencies, sampleResult, sampleSeries } from './sample-result.ts';

const plan = sampleResult().scenario.plan;
const pushed: FanOutFleet = {
  kind: 'consume',
  name: 'pushed',
  client: 'wire',
  method: 'fan-out',
  stream: plan.streams[0]!.alias,
  agents: 1,
  from: 'LATEST',
  timeoutNs: 10e9,
  renewNs: 290e9,
  slowBytesPerS: null,
};
const p99 = parseRule('service.p99{fleet=writers} 1.25x 1ms', plan);

function withP99(ms: number | null, id = 'run-2'): Result {
  return sampleResult({ run: { ...sampleResult().run, id }, latencies: sampleLatencies({ p99: ms }) });
}

/** So many accepted a second, of `duePerS` that fell due: the others were answered behind the phase. */
function accepting(perS: number, duePerS = perS): Result {
  const sample = sampleResult();
  const counts = sample.counts.map((each) => (each.metric === 'accepted' ? { ...each, count: duePerS * 10 } : each));
  return { ...sample, counts, series: { ...sample.series, counts: [sampleSeries('accepted', perS)] } };
}

describe('a latency is worse only beyond the ratio and the floor', () => {
  test.each<[string, number | null, number | null, string, number]>([
    ['equal', 10, 10, 'pass', 0],
    ['better', 10, 2, 'pass', 0],
    ['at the ratio', 10, 12.5, 'pass', 0],
    ['beyond both', 10, 12.6, 'fail', 4],
    ['beyond the ratio, within the floor', 2, 2.9, 'pass', 0],
    ['beyond the floor, within the ratio', 100, 124, 'pass', 0],
    ['from nothing, beyond the floor', 0, 1.1, 'fail', 4],
    ['from nothing, within the floor', 0, 1, 'pass', 0],
    ['unknown before', null, 10, 'indeterminate', 6],
    ['unknown now', 10, null, 'indeterminate', 6],
  ])('%s: %s ms → %s ms is %s', (_, before, after, verdict, exitCode) => {
    const report = gate([withP99(after)], [withP99(before, 'run-1')], p99);
    expect(report).toMatchObject({ verdict, exitCode, lines: [{ metric: 'service.p99{fleet=writers}', verdict }] });
    expect(report.reasons).toHaveLength(verdict === 'pass' ? 0 : 1);
  });

  test('the report has old, new, ratio and the rule in words', () => {
    const [line] = gate([withP99(20)], [withP99(10)], p99).lines;
    expect(line).toEqual({
      metric: 'service.p99{fleet=writers}',
      unit: 'ns',
      old: 10e6,
      new: 20e6,
      ratio: 2,
      limit: 'worse beyond 1.25x and 1.00 ms',
      verdict: 'fail',
      explanation: '10.0 ms → 20.0 ms (2.00x), worse beyond 1.25x and 1.00 ms',
    });
  });
});

describe('a rate is worse only when it falls', () => {
  test.each([
    [800, 900, 'pass'],
    [800, 760, 'pass'],
    [800, 759, 'fail'],
    [10, 9.1, 'pass'],
    [10, 0, 'fail'],
  ])('%d/s → %d/s is %s', (before, after, verdict) => {
    const rules = parseRule('accepted.rate', plan);
    expect(gate([accepting(after)], [accepting(before)], rules).verdict).toBe(verdict);
  });

  test('it goes by when records were answered, in the baseline too: what was answered behind the phase was not done in its time', () => {
    const rules = parseRule('accepted.rate', plan);
    expect(gate([accepting(700, 800)], [accepting(800)], rules).lines[0]).toMatchObject({ old: 800, new: 700 });
    expect(gate([accepting(800)], [accepting(700, 800)], rules).lines[0]).toMatchObject({ old: 700, new: 800 });
    const throughput = parseRule('accepted.throughput', plan);
    expect(gate([accepting(700, 800)], [accepting(800)], throughput).lines[0]).toMatchObject({
      old: 80_000,
      new: 70_000,
    });
  });

  test('where no whole second lies in a phase, both sides go by when they were due', () => {
    const short = (perS: number) => ({
      ...accepting(perS),
      phases: [{ name: 'steady', kind: 'timed' as const, measured: true, startNs: 0.5e9, endNs: 1e9 }],
    });
    expect(gate([short(60)], [short(80)], parseRule('accepted.rate', plan)).lines[0]).toMatchObject({
      old: 1600,
      new: 1200,
      verdict: 'fail',
    });
  });

  test('a baseline that has the sum and not its course is not compared', () => {
    const sample = sampleResult();
    const old = { ...sample, series: { ...sample.series, counts: [] } };
    expect(gate([sample], [old], parseRule('accepted.rate', plan))).toMatchObject({
      exitCode: 6,
      reasons: [
        'accepted.rate{fleet=writers}: baseline run run-1: its result has the accepted of writers in all, and not over time.',
      ],
    });
  });
});

describe('several results a side', () => {
  test('medians are compared: one slow run of three does not fail', () => {
    const baseline = [withP99(10, 'a'), withP99(11, 'b'), withP99(9, 'c')];
    expect(gate([withP99(10, 'd'), withP99(90, 'e'), withP99(11, 'f')], baseline, p99).verdict).toBe('pass');
    const report = gate([withP99(30, 'd'), withP99(90, 'e'), withP99(11, 'f')], baseline, p99);
    expect(report).toMatchObject({
      verdict: 'fail',
      lines: [{ old: 10e6, new: 30e6 }],
      current: { runs: ['d', 'e', 'f'] },
    });
    expect(median([1, 4, 2, 3])).toBe(2.5);
  });

  test('one result that does not know makes the metric indeterminate', () => {
    const report = gate([withP99(10, 'd'), withP99(null, 'e')], [withP99(10)], p99);
    expect(report.reasons).toEqual([
      'service.p99{fleet=writers}: current run e: too few events beyond p99 (8000 in all).',
    ]);
  });
});

test('a proven regression outranks what could not be decided', () => {
  const rules = [...p99, ...parseRule('service.p99.9', plan)];
  expect(gate([withP99(50)], [withP99(10)], rules)).toMatchObject({ verdict: 'fail', exitCode: 4 });
  expect(gate([withP99(10)], [withP99(10)], rules)).toMatchObject({ verdict: 'indeterminate', exitCode: 6 });
});

test('a mean over operations that never happened is not known', () => {
  const sample = sampleResult();
  const skipping = { ...sample, latencies: sample.latencies.map((each) => ({ ...each, infinite: 3 })) };
  expect(gate([skipping], [sample], parseRule('response.mean', plan)).reasons[0]).toContain(
    '3 never happened or never came',
  );
});

describe('what cannot be compared is refused with both values', () => {
  const sample = sampleResult();
  const { environment, client, scenario, run, verdict } = sample;
  test.each<[string, Result, string[]]>([
    ['plan', { ...sample, scenario: { ...scenario, planHash: 'bb22' } }, ['"bb22"', '"aa11"']],
    [
      'host class',
      { ...sample, environment: { ...environment, hostClass: 'big' } },
      ['"big"', '"sample, 2 cores, linux"'],
    ],
    ['clock', { ...sample, environment: { ...environment, clock: 'virtual' } }, ['"virtual"', '"system"']],
    ['client', { ...sample, client: { ...client, threads: 4 } }, ['threads 4', 'threads 1']],
    ['interrupted', { ...sample, run: { ...run, interrupted: true } }, ['The current run run-1 was interrupted.']],
    [
      'invalid',
      { ...sample, verdict: { ...verdict, exitCode: 6, word: 'invalid', reasons: ['too few samples'] } },
      ['The current run run-1 is invalid: invalid; too few samples.'],
    ],
    [
      'a failed validity check',
      { ...sample, validity: [{ ...sample.validity[0]!, verdict: 'fail', observed: 'p99 20 ms' }] },
      ['lateness is p99 20 ms, bound at most 10 ms'],
    ],
  ])('%s', (_, other, parts) => {
    for (const part of parts)
      expect(() => gate([other], [sample])).toThrow(
        expect.objectContaining({ code: 'not-comparable', exitCode: 2, message: expect.stringContaining(part) }),
      );
    expect(() => gate([sample], [other])).toThrow(expect.objectContaining({ code: 'not-comparable' }));
  });

  test('every difference at once', () => {
    const other = { ...sample, environment: { ...environment, hostClass: 'big', clock: 'virtual' as const } };
    expect(() => gate([other], [sample])).toThrow(/host class differs.*\n.*clock differs/);
  });

  test('no result on one side', () => {
    expect(() => gate([], [sample])).toThrow('There is no current result.');
    expect(() => gate([sample], [])).toThrow('There is no baseline.');
  });
});

describe('correctness', () => {
  const broken = sampleResult({ verdict: { exitCode: 5, word: 'broken', reasons: ['1 record lost'] } });

  test('a break in a current run stays 5, whatever the numbers say', () => {
    const report = gate([broken], [sampleResult()]);
    expect(report).toMatchObject({
      verdict: 'fail',
      exitCode: 5,
      reasons: ['Run run-1 broke correctness: 1 record lost.'],
    });
    expect(report.lines.every((line) => line.verdict === 'pass')).toBe(true);
  });

  test('and is told even where nothing can be compared', () => {
    const elsewhere = { ...broken, environment: { ...broken.environment, hostClass: 'big' } };
    const report = gate([elsewhere], [sampleResult()]);
    expect(report).toMatchObject({ exitCode: 5, lines: [] });
    expect(report.reasons[1]).toMatch(/^Not compared\. The host class differs/);
  });

  test('a missed expectation is no obstacle to a comparison', () => {
    const missed = sampleResult({ verdict: { exitCode: 3, word: 'expectation missed', reasons: [] } });
    expect(gate([missed], [sampleResult()]).exitCode).toBe(0);
  });
});

describe('rules', () => {
  test('by default each fleet is compared by what its users feel', () => {
    expect(defaultRules(plan).map(ruleName)).toEqual([
      'response.p50{fleet=writers}',
      'response.p99{fleet=writers}',
      'service.p50{fleet=writers}',
      'service.p99{fleet=writers}',
      'accepted.rate{fleet=writers}',
      'propagation.mean{fleet=pollers}',
      'propagation.p50{fleet=pollers}',
    ]);
    expect(gate([sampleResult()], [sampleResult()]).lines).toHaveLength(7);
  });

  test.each([
    ['service.p99{fleet=writers} 1.2x 2ms', { ratio: 1.2, floor: 2e6, better: 'lower', unit: 'ns' }],
    ['response.p99.9 2x', { ratio: 2, floor: 1e6, subject: { stat: 'p99.9' } }],
    ['propagation.mean 500us', { ratio: 1.25, floor: 5e5, fleet: 'pollers' }],
    ['accepted.rate 0.9x 10 records/s', { ratio: 0.9, floor: 10, better: 'higher' }],
    ['accepted.throughput 0.9x 1 KiB/s', { floor: 1024, unit: 'bytes/s' }],
    ['throttled.ratio 1.5x 2%', { floor: 0.02, better: 'lower' }],
    ['polls-throttled.rate', { ratio: 1.25, floor: 0.1, unit: 'polls/s', fleet: 'pollers' }],
  ])('%s', (text, expected) => {
    expect(parseRule(text, plan)).toMatchObject([expected]);
  });

  test('every rule of docs/gate.md is one', () => {
    const page = readFileSync(new URL('../../docs/gate.md', import.meta.url), 'utf8');
    const rules = /^```rule\n(.*?)^```$/ms.exec(page)![1]!.trim().split('\n');
    expect(rules.map((text) => parseRule(text, plan).length)).toEqual([1, 1, 1, 1, 1]);
  });

  test('without a fleet a rule stands for every fleet that has the metric', () => {
    expect(parseRule('service.p50', plan).map(({ fleet }) => fleet)).toEqual(['writers', 'pollers']);
    const fleets = [...plan.fleets, pushed];
    const named = (text: string) => parseRule(text, { ...plan, fleets }).map(({ fleet }) => fleet);
    expect(named('lateness.p99')).toEqual(['writers', 'pollers']);
    expect(named('propagation.p50')).toEqual(['pollers', 'pushed']);
    expect(named('polls-throttled.rate')).toEqual(['pollers']);
    expect(named('renewal-gap.p50')).toEqual(['pushed']);
    expect(() => parseRule('subscriptions-broken.rate', plan)).toThrow('no fleet of');
    expect(() => parseRule('backoff.p50', plan)).toThrow('no fleet of');
  });

  test('a fleet that no result could run is not compared, one that some ran is not known', () => {
    const sample = sampleResult();
    const scenario = { ...sample.scenario, plan: { ...plan, fleets: [...plan.fleets, pushed] } };
    const ran = { ...sample, scenario };
    const left = { ...ran, unsupported: [{ fleet: 'pushed', needs: ['fan-out'] as const, optional: true }] };
    expect(gate([left], [left])).toMatchObject({ verdict: 'pass', exitCode: 0 });
    expect(gate([left], [ran])).toMatchObject({ verdict: 'indeterminate', exitCode: 6 });
  });

  test.each([
    ['service', 'does not read as'],
    ['servise.p99', '"servise" cannot be compared; lateness, departure, setup, service,'],
    ['service.p95', 'service is compared by p50, p90, p99,'],
    ['offered.rate', '"offered" cannot be compared'],
    ['received.ratio', 'received is compared by rate, throughput'],
    ['toString.p99', 'does not read as'],
    ['constructor.p99', '"constructor" cannot be compared'],
    ['service.p99{fleet=writer}', 'no fleet "writer" has service; writers, pollers can be named'],
    ['propagation.p50{fleet=writers}', 'no fleet "writers" has propagation; pollers can be named'],
    ['service.p99 0.8x', 'lower is better here: the ratio is 1x or more'],
    ['accepted.rate 1.2x', 'higher is better here: the ratio is 1x or less'],
    ['service.p99 1.2x 2', '"2" is no floor'],
    ['service.p99 1.2x 2 records/s', '"2 records/s" is no floor'],
    ['service.p99 2ms 1.2x', '"2ms 1.2x" is no floor'],
  ])('%s is refused', (text, message) => {
    expect(() => parseRule(text, plan)).toThrow(
      expect.objectContaining({ code: 'rule-invalid', exitCode: 2, message: expect.stringContaining(message) }),
    );
  });
});
