/**
 * How the buffers of Data Firehose filled and were flushed, watcher by watcher: what was inside over time with each object (or request) that
 * came of it, which share of the records was there within which time, how old the oldest undelivered record was, and how large the
 * objects were, each against the hints.
 */
import { formatBytes, formatCount, formatDuration, formatPlural, formatShare } from '../measure/format.ts';
import { LatencyHistogram } from '../measure/histogram.ts';
import type { ObjectDoc } from '../measure/flush.ts';
import type { DeliveryDoc, Result } from '../result.ts';
import type { DeliveryPlan } from '../scenario/plan.ts';
import { linearAxis, phaseBands, stepMarks, timeAxis } from './axis.ts';
import type { Hue, LineSpec } from './chart-spec.ts';
import type { Figure } from './figure.ts';
import { sumSeries } from './figures.ts';
import { type Followed, followed, wordOf } from './followed.ts';
import { table } from './markup.ts';

const ROWS_MAX = 400;
/** A hint that much higher than what was ever inside would flatten the line. */
const HINT_SHOWN = 4;
const CURVE_POINTS = 100;

const conditions: readonly (readonly [ObjectDoc['condition'], string, Hue])[] = [
  ['interval', 'closed by its interval', 'blue'],
  ['size', 'closed by its size', 'vermillion'],
  ['unknown', 'closed by either, or by neither', 'purple'],
];

/** All figures of every watcher that found anything. */
export function flushFigures(result: Result): readonly Figure[] {
  return followed(result).flatMap((each, index) => {
    const objects = each.doc.objects.filter(({ unreadable }) => unreadable === null);
    if (objects.length === 0) return [];
    return [
      fillFigure(result, each, objects, index),
      ...delayFigure(result, each, index),
      ...freshnessFigure(result, each, index),
      sizeFigure(each, objects, index),
    ];
  });
}

/** What was put and had not come, over time, and each object as it came. */
function fillFigure(result: Result, { doc, plan }: Followed, objects: readonly ObjectDoc[], index: number): Figure {
  const word = wordOf(plan);
  const inside = insideOf(result, doc, plan);
  const most = Math.max(...objects.map(({ bytes }) => bytes), ...inside);
  const mean = objects.reduce((sum, { bytes }) => sum + bytes, 0) / objects.length;
  const rest = doc.omitted > 0 ? ` Beyond these, ${formatCount(doc.omitted)} more are only counted.` : '';
  const x = timeAxis(result);
  const flushed = conditions.flatMap(([condition, label, hue]): LineSpec[] => {
    const own = objects.filter((each) => each.condition === condition);
    const points = own.map((each) => ({ x: each.visibleNs / 1e9, y: each.bytes, text: textOf(each) }));
    return own.length === 0 ? [] : [{ label, hue, stroke: 'dots', points }];
  });
  const hint = { y: plan.bufferBytes, text: formatBytes(plan.bufferBytes) };
  const hintLine: LineSpec = {
    label: 'size hint',
    hue: 'green',
    stroke: 'dashed',
    points: [
      { x: 0, ...hint },
      { x: x.max, ...hint },
    ],
  };
  return {
    heading: `${doc.fleet}: buffers as they fill and are flushed`,
    finding: `${formatPlural(objects.length, word)} of ${formatBytes(mean)} on average.${rest}`,
    note: `The line is what was accepted and had not come yet; each cross a${word === 'request' ? '' : 'n'} ${word} when it was there, with its size before compression.${
      plan.source === null ? '' : ' Of what goes through a stream only the objects are drawn.'
    }${result.ledger.counts['backed-up'] > 0 ? ' What lies in the backup instead never comes, and stays in the line.' : ''}`,
    spec: {
      kind: 'line',
      id: `delivery-${index}`,
      x,
      y: linearAxis('bytes', 0, Math.max(most, plan.bufferBytes < HINT_SHOWN * most ? plan.bufferBytes : 0), 'bytes'),
      lines: [
        ...(inside.length > 0 ? [insideLine(result, inside)] : []),
        ...flushed,
        ...(plan.bufferBytes < HINT_SHOWN * most ? [hintLine] : []),
      ],
      bands: phaseBands(result),
      marks: stepMarks(result),
    },
    data: objectTable(objects, word),
  };
}

