/** Shipped scenarios can fail: an endpoint with the defect that each asks about misses what is expected, or is found out by the ledger. */
import { describe, expect, test } from 'vitest';
import { ExitCode } from '../exit-code.ts';
import { simulateShipped } from './shipped.test-data.ts';

/** The texts of the expectations that were missed. */
async function missed(name: string, changes: Parameters<typeof simulateShipped>[1]): Promise<string[]> {
  const [result] = await simulateShipped(name, changes);
  expect(result!.verdict.exitCode).not.toBe(ExitCode.pass);
  return result!.expectations.filter(({ verdict }) => verdict === 'fail').map(({ text }) => text);
}

describe('limits', () => {
  test('a shard that gives more bytes than it should', async () => {
    expect(await missed('read-limit-bytes', { faults: ['thr.read-bytes-off'] })).toEqual([
      'received.throughput{fleet=readers} over steady[20s..] = 2 MiB/s ± 15%',
      'polls-throttled.ratio over steady[20s..] > 15%',
    ]);
  });

  test('no penalty after an answer of 10 MiB', async () => {
    expect(await missed('read-penalty', { faults: ['thr.read-bytes-off'] })).toEqual([
      'polls-throttled.rate over read[1s..5s] = 4 polls/s ± 15%',
      'received.throughput over read[5s..7s] > 1 MiB/s',
    ]);
  });

  test('large records without a tank', async () => {
    expect(await missed('large-records', { faults: ['lr.no-bucket'] })).toEqual([
      'throttled.ratio{fleet=thrice} = 33.3% ± 1%',
    ]);
  });

  test('a hot shard that throttles the others, too', async () => {
    expect(await missed('hot-shard', { faults: ['thr.per-stream'], set: ['phases.0.for=30s'] })).toContain(
      'throttled.count{shard=shardId-000000000001} = 0',
    );
  });

  test('an on-demand stream that does not grow', async () => {
    expect(await missed('on-demand-growth', { faults: ['od.never-scales'] })).toEqual([
      'accepted.throughput over after = 6 MiB/s ± 3%',
      'throttled.ratio over after < 1%',
    ]);
  });
});

describe('retention', () => {
  test('an hour too short', async () => {
    expect(await missed('retention-edge', { faults: ['ret.trim-early'] })).toEqual([
      'delivery.count{fleet=early} >= 1499',
      'delivery.max{fleet=early} > 23.8h',
      'delivery.max{fleet=late} > 23.95h',
      'delivery.count{fleet=late} >= 1469',
    ]);
  });

  test('for ever', async () => {
    expect(await missed('retention-edge', { faults: ['ret.never-trims'] })).toEqual([
      'delivery.max{fleet=late} < 24.01h',
      'delivery.count{fleet=late} <= 1471',
    ]);
  });
});

describe('time', () => {
  test('a consumer that idles for less than it says', async () => {
    expect(await missed('kcl-idle', { set: ['fleets.kcl-1.every=500ms'] })).toEqual([
      'propagation.mean{fleet=kcl-1} > 500ms',
      'polls.rate{fleet=kcl-1} over steady = 2 polls/s ± 5%',
    ]);
  });
});
