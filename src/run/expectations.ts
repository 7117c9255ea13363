/**
 * Judges a plan's expectations on the documents of a result: a pure function, so that a result can be judged again. What
 * cannot be known (no sample, too few for a percentile, a window without a whole bin) is indeterminate.
 */
import type { CountDoc, CpuDoc, ExpectationDoc, LatencyDoc, PairDoc, PhaseDoc, SeriesDoc } from '../result.ts';
import { formatCount, formatValue } from '../measure/format.ts';
import { LatencyHistogram } from '../measure/histogram.ts';
import { type BinnedLine, settledWithin } from '../measure/rate.ts';
import { besides, cpuPerOperation } from '../measure/cpu.ts';
import { objectMetrics } from '../scenario/plan.ts';
import { isWord } from '../nearest.ts';
import type { CountStat, Expectation, LatencyMetric, LatencyStat, MetricPlan } from '../scenario/plan.ts';
import type { LedgerReport } from '../verify/ledger-report.ts';

/** Share of the records of a pair that only one of the two may have seen. */
const APART_MAX = 0.01;

export interface Evidence {
  readonly phases: readonly PhaseDoc[];
  readonly counts: readonly CountDoc[];
  readonly latencies: readonly LatencyDoc[];
  readonly series: SeriesDoc;
  readonly ledger: LedgerReport;
  readonly pairs?: readonly PairDoc[];
  readonly cpu?: readonly CpuDoc[];
}

type Observation =
  | { readonly value: number }
  | { readonly unknown: string }
  /** Nothing that this run could have told: neither for nor against it. */
  | { readonly unmeasured: string };

export function judgeExpectations(expectations: readonly Expectation[], evidence: Evidence): ExpectationDoc[] {
  return expectations.map((expectation) => {
    const observation = observe(expectation, evidence);
    if ('unmeasured' in observation)
      return { text: expectation.text, verdict: 'skip', observed: 'n/a', explanation: observation.unmeasured };
    if ('unknown' in observation) {
      return { text: expectation.text, verdict: 'indeterminate', observed: 'n/a', explanation: observation.unknown };
    }
    const held = holds(expectation, observation.value);
    const observed = formatValue(observation.value, expectation.unit);
    return {
      text: expectation.text,
      verdict: held ? 'pass' : 'fail',
      observed,
      explanation: held
        ? 'as expected'
        : `expected ${expectation.comparator} ${formatValue(expectation.value, expectation.unit)}${tolerance(expectation)}`,
    };
  });
}

function holds({ comparator, value, tolerance: share }: Expectation, observed: number): boolean {
  switch (comparator) {
    case '<':
      return observed < value;
    case '<=':
      return observed <= value;
    case '>':
      return observed > value;
    case '>=':
      return observed >= value;
    case '=':
      return Math.abs(observed - value) <= share * Math.abs(value) + 1e-9;
  }
}

function tolerance(expectation: Expectation): string {
  return expectation.comparator === '=' && expectation.tolerance > 0
    ? ` ± ${+(expectation.tolerance * 100).toFixed(3)}%`
    : '';
}

/** The value of a metric in base units; null where it cannot be known. */
export function observeMetric(metric: MetricPlan, evidence: Evidence): number | null {
  const observation = observe(metric, evidence);
  return 'value' in observation ? observation.value : null;
}

function observe(expectation: MetricPlan, evidence: Evidence): Observation {
  const { subject } = expectation;
  if (subject.kind === 'ledger') return observeLedger(evidence.ledger, subject.metric);
  if (subject.kind === 'cpu') return observeCpu(expectation, evidence);
  if (subject.kind === 'latency') return observeLatency(expectation, subject.metric, subject.stat, evidence);
  const total = sumOf(expectation, subject.metric, subject.stat, evidence);
  if ('unknown' in total) return total;
  switch (subject.stat) {
    case 'count':
      return { value: total.count };
    case 'rate':
      return { value: total.count / total.seconds };
    case 'throughput':
      return { value: total.bytes / total.seconds };
    case 'bytes':
      return total.count === 0 ? { unknown: 'there was no object' } : { value: total.bytes / total.count };
    case 'ratio': {
      const base = ratioBase(expectation, subject.metric, evidence);
      return base === 0
        ? {
            unknown: subject.metric.startsWith('objects')
              ? 'there was no object'
              : 'nothing was offered in that window',
          }
        : { value: total.count / base };
    }
  }
}

/** What a sweep came upon is there; that it came upon nothing says something only when it read everything. */
function observeLedger({ counts, sweep }: LedgerReport, metric: keyof LedgerReport['counts']): Observation {
  const value = counts[metric];
  return value === 0 && !sweep.complete ? { unknown: `the sweep is not complete: ${sweep.reason}` } : { value };
}

/** What a ratio is a share of: polls, attempts, offered records, or (offers carry no shard) all records that were settled in a shard. */
function ratioBase(expectation: MetricPlan, metric: string, evidence: Evidence): number {
  const settled = expectation.labels.shard === undefined ? ['offered'] : ['accepted', 'throttled', 'failed'];
  const all = isWord(metric, objectMetrics)
    ? [metric === 'out-of-order' ? 'received' : metric.startsWith('listings') ? 'listings' : 'objects']
    : metric.startsWith('polls')
      ? ['polls']
      : metric.startsWith('attempts')
        ? ['attempts']
        : settled;
  const totals = all.map((of) => sumOf(expectation, of, 'ratio', evidence));
  return totals.reduce((sum, total) => sum + ('unknown' in total ? 0 : total.count), 0);
}

