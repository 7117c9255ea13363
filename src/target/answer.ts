/** Answers of a target that the caller cannot do without. */
import { ExitCode } from '../exit-code.ts';
import { OperatorError } from '../operator-error.ts';
import type { Outcome } from '../wire/outcome.ts';

/** The output of a call. Throws OperatorError `target-refused`. */
export function must<T>(operation: string, what: string, outcome: Outcome<T>): T {
  if (outcome.kind === 'ok') return outcome.output;
  const reason =
    outcome.kind === 'error'
      ? `${outcome.code}: ${outcome.message}`
      : outcome.kind === 'timeout'
        ? 'no answer in time'
        : outcome.message;
  throw new OperatorError(`${operation} on ${what} failed: ${reason}`, {
    code: 'target-refused',
    exitCode: ExitCode.unreachable,
    hint: 'the run needs this call; check that the target supports it, the permissions and the account limits',
  });
}
