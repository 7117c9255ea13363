import { expect, test } from 'vitest';
import { Random } from '../random.ts';
import type { KeyPlan, ProduceFleet } from '../scenario/plan.ts';
import { readTag } from '../verify/record-tag.ts';
import { keySource, FilledPayloads } from './payload.ts';

function shares(plan: KeyPlan): number[] {
  const next = keySource(plan, { agent: 0, agents: 1 }, new Random(3));
  const counts: number[] = [];
  for (let i = 0; i < 100_000; i += 1) {
    const key = next();
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts.map((count) => count / 100_000);
}

test('each distribution gives its keys their shares', () => {
  expect(shares({ kind: 'uniform', keys: 4 }).every((share) => Math.abs(share - 0.25) < 0.01)).toBe(true);
  expect(shares({ kind: 'round-robin', keys: 4 })).toEqual([0.25, 0.25, 0.25, 0.25]);
  const zipf = shares({ kind: 'zipf', keys: 100, exponent: 1 });
  expect(zipf[0]! / zipf[1]!).toBeCloseTo(2, 0);
  expect(zipf[0]! / zipf[9]!).toBeGreaterThan(8);
  const hot = shares({ kind: 'hot', keys: 100, keyShare: 0.02, trafficShare: 0.9 });
  expect(hot[0]! + hot[1]!).toBeCloseTo(0.9, 2);
  expect(shares({ kind: 'shard', index: 3 })).toMatchObject({ 3: 1, length: 4 });
});

test('round-robin over several agents takes every key once a round', () => {
  const sources = [0, 1, 2].map((agent) =>
    keySource({ kind: 'round-robin', keys: 6 }, { agent, agents: 3 }, new Random(1)),
  );
  expect([...sources.map((next) => next()), ...sources.map((next) => next())]).toEqual([0, 1, 2, 3, 4, 5]);
});

test('records have their size, their tag, and data of their own; the same seed gives the same bytes', () => {
  const fleet = {
    data: { kind: 'random' },
    identify: { by: 'tag' },
    key: { kind: 'uniform', keys: 10 },
    recordBytes: { kind: 'uniform', minBytes: 48, maxBytes: 90_000 },
  } as ProduceFleet;
  const source = () => new FilledPayloads(fleet, 'r0000001', 5, { agent: 0, agents: 1 }, new Random(9));
  const one = source();
  const two = source();
  const sizes = new Set<number>();
  for (let counter = 0; counter < 50; counter += 1) {
    const draft = one.draft();
    const { key, partitionKey } = draft;
    const data = one.data(draft, counter, counter * 1000.5);
    expect(data.equals(two.data(two.draft(), counter, counter * 1000.5))).toBe(true);
    expect(readTag(data, 'r0000001')).toMatchObject({ producer: 5, counter, dueNs: counter * 1000.5, key });
    expect(partitionKey).toBe(`key-${key}`);
    expect(readTag(data, 'r0000002')).toBe('foreign');
    sizes.add(data.length);
    for (const at of [4, 13, 45, data.length - 1]) {
      const harmed = Buffer.from(data);
      harmed[at]! ^= 0x10;
      expect(readTag(harmed, 'r0000001')).toBe(at === 4 ? 'foreign' : 'damaged');
    }
  }
  expect(sizes.size).toBeGreaterThan(40);
});
