/** `kinebench validate`: every fault of every file, or what each file resolves to. */
import { ExitCode } from '../exit-code.ts';
import { OperatorError } from '../operator-error.ts';
import { readScenario } from './run.ts';

export async function validate(args: {
  readonly file: readonly string[];
  readonly plan: boolean;
  readonly set: readonly string[];
}): Promise<ExitCode> {
  let code: ExitCode = ExitCode.pass;
  for (const file of args.file) {
    try {
      const { plan, planHash } = readScenario(file, args.set);
      if (args.plan) console.log(JSON.stringify(plan, null, 2));
      else console.log(`${file}: valid, plan ${planHash.slice(0, 12)}: ${plan.question}`);
    } catch (error) {
      if (!(error instanceof OperatorError)) throw error;
      console.error(error.message);
      if (error.hint !== undefined) console.error(`  ${error.hint}`);
      code = error.exitCode;
    }
  }
  return code;
}
