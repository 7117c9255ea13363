/**
 * A call whose refusal is what a check is after. Limits of rate are waited out as ever; an answer that says nothing about the
 * sentence (the operation is not there, the server failed, no answer came) makes the check indeterminate.
 */
import type { Input, OperationName } from '../src/protocol/operations.ts';
import type { Received } from '../src/wire/received.ts';
import { attempt, answerOf, isMissing, lackOf } from './attempt.ts';
import { type Context, Unobservable } from './context.ts';
import { atRest } from './patience.ts';

/** What became of it. */
export type Trial<O extends OperationName> =
  | { readonly kind: 'accepted'; readonly output: Received<O> }
  | {
      readonly kind: 'refused';
      readonly code: string;
      /** Code and message, for findings. */
      readonly said: string;
    };

/**
 * Makes a call that may be refused. `limits: 'final'` for operations that refuse what is asked for with
 * LimitExceededException, which is else how the control plane says "too fast".
 */
export async function refusable<O extends OperationName>(
  context: Context,
  operation: O,
  input: Input<O>,
  limits: 'wait' | 'final' = 'wait',
): Promise<Trial<O>> {
  const outcome = await attempt(context, operation, input, {
    isFinal: ({ code, message }) =>
      isMissing(code) || (limits === 'final' && code === 'LimitExceededException' && !/rate exceeded/i.test(message)),
  });
  if (outcome.kind === 'ok') return { kind: 'accepted', output: outcome.output };
  const { code, status, message } = outcome;
  if (isMissing(code)) throw new Unobservable(lackOf(operation, outcome));
  if (status >= 500 || (limits === 'wait' && code === 'LimitExceededException'))
    throw new Unobservable(`${operation} was answered with ${answerOf(outcome)}, over and over`);
  return { kind: 'refused', code, said: `${code} ${message.slice(0, 300)}`.trim() };
}

/** The same at rest. Where the stream is in use to the end, that is the refusal: an endpoint may say so of shards that are closed. */
export function refusableAtRest<O extends OperationName>(
  context: Context,
  operation: O,
  input: Input<O>,
  limits: 'wait' | 'final' = 'wait',
): Promise<Trial<O>> {
  return atRest<Trial<O>>(context, () => refusable(context, operation, input, limits));
}
