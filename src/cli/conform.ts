/**
 * `kinebench conform` for one target: judges it by the statements of the catalogue, a line each as it is judged, then the misses in
 * paragraphs, and divergence and coverage as two figures.
 */
import { type Budget, budgetLines, budgetOf } from '../../conformance/budget.ts';
import { versionOf } from '../../conformance/catalogue.ts';
import { type ConformOptions, conform } from '../../conformance/run.ts';
import { type Selection, selected } from '../../conformance/selection.ts';
import { sample, WAYS_MAX } from '../../conformance/witness.ts';
import { virtualWorld } from '../../conformance/world.ts';
import { systemClock } from '../clock.ts';
import { type ConformanceResult, conformanceExitCode } from '../conformance-result.ts';
import type { ExitCode } from '../exit-code.ts';
import type { Capability } from '../protocol/capabilities.ts';
import { freshSeed } from '../random.ts';
import { conformanceSummary, statementLine, witnessLine } from '../report/conformance-text.ts';
import { loadTarget } from '../target/load.ts';
import { describeTransport, probe } from '../target/probe.ts';
import { startTarget } from '../target/start.ts';
import { type ExpectedArguments, underExpected } from './expected.ts';

/** What the command line says. */
export interface ConformArguments extends Selection, ExpectedArguments {
  readonly endpoint?: string | undefined;
  /** The version of the catalogue to judge by; default the newest. */
  readonly catalogue?: number | undefined;
  /** Whether second witnesses judge a sample again. */
  readonly witness?: boolean | undefined;
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

function selectionIn({ only, levels, groups, profiles, lanes }: Selection): Selection {
  return { only, levels, groups, profiles, lanes };
}

/** Throws where the statements that were asked for are none, before anything is started. */
export function checkAsked(given: Selection & { readonly catalogue?: number | undefined }): void {
  selected(selectionIn(given));
  versionOf(given.catalogue);
}

/** What the run will need at AWS. How many second witnesses there will be is not known yet: all are counted. */
function budgetFor(given: ConformArguments, capabilities: readonly Capability[]): Budget {
  const asked = selected(selectionIn(given));
  const again = asked.filter(({ id }) => sample.some((one) => one === id));
  return budgetOf(asked, new Set(capabilities), { statements: again, ways: given.witness ? WAYS_MAX : 0 });
}

async function judged(given: ConformArguments, print: (line: string) => void): Promise<ConformanceResult> {
  const { signal, catalogue, witness, seed = freshSeed() } = given;
  checkAsked(given);
  const spec = loadTarget(given.target, { endpoint: given.endpoint });
  const options: ConformOptions = {
    ...selectionIn(given),
    signal,
    seed,
    catalogue,
    witness,
    onFinding: (judgement) => print(statementLine(judgement)),
    onWitness: (...heard) => print(witnessLine(...heard)),
  };
  if (spec.kind === 'aws') for (const line of budgetLines(budgetFor(given, spec.capabilities))) print(line);
  // A second witness needs sockets: the reference has some too, in a thread and on the machine's clock.
  if (spec.kind === 'embedded' && !witness) {
    print(`${spec.name}: ${virtualWorld(spec).description}, seed ${seed}`);
    return conform(spec, options);
  }
  await using target = await startTarget(spec, { allowCosts: given.allowCosts ?? false, auth: 'verify' });
  const kinesis = await probe(target, systemClock);
  const transport = describeTransport(kinesis);
  print(`${target.name}: ${target.description}, at ${kinesis.url} by ${transport}, seed ${seed}`);
  return await conform({ ...target, kinesis }, { ...options, transport, isAws: spec.kind === 'aws' });
}
