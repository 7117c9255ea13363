/** What is no answer to a call: that calls come too fast, by whichever of AWS's names, and that something failed by chance. */
import { expect, test } from 'vitest';
import { attempt } from './attempt.ts';
import { answered, quickWorld, refusal, wired } from './front.test-data.ts';
import { Session } from './session.ts';

/** What a check is given that calls ListStreams where these errors come first. */
async function given(errors: readonly string[], how: 'attempt' | 'send'): Promise<string> {
  const quick = quickWorld();
  const left = [...errors];
  const world = wired(quick, (_operation, pass) => {
    const type = left.shift();
    if (type === undefined) return pass();
    return answered(quick, refusal(type, 'Rate exceeded', type === 'InternalFailure' ? 500 : 400));
  });
  const { context } = new Session({ world, seed: 1 }).context('check');
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
