/** The estimate before a run on AWS, held against what the reference really saw of such a run. */
import { describe, expect, test } from 'vitest';
import type { Capability } from '../src/protocol/capabilities.ts';
import { loadTarget } from '../src/target/load.ts';
import type { EmbeddedSpec } from '../src/target/spec.ts';
import { type Budget, budgetLines, budgetOf } from './budget.ts';
import { judge } from './judge.ts';
import { statements } from './registry.ts';
import { Session } from './session.ts';
import type { Statement } from './statement.ts';
import { UsageMeter, type Used } from './usage-meter.test-data.ts';
import { type PreparedName, type Uses, usesDefault, usesOf } from './uses.ts';
import { virtualWorld } from './world.ts';

/** What a target file of AWS can claim, Data Firehose and Channels among it; it has no clock that passes hours. */
const capabilities = new Set<Capability>(['throttle', 'fan-out', 'firehose', 'channels', 'retention', 'resharding']);
const able = statements.filter(({ needs }) => needs.every((capability) => capabilities.has(capability)));

/** One session of a whole run at AWS's pace; what each statement used in it. */
async function metered(asked: readonly Statement[]) {
  const spec = { ...loadTarget('embedded'), latency: 'aws', seed: 1 } as EmbeddedSpec;
  const world = virtualWorld(spec, (...seen) => meter.watch(...seen));
  const meter = new UsageMeter(world.clock);
  const session = new Session({ world: { ...world, capabilities }, seed: 1 });
  const used = new Map<string, Used>();
  for (const statement of asked) {
    const before = meter.used;
    await judge(statement, session);
    used.set(statement.id, meter.since(before));
  }
  session.close();
  return { used, meter };
}

/** What is beyond what was declared. A stream that others use too may be made by whoever asks first. */
function beyond({ id, uses: said }: Statement, used: Used): string[] {
  const uses: Uses = { ...usesDefault, ...said };
  const parts = [uses, ...uses.prepared.map((name: PreparedName) => usesOf(name))];
  const sum = (of: (uses: Uses) => number) => parts.reduce((total, each) => total + of(each), 0);
  const left = [...parts.flatMap(({ streams }) => streams), ...uses.shared].sort((a, b) => a - b);
  // How many shards a stream has at a time may hang on the pace: each takes the smallest that is declared and large enough.
  const undeclared = used.streams
    .toSorted((a, b) => b - a)
    .filter((shards) => {
      const place = left.findIndex((most) => most >= shards);
      if (place >= 0) left.splice(place, 1);
      return place < 0;
    });
  const names = ['records', 'consumers', 'deliveryStreams', 'onDemand', 'extended', 'seconds'] as const;
  const units = sum((each) => Math.max(each.records, each.payloadUnits));
  return [
    ...undeclared.map((shards) => `${id}: a stream of ${shards} shards`),
    ...names.filter((name) => used[name] > sum((each) => each[name])).map((name) => `${id}: ${used[name]} ${name}`),
    ...(used.payloadUnits > units ? [`${id}: ${used.payloadUnits} payload units`] : []),
  ];
}

test(
  'no statement uses more than it declares, and the estimate is an upper bound of the run',
  { timeout: 300_000 },
  async () => {
    const { used, meter } = await metered(able);
    expect(able.flatMap((statement) => beyond(statement, used.get(statement.id)!))).toEqual([]);
    const budget = budgetOf(able, capabilities);
    const { streams, records, payloadUnits, consumers, deliveryStreams, seconds } = meter.used;
    expect(budget.streams).toBeGreaterThanOrEqual(streams.length);
    expect(budget.shards).toBeGreaterThanOrEqual(streams.reduce((sum, shards) => sum + shards, 0));
    expect(budget.shardMinutes).toBeGreaterThanOrEqual(meter.shardMinutes);
    expect(budget.minutes * 60).toBeGreaterThanOrEqual(seconds);
    expect(budget.records).toBeGreaterThanOrEqual(records);
    expect(budget.payloadUnits).toBeGreaterThanOrEqual(payloadUnits);
    expect(budget.consumers).toBeGreaterThanOrEqual(consumers);
    expect(budget.deliveryStreams).toBeGreaterThanOrEqual(deliveryStreams);
    // Something was counted, and an estimate that is twice too high is of no use to anybody.
    expect(meter.shardMinutes).toBeGreaterThan(100);
    expect(budget.streams).toBeLessThan(1.2 * streams.length);
  },
);

test('gating is what takes seconds', () => {
  const slow = able.filter(({ lane = 'gating', uses }) => lane === 'gating' && (uses?.seconds ?? 0) > 30);
  expect(slow.map(({ id }) => id)).toEqual([]);
  const days = statements.filter(({ lane = 'gating', needs }) => lane === 'gating' && needs.includes('clock'));
  expect(days.map(({ id }) => id)).toEqual([]);
});

describe('an estimate', () => {
  const named = (...ids: string[]) => statements.filter(({ id }) => ids.some((each) => id === `KIN-${each}`));
  const of = (...ids: string[]) => budgetOf(named(...ids), capabilities);

  test('counts what is shared once, and what is a statement’s own each time', () => {
    expect(of('IT-03')).toMatchObject({ statements: 1, streams: 1, shards: 1 });
    expect(of('IT-03', 'IT-04')).toMatchObject({ statements: 2, streams: 1, shards: 1 });
    expect(of('IT-03', 'PART-01')).toMatchObject({ streams: 2, shards: 4 });
    expect(of('IT-01', 'IMM-01')).toMatchObject({ streams: 2, shards: 2 });
    expect(of('ORD-01', 'SEQ-01')).toMatchObject({ streams: 1, shards: 2 });
  });

  test('leaves out what the target cannot be asked, and counts each second witness', () => {
    expect(of('RET-02')).toMatchObject({ statements: 0, streams: 0, dollars: 0 });
    const again = budgetOf(named('IT-03'), capabilities, { statements: named('IT-03'), ways: 5 });
    expect(again).toMatchObject({ statements: 1, streams: 6, records: 6 * of('IT-03').records });
  });

  test('is in begun hours and cents', () => {
    const { dollars } = of('IT-03');
    // One shard for one hour, and 50 payload units.
    expect(dollars).toBeCloseTo(0.015 + 50 * 0.014e-6, 12);
    const lines = budgetLines(of('EFO-02')).join('\n');
    expect(lines).toContain('estimate for 1 statements, an upper bound: 1 streams with 1 shards in all, 20 consumers;');
    expect(lines).toContain('as listed on 2026-05-05');
    expect(budgetLines({ ...of('IT-03'), dollars: 0.0101 } satisfies Budget)[0]).toContain('$0.02');
  });
});
