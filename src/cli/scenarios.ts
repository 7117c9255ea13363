/** `kinebench scenarios`: what comes with kinebench, and the question each asks. */
import { ExitCode } from '../exit-code.ts';
import { shippedScenarios } from '../scenario/shipped.ts';
import { readScenario } from './one-run.ts';

export async function scenarios(): Promise<ExitCode> {
  const shipped = shippedScenarios();
  const width = Math.max(...shipped.map(({ name }) => name.length));
  for (const { name, file } of shipped) console.log(`${name.padEnd(width)}  ${readScenario(file, []).plan.question}`);
  return ExitCode.pass;
}
