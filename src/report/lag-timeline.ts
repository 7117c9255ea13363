/**
 * How far each consuming fleet lags behind, over time: by our own clock (the age of the newest record of an answer) and by what the
 * endpoint says (MillisBehindLatest). The highest of each bin, since it is the worst shard that an application waits for;
 * a gap where nothing was read.
 */
import type { LatencySeries, Result } from '../result.ts';
import { formatDuration } from '../measure/format.ts';
import { linearAxis, phaseBands, stepMarks, timeAxis } from './axis.ts';
import type { Hue, LineSpec, Stroke } from './chart-spec.ts';
import type { Figure } from './figure.ts';
import { phaseOfBins } from './figures.ts';
import { table } from './markup.ts';

const ROWS_MAX = 400;
/** Less than this is no lag that a chart would show, in ns. */
const SHOWN_NS_MIN = 1e9;

const looks: readonly (readonly ['lag' | 'behind', string, Hue, Stroke])[] = [
  ['lag', 'age of the newest record read', 'blue', 'solid'],
  ['behind', 'MillisBehindLatest', 'vermillion', 'dashed'],
];

/** A figure for each fleet that ever lagged by a second or more. */
export function lagFigures(result: Result): readonly Figure[] {
  const fleets = result.scenario.plan.fleets.filter(({ kind }) => kind === 'consume').map(({ name }) => name);
  return fleets.flatMap((fleet, index) => {
    const own = looks.flatMap(([metric, label, hue, stroke]) => {
      const series = result.series.latencies.find((each) => each.fleet === fleet && each.metric === metric);
      return series ? [{ series, label, hue, stroke }] : [];
    });
    const most = Math.max(0, ...own.flatMap(({ series }) => series.maxNs.map((ns) => ns ?? 0)));
    if (most < SHOWN_NS_MIN) return [];
    return [
      {
        heading: `${fleet}: lag over time`,
        finding: findingOf(result, own[0]!.series),
        note: 'The highest of all shards and agents in each bin. Nothing is drawn where nothing was read.',
        spec: {
          kind: 'line' as const,
          id: `lag-${index}`,
          x: timeAxis(result),
          y: linearAxis('lag', 0, most, 'duration'),
          lines: own.map(({ series, label, hue, stroke }) => lineSpec(result, series, label, hue, stroke)),
          bands: phaseBands(result),
          marks: stepMarks(result),
        },
        data: dataTable(result, own),
      },
    ];
  });
}

function lineSpec(result: Result, series: LatencySeries, label: string, hue: Hue, stroke: Stroke): LineSpec {
  const { binNs } = result.series;
  const points = series.maxNs.map((ns, bin) => ({
    x: ((bin + 0.5) * binNs) / 1e9,
    y: ns,
    text: ns === null ? '' : formatDuration(ns),
  }));
  return { label, hue, stroke, points };
}

/** When it was worst, and how it ended. */
function findingOf(result: Result, { maxNs }: LatencySeries): string {
  const { binNs } = result.series;
  const known = maxNs.flatMap((ns, bin) => (ns === null ? [] : [{ ns, bin }]));
  if (known.length === 0) return 'No record of this run was read.';
  const worst = known.reduce((most, each) => (each.ns > most.ns ? each : most));
  const last = known.at(-1)!;
  return `The lag was highest ${formatDuration(worst.bin * binNs)} after the start, ${formatDuration(worst.ns)}; it ended at ${formatDuration(last.ns)}.`;
}

function dataTable(result: Result, lines: readonly { readonly series: LatencySeries; readonly label: string }[]) {
  const { binNs } = result.series;
  const phases = phaseOfBins(result);
  const group = Math.ceil(phases.length / ROWS_MAX);
  const head = ['from', 'phase', ...lines.map(({ label }) => `highest ${label}`)];
  const rows = phases.flatMap((phase, bin) => {
    if (bin % group !== 0) return [];
    const cells = lines.map(({ series }) => {
      const values = series.maxNs.slice(bin, bin + group).filter((ns) => ns !== null);
      return values.length === 0 ? '–' : formatDuration(Math.max(...values));
    });
    return [[formatDuration(bin * binNs), phase?.name ?? '–', ...cells]];
  });
  const numeric = head.map((_, index) => index).filter((index) => index !== 1);
  return table(`Lag in bins of ${formatDuration(binNs * group)}`, head, rows, numeric);
}
