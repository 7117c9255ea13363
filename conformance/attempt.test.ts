/** What is no answer to a call: that calls come too fast, by whichever of AWS's names, and that something failed by chance. */
import { expect, test } from 'vitest';
import { loadTarget } from '../src/target/load.ts';
import type { EmbeddedSpec } from '../src/target/spec.ts';
import type { TransportAnswer, TransportRequest } from '../src/wire/transport.ts';
import { attempt } from './attempt.ts';
import { Session } from './session.ts';
import { virtualWorld } from './world.ts';

/** What a check is given that calls ListStreams where these errors come first. */
async function given(errors: readonly string[], how: 'attempt' | 'send'): Promise<string> {
  const world = virtualWorld({ ...loadTarget('embedded'), latency: 'none', seed: 1 } as EmbeddedSpec);
  const left = [...errors];
  const transport = () => {
    const inner = world.transport();
    const send = (request: TransportRequest): Promise<TransportAnswer> => {
      const type = left.shift();
      if (type === undefined) return inner.send(request);
      const nowNs = world.clock.monotonicNs();
      const status = type === 'InternalFailure' ? 500 : 400;
      const body = Buffer.from(JSON.stringify({ __type: type, message: 'Rate exceeded' }));
      const contentType = 'application/x-amz-json-1.1';
      return Promise.resolve({ kind: 'response', status, contentType, body, sentNs: nowNs, answeredNs: nowNs });
    };
    return { ...inner, send };
  };
  const { context } = new Session({ world: { ...world, transport }, seed: 1 }).context('check');
  const call = how === 'send' ? context.send('ListStreams', {}) : attempt(context, 'ListStreams', {});
  const said = (outcome: object) => ('code' in outcome ? String(outcome.code) : 'an answer');
  return world.settle(call.then(said, (error: Error) => error.name));
}

const limits = ['LimitExceededException', 'LimitExceededException', 'LimitExceededException'];
const throttles = ['LimitExceededException', 'ThrottlingException'];

test.each([
  [throttles, 'attempt', 'an answer'],
  [throttles, 'send', 'an answer'],
  [[...limits, 'InternalFailure', 'InternalFailure'], 'attempt', 'an answer'],
  [['InternalFailure', 'InternalFailure', 'InternalFailure'], 'attempt', 'InternalFailure'],
  [['ValidationException'], 'attempt', 'ValidationException'],
] as const)('%j, then an answer: %s gives %s', async (errors, how, expected) => {
  expect(await given(errors, how)).toBe(expected);
});
