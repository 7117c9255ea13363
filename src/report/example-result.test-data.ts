/**
 * What example results are made of, for tests and for looking at the page: really recorded histograms, series, and the
 * frame that every run shares. The examples themselves are in write-limit.test-data.ts and polling-delay.test-data.ts.
 */
import { build, encodeIntoCompressedBase64 } from 'hdr-histogram-js';
import type { CountDoc, CountSeries, LatencyDoc, LatencyOutcome, LatencySeries, Result } from '../result.ts';
import type { CountMetric, LatencyMetric, Plan } from '../scenario/plan.ts';
import { awsShardLimits } from '../protocol/limits.ts';

/** In ns. */
export const SECOND = 1e9;
/** In ns. */
export const MS = 1e6;

/** Latencies in ns spread like an exponential above a floor, with a heavier tail beyond p99.5. */
export function spread(count: number, floorNs: number, meanNs: number): number[] {
  return Array.from({ length: count }, (_, index) => {
    const p = (index + 0.5) / count;
    const tail = Math.max(0, Math.log(0.005 / (1 - p)));
    return Math.round(floorNs + (meanNs - floorNs) * (2 * tail - Math.log(1 - p)));
  });
}

/** A histogram of these values as a result holds it; a percentile needs ten events beyond it. */
export function latencyDoc(
  fleet: string,
  metric: LatencyMetric,
  outcome: LatencyOutcome,
  valuesNs: readonly number[],
  events = valuesNs.length,
): LatencyDoc {
  const positive = build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: 3.6e12,
    numberOfSignificantValueDigits: 3,
  });
  const negative = build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: 3.6e12,
    numberOfSignificantValueDigits: 3,
  });
  for (const value of valuesNs) {
    if (value < 0) negative.recordValue(-value);
    else positive.recordValue(value);
  }
  const at = (p: number): number | null => ((1 - p) * events < 10 ? null : positive.getValueAtPercentile(100 * p));
  return {
    fleet,
    phase: null,
    metric,
    outcome,
    count: valuesNs.length,
    events,
    infinite: 0,
    negative: negative.totalCount,
    minNs: valuesNs.reduce((least, value) => Math.min(least, value), Infinity),
    meanNs: valuesNs.reduce((sum, value) => sum + value, 0) / valuesNs.length,
    maxNs: valuesNs.reduce((most, value) => Math.max(most, value), -Infinity),
    percentilesNs: { p50: at(0.5), p90: at(0.9), p99: at(0.99), 'p99.9': at(0.999), 'p99.99': at(0.9999) },
    histogram: encodeIntoCompressedBase64(positive),
    negativeHistogram: negative.totalCount > 0 ? encodeIntoCompressedBase64(negative) : null,
  };
}

/** Counts by phase of a series whose bins before `measuredFrom` are warm-up. */
export function counted(
  fleet: string,
  metric: CountMetric,
  values: readonly number[],
  measuredFrom: number,
): CountDoc[] {
  const sum = (some: readonly number[]): number => some.reduce((total, value) => total + value, 0);
  const doc = (phase: string | null, some: readonly number[]): CountDoc => {
    return { fleet, phase, metric, count: sum(some), bytes: sum(some) * RECORD_BYTES };
  };
  return [
    doc('warm-up', values.slice(0, measuredFrom)),
    doc('steady', values.slice(measuredFrom)),
    doc(null, values.slice(measuredFrom)),
  ];
}

const RECORD_BYTES = 220;

/** One count over time. */
export function series(
  fleet: string,
  metric: CountMetric,
  values: readonly number[],
  shard: string | null = null,
  attribution: CountSeries['attribution'] = 'none',
): CountSeries {
  return { fleet, shard, metric, attribution, values, bytes: values.map((value) => value * RECORD_BYTES) };
}

/** One latency over time, waving around `ns`; bins with few values have no percentiles. */
export function latencySeries(
  fleet: string,
  metric: LatencyMetric,
  outcome: LatencyOutcome,
  counts: readonly number[],
  ns: number,
): LatencySeries {
  const wave = (bin: number): number => 1 + 0.12 * Math.sin(bin * 1.7) + 0.05 * Math.sin(bin * 5.1);
  const of = (factor: number, least: number): (number | null)[] =>
    counts.map((count, bin) => (count < least ? null : Math.round(ns * factor * wave(bin + factor))));
  return {
    fleet,
    metric,
    outcome,
    counts,
    p50Ns: of(1, 20),
    p90Ns: of(2.1, 100),
    p99Ns: of(4.2, 1000),
    maxNs: of(7, 1),
  };
}

