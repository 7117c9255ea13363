/**
 * Scenarios with a matrix, repeats or a search on the command line: each run in a folder of its own, and `series.json` and
 * `series.html` above them. Both are written anew after every run, so that an interrupt keeps what was measured.
 */
import { writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { sleepFor, systemClock } from '../clock.ts';
import { OperatorError } from '../operator-error.ts';
import { freshSeed } from '../random.ts';
import { renderSeriesHtml } from '../report/series-page.ts';
import { RESULT_SERIES_FILE, RESULT_SERIES_PAGE, type ResultSeries } from '../result-series.ts';
import type { ScenarioDoc } from '../result.ts';
import { searchKnee } from '../run/knee.ts';
import { composeSeries, probeVerdict, type SearchRun, type SeriesRun, seriesTasks } from '../run/series.ts';
import { parseScenario, type SeriesPlan } from '../scenario/parse.ts';
import type { ParameterValues } from '../scenario/substitution.ts';
import type { TargetSpec } from '../target/spec.ts';
import { makeOutputFolder } from './output-folder.ts';
import { baseFolder, fileName, runOne, type RunOneOptions, type Written } from './one-run.ts';

/** A series with the folder it was written to, and those of its runs. */
export interface SeriesWritten {
  readonly series: ResultSeries;
  readonly folder: string;
  readonly folders: readonly string[];
}

/** All runs of a scenario, those that `only` leaves; null for a scenario of one run. Throws OperatorError for what `only` does not fit. */
export function seriesOf(scenario: ScenarioDoc, only: readonly string[]): SeriesPlan | null {
  const { text, file, overrides: set } = scenario;
  const options = { file: file ?? scenario.plan.name, set };
  const { series } = parseScenario(text, options);
  const chosen = only.map((each) => each.split(/=(.*)/s).slice(0, 2) as [string, string]);
  if (chosen.length === 0) return series;
  const names = series?.search ? [series.search.parameter] : (series?.parameters ?? []).map(({ name }) => name);
  for (const [name, value] of chosen) {
    const values = series?.parameters.find((each) => each.name === name)?.values.map(String);
    const known = names.includes(name) && value !== undefined && (values?.includes(value) ?? Number(value) > 0);
    if (!known)
      throw new OperatorError(`--only ${name}${value === undefined ? '' : `=${value}`} leaves nothing to run`, {
        code: 'usage',
        hint:
          names.length === 0 ? `${scenario.plan.name} has no matrix and no search` : `parameters: ${names.join(', ')}`,
      });
  }
  if (series!.search) {
    const values: ParameterValues = { [chosen[0]![0]]: Number(chosen[0]![1]) };
    return { ...series!, search: null, cells: [{ values, ...parseScenario(text, { ...options, values }) }] };
  }
  const cells = series!.cells.filter(({ values }) => chosen.every(([name, value]) => String(values[name]) === value));
  return { ...series!, cells };
}

interface Course {
  readonly scenario: ScenarioDoc;
  readonly series: SeriesPlan;
  readonly options: RunOneOptions;
  readonly seed: number;
  readonly stop: AbortSignal;
  readonly base: string;
  readonly runs: SeriesRun[];
  readonly searches: SearchRun[];
  readonly written: Written[];
  /** Writes what there is. */
  readonly keep: (interrupted: boolean) => void;
}

/** Makes the runs and writes them; adds to `written` and `finished` as it goes, so that they are whole whatever happens. */
export async function runSeries(
  scenario: ScenarioDoc,
  series: SeriesPlan,
  targets: readonly TargetSpec[],
  options: RunOneOptions,
  stop: AbortSignal,
  written: Written[],
  finished: SeriesWritten[],
): Promise<void> {
  const { name } = scenario.plan;
  const out = baseFolder(name, options.out);
  const base = options.several ? join(out, name) : out;
  using _folder = makeOutputFolder(base);
  const runs: SeriesRun[] = [];
  const searches: SearchRun[] = [];
  const place = finished.length;
  const keep = (interrupted: boolean) => {
    if (runs.length === 0) return;
    const document = composeSeries({ series, runs, searches, interrupted });
    writeFileSync(join(base, RESULT_SERIES_FILE), `${JSON.stringify(document)}\n`);
    writeFileSync(join(base, RESULT_SERIES_PAGE), renderSeriesHtml(document));
    finished[place] = { series: document, folder: base, folders: runs.map(({ folder }) => join(base, folder)) };
  };
  const seed = options.seed ?? freshSeed();
  const course: Course = { scenario, series, options, seed, stop, base, runs, searches, written, keep };
  try {
    if (series.search) for (const target of targets) await search(course, target);
    else await everyRun(course, targets);
  } finally {
    const wanted = series.search ? searches.length : seriesTasks(series, targets).length;
    keep(stop.aborted || (series.search ? searches.some(({ knee }) => knee === null) : runs.length < wanted));
  }
}

async function everyRun(course: Course, targets: readonly TargetSpec[]): Promise<void> {
  for (const { cell, target, repetition } of seriesTasks(course.series, targets)) {
    if (course.stop.aborted) return;
    await oneRun(course, target, cell.values, repetition);
  }
}

/** Makes one run; repeats differ in their seeds, and the same repeat of every combination has the same one. */
async function oneRun(
  course: Course,
  target: TargetSpec,
  values: ParameterValues,
  repetition: number,
): Promise<SeriesRun> {
  const { scenario, series, options, stop, base, runs, written } = course;
  const { text, file, overrides: set } = scenario;
  const { plan, planHash } = parseScenario(text, { file: file ?? scenario.plan.name, set, values });
  const cell = Object.entries(values).map(([name, value]) => `${name}=${value}`);
  const suffix = series.repeat.times > 1 || repetition > 0 ? `-${repetition + 1}` : '';
  const folder = join(base, fileName(target.name), `${fileName(cell.join('_') || 'run')}${suffix}`);
  const parameters = cell.length > 0 ? { parameters: values } : {};
  const seed = (course.seed + repetition) % 2 ** 32;
  const one = await runOne({ ...scenario, plan, planHash, ...parameters }, target, { ...options, seed, folder }, stop);
  written.push(one);
  const run: SeriesRun = { values, result: one.result, folder: relative(base, folder) };
  runs.push(run);
  course.keep(stop.aborted);
  return run;
}

async function search(course: Course, target: TargetSpec): Promise<void> {
  const { series, stop, searches, options } = course;
  const { parameter, low, high, within, probesMax, restNs, holds } = series.search!;
  const asked = searchKnee({ low, high, within, probesMax });
  const probes: { value: number; verdict: 'holds' | 'breaks' | 'unknown'; folder: string }[] = [];
  const place = searches.length;
  searches[place] = { target: target.name, knee: null, probes };
  for (let step = asked.next('unknown'); ;) {
    if (step.done) {
      searches[place] = { target: target.name, knee: step.value, probes };
      return;
    }
    if (stop.aborted) return;
    if (probes.length > 0 && options.simulate !== true) await sleepFor(systemClock, restNs, stop);
    if (stop.aborted) return;
    const { value } = step;
    const times = probes.filter((probe) => probe.value === value).length;
    const run = await oneRun(course, target, { [parameter]: value }, times);
    if (run.result.run.interrupted) return;
    const verdict = probeVerdict(run.result, holds);
    probes.push({ value, verdict, folder: run.folder });
    step = asked.next(verdict);
  }
}
