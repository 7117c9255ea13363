/** Shards whose burst comes back at another pace: AWS publishes none. */
import { expect, test } from 'vitest';
import { NS_PER_S } from '../../src/clock.ts';
import { loadTarget } from '../../src/target/load.ts';
import type { EmbeddedSpec } from '../../src/target/spec.ts';
import { BodyBuffer } from '../../src/wire/body-buffer.ts';
import type { TransportAnswer, TransportRequest } from '../../src/wire/transport.ts';
import { Session } from '../session.ts';
import type { Statement } from '../statement.ts';
import { virtualWorld } from '../world.ts';
import { kinLr01 } from './kin-lr-01.ts';
import { kinLr04 } from './kin-lr-04.ts';

/** The error with which a put is refused, by its bytes and the seconds since the first one; undefined where it is not. */
type Refusal = (bytes: number, sinceS: number) => string | undefined;

async function found(statement: Statement, refusal: Refusal): Promise<string> {
  const world = virtualWorld({ ...loadTarget('embedded'), latency: 'none', seed: 1 } as EmbeddedSpec);
  let firstNs: number | undefined;
  const transport = () => {
    const inner = world.transport();
    const send = (request: TransportRequest): Promise<TransportAnswer> => {
      if (!request.target.endsWith('.PutRecord')) return inner.send(request);
      const nowNs = world.clock.monotonicNs();
      firstNs ??= nowNs;
      const buffer = new BodyBuffer();
      request.write(buffer);
      const type = refusal(buffer.bodyBytes, (nowNs - firstNs) / NS_PER_S);
      if (type === undefined) return inner.send(request);
      const contentType = 'application/x-amz-json-1.1';
      const body = Buffer.from(JSON.stringify({ __type: type, message: 'no' }));
      return Promise.resolve({ kind: 'response', status: 400, contentType, body, sentNs: nowNs, answeredNs: nowNs });
    };
    return { ...inner, send };
  };
  const { context } = new Session({ world: { ...world, transport }, seed: 1 }).context(statement.id);
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
])('KIN-LR-04 of a tank that %s', async (_what, refusal, outcome) => {
  expect(await found(kinLr04, refusal)).toMatch(outcome);
});

test.each([
  ['AccessDeniedException', /^unobserved/],
  ['ResourceNotFoundException', /^unobserved/],
  ['ValidationException', /^broken/],
])('KIN-LR-01 where every put is refused with %s', async (type, outcome) => {
  expect(await found(kinLr01, () => type)).toMatch(outcome);
});
