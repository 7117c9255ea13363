/** What limits the shards of the reference must be told from its answers alone: its buckets, and nothing where it has none. */
import { expect, test } from 'vitest';
import type { AttemptExport } from '../fleet/attempt-log.ts';
import { TokenBucket } from '../reference/token-bucket.ts';
import type { Result } from '../result.ts';
import { parseScenario } from '../scenario/parse.ts';
import { simulate } from './simulation.ts';
import { throttlingDocs } from './throttling.ts';

function run(fleets: string, limits: 'aws' | 'off' = 'aws', phase = '15s'): Promise<Result> {
  const text = `
name: throttled
question: What limits a shard?
expected: The reference's buckets.
streams: { events: { shards: 1 } }
fleets:
${fleets}
phases: [{ name: steady, for: ${phase} }]
`;
  const { plan, planHash } = parseScenario(text, { file: 'throttled.yaml' });
  const scenario = { file: null, text, planHash, plan, overrides: [] };
  return simulate({ scenario, seed: 1, endpoint: { limits, latency: 'aws' } });
}

const writers = (rate: string, size: string) =>
  `  writers: { produce: PutRecord, agents: 4, rate: ${rate} total, in-flight: 1000, record: { size: "${size}", key: uniform(100) } }`;

test('records: a token bucket of a thousand a second and a second of capacity', async () => {
  const result = await run(writers('1500 records/s', 'uniform(50 B, 500 B)'));
  expect(result.throttling).toMatchObject([
    { stream: 'events', side: 'write', shard: 'shardId-000000000000', limited: 'records' },
  ]);
  const [shape] = result.throttling![0]!.shapes;
  expect(shape).toMatchObject({ unit: 'records', kind: 'token-bucket' });
  expect(shape!.sustainedPerS! / 1000).toBeCloseTo(1, 1);
  expect(shape!.burst! / 1000).toBeCloseTo(1, 1);
  expect(shape!.recoveryNs! / 1e9).toBeCloseTo(1, 1);
});

test('bytes: a token bucket of a MiB a second', async () => {
  const result = await run(writers('200 records/s', 'uniform(5 KiB, 15 KiB)'), 'aws', '30s');
  expect(result.throttling![0]).toMatchObject({ side: 'write', limited: 'bytes' });
  const [shape] = result.throttling![0]!.shapes;
  expect(shape).toMatchObject({ unit: 'bytes', kind: 'token-bucket' });
  expect(shape!.sustainedPerS! / 2 ** 20).toBeCloseTo(1, 1);
  expect(shape!.burst! / 2 ** 20).toBeCloseTo(1, 1);
});

test('reads: five calls a second, by applications whose polls fall unevenly', async () => {
  const pollers = ['330ms', '470ms', '770ms', '1100ms'].map(
    (every, index) => `  p${index}: { consume: polling, every: ${every} }`,
  );
  const result = await run([writers('1 records/s', '100 B'), ...pollers].join('\n'), 'aws', '120s');
  const reads = result.throttling!.find(({ side }) => side === 'read')!;
  expect(reads.limited).toBe('calls');
  expect(reads.shapes[0]).toMatchObject({ unit: 'calls', kind: 'token-bucket' });
  expect(reads.shapes[0]!.sustainedPerS).toBeCloseTo(5, 0);
});

test('without limits: nothing', async () => {
  const result = await run(writers('1500 records/s', '100 B'), 'off');
  expect(result.throttling).toMatchObject([
    { stream: 'events', side: 'write', shard: null, limited: 'nothing', shapes: [{ kind: 'none', throttled: 0 }] },
  ]);
});

test('two threads on one shard are judged together, and only while both kept everything', () => {
  const bucket = new TokenBucket({ perS: 200, capacity: 200 }, 0);
  const kept: [AttemptExport, AttemptExport] = [0, 1].map((thread) => ({
    side: 'write',
    stream: 'events',
    shard: 'shard',
    atNs: [] as number[],
    bytes: [] as number[],
    accepted: [] as boolean[],
    fromNs: thread === 0 ? -Infinity : 1e9,
    toNs: thread === 0 ? 15e9 : Infinity,
  })) as never;
  // 330 attempts a second in turn, four here and three there; what lies outside of the common time is wrong on purpose.
  for (let index = 0; index < 330 * 20; index += 1) {
    const atNs = Math.round((index / 330) * 1e9 + (index % 7) ** 2 * 40_000);
    const passes = bucket.has(atNs, 1);
    if (passes) bucket.take(atNs, 1);
    const { atNs: times, bytes, accepted } = kept[index % 7 < 4 ? 0 : 1];
    (times as number[]).push(atNs);
    (bytes as number[]).push(100);
    (accepted as boolean[]).push(atNs < 15e9 ? passes : true);
  }
  const [doc] = throttlingDocs(kept);
  expect(doc!.shapes[0]).toMatchObject({ kind: 'token-bucket' });
  expect(doc!.shapes[0]!.attempts).toBeLessThanOrEqual(330 * 14 + 7);
});
