/** Logs and results of a few lines: what must hold does, and each figure can be off. */
import { expect, test } from 'vitest';
import { sampleResult } from '../gate/sample-result.ts';
import { LatencyHistogram } from '../measure/histogram.ts';
import type { Result } from '../result.ts';
import { latencyDoc } from '../run/documents.ts';
import { compare } from './comparison.ts';
import type { LogEntry } from './stub.ts';

const MS = 1e6;

/** 3,000 puts over three seconds, each answered after 50 to 80 ms and arriving `lateMs` late. */
const log = (lateMs = 0): LogEntry[] =>
  Array.from({ length: 3000 }, (_, counter) => {
    const dueNs = counter * MS;
    const arrivedNs = dueNs + lateMs * MS;
    const answeredNs = arrivedNs + (50 + (counter % 31)) * MS;
    return { producer: 0, counter, dueNs, arrivedNs, answeredNs, outcome: 'accepted' };
  });

/** What a run reports of that log when answers take `backMs` to come back. */
function reported(entries: readonly LogEntry[], backMs = 0, change: Partial<Result> = {}): Result {
  const doc = (metric: 'response' | 'service') => {
    const histogram = new LatencyHistogram();
    for (const { dueNs, arrivedNs, answeredNs } of entries) {
      histogram.record(answeredNs + backMs * MS - (metric === 'response' ? dueNs : arrivedNs));
      histogram.event();
    }
    return latencyDoc({ fleet: 'w', metric, outcome: 'accepted', histogram }, null);
  };
  const values = [0, 1, 2].map(
    (second) => entries.filter(({ answeredNs }) => Math.floor((answeredNs + backMs * MS) / 1e9) === second).length,
  );
  const line = { fleet: 'w', shard: null, metric: 'accepted', attribution: 'none', values, bytes: [0, 0, 0] } as const;
  const count = (metric: 'offered' | 'accepted' | 'throttled' | 'failed', of: number) =>
    ({ fleet: 'w', phase: null, metric, count: of, bytes: 0 }) as const;
  return sampleResult({
    phases: [{ name: 'steady', kind: 'timed', measured: true, startNs: 0, endNs: 3e9 }],
    counts: [
      count('offered', entries.length),
      count('accepted', entries.length),
      count('throttled', 0),
      count('failed', 0),
    ],
    latencies: [doc('response'), doc('service')],
    series: { binNs: 1e9, bins: 3, counts: [line], latencies: [] },
    ...change,
  });
}

const off = (entries: readonly LogEntry[], result: Result) =>
  compare('fixed', entries, result, 0)
    .filter(({ holds }) => !holds)
    .map(({ figure }) => figure);

test('what was reported as it happened holds', () => {
  expect(off(log(), reported(log()))).toEqual([]);
  const figures = compare('fixed', log(), reported(log()), 0).map(({ figure }) => figure);
  expect(figures).toContain('response p99, accepted');
  expect(figures).not.toContain('response p99.9, accepted');
});

test('noise on the way back is as large as that on the way there may be, and no larger', () => {
  expect(off(log(5), reported(log(5), 5))).toEqual([]);
  expect(off(log(0), reported(log(0), 5)).length).toBeGreaterThan(3);
  expect(off(log(5), reported(log(5), 12))).toContain('response p50, accepted');
});

test('nothing may be shorter than it was, whatever the noise', () => {
  expect(off(log(40), reported(log(40), -3))).toContain('service p50, accepted');
});

test('a request lost, counted twice, or timed by samples that never were', () => {
  expect(off(log(), reported(log().slice(1)))).toEqual(
    expect.arrayContaining(['offered', 'accepted', 'accepted, timed']),
  );
  const twice = [...log(), log()[7]!];
  expect(off(twice, reported(twice))).toEqual(['repeated']);
});

test('a rate that is 0.5 % off', () => {
  const { series } = reported(log());
  const values = series.counts[0]!.values.map((value) => value * 0.995);
  const changed = { ...series, counts: [{ ...series.counts[0]!, values }] };
  expect(off(log(), reported(log(), 0, { series: changed }))).toEqual(['throughput']);
});

test('a percentile that the run does not report', () => {
  const result = reported(log());
  const latencies = result.latencies.map((doc) => ({ ...doc, percentilesNs: { ...doc.percentilesNs, p99: null } }));
  expect(off(log(), { ...result, latencies })).toEqual(['response p99, accepted', 'service p99, accepted']);
});
