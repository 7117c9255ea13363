import { ExitCode } from './exit-code.ts';

/**
 * The one error class for what the person at the keyboard can mend: a typo in a scenario, a port in use, a target that
 * does not answer. It is printed as message and hint, without a stack. Anything else that is thrown is a defect of ours.
 */
export class OperatorError extends Error {
  override readonly name = 'OperatorError';
  /** Stable, for scripts: `scenario-invalid`, `target-unreachable`, … */
  readonly code: string;
  /** What to do about it, in one sentence. */
  readonly hint: string | undefined;
  /** The exit code the process ends with when nobody handles it. */
  readonly exitCode: ExitCode;

  constructor(
    message: string,
    options: { code: string; hint?: string | undefined; exitCode?: ExitCode; cause?: unknown },
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = options.code;
    this.hint = options.hint;
    this.exitCode = options.exitCode ?? ExitCode.usage;
  }
}
