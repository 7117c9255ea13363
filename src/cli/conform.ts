/**
 * `kinebench conform`: judges a target by the statements of the catalogue, a line each as it is judged, then divergence and
 * coverage as two figures.
 */
import { type ConformanceReport, conformanceExitCode } from '../../conformance/report.ts';
import { type ConformOptions, conform } from '../../conformance/run.ts';
import type { Judgement } from '../../conformance/statement.ts';
import { virtualWorld } from '../../conformance/world.ts';
import { systemClock } from '../clock.ts';
import { ExitCode, gravest } from '../exit-code.ts';
import { loadTarget } from '../target/load.ts';
import { describeTransport, probe } from '../target/probe.ts';
import { startTarget } from '../target/start.ts';

/** What the command line says. */
export interface ConformArguments {
  /** A preset or a target file; default the embedded reference. */
  readonly target?: string | undefined;
  readonly endpoint?: string | undefined;
  /** Ids (`KIN-ORD-02`, `ORD-02`) or groups (`ORD`). */
  readonly only?: readonly string[] | undefined;
  /** Default: taken from the wall clock, and printed. */
  readonly seed?: number | undefined;
  /** `--yes-this-costs-money`. */
  readonly allowCosts?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Where lines go; default standard output. */
  readonly print?: ((line: string) => void) | undefined;
}

/** Runs the command. Throws OperatorError for what its user can mend. */
export async function runConform(given: ConformArguments): Promise<ExitCode> {
  const { only, signal, print = console.log } = given;
  const seed = given.seed ?? systemClock.now() % 2 ** 32;
  const spec = loadTarget(given.target, { endpoint: given.endpoint });
  const options: ConformOptions = {
    only,
    seed,
    signal,
    onFinding: (judgement) => linesOf(judgement).forEach((line) => print(line)),
  };
  if (spec.kind === 'embedded') {
    print(`${spec.name}: ${virtualWorld(spec).description}, seed ${seed}`);
    return concluded(await conform(spec, options), null, given);
  }
  await using target = await startTarget(spec, { allowCosts: given.allowCosts ?? false });
  const kinesis = await probe(target, systemClock);
  print(`${target.name}: ${target.description}, at ${kinesis.url} by ${describeTransport(kinesis)}, seed ${seed}`);
  return concluded(await conform({ ...target, kinesis }, options), target.died(), given);
}

/** Prints the figures and gives the exit code. */
function concluded(
  report: ConformanceReport,
  died: string | null,
  { signal, print = console.log }: ConformArguments,
): ExitCode {
  for (const line of summaryOf(report)) print(line);
  if (died !== null) print(`the target died: ${died}`);
  return gravest([
    conformanceExitCode(report),
    ...(died === null ? [] : [ExitCode.invalid]),
    ...(signal?.aborted ? [ExitCode.interrupted] : []),
  ]);
}

/** A judgement in a line; what was seen follows where it is not simply a pass. */
export function linesOf({ id, verdict, level, provisional, sentence, message, source }: Judgement): string[] {
  const line = `${id.padEnd(12)}  ${verdict.toUpperCase().padEnd(13)}  ${sentence}`;
  if (verdict === 'pass') return [line];
  const indent = ' '.repeat(29);
  const weight = `${level}${provisional ? ', evidence provisional' : ''}`;
  return [line, `${indent}${message}`, `${indent}${weight}; source: ${source}`];
}

/** The two figures, how many statements AWS itself has confirmed, and what went wrong beside. */
export function summaryOf({ divergence, coverage, awsValidated, troubles }: ConformanceReport): string[] {
  const { MUST, SHOULD, INFO } = divergence.byLevel;
  return [
    '',
    `divergence: ${divergence.broken} of ${divergence.judged} judged (MUST ${MUST}, SHOULD ${SHOULD}, INFO ${INFO}, provisional ${divergence.provisional})`,
    `coverage: ${coverage.judged} of ${coverage.applicable} statements judged (${coverage.skipped} skipped, ${coverage.indeterminate} indeterminate)`,
    `AWS-validated: ${awsValidated} of ${coverage.applicable}`,
    ...troubles.map((trouble) => `trouble: ${trouble}`),
  ];
}
