import { expect, test } from 'vitest';
import { latencyTimelineFigures } from './latency-timeline.ts';
import { pollingDelayResult } from './polling-delay.test-data.ts';

test('the maximum is that of the table of latencies, also where it came after the measured phases', () => {
  const result = pollingDelayResult();
  const { latencies, series } = result;
  const whole = latencies.find(({ phase, metric }) => phase === null && metric === 'propagation')!;
  const late = { ...whole, maxNs: 95e9 };
  const bins = series.latencies.find(({ fleet, metric }) => metric === 'propagation' && fleet === whole.fleet)!;
  const drained = { ...bins, maxNs: bins.maxNs.map((ns, bin) => (bin === bins.maxNs.length - 1 ? late.maxNs : ns)) };
  const figures = latencyTimelineFigures({
    ...result,
    latencies: latencies.map((each) => (each === whole ? late : each)),
    series: { ...series, latencies: [drained] },
  });
  expect(figures.map(({ finding }) => finding)).toEqual([
    expect.stringContaining('The maximum of what was due in the measured phases: 95.0 s, came at'),
  ]);
});
