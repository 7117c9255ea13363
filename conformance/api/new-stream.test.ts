/** A stream that is made faster than it can be looked at is no endpoint's fault; one that is ACTIVE at once is. */
import { expect, test } from 'vitest';
import { NS_PER_MS, sleepFor } from '../../src/clock.ts';
import { loadTarget } from '../../src/target/load.ts';
import type { EmbeddedSpec } from '../../src/target/spec.ts';
import type { TransportRequest } from '../../src/wire/transport.ts';
import { Session } from '../session.ts';
import { virtualWorld } from '../world.ts';
import { kinApi07 } from './kin-api-07.ts';

/** What is found where streams are CREATING for so long, and every way takes so long. */
async function found(createStreamMs: number, wayMs: number, faults: readonly string[] = []): Promise<string> {
  const spec = { ...loadTarget('embedded'), latency: 'none', seed: 1, createStreamMs, faults } as EmbeddedSpec;
  const world = virtualWorld(spec);
  const far = () => {
    const near = world.transport();
    const send = async (request: TransportRequest) => {
      await sleepFor(world.clock, wayMs * NS_PER_MS);
      const answer = await near.send(request);
      await sleepFor(world.clock, wayMs * NS_PER_MS);
      return answer;
    };
    return { ...near, send };
  };
  const session = new Session({ world: { ...world, transport: far }, seed: 1 });
  return (await world.settle(kinApi07.check(session.context(kinApi07.id).context))).outcome;
}

test.each([
  ['seen in time', 500, 40, [], 'holds'],
  ['far away', 150, 100, [], 'unobserved'],
  ['ACTIVE at once', 500, 40, ['life.skip-creating-status'], 'broken'],
])('%s', async (_what, createMs, wayMs, faults, outcome) => {
  expect(await found(createMs, wayMs, faults)).toBe(outcome);
});
