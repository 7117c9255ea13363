/** A run of polling-delay: two applications poll at different intervals, and one expectation is missed. */
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
  file: 'scenarios/polling-delay.yaml',
  planHash: '41b8aa0e7d9c5f10be6622d4f8f1a7c03de914ab5c67f08d9e21b7a4c3f0e511',
  overrides: ['fleets.writers.rate=200 records/s'],
  plan: plan('polling-delay', 'What does a polling interval cost?', 'Half the interval, plus what the endpoint adds.', {
    streams: [{ alias: 'clicks', create: { shards: 2, retentionHours: 24 } }],
    fleets: [
      {
        kind: 'produce',
        client: 'wire',
        name: 'writers',
        operation: 'PutRecord',
        stream: 'clicks',
        agents: 4,
        arrivals: 'poisson',
        batchRecords: 1,
        gather: null,
        retry: { policy: 'none' },
        chain: false,
        aggregate: null,
        data: { kind: 'random' },
        identify: { by: 'tag' },
        rate: { stages: [{ durationNs: 35 * SECOND, fromCallsPerS: 200, toCallsPerS: 200 }] },
        recordBytes: { kind: 'fixed', bytes: 200 },
        key: { kind: 'uniform', keys: 1000 },
        late: 'skip',
        inFlightMax: 64,
        connections: null,
        pacing: 'timer',
        waitingMax: 1000,
        timeoutNs: 5 * SECOND,
      },
      {
        kind: 'consume',
        client: 'wire',
        name: 'pollers',
        method: 'polling',
        stream: 'clicks',
        agents: 1,
        from: 'LATEST',
        everyNs: 200 * MS,
        pacing: 'timer',
        limit: 10_000,
        timeoutNs: 5 * SECOND,
      },
      {
        kind: 'consume',
        client: 'wire',
        name: 'slow',
        method: 'polling',
        stream: 'clicks',
        agents: 1,
        from: 'LATEST',
        everyNs: SECOND,
        pacing: 'timer',
        limit: 10_000,
        timeoutNs: 5 * SECOND,
      },
    ],
    phases: [
      { kind: 'timed', name: 'warm-up', durationNs: 5 * SECOND, measure: false },
      { kind: 'timed', name: 'steady', durationNs: 30 * SECOND, measure: true },
      { kind: 'drain', name: 'drain', withinNs: 30 * SECOND },
    ],
  }),
  text: 'name: polling-delay\nquestion: What does a polling interval cost?\n',
};

const polling: Result['polling'] = [
  {
    fleet: 'pollers',
    records: 6000,
    polls: 282,
    intervals: 150,
    pollIntervalMeanNs: 212 * MS,
    propagationMeanNs: 137 * MS,
    phaseMeanNs: 106 * MS,
    callMeanNs: 12.4 * MS,
    residualMeanNs: 18.6 * MS,
  },
  {
    fleet: 'slow',
    records: 6000,
    polls: 58,
    intervals: 150,
    pollIntervalMeanNs: 1013 * MS,
    propagationMeanNs: 641 * MS,
    phaseMeanNs: 506.5 * MS,
    callMeanNs: 14.5 * MS,
    residualMeanNs: 120 * MS,
  },
];

const expectations: Result['expectations'] = [
  {
    text: 'propagation.mean{fleet=pollers} < 300ms',
    verdict: 'pass',
    observed: '137 ms',
    explanation: 'Below 300 ms.',
  },
  {
    text: 'propagation.mean{fleet=slow} < 300ms',
    verdict: 'fail',
    observed: '641 ms',
    explanation: 'expected < 300 ms',
  },
  {
    text: 'propagation.p99.9{fleet=slow} < 2s',
    verdict: 'indeterminate',
    observed: 'n/a (58 events)',
    explanation: 'Fewer than ten events lie beyond p99.9.',
  },
];

const received = (floorMs: number, everyMs: number): number[] =>
  Array.from({ length: 6000 }, (_, index) => Math.round((floorMs + everyMs * ((index + 0.5) / 6000)) * MS));

const latencies = [
  latencyDoc('writers', 'service', 'accepted', spread(6000, 4 * MS, 9 * MS)),
  latencyDoc('writers', 'response', 'accepted', spread(6000, 4.2 * MS, 9.6 * MS)),
  latencyDoc('writers', 'lateness', 'sent', spread(6000, 0.01 * MS, 0.2 * MS)),
  latencyDoc('pollers', 'propagation', 'received', received(30, 214), 282),
  latencyDoc('slow', 'propagation', 'received', received(130, 1022), 58),
];

const phases: Result['phases'] = [
  { name: 'warm-up', kind: 'timed', measured: false, startNs: 0, endNs: 5 * SECOND },
  { name: 'steady', kind: 'timed', measured: true, startNs: 5 * SECOND, endNs: 35 * SECOND },
  { name: 'drain', kind: 'drain', measured: false, startNs: 35 * SECOND, endNs: 36.2 * SECOND },
];

/** Two shards, 200 records/s, polled every 200 ms by one application and every second by another; an expectation is missed. */
export function pollingDelayResult(): Result {
  const puts = Array.from({ length: 35 }, (_, bin) => 200 + Math.round(12 * Math.sin(bin * 3.1)));
  const polls = puts.map((_, bin) => (bin < 5 ? 0 : 10));
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const shards = ['shardId-000000000000', 'shardId-000000000001'];
  const half = puts.map((value, bin) => Math.floor(value / 2) + (bin % 3));
  return {
    ...frame,
    verdict: {
      exitCode: 3,
      word: 'expectation missed',
      reasons: ['propagation.mean{fleet=slow} < 300ms: observed 641 ms.'],
    },
    scenario,
    phases,
    counts: [
      ...counted('writers', 'offered', puts, 5),
      ...counted('writers', 'accepted', puts, 5),
      ...counted(
        'writers',
        'throttled',
        puts.map(() => 0),
        5,
      ),
      ...counted('pollers', 'received', puts, 5),
      ...counted('slow', 'received', puts, 5),
      ...counted('pollers', 'polls', polls, 5).map((doc) => ({ ...doc, bytes: 0 })),
    ],
    latencies,
    series: {
      binNs: SECOND,
      bins: 37,
      counts: [
        series('writers', 'offered', puts),
        series('writers', 'accepted', puts),
        series(
          'writers',
          'throttled',
          puts.map(() => 0),
        ),
        ...shards.map((shard, index) =>
          series(
            'writers',
            'accepted',
            index === 0 ? half : puts.map((value, bin) => value - half[bin]!),
            shard,
            'answer',
          ),
        ),
      ],
      latencies: [
        latencySeries('writers', 'service', 'accepted', [...puts, 0, 0], 7 * MS),
        latencySeries(
          'pollers',
          'propagation',
          'received',
          [...puts.map((value, bin) => (bin === 20 || bin === 22 ? 0 : value)), 12, 0],
          130 * MS,
        ),
        latencySeries('slow', 'propagation', 'received', [...puts, 14, 0], 600 * MS),
      ],
    },
    polling,
    ledger: cleanLedger(sum(puts), sum(puts)),
    expectations,
  };
}
