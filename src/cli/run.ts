/** `kinebench run`: scenarios against targets, one after another; a folder with result and report for each, one summary for all. */
import { join } from 'node:path';
import { systemClock } from '../clock.ts';
import { ExitCode, gravest } from '../exit-code.ts';
import { OperatorError } from '../operator-error.ts';
import { renderSeriesText } from '../report/series-text.ts';
import { renderSummary } from '../report/text.ts';
import { RESULT_SERIES_PAGE } from '../result-series.ts';
import type { ScenarioDoc } from '../result.ts';
import { checkSegment, parseSegment } from '../run/segment.ts';
import type { SeriesPlan } from '../scenario/parse.ts';
import type { TargetSpec } from '../target/spec.ts';
import { interruptible } from './interrupt.ts';
import { readScenario, runOne, type Written } from './one-run.ts';
import { runSeries, seriesOf, type SeriesWritten } from './series.ts';
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
  readonly simulate: boolean;
  readonly only: readonly string[];
}

export async function run(args: RunArguments): Promise<ExitCode> {
  checkNumbers(args);
  const scenarios = args.scenario.map((typed) => readScenario(typed, args.set));
  const all = scenarios.map((scenario) => ({ scenario, series: seriesOf(scenario, args.only) }));
  const targets = targetsOf(args);
  if (args.simulate) checkSimulated(targets);
  const part = partOf(args, all);
  using interrupt = interruptible();
  const { signal } = interrupt;
  const several = scenarios.length * targets.length > 1;
  const written: Written[] = [];
  const finished: SeriesWritten[] = [];
  try {
    for (const { scenario, series } of all) {
      if (signal.aborted) break;
      if (series) {
        const options = { ...args, ...part, several: scenarios.length > 1 };
        await runSeries(scenario, series, targets, options, signal, written, finished);
      } else {
        for (const target of targets) {
          if (signal.aborted) break;
          written.push(await runOne(scenario, target, { ...args, ...part, several }, signal));
        }
      }
    }
  } finally {
    // A target that cannot be reached loses nothing of what was measured on the ones before it.
    if (written.length > 0) print(written, finished, args);
  }
  // In a series a run may miss what a search asks for: there the series has the last word.
  const inSeries = new Set(finished.flatMap(({ folders }) => folders));
  const codes: ExitCode[] = [
    ...written.filter(({ folder }) => !inSeries.has(folder)).map(({ result }) => result.verdict.exitCode),
    ...finished.map(({ series }) => series.verdict.exitCode),
  ];
  return gravest(signal.aborted ? [...codes, ExitCode.interrupted] : codes);
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

function checkSimulated(targets: readonly TargetSpec[]): void {
  const other = targets.find(({ kind }) => kind !== 'embedded');
  if (!other) return;
  throw new OperatorError(
    `--simulate: ${other.name} lives in real time, only the embedded reference can be simulated`,
    {
      code: 'usage',
      hint: 'leave --target out, or give target files of kind embedded',
    },
  );
}

/** What is done here and when it begins. Segments must have in common what they cannot tell one another. */
function partOf(args: RunArguments, all: readonly { scenario: ScenarioDoc; series: SeriesPlan | null }[]) {
  const { segment: text, startAt, seed } = args;
  if (text === undefined && startAt === undefined) return { segment: null, startAtMs: undefined };
  checkOneRun(args, all);
  const startAtMs = startAt === undefined ? undefined : parseTime(startAt);
  if (text === undefined) return { segment: null, startAtMs };
  const segment = parseSegment(text);
  if (startAtMs === undefined || seed === undefined)
    throw new OperatorError('a segment needs --seed and --start-at', {
      code: 'usage',
      hint: 'give all segments the same two: without them they would not do parts of one run',
    });
  for (const { scenario } of all) checkSegment(scenario.plan, segment);
  return { segment, startAtMs };
}

/** A time of day fits one run in real time: the second of a series would have missed it, and a simulation has no such time. */
function checkOneRun({ simulate, segment }: RunArguments, all: readonly { series: SeriesPlan | null }[]): void {
  const option = segment === undefined ? '--start-at' : '--segment';
  const wrong = simulate
    ? 'a simulation'
    : all.some(({ series }) => series)
      ? 'a matrix, repeats or a search'
      : undefined;
  if (wrong === undefined) return;
  throw new OperatorError(`${option} does not go with ${wrong}`, {
    code: 'usage',
    hint: simulate ? 'leave one of the two out' : 'make a scenario of the one combination that is wanted',
  });
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

function print(written: readonly Written[], finished: readonly SeriesWritten[], args: RunArguments): void {
  if (args.json) {
    for (const { result } of written) console.log(JSON.stringify(result));
    for (const { series } of finished) console.log(JSON.stringify(series));
    return;
  }
  console.log(
    renderSummary(
      written.map(({ result }) => result),
      { color: process.stdout.isTTY },
    ),
  );
  for (const { series } of finished) console.log(renderSeriesText(series));
  const inSeries = new Set(finished.flatMap(({ folders }) => folders));
  for (const { folder } of written) if (!inSeries.has(folder)) console.log(`Report: ${join(folder, 'report.html')}`);
  for (const { folder } of finished) console.log(`Report: ${join(folder, RESULT_SERIES_PAGE)}`);
}
