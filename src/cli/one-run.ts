/** One run of one scenario against one target on the command line: read, started or simulated, and written with its report. */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { certificatePath, lastCertificate } from '../calibrate/certificate.ts';
import { systemClock } from '../clock.ts';
import { OperatorError } from '../operator-error.ts';
import { freshId, freshSeed } from '../random.ts';
import { renderHtml } from '../report/html.ts';
import type { Result, ScenarioDoc, SegmentDoc } from '../result.ts';
import type { OnProgress } from '../run/progress.ts';
import { givenFor } from '../run/processing.ts';
import { runPlan } from '../run/run.ts';
import { segmentedRunId } from '../run/segment.ts';
import { simulate, simulatedReference } from '../run/simulation.ts';
import { parseScenario } from '../scenario/parse.ts';
import { resolveScenarioFile } from '../scenario/shipped.ts';
import { describeTransport, probe } from '../target/probe.ts';
import type { TargetSpec } from '../target/spec.ts';
import { startTarget } from '../target/start.ts';
import { makeOutputFolder } from './output-folder.ts';
import { progressPrinter } from './progress.ts';

/** A result with the folder it was written to. */
export interface Written {
  readonly result: Result;
  readonly folder: string;
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
  readonly simulate?: boolean | undefined;
  /** Whether folders need the scenario's and target's names to tell results apart. */
  readonly several: boolean;
  /** Where to write instead. */
  readonly folder?: string | undefined;
}

/** Starts the target, runs, writes result and report, stops the target. */
export async function runOne(
  scenario: ScenarioDoc,
  spec: TargetSpec,
  options: RunOneOptions,
  stop: AbortSignal,
): Promise<Written> {
  const cell = Object.entries(scenario.parameters ?? {}).map(([name, value]) => `${name}=${value}`);
  const title = [scenario.plan.name, ...cell, '@', spec.name].join(' ');
  const folder = options.folder ?? folderOf(scenario, spec, options);
  using _folder = makeOutputFolder(folder);
  const printer = progressPrinter(title, process.stderr);
  const quiet = options.quiet || options.json;
  const onProgress: OnProgress = quiet ? () => {} : printer;
  const seed = options.seed ?? freshSeed();
  try {
    const result =
      options.simulate === true && spec.kind === 'embedded'
        ? await simulate({ scenario, seed, ...simulatedReference(spec, seed), stop, onProgress })
        : await measure(scenario, spec, { ...options, seed }, stop, onProgress);
    writeFileSync(join(folder, 'result.json'), `${JSON.stringify(result)}\n`);
    writeFileSync(join(folder, 'report.html'), renderHtml(result));
    return { result, folder };
  } finally {
    printer.done();
  }
}

/** Runs in real time. */
async function measure(
  scenario: ScenarioDoc,
  spec: TargetSpec,
  options: RunOneOptions & { readonly seed: number },
  stop: AbortSignal,
  onProgress: OnProgress,
): Promise<Result> {
  onProgress({ kind: 'step', text: 'starting the target' });
  await using target = await startTarget(prepared(scenario, spec), {
    clock: systemClock,
    allowCosts: options.yesThisCostsMoney,
  });
  const kinesis = await probe(target, systemClock);
  onProgress({ kind: 'step', text: `${target.name} is spoken to by ${describeTransport(kinesis)}` });
  const { seed, threads, segment = null, startAtMs } = options;
  const segmented = segment !== null && startAtMs !== undefined;
  return await runPlan({
    scenario,
    target: { ...target, kinesis },
    seed,
    id: segmented ? segmentedRunId(scenario.planHash, seed, segment.of, startAtMs) : freshId(8),
    segment,
    startAtMs,
    clock: systemClock,
    threads,
    certificate: lastCertificate(certificatePath()),
    stop,
    onProgress,
  });
}

function folderOf(scenario: ScenarioDoc, spec: TargetSpec, { out, several }: RunOneOptions): string {
  const { name } = scenario.plan;
  const base = baseFolder(name, out);
  return several ? join(base, `${name}-${fileName(spec.name)}`) : base;
}

/** The folder that was asked for, or one of this moment. */
export function baseFolder(name: string, out: string | undefined): string {
  return out ?? join('reports', 'runs', `${stampOf(new Date(systemClock.now()).toISOString())}-${name}`);
}

/** A name that is one on every file system. */
export function fileName(text: string): string {
  return text.replaceAll(/[^a-zA-Z0-9.=_-]/g, '-');
}

/** `2026-11-23T09-25-07`, which sorts and is a file name everywhere. */
export function stampOf(iso: string): string {
  return iso.slice(0, 19).replaceAll(':', '-');
}

/** The target with what the scenario's delivery streams process records with, where it is ours to give. */
function prepared({ plan, file }: ScenarioDoc, spec: TargetSpec): TargetSpec {
  if (spec.kind !== 'embedded' || !plan.deliveries) return spec;
  return { ...spec, ...givenFor(plan.deliveries, dirname(file ?? '.')) };
}
