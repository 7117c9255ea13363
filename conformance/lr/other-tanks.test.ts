/** Shards whose burst comes back at another pace: AWS publishes none. */
import { expect, test } from 'vitest';
import { NS_PER_S } from '../../src/clock.ts';
import { answered, bodyOf, quickWorld, refusal, wired } from '../front.test-data.ts';
import { Session } from '../session.ts';
import type { Statement } from '../statement.ts';
import { kinLr01 } from './kin-lr-01.ts';
import { kinLr04 } from './kin-lr-04.ts';

/** The error with which a put is refused, by its bytes and the seconds since the first one; undefined where it is not. */
type Refusal = (bytes: number, sinceS: number) => string | undefined;

async function found(statement: Statement, refusing: Refusal): Promise<string> {
  const quick = quickWorld();
  let firstNs: number | undefined;
  const world = wired(quick, (operation, pass, request) => {
    if (operation !== 'PutRecord') return pass();
    const nowNs = quick.clock.monotonicNs();
    firstNs ??= nowNs;
    const type = refusing(bodyOf(request).length, (nowNs - firstNs) / NS_PER_S);
    return type === undefined ? pass() : answered(quick, refusal(type, 'no'));
  });
  const { context } = new Session({ world, seed: 1 }).context(statement.id);
  const { outcome, message } = await world.settle(statement.check(context));
  return `${outcome}: ${message}`;
}

const THROTTLE = 'ProvisionedThroughputExceededException';
const MIB = 1_048_576;

test.each<readonly [string, Refusal, RegExp]>([
  ['is full', () => undefined, /^holds/],
  ['is empty at first', (bytes, sinceS) => (bytes > MIB && sinceS < 9 ? THROTTLE : undefined), /^loose/],
  ['never holds a large record', (bytes) => (bytes > MIB ? THROTTLE : undefined), /^broken/],
  ['gives nothing for ten seconds', (_, sinceS) => (sinceS > 0 && sinceS < 11 ? THROTTLE : undefined), /^loose/],
  ['never gives anything again', (_, sinceS) => (sinceS > 0 ? THROTTLE : undefined), /^broken/],
])('KIN-LR-04 of a tank that %s', async (_what, refusing, outcome) => {
  expect(await found(kinLr04, refusing)).toMatch(outcome);
});

test.each([
  ['AccessDeniedException', /^unobserved/],
  ['ResourceNotFoundException', /^unobserved/],
  ['ValidationException', /^broken/],
])('KIN-LR-01 where every put is refused with %s', async (type, outcome) => {
  expect(await found(kinLr01, () => type)).toMatch(outcome);
});
