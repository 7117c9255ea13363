/** The targets named on the command line. */
import { OperatorError } from '../operator-error.ts';
import { loadTarget } from '../target/load.ts';
import type { TargetSpec } from '../target/spec.ts';

export interface TargetArguments {
  readonly target: readonly string[];
  readonly endpoint?: string | undefined;
  readonly yesThisCostsMoney: boolean;
}

/** The embedded reference where nothing was said. */
export function targetsOf({ target, endpoint }: TargetArguments): TargetSpec[] {
  if (endpoint !== undefined && target.length > 0) {
    throw new OperatorError('--endpoint and --target exclude each other', {
      code: 'usage',
      hint: 'write the endpoint into a target file to use it beside others',
    });
  }
  if (endpoint !== undefined) return [loadTarget(undefined, { endpoint })];
  return (target.length > 0 ? target : ['embedded']).map((name) => loadTarget(name));
}
