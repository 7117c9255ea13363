/** `kinebench run`: scenarios against targets, one after another; a folder with result and report for each, one summary for all. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { certificatePath, lastCertificate } from '../calibrate/certificate.ts';
import { systemClock } from '../clock.ts';
import { ExitCode, gravest } from '../exit-code.ts';
import { OperatorError } from '../operator-error.ts';
import { freshId, freshSeed } from '../random.ts';
import { renderHtml } from '../report/html.ts';
import { renderSummary } from '../report/text.ts';
import type { Result, ScenarioDoc, SegmentDoc } from '../result.ts';
import { runPlan } from '../run/run.ts';
import { checkSegment, parseSegment, segmentedRunId } from '../run/segment.ts';
import { parseScenario } from '../scenario/parse.ts';
import { resolveScenarioFile } from '../scenario/shipped.ts';
import { describeTransport, probe } from '../target/probe.ts';
import type { TargetSpec } from '../target/spec.ts';
import { startTarget } from '../target/start.ts';
import { interruptible } from './interrupt.ts';
import { makeOutputFolder } from './output-folder.ts';
import { progressPrinter } from './progress.ts';
import { type TargetArguments, targetsOf } from './targets.ts';

export interface RunArguments extends TargetArguments {
  readonly scenario: readonly string[];
  readonly out?: string | undefined;
  readonly seed?: number | undefined;
  readonly set: readonly string[];
  readonly threads: number;
  readonly segment?: string | undefined;
  readonly startAt?: string | undefined;
  readonly quiet: boolean;
  readonly json: boolean;
}

/** A result with the folder it was written to. */
export interface Written {
  readonly result: Result;
  readonly folder: string;
}

export async function run(args: RunArguments): Promise<ExitCode> {
  checkNumbers(args);
  const scenarios = args.scenario.map((typed) => readScenario(typed, args.set));
  const targets = targetsOf(args);
  const part = partOf(args, scenarios);
  using interrupt = interruptible();
  const written: Written[] = [];
  try {
    for (const scenario of scenarios) {
      for (const target of targets) {
        if (interrupt.signal.aborted) break;
        written.push(
          await runOne(
            scenario,
            target,
            { ...args, ...part, several: scenarios.length * targets.length > 1 },
            interrupt.signal,
          ),
        );
      }
    }
  } finally {
    // A target that cannot be reached loses nothing of what was measured on the ones before it.
    if (written.length > 0) print(written, args);
  }
  const codes = written.map(({ result }) => result.verdict.exitCode);
  return gravest(interrupt.signal.aborted ? [...codes, ExitCode.interrupted] : codes);
}

function checkNumbers({ threads, seed }: RunArguments): void {
  const wrong =
    !Number.isInteger(threads) || threads < 1 || threads > 64
      ? `--threads ${threads} is not a whole number from 1 to 64`
      : seed !== undefined && (!Number.isInteger(seed) || seed < 0 || seed >= 2 ** 32)
        ? `--seed ${seed} is not a whole number from 0 to 4294967295`
        : undefined;
  if (wrong !== undefined) throw new OperatorError(wrong, { code: 'usage', hint: 'mend the option and run again' });
}

/** What is done here and when it begins. Segments must have in common what they cannot tell one another. */
function partOf({ segment: text, startAt, seed }: RunArguments, scenarios: readonly ScenarioDoc[]) {
  const startAtMs = startAt === undefined ? undefined : parseTime(startAt);
  if (text === undefined) return { segment: null, startAtMs };
  const segment = parseSegment(text);
  if (startAtMs === undefined || seed === undefined)
    throw new OperatorError('a segment needs --seed and --start-at', {
      code: 'usage',
      hint: 'give all segments the same two: without them they would not do parts of one run',
    });
  for (const { plan } of scenarios) checkSegment(plan, segment);
  return { segment, startAtMs };
}

