/** Consumers may be CREATING for long, five at a time: with 20 s each, twenty of them are within the time of a check. */
import { expect, test } from 'vitest';
import { loadTarget } from '../../src/target/load.ts';
import type { EmbeddedSpec } from '../../src/target/spec.ts';
import { Session } from '../session.ts';
import { virtualWorld } from '../world.ts';
import { kinEfo02 } from './kin-efo-02.ts';

test('KIN-EFO-02: twenty consumers that are CREATING for 20 s each are waited for', async () => {
  const pace = { createStreamMs: 15_000, createConsumerMs: 20_000, deleteConsumerMs: 10_000 };
  const world = virtualWorld({ ...loadTarget('embedded'), latency: 'none', seed: 1, ...pace } as EmbeddedSpec);
  const { context } = new Session({ world, seed: 1 }).context(kinEfo02.id);
  const { outcome, message } = await world.settle(kinEfo02.check(context));
  expect(outcome, message).toBe('holds');
});
