/**
 * The result of one run of one scenario against one target: the narrow waist of kinebench. Everything after a run (report,
 * gate, JUnit, comparisons) is a pure function of this document. It is versioned: a reader refuses a version it does not
 * know. Durations and latencies are in nanoseconds, times of day are ISO 8601, offsets count from the start of the first phase.
 */
import type { CountMetric, LatencyMetric, PairPlan, Plan, StepAction } from './scenario/plan.ts';
import type { Capability } from './protocol/capabilities.ts';
import type { FreshnessDoc, ObjectDoc } from './measure/flush.ts';
import type { ThrottleShape } from './measure/throttle-shape.ts';
import type { ParameterValues } from './scenario/substitution.ts';
import type { ShardLimits } from './protocol/limits.ts';
import type { ExitCode } from './exit-code.ts';
import type { LedgerReport } from './verify/ledger-report.ts';
import type { Verdict } from './verify/verdict.ts';

export const RESULT_FORMAT = 'kinebench-result';
export const RESULT_VERSION = 1;

export interface Result {
  readonly format: typeof RESULT_FORMAT;
  readonly version: typeof RESULT_VERSION;
  readonly verdict: RunVerdict;
  readonly run: RunDoc;
  readonly scenario: ScenarioDoc;
  readonly target: TargetDoc;
  readonly client: ClientDoc;
  readonly environment: EnvironmentDoc;
  /** The last calibration of the machine, whenever and with whatever version it was made; null for none. */
  readonly calibration: CertificateDoc | null;
  readonly phases: readonly PhaseDoc[];
  readonly validity: readonly ValidityCheck[];
  readonly counts: readonly CountDoc[];
  readonly latencies: readonly LatencyDoc[];
  readonly series: SeriesDoc;
  readonly polling: readonly PollingDoc[];
  readonly ledger: LedgerReport;
  readonly expectations: readonly ExpectationDoc[];
  readonly errors: readonly ErrorDoc[];
  /** What was done at given times, in the order of the plan; absent where the plan has no steps. */
  readonly steps?: readonly StepDoc[];
  /** Fleets whose records were compared one by one; absent where the plan has no pairs. */
  readonly pairs?: readonly PairDoc[];
  /** Fleets that the target cannot run, and that were left out; absent where there is none. */
  readonly unsupported?: readonly UnsupportedDoc[];
  /** What limits the shards, told from what they let through; absent in results of before it was told. */
  readonly throttling?: readonly ThrottlingDoc[];
  /** CPU of the threads that agents ran in; absent on a virtual clock, and in results of before it was metered. */
  readonly cpu?: readonly CpuDoc[];
  /** What watchers found where Data Firehose delivers; absent where nothing is watched. */
  readonly delivery?: readonly DeliveryDoc[];
}

export interface RunVerdict {
  readonly exitCode: ExitCode;
  /** One word for the strip at the top: pass, expectation missed, broken, invalid, interrupted. */
  readonly word: string;
  /** One sentence for each thing that speaks against the run; empty for a pass. */
  readonly reasons: readonly string[];
}

export interface RunDoc {
  /** Unique; part of the names of the streams made for the run. */
  readonly id: string;
  readonly startedAt: string;
  readonly endedAt: string;
  /** When the first phase began, by the wall clock. */
  readonly loadStartedAt: string;
  readonly seed: number;
  readonly interrupted: boolean;
  /** The part of a run that one machine of many did; null for a whole one, also for one that was merged of parts. */
  readonly segment: SegmentDoc | null;
  /** Machines that took part: more than one for a merged result. */
  readonly machines: number;
}

/** Number `index`, from 1, of `of`. */
export interface SegmentDoc {
  readonly index: number;
  readonly of: number;
}

export interface ScenarioDoc {
  /** The file's name as given, or null when the scenario came from a program. */
  readonly file: string | null;
  /** The text as read. */
  readonly text: string;
  /** SHA-256 of the canonical plan, hexadecimal. */
  readonly planHash: string;
  readonly plan: Plan;
  /** What `--set` changed, as given. */
  readonly overrides: readonly string[];
  /** The values of its parameters in this run, where the scenario has a matrix or a search. */
  readonly parameters?: ParameterValues;
}

export interface TargetDoc {
  readonly name: string;
  /** What it is, with its version where it tells one: `kinebench reference 0.1.0`, `kinesalite 3.3.3`. */
  readonly description: string;
  readonly url: string;
  readonly region: string;
  /** True when latencies are made by a model, not by a service: they then say nothing about AWS. */
  readonly modelled: boolean;
  /** What the target says it does; `throttle` for a target that enforces limits. */
  readonly capabilities: readonly string[];
  /** Per-shard limits to draw in the report: what AWS publishes, whether or not the target enforces it. */
  readonly shardLimits: ShardLimits;
}

/** Threads with the same fleets in them: what several fleets of a thread took cannot be told apart. */
export interface CpuDoc {
  readonly fleets: readonly string[];
  readonly threads: number;
  /** User and system time in the measured phases; see `src/fleet/cpu-meter.ts` for what is in it. */
  readonly cpuNs: number;
}

