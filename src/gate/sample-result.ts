/** A small, complete result for the tests of readers: one producing and one consuming fleet, ten measured seconds. */
import { RESULT_FORMAT, RESULT_VERSION } from '../result.ts';
import type { ClientDoc, CountDoc, CountSeries, LatencyDoc, Result } from '../result.ts';

const ms = 1e6;

/** A histogram's summary with the given p50, p99 and mean in ms; the histogram itself is left empty. */
export function sampleLatency(
  part: Pick<LatencyDoc, 'fleet' | 'metric' | 'outcome'>,
  valuesMs: { p50: number; p99: number | null; mean: number },
): LatencyDoc {
  return {
    ...part,
    phase: null,
    count: 8000,
    events: 8000,
    infinite: 0,
    negative: 0,
    minNs: ms,
    meanNs: valuesMs.mean * ms,
    maxNs: 100 * ms,
    percentilesNs: {
      p50: valuesMs.p50 * ms,
      p90: valuesMs.p50 * ms,
      p99: valuesMs.p99 === null ? null : valuesMs.p99 * ms,
      'p99.9': null,
      'p99.99': null,
    },
    histogram: '',
    negativeHistogram: null,
  };
}

function sampleCount(metric: CountDoc['metric'], count: number): CountDoc {
  return { fleet: metric === 'received' ? 'pollers' : 'writers', phase: null, metric, count, bytes: count * 100 };
}

/** So many a second, for ten seconds. */
export function sampleSeries(metric: CountSeries['metric'], perS: number): CountSeries {
  const values = Array.from({ length: 10 }, () => perS);
  const bytes = values.map((value) => value * 100);
  return { fleet: 'writers', shard: null, metric, attribution: 'none', values, bytes };
}

const plan: Result['scenario']['plan'] = {
  version: 1,
  name: 'sample',
  question: 'Is it so?',
  expected: 'It is.',
  streams: [{ alias: 'events', create: { shards: 1, retentionHours: 24 } }],
  fleets: [
    {
      kind: 'produce',
      client: 'wire',
      name: 'writers',
      operation: 'PutRecord',
      stream: 'events',
      agents: 1,
      rate: { stages: [{ durationNs: 10e9, fromCallsPerS: 800, toCallsPerS: 800 }] },
      arrivals: 'poisson',
      batchRecords: 1,
      gather: null,
      retry: { policy: 'none' },
      chain: false,
      aggregate: null,
      data: { kind: 'random' },
      identify: { by: 'tag' },
      recordBytes: { kind: 'fixed', bytes: 95 },
      key: { kind: 'uniform', keys: 10 },
      late: 'queue',
      inFlightMax: 64,
      connections: null,
      pacing: 'timer',
      waitingMax: 1000,
      timeoutNs: 10e9,
    },
    {
      kind: 'consume',
      client: 'wire',
      name: 'pollers',
      method: 'polling',
      stream: 'events',
      agents: 1,
      from: 'LATEST',
      everyNs: 200 * ms,
      pacing: 'timer',
      limit: 10_000,
      timeoutNs: 10e9,
    },
  ],
  phases: [{ kind: 'timed', name: 'steady', durationNs: 10e9, measure: true }],
  verify: ['no-loss'],
  expect: [],
};

const environment: Result['environment'] = {
  kinebench: '0.1.0',
  node: 'v24.12.0',
  os: 'linux',
  cpu: 'sample',
  cores: 2,
  memoryBytes: 1,
  hostClass: 'sample, 2 cores, linux',
  clock: 'system',
};

const ledger: Result['ledger'] = {
  sent: 8000,
  acknowledged: 8000,
  rejected: 0,
  swept: 8000,
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
  compared: 8000,
  unjudged: [],
  witnesses: [],
  sweep: { complete: true, records: 8000, durationNs: 1e9, reason: null, from: 'TRIM_HORIZON', reads: 1 },
  verdicts: [{ name: 'no-loss', verdict: 'pass', explanation: '' }],
};

const client: ClientDoc = {
  name: 'wire',
  transport: 'http/1.1',
  tls: false,
  encoding: 'json',
  connections: { max: 1024, requestsMax: 1, idleNs: 30e9, addresses: 'per-connection' },
  threads: 1,
  attempts: 1,
};

/** A run that passed: 800 records/s accepted, service p50 4 ms and p99 10 ms, propagation mean 200 ms. */
export function sampleResult(change: Partial<Result> = {}): Result {
  return {
    format: RESULT_FORMAT,
    version: RESULT_VERSION,
    verdict: { exitCode: 0, word: 'pass', reasons: [] },
    run: {
      id: 'run-1',
      startedAt: '2026-01-01T00:00:00Z',
      endedAt: '2026-01-01T00:00:10Z',
      seed: 1,
      interrupted: false,
      loadStartedAt: '2026-01-01T00:00:00Z',
      segment: null,
      machines: 1,
    },
    scenario: { file: 'sample.yaml', text: '', planHash: 'aa11', plan, overrides: [] },
    target: {
      name: 'sample',
      description: 'sample 1.0.0',
      url: 'http://127.0.0.1:4567',
      region: 'eu-west-1',
      modelled: true,
      capabilities: [],
      shardLimits: { writeRecordsPerS: 1000, writeBytesPerS: 1_048_576, readCallsPerS: 5, readBytesPerS: 2_097_152 },
    },
    client,
    environment,
    calibration: null,
    phases: [{ name: 'steady', kind: 'timed', measured: true, startNs: 0, endNs: 10e9 }],
    validity: [{ name: 'lateness', verdict: 'pass', observed: 'p99 1 ms', bound: 'at most 10 ms', explanation: '' }],
    counts: [
      sampleCount('offered', 8000),
      sampleCount('accepted', 8000),
      sampleCount('throttled', 0),
      sampleCount('received', 8000),
    ],
    latencies: sampleLatencies({}),
    series: {
      binNs: 1e9,
      bins: 10,
      counts: [sampleSeries('accepted', 800), sampleSeries('offered', 800)],
      latencies: [],
    },
    polling: [],
    ledger,
    expectations: [],
    errors: [],
    ...change,
  };
}

/** The latencies of the sample with some changed. */
export function sampleLatencies(values: { p50?: number; p99?: number | null; propagation?: number }): LatencyDoc[] {
  const calls = { p50: values.p50 ?? 4, p99: values.p99 === undefined ? 10 : values.p99, mean: 4 };
  const propagation = values.propagation ?? 200;
  return [
    sampleLatency({ fleet: 'writers', metric: 'service', outcome: 'accepted' }, calls),
    sampleLatency({ fleet: 'writers', metric: 'response', outcome: 'accepted' }, { p50: 5, p99: 12, mean: 5 }),
    sampleLatency(
      { fleet: 'pollers', metric: 'propagation', outcome: 'received' },
      { p50: propagation, p99: 2 * propagation, mean: propagation },
    ),
  ];
}
