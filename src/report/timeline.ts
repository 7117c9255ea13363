/**
 * Throughput over time, one figure for each stream that is written to: what was offered, what was stored, what was
 * refused, against the limit of its shards. A limit is judged after the burst is spent, so the sentence speaks of the last
 * part of the last measured phase.
 */
import type { PhaseDoc, Result } from '../result.ts';
import type { CountMetric } from '../scenario/plan.ts';
import { linearAxis, phaseBands, stepMarks, timeAxis } from './axis.ts';
import type { Hue, LineSpec, PointSpec, Stroke } from './chart-spec.ts';
import { binWidthsNs, phaseOfBins, sumSeries, writtenStreams, type WrittenStream } from './figures.ts';
import type { Figure } from './figure.ts';
import { formatBytes, formatDuration, formatPlural, formatRate, formatShare } from '../measure/format.ts';
import { loadPhases } from '../measure/rate.ts';
import { table } from './markup.ts';

type Unit = 'records/s' | 'bytes/s';

/** A burst of a token bucket is spent after this long at the latest. */
const BURST_NS = 20e9;
const ROWS_MAX = 400;

const looks: Record<'offered' | 'accepted' | 'throttled' | 'failed' | 'skipped', readonly [string, Hue, Stroke]> = {
  offered: ['offered', 'ink', 'dotted'],
  accepted: ['stored', 'blue', 'solid'],
  throttled: ['throttled', 'vermillion', 'dashed'],
  failed: ['failed', 'purple', 'dash-dot'],
  skipped: ['skipped', 'orange', 'dash-dot'],
};
type Fate = keyof typeof looks;
const fates: readonly Fate[] = ['offered', 'accepted', 'throttled', 'failed', 'skipped'];

interface Line {
  readonly fate: Fate;
  /** Per second, null for a gap. */
  readonly rates: readonly (number | null)[];
}

/** Records a second, and bytes a second too where the byte limit is the nearer one. */
export function timelineFigures(result: Result): readonly Figure[] {
  return writtenStreams(result).flatMap((stream, index) => {
    const units: readonly Unit[] = bytesNearer(result, stream) ? ['bytes/s', 'records/s'] : ['records/s'];
    return units.flatMap((unit) => figureOf(result, stream, unit, `timeline-${index}-${unit.split('/')[0]}`));
  });
}

function figureOf(result: Result, stream: WrittenStream, unit: Unit, id: string): Figure[] {
  const lines = fates.flatMap((fate) => {
    const rates = ratesOf(result, stream, fate, unit);
    const always = fate === 'offered' || fate === 'accepted' || fate === 'throttled';
    return rates && (always || rates.some((rate) => rate)) ? [{ fate, rates }] : [];
  });
  if (lines.length === 0) return [];
  // A limit is judged on the last part of the run, and so by the shards of that time.
  const shards = stream.shards === null ? null : (changes(result, stream).at(-1)?.shards ?? stream.shards);
  const limit = limitOf(result, { ...stream, shards }, unit);
  const highest = lines.flatMap((line) => line.rates).reduce<number>((most, rate) => Math.max(most, rate ?? 0), 0);
  const x = timeAxis(result);
  const limitLine: LineSpec[] =
    limit === null
      ? []
      : [
          {
            label: changes(result, stream).length > 0 ? 'limit of its shards' : limitName(stream),
            hue: 'green',
            stroke: 'dashed',
            points: limitPoints(result, stream, unit, x.max),
          },
        ];
  return [
    {
      heading: `${stream.delivery === true ? 'Delivery stream' : 'Stream'} ${stream.alias}: ${unit === 'records/s' ? 'records' : 'bytes'} over time`,
      finding: findingOf(result, { ...stream, shards }, unit, lines, limit),
      note: null,
      spec: {
        kind: 'line',
        id,
        x,
        y: linearAxis(unit, 0, Math.max(highest, limit !== null && limit < 4 * highest ? limit : 0), unit),
        lines: [...lines.map((line) => lineSpec(result, line, unit)), ...limitLine],
        bands: phaseBands(result),
        marks: stepMarks(result),
      },
      data: dataTable(result, lines, unit),
    },
  ];
}

/** The limit over time: steps that change the number of shards change it when they are done. */
function limitPoints(result: Result, stream: WrittenStream, unit: Unit, end: number): PointSpec[] {
  const at = (x: number, shards: number): PointSpec => {
    const y = limitOf(result, { ...stream, shards }, unit)!;
    return { x, y, text: say(y, unit) };
  };
  const points = [at(0, stream.shards!)];
  for (const { atNs, shards } of changes(result, stream))
    points.push({ ...points.at(-1)!, x: atNs / 1e9 }, at(atNs / 1e9, shards));
  return [...points, { ...points.at(-1)!, x: end }];
}

function limitName(stream: WrittenStream): string {
  return `limit of ${formatPlural(stream.shards!, 'shard')}`;
}

/** When steps had changed the shards of a stream, and to how many. */
function changes(result: Result, { alias }: WrittenStream): { readonly atNs: number; readonly shards: number }[] {
  return (result.steps ?? []).flatMap(({ stream, endNs, openShards }) =>
    stream === alias && endNs !== null && openShards !== null ? [{ atNs: endNs, shards: openShards }] : [],
  );
}

