import { expect, test } from 'vitest';
import type { PointDoc, ResultSeries } from '../result-series.ts';
import type { LineChartSpec } from './chart-spec.ts';
import { kneeSentence, renderSeriesHtml } from './series-page.ts';
import { renderSeriesText } from './series-text.ts';

function point(target: string, n: number, ms: readonly number[]): PointDoc {
  const sorted = ms.map((each) => each * 1e6).sort((a, b) => a - b);
  return {
    target,
    modelled: target === 'embedded',
    values: { n },
    runs: sorted.map((value, index) => ({
      folder: `${target}/n=${n}-${index + 1}`,
      id: 'abcdefgh',
      seed: index,
      verdict: { exitCode: 0, word: 'pass' },
      values: [value],
    })),
    metrics: [{ count: sorted.length, median: sorted[1]!, min: sorted[0]!, max: sorted[2]! }],
  };
}

const series: ResultSeries = {
  format: 'kinebench-series',
  version: 1,
  verdict: { exitCode: 0, word: 'pass', reasons: [] },
  scenario: {
    name: 'consumers-curve',
    question: 'How does it grow? </script><img src=x>',
    expected: 'It grows.',
    file: 'curve.yaml',
    overrides: [],
  },
  startedAt: '2026-01-01T00:00:00.000Z',
  endedAt: '2026-01-01T01:00:00.000Z',
  interrupted: false,
  clock: 'system',
  parameters: [{ name: 'n', values: [1, 10, 100] }],
  repeat: { times: 3, interleave: 'targets' },
  metrics: [{ text: 'propagation.mean', unit: 'ns' }],
  points: [
    point('embedded', 1, [200, 210, 205]),
    point('embedded', 10, [400, 410, 402]),
    point('embedded', 100, [900, 950, 980]),
    point('kinesalite', 1, [100, 101, 102]),
    point('kinesalite', 10, [100, 101, 102]),
  ],
  searches: [],
};

const readable = (page: string) =>
  page
    .replaceAll(/<(script|style)[\s\S]*?<\/\1>/g, ' ')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ');

test('the curve has a line for each target, the spread as dots, and its numbers in a table', () => {
  const page = renderSeriesHtml(series);
  const text = readable(page);
  expect(text).toContain('embedded: from 205 ms at n = 1 to 950 ms at n = 100. kinesalite: from 101 ms at n = 1 to');
  expect(text).toContain('10 embedded 402 ms 400 ms 410 ms 3 of 3');
  expect(text).toContain('Modelled: ');
  const [spec] = JSON.parse(/id="charts">([^<]*)</.exec(page)![1]!) as [LineChartSpec];
  expect(spec.x.ticks).toEqual([
    { value: 0, label: '1' },
    { value: 1, label: '10' },
    { value: 2, label: '100' },
  ]);
  expect(spec.lines.map(({ label, stroke }) => [label, stroke])).toEqual([
    ['embedded', 'solid'],
    ['embedded: least and most', 'dots'],
    ['kinesalite', 'solid'],
    ['kinesalite: least and most', 'dots'],
  ]);
  expect(spec.lines[2]!.points.map(({ y }) => y)).toEqual([101e6, 101e6, null]);
  expect(page.match(/<script/g)).toHaveLength(2);
  expect(page.match(/<img/g)).toBeNull();
});

test('a knee is one sentence, on the page and in the terminal', () => {
  const found = {
    target: 'embedded',
    parameter: 'rate',
    holds: ['throttled.ratio < 1%'],
    outcome: 'found',
    probes: [{ value: 1029, verdict: 'holds', folder: 'embedded/rate=1029' }],
    low: 1029,
    high: 1078,
    value: 1053.2,
    uncertainty: 0.0233,
    contradictions: 0,
    explanation: 'held at 1029, did not at 1078',
  } as const;
  const sentence = 'embedded: throttled.ratio < 1% holds up to rate = 1053 ± 2.3 % (held at 1029, not at 1078)';
  expect(kneeSentence(found)).toBe(sentence);
  const searched = { ...series, searches: [found] };
  expect(readable(renderSeriesHtml(searched))).toContain('1 1029 holds embedded/rate=1029');
  expect(renderSeriesText(searched)).toContain(`knee: ${sentence}`);
  expect(kneeSentence({ ...found, outcome: 'always', low: 5000, high: null })).toContain('at every value up to 5000');
  expect(kneeSentence({ ...found, outcome: 'never', low: null, high: 100 })).toContain('not hold even at 100');
  expect(kneeSentence({ ...found, outcome: 'undecided' })).toContain('undecided: held at 1029');
});

test('points whose runs prove nothing are gaps, and a series of one point has no curve', () => {
  const unknown = { count: 0, median: null, min: null, max: null };
  const gap: PointDoc = { ...point('embedded', 10, [1, 1, 1]), metrics: [unknown] };
  const one = { ...series, points: [series.points[0]!, gap] };
  expect(readable(renderSeriesHtml(one))).toContain('No metric has a value on more than one point.');
  expect(renderSeriesText(one)).toMatch(/n = 10 +embedded +—/);
});
