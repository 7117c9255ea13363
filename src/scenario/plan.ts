/**
 * A scenario resolved: every default filled, every unit in base units (ns, bytes, calls per second), frozen and hashed.
 * A plan, a seed and a target are enough to repeat a run. Nothing after `parse` looks at the scenario's text again,
 * except to show it.
 */

import type { Capability } from '../protocol/capabilities.ts';
import type { DeliveryPlan, FirehoseOperation } from './delivery-plan.ts';
import type { AggregatePlan, DataPlan, FieldPlan, GatherPlan, IdentifyPlan, RetryPlan } from './put-plan.ts';
import type { ConsumeFleet } from './read-plan.ts';

export type * from './delivery-plan.ts';
export type * from './read-plan.ts';

/** The version of this document inside results. */
export const PLAN_VERSION = 1;

/** Bytes of the tag that identifies a record inside its payload: no record can be smaller and still be told apart. */
export const RECORD_BYTES_MIN = 48;

export interface Plan {
  readonly version: typeof PLAN_VERSION;
  readonly name: string;
  readonly question: string;
  /** What the author expects to see, in words. */
  readonly expected: string;
  readonly streams: readonly StreamPlan[];
  readonly fleets: readonly FleetPlan[];
  readonly phases: readonly PhasePlan[];
  readonly verify: readonly VerifyName[];
  readonly expect: readonly Expectation[];
  /** In the order of their times; absent where there is none. */
  readonly steps?: readonly StepPlan[];
  /** Delivery streams of Data Firehose; absent where there are none. */
  readonly deliveries?: readonly DeliveryPlan[];
  /** Fleets whose records are compared one by one, for what is expected or shown of them; absent where there are none. */
  readonly pairs?: readonly PairPlan[];
}

/** Two consuming fleets of one stream: how much later the first has a record than the second. Agent k is paired with agent k. */
export interface PairPlan {
  readonly minuend: string;
  readonly subtrahend: string;
}

/** `create`: made for the run and removed after it. `use`: an existing stream, by name or ARN, never altered or deleted. */
export type StreamPlan =
  | { readonly alias: string; readonly create: NewStreamPlan }
  | { readonly alias: string; readonly use: string };

export interface NewStreamPlan {
  /** Open from the start; null where the service decides and may change it at any time: on demand. */
  readonly shards: number | null;
  readonly retentionHours: number;
  /** Absent for provisioned. */
  readonly mode?: 'on-demand';
  /** Data and key of a record at the most, in KiB; absent where the service decides (1024). */
  readonly recordKiBMax?: number;
}

export type FleetPlan = ProduceFleet | ConsumeFleet;

/** What a fleet calls with: our own client, or the AWS SDK as it comes, with one attempt. */
export const clientNames = ['wire', 'sdk'] as const;
export type ClientName = (typeof clientNames)[number];

export interface ProduceFleet {
  readonly kind: 'produce';
  readonly name: string;
  /** The fleet may be missing where the target lacks this; absent where it may not. */
  readonly when?: Capability;
  readonly client: ClientName;
  readonly operation: 'PutRecord' | 'PutRecords' | FirehoseOperation;
  /** Records that a function drops: none of them is to be delivered. */
  readonly dropped?: true;
  /** Alias of the stream, or of the delivery stream. */
  readonly stream: string;
  readonly agents: number;
  readonly rate: RatePlan;
  readonly arrivals: 'poisson' | 'uniform';
  readonly pacing: Pacing;
  /** Records that fall due together and leave as one call; 1 for PutRecord, and where records are gathered. */
  readonly batchRecords: number;
  /** How calls are put together of records that fall due one by one; null where a call falls due as a whole. */
  readonly gather: GatherPlan | null;
  readonly retry: RetryPlan;
  /** Puts of one key follow one another, each with the sequence number of the one before. */
  readonly chain: boolean;
  readonly aggregate: AggregatePlan | null;
  readonly data: DataPlan;
  readonly identify: IdentifyPlan;
  /** Bytes of a record's data, random or zeros; the partition key comes on top. */
  readonly recordBytes: SizePlan;
  readonly key: KeyPlan;
  /** What happens to an operation that is due while `inFlightMax` calls of its agent are open. */
  readonly late: 'skip' | 'queue';
  /** Open calls of one agent at the most. */
  readonly inFlightMax: number;
  /** Of them on the wire at once at the most; null for no cap of its own. */
  readonly connections: number | null;
  /** With `late: queue`, calls of one agent that wait at the most; what is due beyond is skipped. */
  readonly waitingMax: number;
  readonly timeoutNs: number;
}

/**
 * How an agent keeps its due times. `timer`: by timers alone, about a millisecond late and cheap. `precise`: by a timer and then
 * by looking at the clock, which takes a whole core.
 */
export type Pacing = 'timer' | 'precise';

/**
 * What the whole fleet is to send over time, from the fleet's start: calls a second (records, where they are gathered) in stages
 * (the last one goes on for ever), with bursts on top, or a schedule that names every time.
 */
