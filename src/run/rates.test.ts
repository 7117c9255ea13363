import { expect, test } from 'vitest';
import { headlineTiles } from '../report/headline.ts';
import { pollingDelayResult } from '../report/polling-delay.test-data.ts';
import { renderSummary } from '../report/text.ts';
import type { MetricPlan } from '../scenario/plan.ts';
import { observeMetric } from './expectations.ts';

const rate: MetricPlan = {
  subject: { kind: 'count', metric: 'accepted', stat: 'rate' },
  labels: {},
  window: null,
  unit: 'records/s',
  text: 'accepted.rate',
};

test('a rate of the terminal and the report is that of an expectation: by answer, not by when records were due', () => {
  const result = pollingDelayResult();
  // Of 102 that fell due each second, some were answered behind the phase.
  const counts = result.counts.map((doc) => (doc.metric === 'accepted' ? { ...doc, count: 102 * 30 } : doc));
  const lines = result.series.counts.map((line) =>
    line.metric === 'accepted' && line.shard === null ? { ...line, values: line.values.map(() => 101) } : line,
  );
  const late = { ...result, counts, series: { ...result.series, counts: lines } };
  expect(observeMetric(rate, late)).toBe(101);
  expect(headlineTiles(late).find(({ label }) => label === 'stored')?.value).toBe('101/s');
  expect(renderSummary([late])).toMatch(/reference\* +200 +101 /);
});

test('where no whole second lies in a phase, the headline goes by when records were due', () => {
  const result = pollingDelayResult();
  const phases = [{ name: 'steady', kind: 'timed' as const, measured: true, startNs: 0.1e9, endNs: 0.6e9 }];
  const counts = result.counts.map((doc) => (doc.metric === 'accepted' ? { ...doc, count: 60 } : doc));
  expect(observeMetric(rate, { ...result, phases, counts })).toBe(null);
  expect(headlineTiles({ ...result, phases, counts }).find(({ label }) => label === 'stored')?.value).toBe('120/s');
});
