/** A series in the terminal: the knee of each search, and a line for each point with its metrics. */
import { formatValue } from '../measure/format.ts';
import type { ResultSeries } from '../result-series.ts';
import { kneeSentence, valuesText } from './series-page.ts';

/** What the runs came to together, ending in a line break. */
export function renderSeriesText(series: ResultSeries): string {
  const head = ['', 'target', ...series.metrics.map(({ text }) => text)];
  const rows = series.points.map((point) => [
    valuesText(point),
    point.target,
    ...point.metrics.map(({ median, min, max }, index) => {
      const { unit } = series.metrics[index]!;
      const spread = min === max ? '' : ` (${formatValue(min, unit)} … ${formatValue(max, unit)})`;
      return `${formatValue(median, unit)}${spread}`;
    }),
  ]);
  const widths = head.map((cell, column) => Math.max(cell.length, ...rows.map((row) => row[column]!.length)));
  const line = (row: readonly string[]): string =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column]!)).join('  ')}`.trimEnd();
  return [
    `${series.scenario.name}: ${series.verdict.word}`,
    line(head),
    ...rows.map(line),
    ...series.searches.map((search) => `  knee: ${kneeSentence(search)}`),
    '',
  ]
    .map((each) => each.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' '))
    .join('\n');
}
