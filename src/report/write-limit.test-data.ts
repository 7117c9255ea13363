/** A run of write-limit-records: one shard, 1,500 records/s offered, throttled to 1,000 once the burst is spent. */
import type { Result } from '../result.ts';
import {
  cleanLedger,
  counted,
  frame,
  latencyDoc,
  latencySeries,
  MS,
  plan,
  SECOND,
  series,
  spread,
} from './example-result.test-data.ts';

const scenario: Result['scenario'] = {
  file: 'scenarios/write-limit-records.yaml',
  planHash: '9c1fd1a0b6f7a34e1d4f8a90c3be57d21c9e0a7716f3b2845de0a9137bc46f02',
  overrides: [],
  plan: plan(
    'write-limit-records',
    'Does a shard accept 1,000 records a second and throttle the rest?',
    'AWS publishes 1,000 records/s for a shard; a burst may pass first.',
    {
      streams: [{ alias: 'clicks', create: { shards: 1, retentionHours: 24 } }],
      fleets: [
        {
          kind: 'produce',
          client: 'wire',
          name: 'writers',
          operation: 'PutRecord',
          stream: 'clicks',
          agents: 4,
          arrivals: 'uniform',
          batchRecords: 1,
          gather: null,
          retry: { policy: 'none' },
          chain: false,
          aggregate: null,
          data: { kind: 'random' },
          identify: { by: 'tag' },
          rate: {
            stages: [
              { durationNs: 10 * SECOND, fromCallsPerS: 500, toCallsPerS: 500 },
              { durationNs: 60 * SECOND, fromCallsPerS: 1500, toCallsPerS: 1500 },
            ],
          },
          recordBytes: { kind: 'fixed', bytes: 200 },
          key: { kind: 'uniform', keys: 1000 },
          late: 'skip',
          inFlightMax: 64,
          connections: null,
          pacing: 'timer',
          waitingMax: 1000,
          timeoutNs: 5 * SECOND,
        },
      ],
      phases: [
        { kind: 'timed', name: 'warm-up', durationNs: 10 * SECOND, measure: false },
        { kind: 'timed', name: 'steady', durationNs: 60 * SECOND, measure: true },
      ],
    },
  ),
  text: 'name: write-limit-records\nquestion: Does a shard accept 1,000 records a second and throttle the rest?\nstreams:\n  clicks: { shards: 1 }\nfleets:\n  writers: { produce: PutRecord, agents: 4, rate: 1500 records/s total, arrivals: uniform, record: { size: 200 B, key: uniform(1000) } }\nphases:\n  - { name: warm-up, for: 10s, measure: false }\n  - { name: steady, for: 60s }\nexpect:\n  - accepted.rate over steady[20s..] = 1000 records/s ± 5%\n',
};

/** One shard, offered half as much again as its record limit: 10 s of warm-up at 500/s, then 60 s at 1,500/s. */
export function writeLimitResult(): Result {
  const jitter = (bin: number, width: number): number => Math.round(width * Math.sin(bin * 2.3));
  const offered = Array.from({ length: 70 }, (_, bin) => (bin < 10 ? 500 : 1500) + jitter(bin, 9));
  const accepted = offered.map((value, bin) =>
    bin < 10 ? value : bin < 12 ? value - 40 * (bin - 10) : 1000 + jitter(bin, 3),
  );
  const throttled = offered.map((value, bin) => value - accepted[bin]!);
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const fleet = 'writers';
  return {
    ...frame,
    scenario,
    phases: [
      { name: 'warm-up', kind: 'timed', measured: false, startNs: 0, endNs: 10 * SECOND },
      { name: 'steady', kind: 'timed', measured: true, startNs: 10 * SECOND, endNs: 70 * SECOND },
    ],
    counts: [
      ...counted(fleet, 'offered', offered, 10),
      ...counted(fleet, 'accepted', accepted, 10),
      ...counted(fleet, 'throttled', throttled, 10),
    ],
    latencies: [
      latencyDoc(fleet, 'service', 'accepted', spread(sum(accepted.slice(10)), 3 * MS, 8 * MS)),
      latencyDoc(fleet, 'response', 'accepted', spread(sum(accepted.slice(10)), 3.2 * MS, 8.5 * MS)),
      latencyDoc(fleet, 'service', 'throttled', spread(sum(throttled.slice(10)), 2 * MS, 3.4 * MS)),
      latencyDoc(fleet, 'lateness', 'sent', spread(sum(offered.slice(10)), 0.01 * MS, 0.3 * MS)),
    ],
    series: {
      binNs: SECOND,
      bins: 70,
      counts: [
        series(fleet, 'offered', offered),
        series(fleet, 'accepted', accepted),
        series(fleet, 'throttled', throttled),
        series(fleet, 'accepted', accepted, 'shardId-000000000000', 'answer'),
        series(fleet, 'throttled', throttled, 'shardId-000000000000', 'message'),
      ],
      latencies: [latencySeries(fleet, 'service', 'accepted', accepted, 6.4 * MS)],
    },
    ledger: cleanLedger(sum(offered), sum(accepted)),
    expectations: [
      {
        text: 'accepted.rate over steady[20s..] = 1000 records/s ± 5%',
        verdict: 'pass',
        observed: '1,000 records/s',
        explanation: 'Within 5 % of 1,000 records/s.',
      },
    ],
    errors: [
      {
        fleet,
        operation: 'PutRecord',
        code: 'ProvisionedThroughputExceededException',
        message: 'Rate exceeded for shard shardId-… in stream kb-… under account ….',
        count: sum(throttled),
      },
    ],
  };
}
