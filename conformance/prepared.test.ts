import { expect, test } from 'vitest';
import { loadTarget } from '../src/target/load.ts';
import type { EmbeddedSpec } from '../src/target/spec.ts';
import { Prepared } from './prepared.ts';
import { Session } from './session.ts';
import { virtualWorld } from './world.ts';

const sessionOf = () => new Session({ world: virtualWorld(loadTarget('embedded') as EmbeddedSpec), seed: 1 });

test('what is prepared is made once for all statements of a session, and anew for another session', async () => {
  const prepared = new Prepared(async ({ clock }) => ({ atNs: clock.monotonicNs() }));
  const [session, other] = [sessionOf(), sessionOf()];
  const first = await prepared.for(session.context('KIN-ORD-01').context);
  expect(await prepared.for(session.context('KIN-ORD-03').context)).toBe(first);
  expect(await prepared.for(other.context('KIN-ORD-01').context)).not.toBe(first);
  session.close();
  other.close();
});
