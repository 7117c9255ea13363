/**
 * Latency by percentile: each nine as wide as the last, every curve ending where fewer than ten independent events lie
 * beyond. Put latencies and delivery latencies have charts of their own: they answer different questions.
 */
import type { LatencyDoc, Result } from '../result.ts';
import { latencyAxis, percentileAxis } from './axis.ts';
import type { Hue, LineSpec, Stroke } from './chart-spec.ts';
import { curveOf, distributionOf, type Distribution } from './distribution.ts';
import type { Figure } from './figure.ts';
import { formatCount, formatDuration, formatPercentile } from '../measure/format.ts';
import { TAIL_EVENTS_MIN } from '../measure/histogram.ts';
import { table, type Markup } from './markup.ts';

/** On a log axis zero has no place: what is below is drawn at this value, 1 µs. */
const FLOOR_NS = 1000;
const LINES_MAX = 7;

const looks: readonly (readonly [Hue, Stroke])[] = [
  ['blue', 'solid'],
  ['vermillion', 'dashed'],
  ['green', 'dash-dot'],
  ['purple', 'dotted'],
  ['orange', 'solid'],
  ['sky', 'dashed'],
  ['ink', 'dotted'],
];

interface Curve {
  readonly name: string;
  readonly doc: LatencyDoc;
  readonly distribution: Distribution;
}

/** The figures for puts and for delivery, as far as the result has them. */
export function percentileFigures(result: Result): readonly Figure[] {
  const docs = result.latencies.filter((doc) => doc.phase === null && doc.count > 0);
  const kinds = [
    ['puts', 'Put latency by percentile'],
    ['polls', 'Poll latency by percentile'],
    ['subscriptions', 'Subscriptions: beginning and renewing, by percentile'],
    ['delivery', 'Delivery latency by percentile'],
  ] as const;
  return kinds.flatMap(([kind, heading]) => {
    const some = docs.filter((doc) => kindOf(result, doc) === kind);
    return some.length > 0 ? figureOf(`percentiles-${kind}`, heading, some) : [];
  });
}

/** The differences between the fleets of pairs. */
export function pairFigures(result: Result): readonly Figure[] {
  const docs = result.latencies.filter((doc) => doc.phase === null && doc.count > 0 && doc.metric === 'paired');
  return docs.length > 0 ? figureOf('percentiles-paired', 'How much later, record by record, by percentile', docs) : [];
}

function kindOf(
  result: Result,
  doc: LatencyDoc,
): 'puts' | 'polls' | 'subscriptions' | 'delivery' | 'flush' | 'lag' | 'pairs' {
  if (doc.metric === 'paired') return 'pairs';
  // An age, not the time that anything took: it has a chart over time.
  if (doc.metric === 'lag' || doc.metric === 'behind' || doc.metric === 'freshness') return 'lag';
  const fleet = result.scenario.plan.fleets.find(({ name }) => name === doc.fleet);
  // A handful of objects supports no percentile: what watchers found has a curve of its own.
  if (fleet?.kind === 'consume' && fleet.method === 'watch') return 'flush';
  if (doc.metric === 'propagation' || doc.metric === 'delivery') return 'delivery';
  if (fleet?.kind !== 'consume') return 'puts';
  return fleet.method === 'polling' ? 'polls' : 'subscriptions';
}

function figureOf(id: string, heading: string, docs: readonly LatencyDoc[]): Figure[] {
  const several = new Set(docs.map((doc) => doc.fleet)).size > 1;
  const curves = docs
    .flatMap((doc) => {
      const distribution = distributionOf([doc]);
      return distribution ? [{ name: latencyName(doc, several), doc, distribution }] : [];
    })
    .sort((a, b) => order(a.doc) - order(b.doc));
  const lines = curves
    .filter((curve) => curve.distribution.supported > 0)
    .slice(0, LINES_MAX)
    .map((curve, index) => line(curve, looks[index]!));
  if (lines.length === 0) return [];
  const supported = Math.max(...curves.map((curve) => curve.distribution.supported));
  const values = lines.flatMap((one) => one.points.map((point) => point.y!));
  return [
    {
      heading,
      finding: findingOf(curves),
      note: noteOf(curves, lines.length),
      spec: {
        kind: 'line',
        id,
        x: percentileAxis(supported),
        y: latencyAxis('latency', values),
        lines,
        bands: [],
      },
      data: curveTable(heading, curves),
    },
  ];
}

