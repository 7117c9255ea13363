/**
 * The proof that every statement can fail: the reference without faults passes it; with the fault it names, the same check
 * turns red, and the fault says that it did something. Every proof has a reference of its own, on
 * a virtual clock of its own.
 */
import { describe, expect, test } from 'vitest';
import { loadTarget } from '../src/target/load.ts';
import type { EmbeddedSpec } from '../src/target/spec.ts';
import { judge } from './judge.ts';
import { statements } from './registry.ts';
import { Session } from './session.ts';
import type { Judgement, Statement } from './statement.ts';
import { virtualWorld } from './world.ts';

const seed = 20_261_123;
const spec = { ...loadTarget('embedded'), latency: 'none', seed } as EmbeddedSpec;

/** Judges a statement on a reference with these faults; `activations` counts what they did. */
async function judged(
  statement: Statement,
  faults: readonly string[],
): Promise<{ judgement: Judgement; activations: Readonly<Record<string, number>> }> {
  const world = virtualWorld({ ...spec, faults });
  const session = new Session({ world, seed, settleMs: 500 });
  const judgement = await judge(statement, session);
  session.close();
  return { judgement, activations: world.activations() };
}

describe.each(statements.map((statement) => [statement.id, statement] as const))('%s', (_id, statement) => {
  test('holds on the reference', async () => {
    const { judgement } = await judged(statement, []);
    expect(judgement.outcome, judgement.message).toBe('holds');
    expect(judgement.verdict).toBe(statement.level === 'INFO' ? 'info' : 'pass');
  });

  test(`is broken by ${statement.fault}`, async () => {
    const { judgement, activations } = await judged(statement, [statement.fault]);
    expect(judgement.outcome, judgement.message).toBe('broken');
    expect(activations[statement.fault]).toBeGreaterThan(0);
  });
});
