/**
 * The curve of each metric over one parameter: the one with the most values lies along the axis, every combination of target
 * and other parameters is a line through the medians, and the least and most of the repeats are dots. Values stand at equal
 * distances: 1, 10, 100, 500 are steps, not places.
 */
import { formatTick, formatValue } from '../measure/format.ts';
import type { PointDoc, ResultSeries } from '../result-series.ts';
import type { ParameterValue } from '../scenario/substitution.ts';
import { latencyAxis, linearAxis } from './axis.ts';
import type { AxisSpec, Hue, LineSpec, Stroke } from './chart-spec.ts';
import type { Figure } from './figure.ts';
import { table } from './markup.ts';

const hues: readonly Hue[] = ['blue', 'vermillion', 'green', 'purple', 'orange', 'sky'];
const strokes: readonly Stroke[] = ['solid', 'dashed', 'dash-dot', 'dotted'];
/** Lines of one figure at the most: more cannot be told apart, the table has them all. */
const LINES_MAX = 12;

/** One figure for each metric that has values on more than one point. */
export function curveFigures(series: ResultSeries): Figure[] {
  const along = series.parameters.reduce<ResultSeries['parameters'][number] | undefined>(
    (most, each) => (!most || each.values.length > most.values.length ? each : most),
    undefined,
  );
  if (!along) return [];
  return series.metrics.flatMap((_, index) => figureOf(series, along, index));
}

type Along = ResultSeries['parameters'][number];

function figureOf(series: ResultSeries, along: Along, index: number): Figure[] {
  const { text, unit } = series.metrics[index]!;
  const known = series.points.filter((point) => point.metrics[index]!.median !== null);
  if (known.length < 2) return [];
  const lines = [...Map.groupBy(known, (point) => lineName(point, along.name)).entries()];
  const values = known.flatMap((point) => [point.metrics[index]!.min!, point.metrics[index]!.max!]);
  // Within one decade a straight line is to look straight.
  const wide = Math.min(...values) > 0 && Math.max(...values) >= 10 * Math.min(...values);
  const y =
    unit === 'ns' && wide
      ? latencyAxis(text, values)
      : unit === 'ns' || unit === 'bytes/s'
        ? linearAxis(text, 0, Math.max(...values), unit === 'ns' ? 'duration' : 'bytes/s')
        : linearAxis(`${text} (${unit})`, 0, Math.max(...values), 'records/s');
  return [
    {
      heading: `${text} over ${along.name}`,
      finding: findingOf(series, along, index, lines),
      note:
        series.repeat.times > 1
          ? 'Lines go through the medians; dots are the least and the most of the repeats.'
          : null,
      spec: {
        kind: 'line',
        id: `curve-${index}`,
        x: valueAxis(along),
        y,
        lines: lines
          .slice(0, LINES_MAX)
          .flatMap(([name, points], line) => lineSpecs(series, along, index, name, points, line)),
        bands: [],
      },
      data: dataTable(series, along, index, known),
    },
  ];
}

function lineName({ target, values }: PointDoc, along: string): string {
  const rest = Object.entries(values).filter(([name]) => name !== along);
  return [target, ...rest.map(([name, value]) => `${name} = ${value}`)].join(', ');
}

function valueAxis({ name, values }: Along): AxisSpec {
  return {
    title: name,
    scale: 'linear',
    min: -0.25,
    max: values.length - 0.75,
    ticks: values.map((value, index) => ({ value: index, label: labelOf(value) })),
  };
}

const labelOf = (value: ParameterValue): string => (typeof value === 'number' ? formatTick(value, 'records/s') : value);

function lineSpecs(
  { metrics, repeat }: ResultSeries,
  along: Along,
  index: number,
  name: string,
  points: readonly PointDoc[],
  line: number,
): LineSpec[] {
  const { unit } = metrics[index]!;
  const look = { hue: hues[line % hues.length]!, stroke: strokes[Math.floor(line / hues.length) % strokes.length]! };
  const at = (value: ParameterValue, of: 'median' | 'min' | 'max') => {
    const point = points.find((each) => each.values[along.name] === value);
    const y = point?.metrics[index]![of] ?? null;
    return { x: along.values.indexOf(value), y, text: y === null ? '' : formatValue(y, unit) };
  };
  const median: LineSpec = { label: name, ...look, points: along.values.map((value) => at(value, 'median')) };
  if (repeat.times === 1) return [median];
  const spread = along.values.flatMap((value) => [at(value, 'min'), at(value, 'max')]);
  return [median, { label: `${name}: least and most`, hue: look.hue, stroke: 'dots', points: spread }];
}

function findingOf(
  { metrics }: ResultSeries,
  along: Along,
  index: number,
  lines: readonly (readonly [string, readonly PointDoc[]])[],
): string {
  const { unit } = metrics[index]!;
  const sentences = lines.slice(0, LINES_MAX).flatMap(([name, points]) => {
    const ordered = along.values.flatMap((value) => points.find((each) => each.values[along.name] === value) ?? []);
    const [first, last] = [ordered[0], ordered.at(-1)];
    if (!first || !last || first === last) return [];
    const say = (point: PointDoc): string =>
      `${formatValue(point.metrics[index]!.median, unit)} at ${along.name} = ${point.values[along.name]}`;
    return [`${name}: from ${say(first)} to ${say(last)}.`];
  });
  const more = lines.length - LINES_MAX;
  return [...sentences, ...(more > 0 ? [`${more} more lines are in the table.`] : [])].join(' ');
}

function dataTable(series: ResultSeries, along: Along, index: number, points: readonly PointDoc[]): Figure['data'] {
  const { text, unit } = series.metrics[index]!;
  const others = series.parameters.filter(({ name }) => name !== along.name).map(({ name }) => name);
  const rows = points.map((point) => {
    const { count, median, min, max } = point.metrics[index]!;
    return [
      String(point.values[along.name] ?? '–'),
      ...others.map((name) => String(point.values[name] ?? '–')),
      point.target,
      ...[median, min, max].map((value) => formatValue(value, unit)),
      `${count} of ${point.runs.length}`,
    ];
  });
  const head = [along.name, ...others, 'target', 'median', 'least', 'most', 'runs'];
  return table(text, head, rows, [0, ...[0, 1, 2, 3].map((offset) => others.length + 2 + offset)]);
}