function textOf({ records, bytes, ageNs }: ObjectDoc): string {
  return `${formatPlural(records, 'record')}, ${formatBytes(bytes)}${ageNs === null ? '' : `, ${formatDuration(ageNs)} old`}`;
}

/** Bytes accepted and not yet there, at the end of each bin. Nothing of a stream, whose records have keys and pass through more than a buffer. */
function insideOf({ series, scenario }: Result, { fleet }: DeliveryDoc, { alias, source }: DeliveryPlan): number[] {
  if (source !== null) return [];
  const writers = scenario.plan.fleets.filter((each) => each.kind === 'produce' && each.stream === alias);
  const of = (metric: string, fleets: readonly string[]) => {
    const own = series.counts.filter(
      (each) => each.metric === metric && each.shard === null && fleets.includes(each.fleet),
    );
    return sumSeries(own, series.bins, 'bytes');
  };
  const accepted = of(
    'accepted',
    writers.map(({ name }) => name),
  );
  const received = of('received', [fleet]);
  let inside = 0;
  return accepted.map((bytes, bin) => (inside = Math.max(0, inside + bytes - received[bin]!)));
}

function insideLine({ series }: Result, inside: readonly number[]): LineSpec {
  const points = inside.map((bytes, bin) => ({
    x: ((bin + 1) * series.binNs) / 1e9,
    y: bytes,
    text: formatBytes(bytes),
  }));
  return {
    label: 'accepted and not there yet',
    hue: 'ink',
    stroke: 'solid',
    points: [{ x: 0, y: 0, text: '0 B' }, ...points],
  };
}

const heads: Readonly<Record<ReturnType<typeof wordOf>, readonly [caption: string, stored: string, name: string]>> = {
  object: ['Objects', 'stored', 'key'],
  request: ['Requests', 'body', 'request'],
  answer: ['Answers', 'documents', 'answer'],
};

function objectTable(objects: readonly ObjectDoc[], word: ReturnType<typeof wordOf>) {
  const rows = objects
    .slice(0, ROWS_MAX)
    .map(({ visibleNs, records, bytes, storedBytes, ageNs, condition, key }) => [
      formatDuration(visibleNs),
      formatCount(records),
      formatBytes(bytes),
      formatBytes(storedBytes),
      ageNs === null ? '–' : formatDuration(ageNs),
      condition,
      key,
    ]);
  const [caption, stored, name] = heads[word];
  return table(caption, ['there after', 'records', 'size', stored, 'age', 'condition', name], rows, [0, 1, 2, 3, 4]);
}

/** The share of the records that was there within a time from when they were due. */
function delayFigure(result: Result, { doc, plan }: Followed, index: number): Figure[] {
  const delays = result.latencies.find(
    (each) => each.fleet === doc.fleet && each.metric === 'delivery' && each.phase === null && each.count > 0,
  );
  if (!delays) return [];
  const histogram = LatencyHistogram.of(delays);
  const points = Array.from({ length: CURVE_POINTS + 1 }, (_, step) => step / CURVE_POINTS).flatMap((share) => {
    const ns = histogram.valueAtNs(share);
    return ns === null ? [] : [{ x: ns, y: 100 * share, text: `${formatShare(share)} within ${formatDuration(ns)}` }];
  });
  if (points.length === 0) return [];
  const [half, whole] = [histogram.valueAtNs(0.5), histogram.valueAtNs(1)];
  const missing = delays.infinite > 0 ? ` ${formatCount(delays.infinite)} never came, or too late to be timed.` : '';
  const interval = plan.intervalNs === 0 ? 'zero buffering' : `an interval of ${formatDuration(plan.intervalNs)}`;
  return [
    {
      heading: `${doc.fleet}: delay until delivered`,
      finding: `Half of the records were there within ${half === null ? '–' : formatDuration(half)}, all that came within ${formatDuration(
        whole ?? delays.maxNs,
      )}, with ${interval}.${missing}`,
      note: `Of ${formatPlural(delays.count + delays.infinite, 'record')}, from when each was due. Records that arrive together are no independent events: no percentile of this curve is a promise.`,
      spec: {
        kind: 'line',
        id: `delivery-delay-${index}`,
        x: linearAxis('delay', 0, points.at(-1)!.x, 'duration'),
        y: linearAxis('% of the records', 0, 100, 'records/s'),
        lines: [{ label: 'there within this time', hue: 'blue', stroke: 'solid', points }],
        bands: [],
      },
      data: table(
        'Delay until delivered',
        ['share of the records', 'there within'],
        points.filter((_, step) => step % 10 === 0).map(({ x, y }) => [`${y} %`, formatDuration(x)]),
        [0, 1],
      ),
    },
  ];
}