function ratesOf(result: Result, stream: WrittenStream, metric: CountMetric, unit: Unit): (number | null)[] | null {
  const { counts, bins, binNs } = result.series;
  const series = counts.filter(
    (one) => one.metric === metric && one.shard === null && stream.fleets.includes(one.fleet),
  );
  if (series.length === 0) return null;
  const widths = binWidthsNs(result);
  return sumSeries(series, bins, unit === 'records/s' ? 'values' : 'bytes').map((value, bin) =>
    widths[bin]! < binNs / 4 ? null : (value * 1e9) / widths[bin]!,
  );
}

function limitOf(result: Result, stream: WrittenStream, unit: Unit): number | null {
  const { writeRecordsPerS, writeBytesPerS } = result.target.shardLimits;
  return stream.shards === null ? null : stream.shards * (unit === 'records/s' ? writeRecordsPerS : writeBytesPerS);
}

function bytesNearer(result: Result, stream: WrittenStream): boolean {
  const { writeRecordsPerS, writeBytesPerS } = result.target.shardLimits;
  const offered = result.series.counts.filter(
    (one) => one.metric === 'offered' && one.shard === null && stream.fleets.includes(one.fleet),
  );
  const total = (of: 'values' | 'bytes'): number =>
    sumSeries(offered, result.series.bins, of).reduce((sum, value) => sum + value, 0);
  return total('bytes') / writeBytesPerS > total('values') / writeRecordsPerS;
}

function lineSpec(result: Result, { fate, rates }: Line, unit: Unit): LineSpec {
  const [label, hue, stroke] = looks[fate];
  const half = result.series.binNs / 2;
  const end = Math.max(...result.phases.map((phase) => phase.endNs));
  return {
    label,
    hue,
    stroke,
    points: rates.map((rate, bin) => ({
      x: Math.min(bin * result.series.binNs + half, end) / 1e9,
      y: rate,
      text: rate === null ? '' : say(rate, unit),
    })),
  };
}

function say(rate: number, unit: Unit): string {
  return unit === 'records/s' ? `${formatRate(rate)} records/s` : `${formatBytes(rate)}/s`;
}

/** The part of the run a limit is judged on: after the burst where the phase is long enough, else its second half. */
function sustainedOf(phase: PhaseDoc): { fromNs: number; text: string } {
  const lasts = phase.endNs - phase.startNs;
  const skip = lasts >= BURST_NS * 1.25 ? BURST_NS : lasts / 2;
  return {
    fromNs: phase.startNs + skip,
    text: `In the last ${formatDuration(lasts - skip)} of ${phase.name}`,
  };
}

function findingOf(
  result: Result,
  stream: WrittenStream,
  unit: Unit,
  lines: readonly Line[],
  limit: number | null,
): string {
  const phase = loadPhases(result.phases).at(-1);
  if (!phase) return 'No phase of this run was measured.';
  const { fromNs, text } = sustainedOf(phase);
  const { binNs } = result.series;
  const mean = (fate: Fate): number => {
    const rates = lines.find((line) => line.fate === fate)?.rates ?? [];
    const inside = rates.filter(
      (rate, bin) => rate !== null && bin * binNs >= fromNs - 1 && (bin + 1) * binNs <= phase.endNs + 1,
    );
    return inside.length === 0 ? 0 : inside.reduce<number>((total, rate) => total + rate!, 0) / inside.length;
  };
  const stored = mean('accepted');
  const against =
    limit === null
      ? ''
      : ` (${formatShare(stored / limit)} of the published ${limitName(stream)}, ${say(limit, unit)})`;
  const refused = mean('throttled') > 0 ? `${say(mean('throttled'), unit)} were throttled` : 'nothing was throttled';
  const failed = mean('failed') > 0 ? `, ${say(mean('failed'), unit)} failed` : '';
  const peak = Math.max(0, ...(lines.find((line) => line.fate === 'accepted')?.rates ?? []).map((rate) => rate ?? 0));
  const most =
    peak > stored * 1.05 ? ` The most stored in one bin of ${formatDuration(binNs)}: ${say(peak, unit)}.` : '';
  return `${text}, ${say(mean('offered'), unit)} were offered, ${say(stored, unit)} stored${against}; ${refused}${failed}.${most}`;
}

function dataTable(result: Result, lines: readonly Line[], unit: Unit): Figure['data'] {
  const { binNs } = result.series;
  const phases = phaseOfBins(result);
  const group = Math.ceil(phases.length / ROWS_MAX);
  const head = ['from', 'phase', ...lines.map((line) => `${looks[line.fate][0]}, ${unit}`)];
  const rows = phases.flatMap((phase, bin) => {
    if (bin % group !== 0) return [];
    const cells = lines.map(({ rates }) => {
      const known = rates.slice(bin, bin + group).filter((rate) => rate !== null);
      if (known.length === 0) return '–';
      const mean = known.reduce((total, rate) => total + rate, 0) / known.length;
      return unit === 'records/s' ? formatRate(mean) : formatBytes(mean);
    });
    return [[formatDuration(bin * binNs), phase?.name ?? '–', ...cells]];
  });
  const numeric = head.map((_, index) => index).filter((index) => index !== 1);
  return table(`Throughput in bins of ${formatDuration(binNs * group)}`, head, rows, numeric);
}
