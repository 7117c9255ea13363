/**
 * Latency over time: the percentiles of each bin where it holds enough values, and always its maximum, because a stall of
 * one second is what a percentile over a minute hides.
 */
import type { LatencySeries, Result } from '../result.ts';
import { latencyAxis, phaseBands, stepMarks, timeAxis } from './axis.ts';
import type { Hue, LineSpec, Stroke } from './chart-spec.ts';
import type { Figure } from './figure.ts';
import { formatCount, formatDuration } from '../measure/format.ts';
import { phaseOfBins } from './figures.ts';
import { table } from './markup.ts';

/** Zero has no place on a log axis: what is below is drawn at this value, 1 µs. */
const FLOOR_NS = 1000;
const ROWS_MAX = 400;
const FIGURES_MAX = 8;

const lines: readonly (readonly [string, 'p50Ns' | 'p90Ns' | 'p99Ns' | 'maxNs', Hue, Stroke])[] = [
  ['p50', 'p50Ns', 'blue', 'solid'],
  ['p90', 'p90Ns', 'green', 'dash-dot'],
  ['p99', 'p99Ns', 'vermillion', 'dashed'],
  ['max', 'maxNs', 'ink', 'dots'],
];

/** Service time of accepted calls and propagation to each consumer, over time. */
export function latencyTimelineFigures(result: Result): readonly Figure[] {
  const shown = result.series.latencies.filter(
    (series) =>
      series.maxNs.some((value) => value !== null) &&
      ((series.metric === 'service' && series.outcome === 'accepted') || series.metric === 'propagation'),
  );
  return shown.slice(0, FIGURES_MAX).map((series, index) => figureOf(result, series, `latency-${index}`));
}

function figureOf(result: Result, series: LatencySeries, id: string): Figure {
  const drawn = lines
    .filter(([, of]) => series[of].some((value) => value !== null))
    .map(([label, of, hue, stroke]) => lineSpec(result, label, series[of], hue, stroke));
  const values = drawn.flatMap((line) => line.points.flatMap((point) => point.y ?? []));
  const name = series.outcome === 'received' ? series.metric : `${series.metric}, ${series.outcome}`;
  return {
    heading: `${series.fleet}: ${name}, over time`,
    finding: findingOf(result, series),
    note: null,
    spec: {
      kind: 'line',
      id,
      x: timeAxis(result),
      y: latencyAxis('latency', values),
      lines: drawn,
      bands: phaseBands(result),
      marks: stepMarks(result),
    },
    data: dataTable(result, series),
  };
}

function lineSpec(
  result: Result,
  label: string,
  values: readonly (number | null)[],
  hue: Hue,
  stroke: Stroke,
): LineSpec {
  const { binNs } = result.series;
  const points = values.map((ns, bin) => ({
    x: ((bin + 0.5) * binNs) / 1e9,
    y: ns === null ? null : Math.max(ns, FLOOR_NS),
    text: ns === null ? '' : formatDuration(ns),
  }));
  return { label, hue, stroke, points };
}

/** Bins hold what came in them; the maximum is of what was due in the measured phases, which may have come in the drain. */
function findingOf(result: Result, { fleet, metric, outcome, p50Ns, maxNs }: LatencySeries): string {
  const phases = phaseOfBins(result);
  const due = result.latencies.find(
    (doc) => doc.phase === null && doc.fleet === fleet && doc.metric === metric && doc.outcome === outcome,
  );
  if (!due || due.count === 0) return 'Nothing was recorded in a measured phase.';
  const at = maxNs.findIndex((ns) => ns !== null && Math.abs(ns - due.maxNs) < 1);
  const came = at < 0 ? '' : `, came at ${formatDuration(at * result.series.binNs)}`;
  const where = `The maximum of what was due in the measured phases: ${formatDuration(due.maxNs)}${came}`;
  const medians = p50Ns.filter((ns, bin): ns is number => ns !== null && phases[bin]?.measured === true);
  if (medians.length === 0) return `Too few values in each bin for a median. ${where}.`;
  const range = `${formatDuration(Math.min(...medians))} and ${formatDuration(Math.max(...medians))}`;
  return `The median of a bin stayed between ${range}. ${where}.`;
}

function dataTable(result: Result, series: LatencySeries): Figure['data'] {
  const { binNs } = result.series;
  const phases = phaseOfBins(result);
  const group = Math.ceil(phases.length / ROWS_MAX);
  const known = lines.filter(([, of]) => series[of].some((value) => value !== null));
  const highest = group > 1 ? 'highest ' : '';
  const head = ['from', 'phase', 'values', ...known.map(([label]) => `${highest}${label}`)];
  const rows = phases.flatMap((phase, bin) => {
    if (bin % group !== 0) return [];
    const count = series.counts.slice(bin, bin + group).reduce((total, value) => total + value, 0);
    const cells = known.map(([, of]) => {
      const values = series[of].slice(bin, bin + group).filter((ns) => ns !== null);
      return values.length === 0 ? '–' : formatDuration(Math.max(...values));
    });
    return [[formatDuration(bin * binNs), phase?.name ?? '–', formatCount(count), ...cells]];
  });
  const numeric = head.map((_, index) => index).filter((index) => index !== 1);
  return table(`Latency in bins of ${formatDuration(binNs * group)}`, head, rows, numeric);
}
