/** `kinebench validate`: every fault of every file, or what each file resolves to. */
import { ExitCode } from '../exit-code.ts';
import { OperatorError } from '../operator-error.ts';
import type { ScenarioDoc } from '../result.ts';
import { readScenario } from './one-run.ts';
import { seriesOf } from './series.ts';

export async function validate(args: {
  readonly file: readonly string[];
  readonly plan: boolean;
  readonly set: readonly string[];
}): Promise<ExitCode> {
  let code: ExitCode = ExitCode.pass;
  for (const file of args.file) {
    try {
      const scenario = readScenario(file, args.set);
      const { plan, planHash } = scenario;
      if (args.plan) console.log(JSON.stringify(plan, null, 2));
      else console.log(`${file}: valid, ${runsOf(scenario)}plan ${planHash.slice(0, 12)}: ${plan.question}`);
    } catch (error) {
      if (!(error instanceof OperatorError)) throw error;
      console.error(error.message);
      if (error.hint !== undefined) console.error(`  ${error.hint}`);
      code = error.exitCode;
    }
  }
  return code;
}

/** How many runs a scenario is, where it is more than one. */
function runsOf(scenario: ScenarioDoc): string {
  const series = seriesOf(scenario, []);
  if (!series) return '';
  if (series.search) return `a search of at most ${series.search.probesMax} runs, first `;
  const { cells, repeat } = series;
  return `${cells.length * repeat.times} runs (${cells.length} × ${repeat.times}), first `;
}