type Total =
  | { readonly count: number; readonly bytes: number; readonly seconds: number }
  | { readonly unknown: string };

/**
 * Counts and ratios over whole phases go by the phase a record was due in, so that what was answered after the phase is not
 * missed; everything else (rates, parts of phases, shards) goes by the time of the answer.
 */
function sumOf(expectation: MetricPlan, metric: string, stat: CountStat, evidence: Evidence): Total {
  const { window, labels } = expectation;
  const whole = window === null || (window.fromNs === 0 && window.toNs === null);
  if (!whole || labels.shard !== undefined || (stat !== 'count' && stat !== 'ratio' && stat !== 'bytes')) {
    return windowSum(expectation, metric, evidence);
  }
  const docs = evidence.counts.filter(
    (doc) =>
      doc.metric === metric &&
      doc.phase === (window?.phase ?? null) &&
      (labels.fleet === undefined || doc.fleet === labels.fleet),
  );
  const count = docs.reduce((sum, doc) => sum + doc.count, 0);
  return { count, bytes: docs.reduce((sum, doc) => sum + doc.bytes, 0), seconds: 0 };
}

/** Inside the window; without one, inside the measured phases. */
function windowSum({ labels, window }: MetricPlan, metric: string, { series, phases }: Evidence): Total {
  const spans = phases
    .filter((phase) => (window ? phase.name === window.phase : phase.measured))
    .map((phase) => ({
      startNs: phase.startNs + (window?.fromNs ?? 0),
      endNs: window?.toNs == null ? phase.endNs : Math.min(phase.endNs, phase.startNs + window.toNs),
    }));
  if (labels.shard !== undefined && !series.counts.some((line) => line.shard === labels.shard)) {
    return { unknown: `nothing is known of a shard ${labels.shard}` };
  }
  return (
    settledWithin(series, spans, (line) => fits(line, labels, metric)) ?? {
      unknown: `no whole second of measurement lies in ${window ? window.phase : 'a measured phase'}`,
    }
  );
}

function fits(line: BinnedLine, labels: Expectation['labels'], metric: string): boolean {
  return (
    line.metric === metric &&
    line.shard === (labels.shard ?? null) &&
    (labels.fleet === undefined || line.fleet === labels.fleet)
  );
}

/** What an expectation without a word on the outcome means: answers that were accepted, records that were received. */
const outcomes: Readonly<Record<LatencyMetric, string>> = {
  lateness: 'sent',
  departure: 'sent',
  backoff: 'sent',
  setup: 'sent',
  'renewal-gap': 'accepted',
  service: 'accepted',
  response: 'accepted',
  propagation: 'received',
  delivery: 'received',
  lag: 'received',
  behind: 'received',
  freshness: 'received',
  paired: 'received',
};

function observeLatency(
  { labels, window }: MetricPlan,
  metric: LatencyMetric,
  stat: LatencyStat,
  { latencies, pairs = [] }: Evidence,
): Observation {
  const docs = latencies.filter(
    (doc) =>
      doc.metric === metric &&
      doc.outcome === outcomes[metric] &&
      doc.phase === (window?.phase ?? null) &&
      (labels.fleet === undefined || doc.fleet === labels.fleet),
  );
  const apart = metric === 'paired' ? apartOf(labels.fleet!, pairs) : null;
  if (apart !== null) return { unknown: apart };
  const merged = new LatencyHistogram();
  for (const doc of docs) merged.add(LatencyHistogram.of(doc));
  if (stat === 'count') return { value: merged.count };
  if (merged.count === 0) return { unknown: `no ${metric} was measured` };
  if (stat === 'min') return { value: merged.minNs };
  if (merged.infinite > 0 && (stat === 'mean' || stat === 'max')) {
    return {
      unknown: `${merged.infinite} never happened, never came or took too long to be timed, so there is no ${stat}`,
    };
  }
  if (stat === 'mean') return { value: merged.meanNs };
  if (stat === 'max') return { value: merged.maxNs };
  const value = merged.percentileNs(Number(stat.slice(1)) / 100);
  return value === null
    ? {
        unknown: `${formatCount(merged.events)} independent events are too few for ${stat}, or it falls among those that never happened, never came or took too long to be timed`,
      }
    : { value };
}

/** With one fleet that has it, its label may be left out. */
function observeCpu({ labels, text }: MetricPlan, evidence: Evidence): Observation {
  if (!evidence.cpu) return { unmeasured: 'not measured here: a virtual clock has no CPU of its own' };
  const known = cpuPerOperation(evidence).filter(({ fleet }) => labels.fleet === undefined || fleet === labels.fleet);
  if (known.length !== 1) return { unknown: `no call was made for ${text}` };
  const { ns, beside, fleet } = known[0]!;
  return ns === null ? { unknown: besides(fleet, beside) } : { value: ns };
}

/** Why the differences of a pair tell nothing: records that only one has are those with the largest ones. */
function apartOf(name: string, pairs: readonly PairDoc[]): string | null {
  const pair = pairs.find(({ fleet }) => fleet === name);
  if (!pair || pair.records === 0) return `no record was seen by both of ${name}`;
  const apart = pair.onlyMinuend + pair.onlySubtrahend;
  if (apart <= APART_MAX * (pair.records + apart)) return null;
  return `${formatCount(apart)} records were seen by one of ${name} only, and ${formatCount(pair.records)} by both: more than ${APART_MAX * 100} %`;
}
