/** Calls that AWS refuses with InvalidArgumentException, and what an endpoint makes of them. */
import type { Input, OperationName } from '../../src/protocol/operations.ts';
import { attempt, answerOf } from '../attempt.ts';
import type { Context } from '../context.ts';
import { type Finding, broken, holds, loose } from '../statement.ts';

/** A call that is to be refused, and why. */
export interface WrongCall<O extends OperationName> {
  readonly what: string;
  readonly input: Input<O>;
}

/**
 * Sends each and counts it as `counted`. Broken by one that was taken or that broke the server; loose where the refusal has another
 * name, or came for another reason than the argument.
 */
export async function refusesAll<O extends OperationName>(
  context: Context,
  operation: O,
  calls: readonly WrongCall<O>[],
  counted: string,
): Promise<Finding> {
  const others: string[] = [];
  for (const { what, input } of calls) {
    const outcome = await attempt(context, operation, input);
    context.count(counted);
    const said = `${operation} with ${what} was answered with ${answerOf(outcome)}; AWS answers 400 InvalidArgumentException`;
    if (outcome.kind === 'ok' || outcome.status >= 500) return broken(said);
    if (outcome.code !== 'InvalidArgumentException') others.push(said);
  }
  return others.length === 0
    ? holds(`${calls.length} such calls were refused with InvalidArgumentException`)
    : loose(`${others.length} of ${calls.length} were refused otherwise: ${others[0]}`);
}