/** How old the oldest record was that was not there yet: AWS's DataFreshness, from outside. */
function freshnessFigure(result: Result, { doc }: Followed, index: number): Figure[] {
  const { freshness } = doc;
  if (!freshness) return [];
  const { everyNs, agesNs } = freshness;
  const most = Math.max(0, ...agesNs);
  const worst = agesNs.indexOf(most);
  const group = Math.ceil(agesNs.length / ROWS_MAX);
  const points = agesNs.map((ns, span) => ({ x: (span * everyNs) / 1e9, y: ns, text: formatDuration(ns) }));
  const rows = agesNs.flatMap((_, span) =>
    span % group === 0
      ? [[formatDuration(span * everyNs), formatDuration(Math.max(...agesNs.slice(span, span + group)))]]
      : [],
  );
  return [
    {
      heading: `${doc.fleet}: age of the oldest undelivered record`,
      finding: `The oldest was ${formatDuration(most)} old, ${formatDuration(worst * everyNs)} after the start.`,
      note: `What AWS calls DataFreshness, seen from outside: from when a record was sent, looked at every second. Records that never came are not in it.`,
      spec: {
        kind: 'line',
        id: `delivery-freshness-${index}`,
        x: timeAxis(result),
        y: linearAxis('age', 0, most, 'duration'),
        lines: [{ label: 'oldest undelivered record', hue: 'blue', stroke: 'solid', points }],
        bands: phaseBands(result),
        marks: stepMarks(result),
      },
      data: table(`Highest age in spans of ${formatDuration(everyNs * group)}`, ['from', 'highest age'], rows, [0, 1]),
    },
  ];
}

/** The size in quarters of a power of two that holds so many bytes: 5 MiB is one, 5.1 MiB is held by 6 MiB. */
function binOf({ bytes }: ObjectDoc): number {
  const quarter = 2 ** Math.floor(Math.log2(Math.max(1, bytes))) / 4;
  return Math.ceil(Math.max(1, bytes) / quarter) * quarter;
}

/** Objects by their size, since a buffer that is not full may be anything. */
function sizeFigure({ doc, plan }: Followed, objects: readonly ObjectDoc[], index: number): Figure {
  const word = wordOf(plan);
  const tops = [...new Set(objects.map(binOf))].sort((a, b) => a - b);
  const bins = tops.map((top) => ({
    label: `up to ${formatBytes(top)}`,
    counts: conditions.map(
      ([condition]) => objects.filter((each) => binOf(each) === top && each.condition === condition).length,
    ),
  }));
  const most = Math.max(...bins.map(({ counts }) => counts.reduce((sum, count) => sum + count, 0)));
  const full = objects.filter(({ condition }) => condition === 'size').length;
  return {
    heading: `${doc.fleet}: sizes of ${word}s`,
    finding: `${formatCount(full)} of ${formatPlural(objects.length, word)} filled the buffer of ${formatBytes(plan.bufferBytes)}.`,
    note: null,
    spec: {
      kind: 'bar',
      id: `delivery-sizes-${index}`,
      x: linearAxis(`${word}s`, 0, most, 'records/s'),
      categories: bins.map(({ label }) => label),
      segments: conditions.map(([, label, hue], condition) => ({
        label,
        hue,
        values: bins.map(({ counts }) => counts[condition]!),
        texts: bins.map(({ counts }) => formatPlural(counts[condition]!, word)),
      })),
    },
    data: table(
      `Sizes of ${word}s`,
      ['size', ...conditions.map(([, label]) => label)],
      bins.map(({ label, counts }) => [label, ...counts.map(formatCount)]),
      [1, 2, 3],
    ),
  };
}