export interface RatePlan {
  readonly stages: readonly RateStage[];
  readonly bursts?: BurstPlan;
  /** Instead of the others. */
  readonly schedule?: SchedulePlan;
}

/** So many calls at once, the first time at the fleet's start. */
export interface BurstPlan {
  readonly calls: number;
  readonly everyNs: number;
}

export interface SchedulePlan {
  /** As written. */
  readonly file: string;
  /** In ascending order: so many calls are due at a time. */
  readonly points: readonly (readonly [atNs: number, calls: number])[];
}

/** From one rate to another, linear over the stage. Constant where the two are equal. */
export interface RateStage {
  readonly durationNs: number;
  readonly fromCallsPerS: number;
  readonly toCallsPerS: number;
}

export type SizePlan =
  | { readonly kind: 'fixed'; readonly bytes: number }
  | { readonly kind: 'uniform'; readonly minBytes: number; readonly maxBytes: number };

export type KeyPlan =
  /** One of `keys` keys, each as likely. */
  | { readonly kind: 'uniform'; readonly keys: number }
  /** The keys in turn. */
  | { readonly kind: 'round-robin'; readonly keys: number }
  /** Key k of `keys` with a probability proportional to 1 / k^exponent. */
  | { readonly kind: 'zipf'; readonly keys: number; readonly exponent: number }
  /** `trafficShare` of the records go to the first `keyShare` of the keys, the rest to the others. Shares in 0..1. */
  | { readonly kind: 'hot'; readonly keys: number; readonly keyShare: number; readonly trafficShare: number }
  /** Every record to the open shard of this index, by explicit hash key. */
  | { readonly kind: 'shard'; readonly index: number }
  /** The value of a field of each row of a file. */
  | { readonly kind: 'field'; readonly field: FieldPlan };

export type PhasePlan = TimedPhase | DrainPhase;

/** A span of load. What is due inside it is measured under its name, unless `measure` is false. */
export interface TimedPhase {
  readonly kind: 'timed';
  readonly name: string;
  readonly durationNs: number;
  readonly measure: boolean;
}

/** Producers stop; lasts until every consumer has seen what was acknowledged, at most `withinNs`. Always the last one. */
export interface DrainPhase {
  readonly kind: 'drain';
  readonly name: string;
  readonly withinNs: number;
}

/** One thing done at one time, from the start of the load. */
export interface StepPlan {
  readonly atNs: number;
  readonly action: StepAction;
}

export type StepAction = StreamAction | FleetAction | DestinationAction | TargetAction;

/** What changes a stream that the run made. `shard` is the index of an open shard at that time, null for the default choice. */
export type StreamAction =
  | {
      readonly kind: 'split';
      readonly stream: string;
      readonly shard: number | null;
      /** Decimal; null for the middle. */
      readonly hashKey: string | null;
    }
  | { readonly kind: 'merge'; readonly stream: string; readonly shard: number | null }
  | { readonly kind: 'reshard'; readonly stream: string; readonly shards: number }
  | { readonly kind: 'retention'; readonly stream: string; readonly hours: number }
  | { readonly kind: 'mode'; readonly stream: string; readonly mode: 'on-demand' | 'provisioned' };

/** What changes the load. `agent` is null for all agents of the fleet. */
export interface FleetAction {
  readonly kind: 'pause' | 'resume' | 'kill' | 'start' | 'down' | 'up';
  readonly fleet: string;
  readonly agent: number | null;
}

/** What becomes of the S3 that a delivery stream writes into: a receiver is a fleet, and a fleet's action. */
export interface DestinationAction {
  readonly kind: 'down' | 'up';
  /** Alias of the delivery stream. */
  readonly delivery: string;
}

export type TargetAction = { readonly kind: 'arm' | 'disarm'; readonly fault: string } | { readonly kind: 'restart' };

export const verifyNames = ['no-loss', 'no-duplicates', 'order', 'immutability', 'partitions'] as const;
export type VerifyName = (typeof verifyNames)[number];

/**
 * Latencies, recorded as histograms in ns. `lag` is the age of the newest record of each answer that brought records, from when it
 * was due; `behind` is what the endpoint says of itself (MillisBehindLatest); `freshness` is the age of the oldest record that is not
 * delivered yet, second by second (AWS's DataFreshness). `paired` is a difference of two, below
 * zero where the first is the sooner.
 */
export const latencyMetrics = [
  'lateness',
  'departure',
  'setup',
  'service',
  'backoff',
  'response',
  'propagation',
  'delivery',
  'renewal-gap',
  'paired',
  'lag',
  'behind',
  'freshness',
] as const;
export type LatencyMetric = (typeof latencyMetrics)[number];
/**
 * Counted of fan-out: `subscriptions` are those that began; `subscriptions-refused` calls that came too soon for the service
 * (ResourceInUse, LimitExceeded), `subscriptions-failed` all others that began none; `renewals` followed one that was replaced
 * or had come to its end, `subscriptions-ended` came to an end in order, `subscriptions-broken` broke off, by an error in the
 * stream or of the connection. `events` carried records, `heartbeats` none.
 */
