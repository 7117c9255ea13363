/**
 * A call that may well be refused: what it is answered is what a check wants to know. A throttle says nothing of a request, so it is
 * waited out; silence leaves nothing to judge by.
 */
import { NS_PER_S, sleepFor } from '../src/clock.ts';
import { isThrottle } from '../src/protocol/errors.ts';
import type { Input, OperationName } from '../src/protocol/operations.ts';
import type { CallOptions, WireClient } from '../src/wire/client.ts';
import type { Answered, Outcome, Refused } from '../src/wire/outcome.ts';
import type { Received } from '../src/wire/received.ts';
import { type Context, Unobservable } from './context.ts';

/** Pause before another try, in ns: most calls of the control plane are allowed five times a second. */
const PAUSE_NS = NS_PER_S / 4;
/** LimitExceededException that goes on for so long, in ns, is a quota and no rate. */
export const QUOTA_NS = 7 * NS_PER_S;
/** How often a server error, or a refusal without a name, is met with another try: any way may spoil an answer by chance. */
const SPOILT = 3;

/** How endpoints say that they do not have an operation; kinesis-local denies access to what it does not know. */
const MISSING =
  /^(Unknown|Unsupported)Operation|^InvalidAction|^Not(Yet)?Implemented|^AccessDenied|^http-(404|405|501)$/;

/** Whether an error says that the endpoint does not have the operation. */
export function isMissing(code: string): boolean {
  return MISSING.test(code);
}

/** The same in the words of a message. */
export function lackOf(operation: OperationName, answer: Refused): string {
  return `the target does not have ${operation}: ${answerOf(answer)}`;
}

export interface AttemptOptions extends CallOptions {
  /** Who calls; the check's own client by default. */
  readonly client?: WireClient | undefined;
  /** Whether a refusal is the answer, though its name is that of a throttle. */
  readonly isFinal?: (refusal: Refused) => boolean;
}

/** The answer or the refusal. A server error that comes every time is given back like any other refusal. */
export async function attempt<O extends OperationName>(
  context: Context,
  operation: O,
  input: Input<O>,
  { client = context.client, isFinal = () => false, ...options }: AttemptOptions = {},
): Promise<Answered<Received<O>> | Refused> {
  const { clock, deadlineNs } = context;
  const quotaNs = Math.min(deadlineNs, clock.monotonicNs() + QUOTA_NS);
  for (let spoilt = 0; ;) {
    const outcome = await client.call(operation, input, options);
    if (outcome.kind === 'ok') return outcome;
    const sent = `${operation} ${JSON.stringify(input).slice(0, 200)}`;
    if (outcome.kind !== 'error' || outcome.status < 400)
      throw new Unobservable(`${sent} got no answer that can be read: ${answerOf(outcome)}`);
    if (isFinal(outcome)) return outcome;
    const isQuota = outcome.code === 'LimitExceededException' && clock.monotonicNs() >= quotaNs;
    if (isSpoilt(outcome)) spoilt += 1;
    if (!mayPass(outcome, spoilt) || isQuota) return outcome;
    if (clock.monotonicNs() >= deadlineNs)
      throw new Unobservable(`${sent} was answered with ${answerOf(outcome)} to the end`);
    await sleepFor(clock, PAUSE_NS);
  }
}

/** Whether an error says that calls come too fast: by a name of Kinesis, or by one of AWS's common errors. */
export function isRate(code: string): boolean {
  return isThrottle(code) || code === 'ThrottlingException';
}

/** Whether the endpoint failed, or something before it that gives errors no name. */
export function isSpoilt({ status, code }: Refused): boolean {
  return status > 499 || code.startsWith('http-');
}

/** Whether a call that was refused, and spoilt so many times, may fare better: its rate has come down then, or that was chance. */
export function mayPass(refusal: Refused, spoilt: number): boolean {
  return isSpoilt(refusal) ? spoilt < SPOILT : isRate(refusal.code);
}

/** What came of a call, for messages. */
export function answerOf(outcome: Outcome<unknown>): string {
  switch (outcome.kind) {
    case 'ok':
      return 'success';
    case 'error':
      return `${outcome.status} ${outcome.code} ${JSON.stringify(outcome.message.slice(0, 160))}`;
    case 'timeout':
      return 'a timeout';
    case 'connection':
      return `a connection that ended (${outcome.message})`;
  }
}