/** What called: the clients of the fleets, and how our own one travels (the SDK travels as it comes: HTTP/2). */
export interface ClientDoc {
  /** `wire`, `sdk`, or both. */
  readonly name: string;
  /** As chosen by the probe; `in-process` in a simulation. */
  readonly transport: 'http/1.1' | 'http/2' | 'in-process';
  /** How the subscriptions of our own client travel; missing where it has none. */
  readonly subscriptions?: 'http/1.1' | 'http/2' | 'in-process';
  readonly tls: boolean;
  readonly encoding: 'json' | 'cbor';
  /** How connections are made and kept; null in a simulation. */
  readonly connections: ConnectionDoc | null;
  readonly threads: number;
  /** Attempts the client makes of a call: 1, there are no hidden retries. What a fleet's retry policy adds is counted there. */
  readonly attempts: number;
}

export interface ConnectionDoc {
  /** Of one thread, at the most. */
  readonly max: number;
  /** Requests that one carries at a time, at the most. */
  readonly requestsMax: number;
  /** For how long one may be unused and still be used again. */
  readonly idleNs: number;
  /** Whether the resolver is asked for each connection, or once. */
  readonly addresses: 'per-connection' | 'once';
}

export interface EnvironmentDoc {
  readonly kinebench: string;
  readonly node: string;
  readonly os: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryBytes: number;
  /** What must be equal for two results to be compared: CPU model, cores and operating system. */
  readonly hostClass: string;
  readonly clock: 'system' | 'virtual';
}

/** The summary of a calibration; see docs/calibration.md. */
export interface CertificateDoc {
  readonly madeAt: string;
  readonly kinebench: string;
  readonly node: string;
  readonly hostClass: string;
  readonly clock: EnvironmentDoc['clock'];
  /** `indeterminate` where the machine was too busy for the figures to prove anything. */
  readonly verdict: 'pass' | 'fail' | 'indeterminate';
  readonly stubs: number;
  /** Figures compared, and how many of them were off. */
  readonly figures: number;
  readonly missed: number;
  readonly firstMissed: string | null;
  /** How late requests arrived at the stubs, in ns: the noise of the machine at that time. */
  readonly pacingP99Ns: number;
  /** The most room that this noise left the median of a stub, as a share of it; null where there was no median. */
  readonly uncertainty: number | null;
}

export interface PhaseDoc {
  readonly name: string;
  readonly kind: 'timed' | 'drain';
  readonly measured: boolean;
  readonly startNs: number;
  readonly endNs: number;
}

/** One thing that must hold for the numbers to mean anything. */
export interface ValidityCheck {
  readonly name: string;
  readonly verdict: Verdict;
  /** What was seen and the bound it is held to, ready to print: `p99 1.1 ms`, `at most 10 ms`. */
  readonly observed: string;
  readonly bound: string;
  readonly explanation: string;
}

/** Events of one fleet in one phase; `phase: null` is all measured phases together. */
export interface CountDoc {
  readonly fleet: string;
  readonly phase: string | null;
  readonly metric: CountMetric;
  readonly count: number;
  /** Data and partition keys of the records counted; 0 for polls. */
  readonly bytes: number;
}

export type LatencyOutcome =
  | 'sent'
  | 'accepted'
  | 'partial'
  | 'throttled'
  | 'failed'
  | 'timeout'
  | 'expired'
  | 'broken'
  | 'received'
  | 'renewed';

/** One histogram with what most readers want of it; `phase: null` is all measured phases together. */
export interface LatencyDoc {
  readonly fleet: string;
  readonly phase: string | null;
  readonly metric: LatencyMetric;
  readonly outcome: LatencyOutcome;
  /** Values recorded. */
  readonly count: number;
  /** Independent events behind them (calls, or polls that brought records): what a percentile may rest on. */
  readonly events: number;
  /** Operations that never happened (skipped), records that never came, and records too old for their propagation to be known: they rank above every value. */
  readonly infinite: number;
  /** Values below zero, kept mirrored. */
  readonly negative: number;
  readonly minNs: number;
  readonly meanNs: number;
  readonly maxNs: number;
  /** null where fewer than ten events lie beyond the percentile, or it falls among the skipped. */
  readonly percentilesNs: Readonly<Record<PercentileName, number | null>>;
  /** HdrHistogram V2, compressed, base64, values in ns; `negativeHistogram` holds the absolute values of those below zero. */
  readonly histogram: string;
  readonly negativeHistogram: string | null;
}

export const percentileNames = ['p50', 'p90', 'p99', 'p99.9', 'p99.99'] as const;
export type PercentileName = (typeof percentileNames)[number];

/** Everything over time, in bins of equal width from the start of the first phase. */
export interface SeriesDoc {
  readonly binNs: number;
  readonly bins: number;
  readonly counts: readonly CountSeries[];
  readonly latencies: readonly LatencySeries[];
}