/** `service, accepted`, with the fleet before it where there are several. */
export function latencyName(doc: LatencyDoc, withFleet: boolean): string {
  if (doc.metric === 'paired') return doc.fleet;
  const name = doc.outcome === 'received' || doc.outcome === 'sent' ? doc.metric : `${doc.metric}, ${doc.outcome}`;
  return withFleet ? `${doc.fleet}: ${name}` : name;
}

/** What matters first: service and response of what was accepted, then refusals, then lateness and setup. */
function order(doc: LatencyDoc): number {
  const metric = [
    'service',
    'renewal-gap',
    'propagation',
    'response',
    'delivery',
    'lateness',
    'setup',
    'departure',
  ].indexOf(doc.metric);
  const outcome = [
    'accepted',
    'received',
    'sent',
    'partial',
    'throttled',
    'failed',
    'timeout',
    'broken',
    'expired',
    'renewed',
  ].indexOf(doc.outcome);
  return (outcome > 2 ? 10 : 0) + metric * 2 + outcome;
}

function line(curve: Curve, [hue, stroke]: readonly [Hue, Stroke]): LineSpec {
  return {
    label: curve.name,
    hue,
    stroke,
    points: curveOf(curve.distribution).map(({ p, ns }) => ({
      x: 1 / (1 - p),
      y: Math.max(ns, FLOOR_NS),
      text: `p${Number((100 * p).toPrecision(p > 0.99 ? 6 : 4))} ${formatDuration(ns)}`,
    })),
  };
}

function findingOf(curves: readonly Curve[]): string {
  return curves
    .slice(0, 2)
    .map(({ name, doc }) => {
      const { p50, p99 } = doc.percentilesNs;
      if (p50 === null) return `${name}: too few events for a median (${formatCount(doc.events)}).`;
      const tail = p99 === null ? 'too few events for p99' : `p99 ${formatDuration(p99)}`;
      return `${name}: p50 ${formatDuration(p50)}, ${tail}, from ${formatCount(doc.events)} independent events.`;
    })
    .join(' ');
}

function noteOf(curves: readonly Curve[], drawn: number): string {
  const parts = [`Each curve ends where fewer than ${TAIL_EVENTS_MIN} independent events lie beyond it.`];
  const beyond = curves.filter(({ doc }) => doc.infinite > 0);
  for (const { name, doc } of beyond)
    parts.push(`${formatCount(doc.infinite)} ${infiniteWord(doc)} rank above every value of ${name}.`);
  const below = curves.reduce((total, { doc }) => total + doc.negative, 0);
  if (below > 0) parts.push(`${formatCount(below)} values below zero are drawn at ${formatDuration(FLOOR_NS)}.`);
  if (drawn < curves.length) parts.push(`${curves.length - drawn} more in the table only.`);
  return parts.join(' ');
}

/** What it is whose value is not known but for being the longest. */
function infiniteWord({ metric }: LatencyDoc): string {
  if (metric === 'paired') return 'records that waited too long for their second receipt';
  const travelled = metric === 'propagation' || metric === 'delivery';
  return travelled ? 'records that never came, or too late to be timed,' : 'skipped operations';
}

function curveTable(caption: string, curves: readonly Curve[]): Markup {
  const ps = [0, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.995, 0.999, 0.9999, 0.99999];
  const head = ['percentile', ...curves.map((curve) => curve.name)];
  const rows = ps
    .filter((p) => p <= Math.max(0.99, ...curves.map((curve) => curve.distribution.supported)))
    .map((p) => [
      `${Number((100 * p).toFixed(4))} %`,
      ...curves.map((curve) => formatPercentile(curve.distribution.valueAt(p), curve.doc.events)),
    ]);
  return table(
    caption,
    head,
    rows,
    head.map((_, index) => index),
  );
}
