/**
 * A call whose refusal is what a check is after. Limits of rate are waited out as ever; an answer that says nothing about the
 * sentence (the operation is not there, the server failed, no answer came) makes the check indeterminate.
 */
import { NS_PER_S, sleepFor } from '../src/clock.ts';
import { isThrottle } from '../src/protocol/errors.ts';
import type { Input, OperationName } from '../src/protocol/operations.ts';
import type { Received } from '../src/wire/received.ts';
import { type Context, Unobservable } from './context.ts';

/** What became of it. */
export type Attempt<O extends OperationName> =
  | { readonly kind: 'accepted'; readonly output: Received<O> }
  | {
      readonly kind: 'refused';
      readonly code: string;
      /** Code and message, for findings. */
      readonly said: string;
    };

/** How endpoints say that they do not have an operation; kinesis-local denies access to what it does not know. */
const UNSUPPORTED =
  /^(Unknown|Unsupported)Operation|^InvalidAction|^Not(Yet)?Implemented|^AccessDenied|^http-(404|405|501)$/;

/** Pause after a throttle, in ns. */
const PAUSE_NS = NS_PER_S / 4;
/** LimitExceededException that goes on for so long is a quota, not a rate. */
const QUOTA_NS = 10 * NS_PER_S;

/**
 * Makes a call that may be refused. `limits: 'final'` for operations that refuse what is asked for with
 * LimitExceededException, which is else how the control plane says "too fast".
 */
export async function attempt<O extends OperationName>(
  context: Context,
  operation: O,
  input: Input<O>,
  limits: 'wait' | 'final' = 'wait',
): Promise<Attempt<O>> {
  const { client, clock, deadlineNs } = context;
  const quotaNs = Math.min(deadlineNs, clock.monotonicNs() + QUOTA_NS);
  for (;;) {
    const outcome = await client.call(operation, input);
    if (outcome.kind === 'ok') return { kind: 'accepted', output: outcome.output };
    const sent = `${operation} ${JSON.stringify(input).slice(0, 200)}`;
    if (outcome.kind !== 'error') throw new Unobservable(`${sent} was answered with ${outcome.kind}`);
    const { code, message, status } = outcome;
    const said = `${code} ${message.slice(0, 300)}`.trim();
    const final = limits === 'final' && code === 'LimitExceededException' && !/rate exceeded/i.test(message);
    if (isThrottle(code) && !final) {
      if (clock.monotonicNs() > (code === 'LimitExceededException' ? quotaNs : deadlineNs)) {
        throw new Unobservable(`${sent} was answered with ${said} over and over`);
      }
      await sleepFor(clock, PAUSE_NS);
      continue;
    }
    if (UNSUPPORTED.test(code)) throw new Unobservable(`the target does not have ${operation}: it answered ${said}`);
    if (status >= 500) throw new Unobservable(`${sent} was answered with status ${status}, ${said}`);
    return { kind: 'refused', code, said };
  }
}
