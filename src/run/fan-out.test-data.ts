/** Runs of a fan-out fleet against the reference in virtual time, and what tests look at in their results. */
import { expect } from 'vitest';
import type { Result } from '../result.ts';
import { parseScenario } from '../scenario/parse.ts';
import type { WireClient } from '../wire/client.ts';
import { type Simulation, simulate } from './simulation.ts';

interface Wanted {
  readonly pushed?: string;
  readonly rate?: number;
  readonly stream?: string;
  readonly seconds?: number;
  readonly more?: string;
}

function scenarioOf({ pushed = '', rate = 50, stream = '{ shards: 2 }', seconds = 30, more = '' }: Wanted = {}) {
  const text = `
name: fan-out
question: Does fan-out give every record once?
expected: Yes.
streams: { events: ${stream} }
fleets:
  writers: { produce: PutRecord, agents: 2, rate: ${rate} records/s total, record: { size: 200 B, key: uniform(50) } }
  pushed: { consume: fan-out ${pushed} }
phases:
  - { name: steady, for: ${seconds}s }
  - { name: drain, until: drained, within: 20s }
verify: [no-loss, no-duplicates, order, immutability]
${more}`;
  const { plan, planHash } = parseScenario(text, { file: 'fan-out.yaml' });
  return { file: null, text, planHash, plan, overrides: [] };
}

export function run(wanted: Wanted, options: Partial<Simulation> = {}): Promise<Result> {
  return simulate({ scenario: scenarioOf(wanted), seed: 1, endpoint: { latency: 'aws' }, ...options });
}

/** Over everything, drain included. */
export function countOf({ counts }: Result, metric: string, fleet = 'pushed'): number {
  return counts
    .filter((doc) => doc.fleet === fleet && doc.metric === metric && doc.phase !== null)
    .reduce((sum, { count }) => sum + count, 0);
}

export function latencyOf({ latencies }: Result, metric: string, outcome: string) {
  return latencies.find(
    (doc) => doc.fleet === 'pushed' && doc.metric === metric && doc.outcome === outcome && doc.phase === null,
  );
}

/** Every record came, once, and nothing was found. */
export function expectWhole(result: Result, agents = 1): void {
  expect(result.verdict.reasons).toEqual([]);
  expect(countOf(result, 'received')).toBe(agents * result.ledger.acknowledged);
  expect(result.ledger.counts).toMatchObject({ lost: 0, missed: 0, late: 0, reordered: 0, duplicated: 0 });
}

/** The client of the simulation, with another way of subscribing. */
export const subscribing =
  (subscribe: (inner: WireClient['subscribe'], call: number) => WireClient['subscribe'], calls = { count: 0 }) =>
  (client: WireClient): WireClient => ({
    call: (...of) => client.call(...of),
    subscribe: (...of) => subscribe((...inner) => client.subscribe(...inner), (calls.count += 1))(...of),
    open: (count) => client.open(count),
    close: () => client.close(),
  });
