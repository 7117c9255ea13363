/** From what was measured to the parts of the result document that hold it. */
import type { PollSums } from '../fleet/consumer-books.ts';
import type { Timeline } from '../fleet/timeline.ts';
import type { Aggregate, LatencyLine } from '../measure/aggregate.ts';
import { LatencyHistogram } from '../measure/histogram.ts';
import {
  type CountDoc,
  type CountSeries,
  type LatencyDoc,
  type LatencyOutcome,
  type LatencySeries,
  type PairDoc,
  percentileNames,
  type PercentileName,
  type PhaseDoc,
  type PollingDoc,
  type SeriesDoc,
} from '../result.ts';
import { pairName, objectMetrics, subscriptionMetrics } from '../scenario/plan.ts';
import type { CountMetric, FleetPlan, LatencyMetric, PairPlan } from '../scenario/plan.ts';

export function phaseDocs(timeline: Timeline, endNs: number): PhaseDoc[] {
  return timeline.spans
    .filter((span) => span.fromNs < endNs)
    .map((span) => ({
      name: span.name,
      kind: span.kind,
      measured: span.measured,
      startNs: span.fromNs,
      endNs: Math.min(span.toNs, endNs),
    }));
}

const metricsOf = {
  produce: ['offered', 'accepted', 'mispredicted', 'throttled', 'failed', 'queued', 'skipped'],
  polling: ['received', 'untimed', 'polls', 'polls-throttled', 'polls-failed', 'iterators-expired'],
  'fan-out': ['received', 'untimed', ...subscriptionMetrics],
  watch: ['received', 'untimed', ...objectMetrics],
} as const satisfies Record<string, readonly CountMetric[]>;

/** What a fleet counts: some things only where its policy can bring them about. */
function metricsCounted(fleet: FleetPlan): readonly CountMetric[] {
  if (fleet.kind === 'consume') return metricsOf[fleet.method];
  const { retry, aggregate } = fleet;
  return [
    ...metricsOf.produce,
    ...(retry.policy === 'kpl' ? (['expired'] as const) : []),
    ...(retry.policy === 'none' ? [] : (['attempts', 'attempts-throttled', 'attempts-failed'] as const)),
    ...(aggregate ? (['stream-records'] as const) : []),
  ];
}

/**
 * Sums by fleet, phase and metric over all shards, and over all measured phases as `phase: null`. What never happened is there
 * with a zero: a reader must be able to tell none from not known.
 */
export function countDocs(aggregate: Aggregate, timeline: Timeline, fleets: readonly FleetPlan[]): CountDoc[] {
  const docs = new Map<string, CountDoc>();
  for (const plan of fleets) {
    const fleet = plan.name;
    for (const phase of [...timeline.spans.map(({ name }) => name), null]) {
      for (const metric of metricsCounted(plan))
        docs.set(`${fleet}|${phase}|${metric}`, { fleet, phase, metric, count: 0, bytes: 0 });
    }
  }
  for (const total of aggregate.counts) {
    for (const phase of timeline.measured(total.phase) ? [total.phase, null] : [total.phase]) {
      const key = `${total.fleet}|${phase}|${total.metric}`;
      const metric = total.metric as CountMetric;
      const doc = docs.get(key) ?? { fleet: total.fleet, phase, metric, count: 0, bytes: 0 };
      docs.set(key, { ...doc, count: doc.count + total.count, bytes: doc.bytes + total.bytes });
    }
  }
  return [...docs.values()];
}

export function latencyDocs(aggregate: Aggregate, timeline: Timeline): LatencyDoc[] {
  const measured = new Map<string, { fleet: string; metric: string; outcome: string; histogram: LatencyHistogram }>();
  const docs: LatencyDoc[] = [];
  for (const total of aggregate.latencies) {
    docs.push(latencyDoc(total, total.phase));
    if (!timeline.measured(total.phase)) continue;
    const key = `${total.fleet}|${total.metric}|${total.outcome}`;
    const merged = measured.get(key) ?? { ...total, histogram: new LatencyHistogram() };
    merged.histogram.add(total.histogram);
    measured.set(key, merged);
  }
  return [...docs, ...[...measured.values()].map((merged) => latencyDoc(merged, null))];
}

