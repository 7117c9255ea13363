/** The one verdict of a run: correct, as expected, and a valid measurement. */
import { ExitCode, gravest } from '../exit-code.ts';
import type { ExpectationDoc, RunVerdict, UnsupportedDoc, ValidityCheck } from '../result.ts';
import type { LedgerReport } from '../verify/ledger-report.ts';

const words: Record<ExitCode, string> = {
  [ExitCode.pass]: 'pass',
  [ExitCode.internal]: 'internal error',
  [ExitCode.usage]: 'bad input',
  [ExitCode.expectation]: 'expectation missed',
  [ExitCode.regression]: 'regression',
  [ExitCode.correctness]: 'broken',
  [ExitCode.invalid]: 'invalid',
  [ExitCode.unreachable]: 'unreachable',
  [ExitCode.interrupted]: 'interrupted',
};

export function verdictOf(parts: {
  readonly ledger: LedgerReport;
  readonly validity: readonly ValidityCheck[];
  readonly expectations: readonly ExpectationDoc[];
  readonly unsupported?: readonly UnsupportedDoc[] | undefined;
  readonly interrupted: boolean;
}): RunVerdict {
  const codes: ExitCode[] = [];
  const reasons: string[] = [];
  const say = (code: ExitCode, reason: string) => {
    codes.push(code);
    reasons.push(reason);
  };
  for (const { name, verdict, explanation } of parts.ledger.verdicts) {
    if (verdict === 'fail') say(ExitCode.correctness, `${name} is broken: ${explanation}`);
    if (verdict === 'indeterminate') say(ExitCode.invalid, `${name} could not be judged: ${explanation}`);
  }
  if (parts.interrupted) say(ExitCode.interrupted, 'the run was interrupted; what was measured until then is here');
  for (const { name, verdict, observed, bound } of parts.validity) {
    if (verdict !== 'pass') say(ExitCode.invalid, `${name}: ${observed}, and the bound is ${bound}`);
  }
  for (const { text, verdict, observed, explanation } of parts.expectations) {
    if (verdict === 'fail') say(ExitCode.expectation, `${text}: observed ${observed}, ${explanation}`);
    if (verdict === 'indeterminate') say(ExitCode.invalid, `${text} could not be judged: ${explanation}`);
  }
  for (const { fleet, needs, optional } of parts.unsupported ?? []) {
    if (!optional)
      say(ExitCode.unreachable, `${fleet} was not run: unsupported, the target has no ${needs.join(', ')}`);
  }
  const exitCode = gravest(codes);
  // A target that cannot be reached has no result: in one this code always means what the target lacks.
  return { exitCode, word: exitCode === ExitCode.unreachable ? 'unsupported' : words[exitCode], reasons };
}
