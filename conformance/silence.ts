/**
 * Endpoints that no longer answer: one that hangs must not cost every check its whole time, and a run at whose end nobody answers
 * proves nothing of what came late, whoever started the endpoint.
 */
import { type Clock, NS_PER_S, sleepFor } from '../src/clock.ts';
import type { WireClient } from '../src/wire/client.ts';
import { answerOf } from './attempt.ts';

/** How long an endpoint that left calls unanswered is waited for, in ns, and what counts as an answer at once. */
const CALM_NS = 30 * NS_PER_S;
const PROMPT_NS = 2 * NS_PER_S;

/** Why an endpoint does not answer as Kinesis does; null where it does, if only with a refusal. */
export async function silenceOf(client: WireClient): Promise<string | null> {
  const outcome = await client.call('ListStreams', { Limit: 1 }, { timeoutNs: PROMPT_NS });
  if (outcome.kind === 'ok') return null;
  // What stands before a Kinesis that is gone names no error of Kinesis.
  if (outcome.kind === 'error' && outcome.status < 500 && !/^http-|^unreadable/.test(outcome.code)) return null;
  return `ListStreams was answered with ${answerOf(outcome)}`;
}

/** Waits until it answers; gives why it does not after half a minute. */
export async function untilAnswering(client: WireClient, clock: Clock): Promise<string | null> {
  const untilNs = clock.monotonicNs() + CALM_NS;
  for (;;) {
    const silence = await silenceOf(client);
    if (silence === null || clock.monotonicNs() > untilNs) return silence;
    await sleepFor(clock, PROMPT_NS / 4);
  }
}
