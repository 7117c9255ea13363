/** Who ends the connection of a request that is far too large, and goes on, is no worse than who refuses it. */
import { expect, test } from 'vitest';
import { loadTarget } from '../../src/target/load.ts';
import type { EmbeddedSpec } from '../../src/target/spec.ts';
import type { RawRequest } from '../raw.ts';
import { Session } from '../session.ts';
import { virtualWorld } from '../world.ts';
import { kinSec11 } from './kin-sec-11.ts';

test.each([
  [1_000_000, 'holds'],
  [1_000, 'loose'],
])('a connection that ends with bodies of more than %d bytes', async (most, outcome) => {
  const world = virtualWorld({ ...loadTarget('embedded'), latency: 'none', seed: 1 } as EmbeddedSpec);
  const raw = (request: RawRequest) => (request.body.length > most ? Promise.resolve(undefined) : world.raw(request));
  const { context } = new Session({ world: { ...world, raw }, seed: 1 }).context(kinSec11.id);
  expect((await world.settle(kinSec11.check(context))).outcome).toBe(outcome);
});
