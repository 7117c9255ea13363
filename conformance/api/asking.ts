/** Calls whose refusal is what a check is about: throttles are waited out, and what comes after them is a value. */
import { NS_PER_S, sleepFor } from '../../src/clock.ts';
import { isThrottle } from '../../src/protocol/errors.ts';
import type { Input, OperationName } from '../../src/protocol/operations.ts';
import type { Answered, Refused } from '../../src/wire/outcome.ts';
import type { Received } from '../../src/wire/received.ts';
import { type Context, Unobservable } from '../context.ts';

/** Pause after a throttle, in ns. */
const THROTTLE_PAUSE_NS = NS_PER_S / 4;
/** How long a throttle is waited out, in ns: a limit that is no rate does not pass. */
const PATIENCE_NS = 20 * NS_PER_S;

/** What was answered; throws `Unobservable` where nothing was. */
export async function answerTo<O extends OperationName>(
  context: Context,
  operation: O,
  input: Input<O>,
): Promise<Answered<Received<O>> | Refused> {
  const { clock, client } = context;
  const untilNs = clock.monotonicNs() + PATIENCE_NS;
  for (;;) {
    const outcome = await client.call(operation, input);
    if (outcome.kind === 'timeout' || outcome.kind === 'connection') {
      throw new Unobservable(`${operation} ${shortened(input)} had no answer (${outcome.kind})`);
    }
    if (outcome.kind === 'ok' || !isRate(outcome.code) || clock.monotonicNs() > untilNs) return outcome;
    await sleepFor(clock, THROTTLE_PAUSE_NS);
  }
}

/** Whether an error says that calls come too fast. */
export function isRate(code: string): boolean {
  return isThrottle(code) || code === 'ThrottlingException';
}

/** Whether the endpoint does not have the operation at all. */
export function isUnknownOperation({ code, status }: Refused): boolean {
  return code === 'UnknownOperationException' || status === 404 || status === 405 || status === 501;
}

/** An answer in the words of a message: its status, error and the beginning of its text. */
export function worded(answer: Answered<unknown> | Refused): string {
  return answer.kind === 'ok' ? '200' : `${answer.status} ${answer.code} ${answer.message.slice(0, 160)}`.trim();
}

/** A request in the words of a message. */
export function shortened(input: object): string {
  const text = JSON.stringify(input);
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
