/**
 * What each metric means to an expectation: which fleets have it, which statistics it takes, and the unit its value is
 * written in. One table, so that the reference page, the checks and the messages cannot disagree.
 */
import { countMetrics, countStats, latencyMetrics, latencyStats, ledgerMetrics } from './plan.ts';
import type { CountMetric, CountStat, ExpectationUnit, FleetPlan, LatencyMetric, LatencyStat } from './plan.ts';

type Side = FleetPlan['kind'] | 'both';

/** Who has a latency: `service` is recorded for puts and for polls, `response` needs a due time and so a producer. */
export const latencySides: Readonly<Record<LatencyMetric, Side>> = {
  lateness: 'both',
  setup: 'both',
  service: 'both',
  response: 'produce',
  propagation: 'consume',
  delivery: 'consume',
};

/** Who counts what. */
export const countSides: Readonly<Record<CountMetric, FleetPlan['kind']>> = {
  offered: 'produce',
  accepted: 'produce',
  mispredicted: 'produce',
  throttled: 'produce',
  failed: 'produce',
  queued: 'produce',
  skipped: 'produce',
  received: 'consume',
  untimed: 'consume',
  polls: 'consume',
  'polls-throttled': 'consume',
  'polls-failed': 'consume',
};

const throughputMetrics: readonly CountMetric[] = ['offered', 'accepted', 'throttled', 'failed', 'received'];
/** A share of the whole is 1 for the whole itself, and of what was offered for nothing that consumers count. */
const ratioMetrics: readonly CountMetric[] = [
  'accepted',
  'throttled',
  'failed',
  'queued',
  'skipped',
  'polls-throttled',
  'polls-failed',
];

/** The statistics a latency takes: counting values makes sense where a value is a record. */
export function latencyStatsOf(metric: LatencyMetric): LatencyStat[] {
  const records = latencySides[metric] === 'consume';
  return latencyStats.filter((stat) => stat !== 'count' || records);
}

/** The statistics a count takes. */
export function countStatsOf(metric: CountMetric): CountStat[] {
  return countStats.filter(
    (stat) =>
      (stat !== 'throughput' || throughputMetrics.includes(metric)) &&
      (stat !== 'ratio' || ratioMetrics.includes(metric)),
  );
}

/** The statistics of one shard: what was offered to it, and so a share of that, is not known. */
export function shardStatsOf(metric: CountMetric): CountStat[] {
  if (metric === 'offered' || metric === 'queued' || metric === 'skipped') return [];
  return countStatsOf(metric).filter((stat) => stat !== 'ratio');
}

/** The unit of a count's statistic. */
export function countUnitOf(metric: CountMetric, stat: CountStat): ExpectationUnit {
  if (stat === 'ratio') return 'share';
  if (stat === 'throughput') return 'bytes/s';
  const polls = metric.startsWith('polls');
  if (stat === 'rate') return polls ? 'polls/s' : 'records/s';
  return polls ? 'polls' : 'records';
}

/** Every metric, for "did you mean". */
export const allMetrics: readonly string[] = [...latencyMetrics, ...countMetrics, ...ledgerMetrics];