/** One histogram as a result holds it. */
export function latencyDoc(
  total: {
    readonly fleet: string;
    readonly metric: string;
    readonly outcome: string;
    readonly histogram: LatencyHistogram;
  },
  phase: string | null,
): LatencyDoc {
  const { histogram } = total;
  const encoded = histogram.encode();
  return {
    fleet: total.fleet,
    phase,
    metric: total.metric as LatencyMetric,
    outcome: total.outcome as LatencyOutcome,
    count: histogram.count,
    events: histogram.events,
    infinite: histogram.infinite,
    negative: histogram.negativeCount,
    minNs: histogram.minNs,
    meanNs: histogram.meanNs,
    maxNs: histogram.maxNs,
    percentilesNs: Object.fromEntries(
      percentileNames.map((name) => [name, histogram.percentileNs(Number(name.slice(1)) / 100)]),
    ) as Record<PercentileName, number | null>,
    histogram: encoded.positive,
    negativeHistogram: encoded.negative,
  };
}

/** @param endNs end of the run, from the start of its first phase */
export function seriesDoc(aggregate: Aggregate, binNs: number, endNs: number): SeriesDoc {
  const bins = Math.max(1, Math.ceil(endNs / binNs));
  const lines = new Map<string, { labels: Omit<CountSeries, 'values' | 'bytes'>; values: number[]; bytes: number[] }>();
  for (const total of aggregate.counts) {
    const fleet = { fleet: total.fleet, metric: total.metric as CountMetric };
    const all = { ...fleet, shard: null, attribution: 'none' as const };
    const own = { ...fleet, shard: total.shard, attribution: total.attribution };
    for (const labels of total.shard === null ? [all] : [all, own]) {
      const key = JSON.stringify(labels);
      const line = lines.get(key) ?? { labels, values: zeros(bins), bytes: zeros(bins) };
      lines.set(key, line);
      // What happened after the last bin (answers that came late) belongs to it.
      total.counts.forEach((count, bin) => (line.values[Math.min(bin, bins - 1)]! += count));
      total.byteCounts.forEach((bytes, bin) => (line.bytes[Math.min(bin, bins - 1)]! += bytes));
    }
  }
  return {
    binNs,
    bins,
    counts: [...lines.values()].map(({ labels, values, bytes }) => ({ ...labels, values, bytes })),
    latencies: aggregate.lines.map((line) => latencySeries(line, bins)),
  };
}

function latencySeries(line: LatencyLine, bins: number): LatencySeries {
  const points = Array.from({ length: bins }, (_, bin) => line.points[bin]);
  return {
    fleet: line.fleet,
    metric: line.metric as LatencyMetric,
    outcome: line.outcome as LatencyOutcome,
    counts: points.map((point) => point?.count ?? 0),
    p50Ns: points.map((point) => point?.p50Ns ?? null),
    p90Ns: points.map((point) => point?.p90Ns ?? null),
    p99Ns: points.map((point) => point?.p99Ns ?? null),
    maxNs: points.map((point) => point?.maxNs ?? null),
  };
}

function zeros(length: number): number[] {
  return Array.from({ length }, () => 0);
}

/**
 * The explanation of a polling fleet's delay. The mean wait for the next poll is E[T²] / 2E[T] for intervals T, which is half
 * the interval when all are equal and more when they are not (a record more often falls into a long one).
 */
export function pollingDoc(fleet: string, all: readonly PollSums[]): PollingDoc | null {
  const sum = (field: keyof PollSums) => all.reduce((total, sums) => total + sums[field], 0);
  const records = sum('records');
  if (records === 0 || sum('intervals') === 0) return null;
  const propagationMeanNs = sum('propagationNs') / records;
  const callMeanNs = sum('callNs') / records;
  const phaseMeanNs = sum('intervalSquaredNs') / (2 * sum('intervalNs'));
  return {
    fleet,
    records,
    polls: sum('polls'),
    intervals: sum('intervals'),
    pollIntervalMeanNs: sum('intervalNs') / sum('intervals'),
    propagationMeanNs,
    phaseMeanNs,
    callMeanNs,
    residualMeanNs: propagationMeanNs - phaseMeanNs - callMeanNs,
  };
}

/** Each pair of a plan, as crews or segments found it together; none of them may have had both sides. */
export function pairDocs(plans: readonly PairPlan[], found: readonly Omit<PairDoc, 'fleet'>[]): PairDoc[] {
  return plans.map(({ minuend, subtrahend }) => {
    const own = found.filter((doc) => doc.minuend === minuend && doc.subtrahend === subtrahend);
    const sum = (field: 'agents' | 'records' | 'onlyMinuend' | 'onlySubtrahend') =>
      own.reduce((total, doc) => total + doc[field], 0);
    return {
      fleet: pairName({ minuend, subtrahend }),
      minuend,
      subtrahend,
      agents: sum('agents'),
      records: sum('records'),
      onlyMinuend: sum('onlyMinuend'),
      onlySubtrahend: sum('onlySubtrahend'),
    };
  });
}
