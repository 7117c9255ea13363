/**
 * The proof that every statement can fail: the reference without faults passes it; with the fault it names, the same check
 * turns red, and the fault says that it did something. Every proof has a reference of its own, so they run side by side.
 */
import { describe, expect, test } from 'vitest';
import { systemClock } from '../src/clock.ts';
import { startEmbedded } from '../src/target/embedded.ts';
import { judge } from './judge.ts';
import { statements } from './registry.ts';
import { Session } from './session.ts';
import type { Judgement, Statement } from './statement.ts';

const seed = 20_261_123;

/** Judges a statement on a reference with these faults; `activations` counts what they did. */
async function judged(
  statement: Statement,
  faults: readonly string[],
): Promise<{ judgement: Judgement; activations: Readonly<Record<string, number>> }> {
  await using target = await startEmbedded({
    name: 'reference',
    kind: 'embedded',
    region: 'us-east-1',
    limits: 'aws',
    latency: 'none',
    faults,
    seed,
    createStreamMs: 5,
    deleteStreamMs: 5,
    capabilities: ['throttle', 'faults'],
  });
  const { kinesis: endpoint, capabilities } = target;
  await using session = new Session({ endpoint, capabilities, clock: systemClock, seed, settleMs: 500 });
  const judgement = await judge(statement, session);
  return { judgement, activations: await target.activations() };
}

describe.concurrent.each(statements.map((statement) => [statement.id, statement] as const))('%s', (_id, statement) => {
  test('holds on the reference', async () => {
    const { judgement } = await judged(statement, []);
    expect(judgement.verdict, judgement.message).toBe('pass');
  });

  test(`is broken by ${statement.fault}`, async () => {
    const { judgement, activations } = await judged(statement, [statement.fault]);
    expect(judgement.outcome, judgement.message).toBe('broken');
    expect(activations[statement.fault]).toBeGreaterThan(0);
  });
});
