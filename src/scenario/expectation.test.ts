import { describe, expect, test } from 'vitest';
import { parseExpectation } from './expectation.ts';
import type { ExpectationScope } from './expectation.ts';

const producer = { kind: 'produce', client: 'wire', stream: 's', agents: 1 } as const;
const scope: ExpectationScope = {
  streams: [{ alias: 's', create: { shards: 2, retentionHours: 24 } }],
  fleets: [
    {
      ...producer,
      name: 'writers',
      operation: 'PutRecord',
      rate: { stages: [] },
      arrivals: 'poisson',
      batchRecords: 1,
      gather: null,
      retry: { policy: 'none' },
      chain: false,
      aggregate: null,
      data: { kind: 'random' },
      identify: { by: 'tag' },
      recordBytes: { kind: 'fixed', bytes: 100 },
      key: { kind: 'uniform', keys: 10 },
      late: 'queue',
      inFlightMax: 64,
      connections: null,
      pacing: 'timer',
      waitingMax: 1000,
      timeoutNs: 1e9,
    },
    {
      kind: 'consume',
      client: 'wire',
      name: 'pollers',
      method: 'polling',
      stream: 's',
      agents: 1,
      from: 'LATEST',
      everyNs: 2e8,
      pacing: 'timer',
      limit: 100,
      timeoutNs: 1e9,
    },
  ],
  phases: [
    { kind: 'timed', name: 'warm-up', durationNs: 5e9, measure: false },
    { kind: 'timed', name: 'steady', durationNs: 30e9, measure: true },
    { kind: 'drain', name: 'drain', withinNs: 5e9 },
  ],
};

function read(text: string) {
  const faults: string[] = [];
  const expectation = parseExpectation(text, scope, (what, wayOut, at) => faults.push(`${at}: ${what} — ${wayOut}`));
  return { expectation, faults };
}

test.each([
  ['lost = 0', { subject: { kind: 'ledger', metric: 'lost' }, comparator: '=', value: 0, unit: 'records' }],
  [
    'propagation.mean{fleet=pollers} < 300ms',
    { subject: { kind: 'latency', metric: 'propagation', stat: 'mean' }, comparator: '<', value: 3e8, unit: 'ns' },
  ],
  ['propagation.mean<300 ms', { labels: {}, value: 3e8 }],
  ['service.p99.9{ fleet = writers } over steady <= 5ms', { window: { phase: 'steady', fromNs: 0, toNs: null } }],
  [
    'throttled.ratio > 20%',
    { subject: { kind: 'count', metric: 'throttled', stat: 'ratio' }, value: 0.2, unit: 'share' },
  ],
  [
    'accepted.throughput over steady[20s..] = 1 MiB/s ± 6%',
    { window: { phase: 'steady', fromNs: 20e9, toNs: null }, value: 1_048_576, tolerance: 0.06, unit: 'bytes/s' },
  ],
  ['accepted.rate over steady[..10s] = 1000 records/s +- 5%', { window: { fromNs: 0, toNs: 10e9 }, tolerance: 0.05 }],
  ['accepted.rate over steady[5s..10s] = 1000 records/s +/- 5%', { window: { fromNs: 5e9, toNs: 10e9 } }],
  [
    'accepted.count{fleet=writers, shard=shardId-000000000001} >= 10',
    { labels: { fleet: 'writers', shard: 'shardId-000000000001' } },
  ],
  ['polls-throttled.rate = 5 polls/s ± 10%', { unit: 'polls/s', value: 5 }],
  ['polls.count > 3 polls', { unit: 'polls', value: 3 }],
  ['cpu.per-operation{fleet=writers} < 300us', { unit: 'ns', value: 300e3, subject: { kind: 'cpu' } }],
])('%s', (text, expected) => {
  const { expectation, faults } = read(text);
  expect(faults).toEqual([]);
  expect(expectation).toMatchObject(expected);
  expect(expectation?.text).toBe(text);
});

