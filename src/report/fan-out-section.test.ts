import { expect, test } from 'vitest';
import type { LatencyDoc, Result } from '../result.ts';
import type { FanOutFleet, LatencyMetric } from '../scenario/plan.ts';
import { latencyDoc } from './example-result.test-data.ts';
import { fanOutSection } from './fan-out-section.ts';
import { renderHtml } from './html.ts';
import { pairSection } from './pair-section.ts';
import { percentileFigures } from './percentile-curve.ts';
import { pollingDelayResult } from './polling-delay.test-data.ts';
import { shortfallsOf } from './shortfalls.ts';

const base = pollingDelayResult();
const pushed: FanOutFleet = {
  kind: 'consume',
  name: 'pushed',
  client: 'wire',
  method: 'fan-out',
  stream: base.scenario.plan.streams[0]!.alias,
  agents: 2,
  from: 'LATEST',
  timeoutNs: 10e9,
  renewNs: 290e9,
  slowBytesPerS: null,
};

function withPushed(change: Partial<Result>, fleet = pushed): Result {
  const plan = { ...base.scenario.plan, fleets: [...base.scenario.plan.fleets, fleet] };
  return { ...base, scenario: { ...base.scenario, plan }, ...change };
}

const of = (fleet: string, metric: LatencyMetric, outcome: LatencyDoc['outcome'], ms: readonly number[]): LatencyDoc =>
  latencyDoc(
    fleet,
    metric,
    outcome,
    ms.map((each) => each * 1e6),
  );

test('is left out where nobody is pushed to', () => {
  expect(fanOutSection(base)).toBeNull();
  expect(pairSection(base)).toBeNull();
});

test('shows the subscriptions of the whole run, its gaps, and what they kept waiting', () => {
  const count = (metric: 'subscriptions' | 'renewals', phase: string | null, value: number) => ({
    fleet: 'pushed',
    phase,
    metric,
    count: value,
    bytes: 0,
  });
  const counts = [
    count('subscriptions', 'warm-up', 4),
    count('subscriptions', 'steady', 37),
    count('renewals', 'steady', 31),
  ];
  const latencies = [
    of('pushed', 'renewal-gap', 'accepted', [30, 50]),
    of('pushed', 'renewal-gap', 'broken', [7000]),
    of(
      'pushed',
      'propagation',
      'received',
      Array.from({ length: 20 }, () => 70),
    ),
    of('pushed', 'propagation', 'renewed', [95]),
  ];
  const { text } = fanOutSection(withPushed({ counts, latencies }))!;
  for (const shown of ['>41<', '>31<', '290 s', '40.0 ms', '7.00 s', '1 of 20 records', '95.0 ms', '25.0 ms more'])
    expect(text).toContain(shown);
  const whenEnded = fanOutSection(withPushed({ counts, latencies: [] }, { ...pushed, renewNs: null }))!;
  expect(whenEnded.text).toContain('when ended');
  expect(whenEnded.text).not.toContain('Renewal gaps');
});

test('a fleet that was left out is said to be unsupported, in no table', () => {
  const unsupported = [{ fleet: 'pushed', needs: ['fan-out'] as const, optional: false }];
  const result = withPushed({ unsupported });
  expect(fanOutSection(result)).toBeNull();
  expect(renderHtml(result)).toContain('pushed was left out: the target has no fan-out.');
  expect(shortfallsOf(result)).toContainEqual({
    verdict: 'skip',
    sentence: 'Unsupported: pushed was left out, the target has no fan-out.',
  });
});

test('a pair is explained by what polling adds; what is left of it is the push', () => {
  const [polling] = base.polling;
  const others = base.latencies.filter(({ metric }) => metric === 'propagation');
  const poller = others.find(({ fleet, phase }) => fleet === polling!.fleet && phase === null)!;
  const pair = {
    fleet: 'pollers - pushed',
    minuend: polling!.fleet,
    subtrahend: 'pushed',
    agents: 1,
    records: 40,
    onlyMinuend: 3,
    onlySubtrahend: 5,
  };
  const latencies = [
    poller,
    of(
      'pushed',
      'propagation',
      'received',
      Array.from({ length: 40 }, () => 20),
    ),
    of(`${polling!.fleet} - pushed`, 'paired', 'received', [...Array.from({ length: 39 }, () => 118), -7]),
  ];
  const { text } = pairSection(withPushed({ latencies, pairs: [pair] }))!;
  const read = text.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ');
  expect(read).toMatch(/pollers - pushed 1 40 3 5 115 ms 118 ms n\/a \(40 events\) n\/a \(40 events\) 1/);
  expect(read).toContain('AWS publishes a mean of about 200 ms');
  // 137 ms, of which 106 ms wait and 12.4 ms call: 18.6 ms are left, and 20 ms of what is pushed.
  expect(read).toMatch(/So pushing costs 1\.\d+ ms over being readable/);
  const sooner = latencies.map((doc) => (doc.fleet === 'pushed' ? { ...doc, meanNs: 18e6 } : doc));
  const even = pairSection(withPushed({ latencies: sooner, pairs: [pair] }))!.text.replaceAll(/\s+/g, ' ');
  expect(even).toContain('So pushing costs nothing over being readable that these means can tell.');
  const two = { ...pair, subtrahend: polling!.fleet };
  expect(pairSection(withPushed({ latencies, pairs: [two] }))!.text).not.toContain('So pushing costs');
});

test('where records waited too long for their second receipt there is no mean, nothing is explained by it, and the chart says so', () => {
  const pair = { fleet: 'slow - pushed', minuend: 'slow', subtrahend: 'pushed', agents: 1 };
  const found = { records: 40, onlyMinuend: 7, onlySubtrahend: 7 };
  const ms = Array.from({ length: 40 }, () => 118);
  const latencies = [
    of('slow', 'propagation', 'received', ms),
    of('pushed', 'propagation', 'received', ms),
    { ...of('slow - pushed', 'paired', 'received', ms), infinite: 7 },
  ];
  const { text } = pairSection(withPushed({ latencies, pairs: [{ ...pair, ...found }] }))!;
  expect(text).toContain('<td class="number">n/a</td>');
  expect(text).not.toContain('Where slow - pushed comes from');
  expect(text).toContain(
    '7 records that waited too long for their second receipt rank above every value of slow - pushed.',
  );
});

test('lag and what the endpoint says of it are in no chart of how long calls took', () => {
  const ms = Array.from({ length: 40 }, () => 20);
  const latencies = [
    of('pushed', 'service', 'accepted', ms),
    of('pushed', 'lag', 'received', ms),
    of('pushed', 'behind', 'received', ms),
  ];
  const [figure, ...others] = percentileFigures(withPushed({ latencies }));
  expect(others).toEqual([]);
  expect(figure!.spec).toMatchObject({ lines: [{ label: 'service, accepted' }] });
});
