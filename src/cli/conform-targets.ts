/** `kinebench conform` for every target on the command line, one after another. */
import { type ExitCode, gravest } from '../exit-code.ts';
import { runConform } from './conform.ts';
import { interruptible } from './interrupt.ts';
import type { TargetArguments } from './targets.ts';

export async function conformTargets(
  args: TargetArguments & { readonly only?: string | undefined; readonly seed?: number | undefined },
): Promise<ExitCode> {
  using interrupt = interruptible();
  const codes: ExitCode[] = [];
  for (const target of args.target.length > 0 ? args.target : [undefined]) {
    codes.push(
      await runConform({
        target,
        endpoint: args.endpoint,
        only: args.only?.split(',').map((id) => id.trim()),
        seed: args.seed,
        allowCosts: args.yesThisCostsMoney,
        signal: interrupt.signal,
      }),
    );
  }
  return gravest(codes);
}
