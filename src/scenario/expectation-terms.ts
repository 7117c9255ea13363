/**
 * What each metric means to an expectation: which fleets have it, which statistics it takes, and the unit its value is
 * written in. One table, so that the reference page, the checks and the messages cannot disagree.
 */
import { countMetrics, countStats, latencyMetrics, latencyStats, ledgerMetrics } from './plan.ts';
import type {
  CountMetric,
  CountStat,
  ExpectationUnit,
  FleetPlan,
  LatencyMetric,
  LatencyStat,
  ProduceFleet,
} from './plan.ts';

type Side = FleetPlan['kind'] | 'both';

/** Who has a latency: `service` is recorded for puts and for polls, `response` needs a due time and so a producer. */
export const latencySides: Readonly<Record<LatencyMetric, Side>> = {
  lateness: 'both',
  departure: 'produce',
  setup: 'both',
  service: 'both',
  backoff: 'produce',
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
  expired: 'produce',
  attempts: 'produce',
  'attempts-throttled': 'produce',
  'attempts-failed': 'produce',
  'stream-records': 'produce',
  received: 'consume',
  untimed: 'consume',
  polls: 'consume',
  'polls-throttled': 'consume',
  'polls-failed': 'consume',
};

/** What only some producing fleets have: which, and how a scenario gets it. */
interface Feature {
  readonly has: (fleet: ProduceFleet) => boolean;
  readonly from: string;
}
const retrying: Feature = { has: ({ retry }) => retry.policy !== 'none', from: 'with retry: sdk or kpl' };
const expiring: Feature = { has: ({ retry }) => retry.policy === 'kpl', from: 'with retry: kpl' };
const gathering: Feature = { has: ({ gather }) => gather !== null, from: 'with batch: { linger: 100ms }' };
const aggregating: Feature = { has: ({ aggregate }) => aggregate !== null, from: 'with aggregate: { records: 100 }' };
const features: Partial<Record<CountMetric | LatencyMetric, Feature>> = {
  departure: gathering,
  backoff: retrying,
  expired: expiring,
  attempts: retrying,
  'attempts-throttled': retrying,
  'attempts-failed': retrying,
  'stream-records': aggregating,
};

/** Whether a fleet has a metric that its side has. */
export function hasFeatureFor(metric: CountMetric | LatencyMetric, fleet: FleetPlan): boolean {
  const feature = features[metric];
  return feature === undefined || (fleet.kind === 'produce' && feature.has(fleet));
}

/** How a fleet gets a metric: what it must do, or be told. */
export function sourceOf(metric: CountMetric | LatencyMetric, side: Side): string {
  return features[metric]?.from ?? (side === 'produce' ? 'that produces' : 'that consumes');
}

const throughputMetrics: readonly CountMetric[] = ['offered', 'accepted', 'throttled', 'failed', 'received'];
/** A share of the whole is 1 for the whole itself, and of what was offered for nothing that consumers count. */
const ratioMetrics: readonly CountMetric[] = [
  'accepted',
  'throttled',
  'failed',
  'queued',
  'skipped',
  'expired',
  'attempts-throttled',
  'attempts-failed',
  'polls-throttled',
  'polls-failed',
];

/** What is known by shard. */
const shardMetrics: readonly CountMetric[] = [
  'accepted',
  'throttled',
  'failed',
  'attempts-throttled',
  'attempts-failed',
  'received',
  'polls',
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
  if (!shardMetrics.includes(metric)) return [];
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