/** A time with its zone, in epoch ms, and ahead of us. */
function parseTime(text: string): number {
  const ms = /T.*(Z|[+-]\d\d:?\d\d)$/.test(text) ? Date.parse(text) : NaN;
  const wrong = Number.isNaN(ms) ? 'is not a time with its zone' : ms <= systemClock.now() ? 'has passed' : undefined;
  if (wrong === undefined) return ms;
  throw new OperatorError(`--start-at ${text} ${wrong}`, {
    code: 'usage',
    hint: 'such as 2026-11-23T09:25:00Z, some seconds ahead',
  });
}

/** A file's text; a folder or an unreadable file is the user's mistake. */
function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new OperatorError(`${file} cannot be read: ${(error as Error).message}`, {
      code: 'file-not-readable',
      hint: 'give a scenario file, or the name of a shipped scenario (`kinebench scenarios`)',
    });
  }
}

/** Reads and resolves a scenario; every fault of it at once. */
export function readScenario(typed: string, set: readonly string[]): ScenarioDoc {
  const file = resolveScenarioFile(typed);
  const shown = relative('.', file);
  const text = readText(file);
  const { plan, planHash } = parseScenario(text, { file: shown, set });
  return { file: shown, text, planHash, plan, overrides: set };
}

export interface RunOneOptions {
  readonly out?: string | undefined;
  readonly seed?: number | undefined;
  readonly threads: number;
  readonly segment?: SegmentDoc | null;
  readonly startAtMs?: number | undefined;
  readonly quiet: boolean;
  readonly json: boolean;
  readonly yesThisCostsMoney: boolean;
  /** Whether folders need the scenario's and target's names to tell results apart. */
  readonly several: boolean;
}

/** Starts the target, runs, writes result and report, stops the target. */
export async function runOne(
  scenario: ScenarioDoc,
  spec: TargetSpec,
  options: RunOneOptions,
  stop: AbortSignal,
): Promise<Written> {
  const title = `${scenario.plan.name} @ ${spec.name}`;
  const folder = folderOf(scenario, spec, options);
  makeOutputFolder(folder);
  const printer = progressPrinter(title, process.stderr);
  const quiet = options.quiet || options.json;
  const onProgress = quiet ? () => {} : printer;
  onProgress({ kind: 'step', text: 'starting the target' });
  try {
    await using target = await startTarget(spec, { clock: systemClock, allowCosts: options.yesThisCostsMoney });
    const kinesis = await probe(target, systemClock);
    onProgress({ kind: 'step', text: `${target.name} is spoken to by ${describeTransport(kinesis)}` });
    const { segment = null, startAtMs } = options;
    const seed = options.seed ?? freshSeed();
    const result = await runPlan({
      scenario,
      target: { ...target, kinesis },
      seed,
      id:
        segment && startAtMs !== undefined
          ? segmentedRunId(scenario.planHash, seed, segment.of, startAtMs)
          : freshId(8),
      segment,
      startAtMs,
      clock: systemClock,
      threads: options.threads,
      certificate: lastCertificate(certificatePath()),
      stop,
      onProgress,
    });
    writeFileSync(join(folder, 'result.json'), `${JSON.stringify(result)}\n`);
    writeFileSync(join(folder, 'report.html'), renderHtml(result));
    return { result, folder };
  } finally {
    printer.done();
  }
}

function folderOf(scenario: ScenarioDoc, spec: TargetSpec, { out, several }: RunOneOptions): string {
  const { name } = scenario.plan;
  const base = out ?? join('reports', 'runs', `${stampOf(new Date(systemClock.now()).toISOString())}-${name}`);
  return several ? join(base, `${name}-${spec.name.replaceAll(/[^a-zA-Z0-9.-]/g, '-')}`) : base;
}

/** `2026-11-23T09-25-07`, which sorts and is a file name everywhere. */
export function stampOf(iso: string): string {
  return iso.slice(0, 19).replaceAll(':', '-');
}

function print(written: readonly Written[], args: RunArguments): void {
  if (args.json) {
    for (const { result } of written) console.log(JSON.stringify(result));
    return;
  }
  console.log(
    renderSummary(
      written.map(({ result }) => result),
      { color: process.stdout.isTTY },
    ),
  );
  for (const { folder } of written) console.log(`Report: ${join(folder, 'report.html')}`);
}
