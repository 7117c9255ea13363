/** What the process says when it ends. Part of the API: scripts and CI rely on the numbers, so they never change meaning. */
export const ExitCode = {
  /** Everything measured, everything expected held. */
  pass: 0,
  /** A defect of kinebench itself. */
  internal: 1,
  /** Bad command line, scenario, target file or result file. */
  usage: 2,
  /** An expectation of the scenario was missed. */
  expectation: 3,
  /** Worse than the baseline. */
  regression: 4,
  /** Loss, duplicate, broken order, changed or ghost record, or a conformance statement that does not hold. */
  correctness: 5,
  /** The run proves nothing: the generator was saturated, there were too few samples, or the target died. */
  invalid: 6,
  /** The target cannot be reached, or lacks a capability that the work needs. */
  unreachable: 7,
  /** Interrupted by the user; what was measured is written all the same. */
  interrupted: 130,
} as const;

/** One of the exit codes. */
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** Highest first: where several hold, a witnessed correctness break says more than anything that could not be measured. */
const precedence: readonly ExitCode[] = [
  ExitCode.internal,
  ExitCode.usage,
  ExitCode.correctness,
  ExitCode.interrupted,
  ExitCode.unreachable,
  ExitCode.invalid,
  ExitCode.regression,
  ExitCode.expectation,
  ExitCode.pass,
];

/** The code that outranks the others; `pass` for none. */
export function gravest(codes: readonly ExitCode[]): ExitCode {
  return precedence.find((code) => codes.includes(code)) ?? ExitCode.pass;
}