describe('what is refused, and at which character', () => {
  test.each([
    ['throtled.ratio > 20%', '0: "throtled" is not a metric — did you mean throttled?'],
    ['throttled > 20%', '9: throttled has no statistic — write throttled.count, rate, ratio or throughput'],
    ['throttled.p99 > 20%', '10: throttled has no statistic "p99"'],
    ['service.count > 20', '8: service has no statistic "count"'],
    ['offered.ratio > 20%', '8: offered has no statistic "ratio"'],
    ['polls.throughput > 1 B/s', '6: polls has no statistic "throughput"'],
    ['lost.count = 0', '5: lost takes no statistic'],
    ['cpu.p99 < 1ms', '4: cpu has no statistic "p99"'],
    ['cpu.per-operation < 1ms', '0: cpu of several fleets cannot be mixed'],
    ['cpu.per-operation{fleet=writers} over steady < 1ms', '38: CPU is metered over all measured phases'],
    ['lost{fleet=writers} = 0', '5: lost is counted over all fleets'],
    ['lost over steady = 0', '10: lost is known only after the run'],
    ['service.p99 < 5ms', '0: service of several fleets cannot be mixed — add {fleet=writers} or {fleet=pollers}'],
    ['service.p99{fleet=writer} < 5ms', '18: there is no fleet "writer" — did you mean writers?'],
    ['response.p99{fleet=pollers} < 5ms', '19: pollers consumes and has no response — it can only be writers'],
    ['service.p99{flet=writers} < 5ms', '12: "flet" is not a label — did you mean fleet?'],
    ['accepted.rate{fleet=writers,fleet=writers} > 5 records/s', '28: fleet is said twice'],
    ['service.p99{fleet=writers,shard=shardId-000000000000} < 5ms', '32: latencies are not kept by shard'],
    ['accepted.count{shard=0} > 5', '21: "0" is not a shard\'s id — such as shardId-000000000000'],
    ['accepted.count{shard=shardId-000000000002} > 5', '21: there is no shard shardId-000000000002 — the last one'],
    ['throttled.ratio{shard=shardId-000000000001} > 5%', '22: what is offered to one shard is not known'],
    ['accepted.rate over stedy > 5 records/s', '19: there is no phase of load "stedy" — did you mean steady?'],
    ['accepted.rate over drain > 5 records/s', '19: there is no phase of load "drain"'],
    ['accepted.rate over warm-up > 5 records/s', '19: warm-up is not measured'],
    ['accepted.rate over steady[40s..] > 5 records/s', '26: steady takes only 30s'],
    ['accepted.rate over steady[..40s] > 5 records/s', '28: steady takes only 30s'],
    ['accepted.rate over steady[20s..10s] > 5 records/s', '31: the window ends before it begins'],
    ['accepted.rate over steady[1.5s..] > 5 records/s', '26: counts are kept by the second'],
    ['accepted.rate over steady[20..] > 5 records/s', '26: "20" has no unit'],
    ['accepted.rate over steady[20s] > 5 records/s', '26: "20s] > 5 records/s" begins with no two dots'],
    ['propagation.p50 over steady[20s..] < 5ms', '28: latencies are kept for whole phases — write over steady'],
    ['propagation.p50 == 5ms ± 5%', '16: "==" is not a comparator — write ='],
    ['propagation.p50 != 5ms', '16: "!=" is not a comparator — it can be <, <=, >, >= or ='],
    ['propagation.p50 < 5', '18: "5" has no unit'],
    ['propagation.p50 < 5 sec', '20: "sec" is not a unit of duration — did you mean s?'],
    ['propagation.p50 <', '17: a value is missing'],
    ['propagation.p50 300ms', '16: "300ms" begins with no comparator'],
    ['accepted.rate > 5 MiB/s', '16: bytes per second are not a rate of records — write accepted.throughput'],
    ['accepted.rate > 5', '16: "5" has no unit'],
    ['accepted.throughput > 5 records/s', '24: "records/s" is not a unit of throughput'],
    ['throttled.ratio > 0.2', '18: "0.2" has no unit — write a share with its unit, such as 5%'],
    ['accepted.rate = 1000 records/s', '30: a measured value is never exactly this — add a tolerance'],
    ['accepted.rate > 1000 records/s ± 5%', '33: > takes no tolerance'],
    ['accepted.rate = 1000 records/s ± 5', '33: "5" has no unit'],
    ['lost = 0 ± 5%', '11: a share of nothing is nothing'],
    ['accepted.rate = 1000 records/s ± 5% ± 3%', '36: "± 3%" is too much'],
    ['{fleet=writers} > 5', '0: "{fleet=writers} > 5" begins with no metric'],
  ])('%s', (text, expected) => {
    const { expectation, faults } = read(text);
    expect(expectation).toBeUndefined();
    expect(faults.join('\n')).toContain(expected);
  });

  test('a line with several faults names them all', () => {
    expect(read('accepted.rate{fleet=writer} over stedy[20s..] == 1000').faults).toHaveLength(4);
  });
});
