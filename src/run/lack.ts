/**
 * What a target lacks. An operation or a setting that an endpoint does not have speaks neither for nor against it: a step on one is
 * `unsupported`, a stream that needs one ends the run before it begins.
 */
import { ExitCode } from '../exit-code.ts';
import { OperatorError } from '../operator-error.ts';
import type { Outcome } from '../wire/outcome.ts';

/** What endpoints answer to an operation that they do not have. */
const operationLacking = new Set([
  'UnknownOperationException',
  'UnknownOperation',
  'NotImplementedException',
  'UnsupportedOperationException',
  'http-404',
  'http-405',
  'http-501',
]);

/** What they answer to a request with members that they do not know, or without one that they still require. */
const formRefusing = new Set(['SerializationException', 'ValidationException']);

type Refused = Extract<Outcome<unknown>, { kind: 'error' }>;

/** Whether an endpoint says that it does not have an operation. */
export function lacksOperation(outcome: Outcome<unknown>): outcome is Refused {
  return outcome.kind === 'error' && operationLacking.has(outcome.code);
}

/** Whether an endpoint cannot read a request that is right. */
export function refusesForm(outcome: Outcome<unknown>): outcome is Refused {
  return outcome.kind === 'error' && (formRefusing.has(outcome.code) || operationLacking.has(outcome.code));
}

/** A stream that the target cannot make as the scenario wants it (`target-lacks`, exit 7). */
export function lack(stream: string, why: string | Refused): OperatorError {
  const reason = typeof why === 'string' ? why : `${why.code}: ${why.message}`;
  return new OperatorError(
    `unsupported: the target cannot make the stream ${stream} as the scenario wants it: ${reason}`,
    {
      code: 'target-lacks',
      exitCode: ExitCode.unreachable,
      hint: 'this speaks neither for nor against the target: take another one, or another scenario',
    },
  );
}
