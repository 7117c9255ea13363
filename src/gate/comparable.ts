/**
 * Whether results may be compared at all. A number that moved because the plan, the machine, the client or the clock is another
 * one says nothing about the target; neither does a run that proves nothing itself.
 */
import { ExitCode } from '../exit-code.ts';
import type { Result } from '../result.ts';

/** What must be equal in all results. */
const facts: readonly { readonly name: string; readonly of: (result: Result) => string }[] = [
  { name: 'scenario (plan hash)', of: ({ scenario }) => scenario.planHash },
  { name: 'host class', of: ({ environment }) => environment.hostClass },
  { name: 'client', of: clientOf },
  { name: 'clock', of: ({ environment }) => environment.clock },
  {
    name: 'part of the run',
    of: ({ run }) =>
      run.segment ? `segment ${run.segment.index}/${run.segment.of}` : `all, on ${run.machines} machines`,
  },
];

function clientOf({ client }: Result): string {
  const attempts = `${client.attempts} attempt${client.attempts === 1 ? '' : 's'}`;
  return `${client.name}, ${client.transport}${client.tls ? ' by TLS' : ''}, ${client.encoding}, threads ${client.threads}, ${attempts}`;
}

/** Everything that speaks against comparing, one sentence each with both values; empty when nothing does. */
export function incomparable(current: readonly Result[], baseline: readonly Result[]): string[] {
  if (current.length === 0) return ['There is no current result.'];
  const first = baseline[0];
  if (!first) return ['There is no baseline.'];
  const differences = facts.flatMap(({ name, of }) => [
    ...current.filter((result) => of(result) !== of(first)).map((result) => differs(name, of, result, first)),
    ...baseline.filter((result) => of(result) !== of(first)).map((result) => differs(name, of, result, first)),
  ]);
  const useless = [
    ...current.flatMap((result) => invalidity('current', result)),
    ...baseline.flatMap((result) => invalidity('baseline', result)),
  ];
  return [...new Set([...differences, ...useless])];
}

function differs(name: string, of: (result: Result) => string, result: Result, first: Result): string {
  return `The ${name} differs: run ${result.run.id} has "${of(result)}", the baseline ${first.run.id} has "${of(first)}".`;
}

/** Exit codes of runs that prove nothing, or end before they could. */
const proveNothing: readonly ExitCode[] = [ExitCode.internal, ExitCode.usage, ExitCode.invalid, ExitCode.unreachable];

function invalidity(side: string, { run, verdict, validity }: Result): string[] {
  const name = `The ${side} run ${run.id}`;
  if (run.interrupted || verdict.exitCode === ExitCode.interrupted) return [`${name} was interrupted.`];
  const broken = validity.filter((check) => check.verdict === 'fail');
  if (broken.length > 0)
    return broken.map(
      ({ name: check, observed, bound }) => `${name} is invalid: ${check} is ${observed}, bound ${bound}.`,
    );
  if (!proveNothing.includes(verdict.exitCode)) return [];
  return [`${name} is invalid: ${[verdict.word, ...verdict.reasons].join('; ')}.`];
}
