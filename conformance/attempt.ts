/** A call that may well be refused: what it was answered is what a check wants to know. */
import { sleepFor } from '../src/clock.ts';
import { isThrottle } from '../src/protocol/errors.ts';
import type { Input, OperationName } from '../src/protocol/operations.ts';
import type { CallOptions } from '../src/wire/client.ts';
import type { Answered, Refused } from '../src/wire/outcome.ts';
import type { Received } from '../src/wire/received.ts';
import { type Context, Unobservable } from './context.ts';

/** Pause before another try, in ns. */
const PAUSE_NS = 220_000_000;

/** How often a server error is met with another try: any endpoint may have one by chance, and one that always has it is told so. */
const SERVER_ERRORS = 3;

/** Waits out throttles until the deadline; where no answer comes that can be read, nothing can be said. */
export async function attempt<O extends OperationName>(
  { client, clock, deadlineNs }: Context,
  operation: O,
  input: Input<O>,
  options: CallOptions = {},
): Promise<Answered<Received<O>> | Refused> {
  for (let serverErrors = 0; ;) {
    const outcome = await client.call(operation, input, options);
    if (outcome.kind === 'ok') return outcome;
    const said = `${operation} ${JSON.stringify(input).slice(0, 200)}`;
    if (outcome.kind !== 'error') throw new Unobservable(`${said} was not answered: ${outcome.kind}`);
    if (outcome.status < 400) throw new Unobservable(`${said} was answered with ${outcome.status} and no output`);
    if (outcome.status >= 500) serverErrors += 1;
    const again = outcome.status >= 500 ? serverErrors < SERVER_ERRORS : isThrottle(outcome.code);
    if (!again) return outcome;
    if (clock.monotonicNs() > deadlineNs)
      throw new Unobservable(`${said} was answered with ${outcome.code} until the deadline`);
    await sleepFor(clock, PAUSE_NS);
  }
}

/** The name of the error, or the status where that is no refusal; for messages. */
export function answerOf(outcome: Answered<unknown> | Refused): string {
  return outcome.kind === 'ok' ? 'success' : `${outcome.status} ${outcome.code}`;
}