/** A plan with everything that does not matter filled in. */
export const plan = (
  name: string,
  question: string,
  expected: string,
  rest: Pick<Plan, 'streams' | 'fleets' | 'phases'>,
): Plan => {
  return {
    version: 1,
    name,
    question,
    expected,
    verify: ['no-loss', 'no-duplicates', 'order', 'immutability'],
    expect: [],
    ...rest,
  };
};

/** What the examples have in common. */
export const frame = {
  format: 'kinebench-result',
  version: 1,
  verdict: { exitCode: 0, word: 'pass', reasons: [] },
  run: {
    id: 'kb-7f3a19c2',
    startedAt: '2026-11-20T09:14:02.114Z',
    endedAt: '2026-11-20T09:15:11.870Z',
    seed: 20_261_120,
    loadStartedAt: '2026-11-23T09:25:07.000Z',
    segment: null,
    machines: 1,
    interrupted: false,
  },
  target: {
    name: 'reference',
    description: 'kinebench reference 0.1.0',
    url: 'http://127.0.0.1:41233',
    region: 'eu-west-1',
    modelled: true,
    capabilities: ['throttle', 'polling', 'resharding'],
    shardLimits: awsShardLimits,
  },
  client: {
    name: 'wire',
    transport: 'http/1.1',
    tls: false,
    encoding: 'json',
    connections: { max: 1024, requestsMax: 1, idleNs: 30e9, addresses: 'per-connection' },
    threads: 2,
    attempts: 1,
  },
  environment: {
    kinebench: '0.1.0',
    node: 'v24.21.0',
    os: 'linux 6.8.0 x64',
    cpu: 'AMD EPYC 7763 64-Core Processor',
    cores: 4,
    memoryBytes: 16 * 1024 ** 3,
    hostClass: 'linux-x64 AMD EPYC 7763 ×4',
    clock: 'system',
  },
  calibration: null,
  validity: [
    {
      name: 'lateness',
      verdict: 'pass',
      observed: 'p99 1.12 ms',
      bound: 'at most 10 ms',
      explanation: 'The generator sent when it was due.',
    },
    {
      name: 'event loop',
      verdict: 'pass',
      observed: 'p99 2.31 ms',
      bound: 'at most 20 ms',
      explanation: 'No thread was held up.',
    },
    {
      name: 'offered against planned',
      verdict: 'pass',
      observed: '99.98 %',
      bound: 'at least 99 %',
      explanation: 'The planned load was really offered.',
    },
    {
      name: 'cpu',
      verdict: 'warn',
      observed: '71 % of a core',
      bound: 'at most 70 %',
      explanation: 'Close to saturation; repeat with more threads.',
    },
  ],
  errors: [],
  polling: [],
} as const satisfies Partial<Result>;

/** A ledger that found nothing wrong. */
export const cleanLedger = (sent: number, accepted: number): Result['ledger'] => ({
  sent,
  acknowledged: accepted,
  rejected: sent - accepted,
  swept: accepted,
  foreign: 0,
  counts: {
    lost: 0,
    missed: 0,
    duplicated: 0,
    reordered: 0,
    changed: 0,
    ghost: 0,
    misplaced: 0,
    late: 0,
    'backed-up': 0,
    unread: 0,
    maybe: 0,
    retried: 0,
    redelivered: 0,
    expired: 0,
  },
  order: { promised: 100, apart: 0, neighbours: 200 },
  elsewhere: 0,
  compared: accepted,
  unjudged: [],
  witnesses: [],
  sweep: { complete: true, records: accepted, durationNs: 3.4e9, reason: null, from: 'TRIM_HORIZON', reads: 1 },
  verdicts: (['no-loss', 'no-duplicates', 'order', 'immutability'] as const).map((name) => ({
    name,
    verdict: 'pass',
    explanation: 'Every acknowledged record was found by the sweep, once and unchanged.',
  })),
});
