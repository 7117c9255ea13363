import { expect, test } from 'vitest';
import type { ProduceFleet } from '../scenario/plan.ts';
import { travelSection } from './travel-section.ts';
import { writeLimitResult } from './write-limit.test-data.ts';

const base = writeLimitResult();
const writers = base.scenario.plan.fleets.find((fleet) => fleet.kind === 'produce')!;

function withFleet(change: Partial<ProduceFleet>, counts: Readonly<Record<string, number>> = {}) {
  const { name } = writers;
  return {
    ...base,
    scenario: { ...base.scenario, plan: { ...base.scenario.plan, fleets: [{ ...writers, ...change }] } },
    counts: Object.entries(counts).map(([metric, count]) => ({ fleet: name, phase: null, metric, count, bytes: 0 })),
    ledger: { ...base.ledger, counts: { ...base.ledger.counts, retried: 17 } },
  } as typeof base;
}

test('is left out where every record had one attempt and a call of its own', () => {
  expect(travelSection(base)).toBeNull();
});

test('shows attempts, backoff, what expired and what was stored twice', () => {
  const retry = { policy: 'kpl', limitShare: 1.5, timeToLiveNs: 30e9 } as const;
  const counts = { offered: 1000, attempts: 1500, 'attempts-throttled': 400, 'attempts-failed': 100, expired: 33 };
  const { text } = travelSection(withFleet({ retry }, counts))!;
  for (const shown of ['kpl', '1.50', '>400<', '>100<', '>33<', '17 of']) expect(text).toContain(shown);
});

test('shows batches, and how many user records a record of the stream carried', () => {
  const gather = { recordsMax: 500, bytesMax: 1e6, lingerNs: 100e6 };
  const aggregate = { recordsMax: 100, bytesMax: 50_000 };
  const { text } = travelSection(withFleet({ gather, aggregate }, { accepted: 5000, 'stream-records': 100 }))!;
  expect(text).toContain('100 ms');
  expect(text).toContain('>50.0<');
});
