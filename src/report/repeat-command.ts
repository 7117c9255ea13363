/** The command that repeats a run, ready to paste into a POSIX shell. */
import type { Result } from '../result.ts';

/** `kinebench run … --target … --seed …`, each argument quoted where it must be. */
export function repeatCommand(result: Result): string {
  const { scenario, run, target } = result;
  const overrides = scenario.overrides.flatMap((override) => ['--set', override]);
  const file = scenario.file ?? `<scenario ${scenario.plan.name}>`;
  const part = run.segment ? ['--segment', `${run.segment.index}/${run.segment.of}`, '--start-at', 'TIME'] : [];
  return ['kinebench', 'run', file, '--target', target.name, '--seed', String(run.seed), ...part, ...overrides]
    .map(quote)
    .join(' ');
}

function quote(argument: string): string {
  return /^[\w./:=@%+,-]+$/.test(argument) ? argument : `'${argument.split("'").join(`'\\''`)}'`;
}