export const subscriptionMetrics = [
  'subscriptions',
  'subscriptions-refused',
  'subscriptions-failed',
  'subscriptions-ended',
  'subscriptions-broken',
  'renewals',
  'events',
  'heartbeats',
] as const;
/**
 * Counted events. `mispredicted` are accepted records that went to another shard than the hash map has for their key. `queued`
 * are records that waited for one of their agent's calls to end; `attempts` are records handed to the client, each time anew;
 * `stream-records` are those of the stream that carried accepted ones; `untimed` are received records whose propagation cannot
 * be told. `polls` are GetRecords calls by outcome (`polls-throttled`, `polls-failed`; of these `iterators-expired`), the others are records.
 */
/**
 * Counted by watchers of a destination: listings (or rounds of queries), and of objects (requests taken, answers with new documents) all of them, by the hint that they were written for
 * (unknown: both fit, or neither), those that could not be opened, and records that stand behind a later one of their producer in
 * their object; objects of errors, which are none of them, and records in them (`processing-failed`); `requests-refused` are those that a
 * receiver answered with 503 while it was down.
 */
export const objectMetrics = [
  'listings',
  'listings-failed',
  'objects',
  'objects-by-size',
  'objects-by-interval',
  'objects-by-unknown',
  'objects-unreadable',
  'out-of-order',
  'objects-of-errors',
  'processing-failed',
  'requests-refused',
] as const;
export const countMetrics = [
  'offered',
  'accepted',
  'mispredicted',
  'throttled',
  'failed',
  'queued',
  'skipped',
  'expired',
  'attempts',
  'attempts-throttled',
  'attempts-failed',
  'stream-records',
  'received',
  'untimed',
  'polls',
  'polls-throttled',
  'polls-failed',
  'iterators-expired',
  ...subscriptionMetrics,
  ...objectMetrics,
] as const;
export type CountMetric = (typeof countMetrics)[number];
/** What the ledger counts. */
export const ledgerMetrics = [
  'lost',
  'missed',
  'late',
  'backed-up',
  'duplicated',
  'reordered',
  'changed',
  'ghost',
  'misplaced',
  'retried',
  'redelivered',
  'maybe',
] as const;
export type LedgerMetric = (typeof ledgerMetrics)[number];

export const latencyStats = ['min', 'mean', 'p50', 'p90', 'p99', 'p99.9', 'max', 'count'] as const;
export type LatencyStat = (typeof latencyStats)[number];
/**
 * `count`: records (or polls); `rate`: per second of the window; `ratio`: share of the offered records (or of all polls);
 * `throughput`: bytes of data and partition key per second of the window (offered, accepted, throttled, failed, received);
 * `bytes`: of an object before compression, on average.
 */
export const countStats = ['count', 'rate', 'ratio', 'throughput', 'bytes'] as const;
export type CountStat = (typeof countStats)[number];

/** What can be measured of a run: a metric with its statistic, whose it is, and when. Without a window all measured phases. */
export interface MetricPlan {
  /** As written. */
  readonly text: string;
  readonly subject:
    | { readonly kind: 'latency'; readonly metric: LatencyMetric; readonly stat: LatencyStat }
    | { readonly kind: 'count'; readonly metric: CountMetric; readonly stat: CountStat }
    | { readonly kind: 'ledger'; readonly metric: LedgerMetric }
    | { readonly kind: 'cpu'; readonly metric: 'cpu'; readonly stat: 'per-operation' };
  readonly labels: { readonly fleet?: string; readonly shard?: string };
  /** Only counts may name a part of a phase; latencies name a whole phase. Offsets from the phase's start, `toNs` null for its end. */
  readonly window: { readonly phase: string; readonly fromNs: number; readonly toNs: number | null } | null;
  /** How to print observed values. */
  readonly unit: ExpectationUnit;
}

/**
 * One line of `expect`, for example `accepted.rate{fleet=writers} over steady[20s..] = 1000 records/s ± 5%`.
 * The value is in base units: ns, per second, or a plain number.
 */
export interface Expectation extends MetricPlan {
  /** Judged only where the target has this; absent where it is judged everywhere. */
  readonly when?: Capability;
  readonly comparator: '<' | '<=' | '>' | '>=' | '=';
  readonly value: number;
  /** For `=`: how far off is still equal, as a share of the value (0.05 for ± 5%). */
  readonly tolerance: number;
}

export type ExpectationUnit = 'ns' | 'bytes' | 'bytes/s' | 'share' | Counted | `${Counted}/s`;
/** What counts are counts of. */
export type Counted = 'records' | 'polls' | 'subscriptions' | 'events' | 'objects' | 'listings' | 'requests';

/** Between the two fleets of a pair, in the label of what is measured of both. */
const PAIR_SIGN = ' - ';

/** The label `fleet` of what is measured of a pair. */
export function pairName({ minuend, subtrahend }: PairPlan): string {
  return `${minuend}${PAIR_SIGN}${subtrahend}`;
}

/** The fleets that a metric's label names: one, or the two of a pair. */
export function fleetsOf({ fleet }: MetricPlan['labels']): readonly string[] {
  return fleet === undefined ? [] : fleet.split(PAIR_SIGN);
}
