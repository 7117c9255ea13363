/**
 * `kinebench conform` for one target: judges it by the statements of the catalogue, a line each as it is judged, then the misses in
 * paragraphs, and divergence and coverage as two figures.
 */
import { type ConformOptions, conform } from '../../conformance/run.ts';
import type { Selection } from '../../conformance/selection.ts';
import { virtualWorld } from '../../conformance/world.ts';
import { systemClock } from '../clock.ts';
import { type ConformanceResult, conformanceExitCode } from '../conformance-result.ts';
import type { ExitCode } from '../exit-code.ts';
import { freshSeed } from '../random.ts';
import { conformanceSummary, statementLine } from '../report/conformance-text.ts';
import { loadTarget } from '../target/load.ts';
import { describeTransport, probe } from '../target/probe.ts';
import { startTarget } from '../target/start.ts';
import { type ExpectedArguments, underExpected } from './expected.ts';

/** What the command line says. */
export interface ConformArguments extends Selection, ExpectedArguments {
  readonly endpoint?: string | undefined;
  /** Default: a fresh one, and printed. */
  readonly seed?: number | undefined;
  /** `--yes-this-costs-money`. */
  readonly allowCosts?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Where lines go; default standard output. */
  readonly print?: ((line: string) => void) | undefined;
}

/** Judges and prints; gives the exit code. Throws OperatorError for what its user can mend. */
export async function runConform(given: ConformArguments): Promise<ExitCode> {
  return conformanceExitCode(await judgeTarget(given));
}

/** Judges and prints; gives what was found, known failures marked. */
export async function judgeTarget(given: ConformArguments): Promise<ConformanceResult> {
  const { print = console.log } = given;
  const expected = underExpected(given);
  const result = expected(await judged(given, print), print);
  for (const line of conformanceSummary(result)) print(line);
  return result;
}

async function judged(given: ConformArguments, print: (line: string) => void): Promise<ConformanceResult> {
  const { only, levels, groups, profiles, signal, seed = freshSeed() } = given;
  const spec = loadTarget(given.target, { endpoint: given.endpoint });
  const options: ConformOptions = {
    only,
    levels,
    groups,
    profiles,
    signal,
    seed,
    onFinding: (judgement) => print(statementLine(judgement)),
  };
  if (spec.kind === 'embedded') {
    print(`${spec.name}: ${virtualWorld(spec).description}, seed ${seed}`);
    return conform(spec, options);
  }
  await using target = await startTarget(spec, { allowCosts: given.allowCosts ?? false });
  const kinesis = await probe(target, systemClock);
  const transport = describeTransport(kinesis);
  print(`${target.name}: ${target.description}, at ${kinesis.url} by ${transport}, seed ${seed}`);
  return await conform({ ...target, kinesis }, { ...options, transport, isAws: spec.kind === 'aws' });
}
