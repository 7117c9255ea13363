/**
 * What each metric means to an expectation: which fleets have it, which statistics it takes, and the unit its value is
 * written in. One table, so that the reference page, the checks and the messages cannot disagree.
 */
import { isWord } from '../nearest.ts';
import { firehoseOperations } from './delivery-plan.ts';
import {
  countMetrics,
  countStats,
  latencyMetrics,
  latencyStats,
  ledgerMetrics,
  objectMetrics,
  subscriptionMetrics,
} from './plan.ts';
import type {
  CountMetric,
  CountStat,
  Counted,
  ExpectationUnit,
  FleetPlan,
  LatencyMetric,
  LatencyStat,
  MetricPlan,
  ProduceFleet,
} from './plan.ts';

/** CPU of the threads of a fleet, for each call. */
export const CPU = 'cpu';

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
  'renewal-gap': 'consume',
  paired: 'consume',
  lag: 'consume',
  behind: 'consume',
  freshness: 'consume',
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
  'iterators-expired': 'consume',
  subscriptions: 'consume',
  'subscriptions-refused': 'consume',
  'subscriptions-failed': 'consume',
  'subscriptions-ended': 'consume',
  'subscriptions-broken': 'consume',
  renewals: 'consume',
  events: 'consume',
  heartbeats: 'consume',
  listings: 'consume',
  'listings-failed': 'consume',
  objects: 'consume',
  'objects-by-size': 'consume',
  'objects-by-interval': 'consume',
  'objects-by-unknown': 'consume',
  'objects-unreadable': 'consume',
  'out-of-order': 'consume',
  'objects-of-errors': 'consume',
  'processing-failed': 'consume',
  'requests-refused': 'consume',
};

/** What only some fleets have: which, and how a scenario gets it. */
interface Feature {
  readonly has: (fleet: FleetPlan) => boolean;
  readonly from: string;
}
const producing = (has: (fleet: ProduceFleet) => boolean, from: string): Feature => ({
  has: (fleet) => fleet.kind === 'produce' && has(fleet),
  from,
});
const retrying = producing(({ retry }) => retry.policy !== 'none', 'with retry: sdk or kpl');
const expiring = producing(({ retry }) => retry.policy === 'kpl', 'with retry: kpl');
const gathering = producing(({ gather }) => gather !== null, 'with batch: { linger: 100ms }');
const aggregating = producing(({ aggregate }) => aggregate !== null, 'with aggregate: { records: 100 }');
/** Calls that fall due: what is pushed to makes none. */
const calling: Feature = {
  has: (fleet) => fleet.kind === 'produce' || fleet.method === 'polling',
  from: 'that produces or polls',
};
const polling: Feature = { has: (fleet) => fleet.kind === 'consume' && fleet.method === 'polling', from: 'that polls' };
const pushed: Feature = {
  has: (fleet) => fleet.kind === 'consume' && fleet.method === 'fan-out',
  from: 'with consume: fan-out',
};
const watching: Feature = {
  has: (fleet) => fleet.kind === 'consume' && fleet.method === 'watch',
  from: 'that watches a destination',
};
/** What is read of shards has an order and an end. */
const shardwise: Feature = {
  has: (fleet) => fleet.kind === 'consume' && fleet.method !== 'watch',
  from: 'that polls or is pushed to',
};
/** Who makes calls whose times are kept. */
const answered: Feature = {
  has: (fleet) => fleet.kind === 'produce' || fleet.method !== 'watch',
  from: 'that produces, polls or is pushed to',
};
/** What is put into a shard. */
const placing = producing(({ operation }) => !isWord(operation, firehoseOperations), 'that puts into a stream');
const features: Partial<Record<CountMetric | LatencyMetric, Feature>> = {
  lateness: calling,
  setup: calling,
  departure: gathering,
  backoff: retrying,
  expired: expiring,
  attempts: retrying,
  'attempts-throttled': retrying,
  'attempts-failed': retrying,
  'stream-records': aggregating,
  polls: polling,
  'polls-throttled': polling,
  'polls-failed': polling,
  'iterators-expired': polling,
  subscriptions: pushed,
  'subscriptions-refused': pushed,
  'subscriptions-failed': pushed,
  'subscriptions-ended': pushed,
  'subscriptions-broken': pushed,
  renewals: pushed,
  events: pushed,
  heartbeats: pushed,
  'renewal-gap': pushed,
  service: answered,
  paired: shardwise,
  lag: shardwise,
  behind: shardwise,
  freshness: watching,
  mispredicted: placing,
  ...Object.fromEntries(objectMetrics.map((metric) => [metric, watching])),
};

/** Whether a fleet has what a metric is about. The ledger is of the whole run: every fleet has its part in it. */
export function hasSubject(fleet: FleetPlan, subject: MetricPlan['subject']): boolean {
  if (subject.kind === 'ledger') return true;
  if (subject.kind === 'cpu') return calling.has(fleet);
  const side = subject.kind === 'latency' ? latencySides[subject.metric] : countSides[subject.metric];
  return (side === 'both' || side === fleet.kind) && (features[subject.metric]?.has(fleet) ?? true);
}

/** How a fleet gets a metric: what it must do, or be told. */
export function sourceOf(metric: CountMetric | LatencyMetric | typeof CPU, side: Side): string {
  if (metric === CPU) return calling.from;
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
  'listings-failed',
  'objects-by-size',
  'objects-by-interval',
  'objects-by-unknown',
  'objects-unreadable',
  'out-of-order',
];

/** What is counted that is no record. */
const subjects: Partial<Record<CountMetric, Counted>> = {
  polls: 'polls',
  'polls-throttled': 'polls',
  'polls-failed': 'polls',
  'iterators-expired': 'polls',
  subscriptions: 'subscriptions',
  'subscriptions-refused': 'subscriptions',
  'subscriptions-failed': 'subscriptions',
  'subscriptions-ended': 'subscriptions',
  'subscriptions-broken': 'subscriptions',
  renewals: 'subscriptions',
  events: 'events',
  heartbeats: 'events',
  listings: 'listings',
  'listings-failed': 'listings',
  objects: 'objects',
  'objects-by-size': 'objects',
  'objects-by-interval': 'objects',
  'objects-by-unknown': 'objects',
  'objects-unreadable': 'objects',
  'objects-of-errors': 'objects',
  'requests-refused': 'requests',
};

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
  'iterators-expired',
  ...subscriptionMetrics,
];

/** The statistics a latency takes: counting values makes sense where a value is a record. */
export function latencyStatsOf(metric: LatencyMetric): LatencyStat[] {
  const records = isWord(metric, ['propagation', 'delivery', 'paired']);
  return latencyStats.filter((stat) => stat !== 'count' || records);
}

/** The statistics a count takes. */
export function countStatsOf(metric: CountMetric): CountStat[] {
  return countStats.filter(
    (stat) =>
      (stat !== 'throughput' || throughputMetrics.includes(metric)) &&
      (stat !== 'bytes' || metric === 'objects') &&
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
  if (stat === 'bytes') return 'bytes';
  const subject = subjects[metric] ?? 'records';
  return stat === 'rate' ? `${subject}/s` : subject;
}

/** Every metric, for "did you mean". */
export const allMetrics: readonly string[] = [...latencyMetrics, ...countMetrics, ...ledgerMetrics, CPU];