export interface CountSeries {
  readonly fleet: string;
  /** null for the sum over all shards (the only one for `offered` and `skipped` where the shard is not known). */
  readonly shard: string | null;
  readonly metric: CountMetric;
  /** How the shard is known: told by the answer, named in the error text, computed from the hash key, or not known. */
  readonly attribution: 'answer' | 'message' | 'hash-map' | 'none';
  readonly values: readonly number[];
  readonly bytes: readonly number[];
}

export interface LatencySeries {
  readonly fleet: string;
  readonly metric: LatencyMetric;
  readonly outcome: LatencyOutcome;
  readonly counts: readonly number[];
  readonly p50Ns: readonly (number | null)[];
  readonly p90Ns: readonly (number | null)[];
  readonly p99Ns: readonly (number | null)[];
  readonly maxNs: readonly (number | null)[];
}

/**
 * Where the propagation delay of a polling fleet comes from, in means over the records of all measured phases:
 * propagation = poll phase + call + residual. The phase is what waiting for the next answered poll costs (half the
 * interval where polls are even), the call is the GetRecords that brought the record, the residual is what the endpoint adds
 * (the put's own way in, and the time until a stored record becomes readable).
 */
export interface PollingDoc {
  readonly fleet: string;
  readonly records: number;
  readonly polls: number;
  /** Times between two answered polls of a shard. */
  readonly intervals: number;
  readonly pollIntervalMeanNs: number;
  readonly propagationMeanNs: number;
  readonly phaseMeanNs: number;
  readonly callMeanNs: number;
  readonly residualMeanNs: number;
}

/**
 * Two fleets of one stream, record by record: how much later `minuend` had it than `subtrahend`, on one clock. The
 * differences are the latencies of metric `paired`.
 */
export interface PairDoc extends PairPlan {
  /** What stands for a fleet in their labels: `minuend - subtrahend`. */
  readonly fleet: string;
  /** Agents that were paired: agent k of one fleet with agent k of the other. */
  readonly agents: number;
  /** Of measured phases: seen by both, and by one of them only (or so much later than by the other that it was forgotten). */
  readonly records: number;
  readonly onlyMinuend: number;
  readonly onlySubtrahend: number;
}

/** A fleet that was left out. */
export interface UnsupportedDoc {
  readonly fleet: string;
  /** What it needs, and the target does not claim. */
  readonly needs: readonly Capability[];
  /** Whether the scenario says that it may be missing (`when:`). */
  readonly optional: boolean;
}

export interface ExpectationDoc {
  readonly text: string;
  readonly verdict: Verdict;
  /** Ready to print, with unit. */
  readonly observed: string;
  readonly explanation: string;
}

/** One timed step as it went. Times count from the start of the first phase. */
export interface StepDoc {
  /** What was done: `split clicks`, `kill pollers/1`. */
  readonly text: string;
  readonly kind: StepAction['kind'];
  /** Alias of the stream it changed; null for steps on fleets and the target. */
  readonly stream: string | null;
  readonly dueNs: number;
  /** null when the run was over before. */
  readonly startNs: number | null;
  readonly endNs: number | null;
  /** `unsupported`: the target lacks it, which speaks neither for nor against the run. */
  readonly outcome: 'done' | 'unsupported' | 'failed' | 'not-reached';
  /** What came of it, or why not. */
  readonly detail: string;
  /** Open shards of the stream afterwards, where the step changed them. */
  readonly openShards: number | null;
}

/** What one fleet found where a delivery stream delivers. The delivery stream itself stands in the plan. */
export interface DeliveryDoc {
  readonly fleet: string;
  /** Alias. */
  readonly delivery: string;
  /** Time between two listings or queries: when an object or document became visible is known no better. 0 for who receives requests. */
  readonly resolutionNs: number;
  /** In the order in which they were found. */
  readonly objects: readonly ObjectDoc[];
  /** Objects beyond those that are told one by one. */
  readonly omitted: number;
  /** Age of the oldest record that was not delivered yet, over time; absent in results of before it was told. */
  readonly freshness?: FreshnessDoc;
}

/** The limiter of one shard, for writes or reads, by the attempts of all fleets on it. */
export interface ThrottlingDoc {
  /** Alias. */
  readonly stream: string;
  /** null for all shards together, where none was throttled. */
  readonly shard: string | null;
  readonly side: 'write' | 'read';
  /** What is limited; `either` where records of one size cannot tell records from bytes. */
  readonly limited: 'records' | 'calls' | 'bytes' | 'either' | 'unknown' | 'nothing';
  /** Counted in each unit, the one that explains it best first. */
  readonly shapes: readonly ThrottlingShapeDoc[];
}

export interface ThrottlingShapeDoc extends ThrottleShape {
  readonly unit: 'records' | 'calls' | 'bytes';
}

/** Errors of one kind; texts are grouped with their ids and numbers blanked. */
export interface ErrorDoc {
  readonly fleet: string;
  readonly operation: string;
  /** Wire name, or `timeout`, `http-<status>`, `connection-<reason>` (cut, unreachable, goaway, reset-stream, …). */
  readonly code: string;
  /** The first message seen. */
  readonly message: string;
  readonly count: number;
}
