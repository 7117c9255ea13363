/**
 * A scenario that is run more than once: in which order, and what all runs together say. Runs that prove nothing (invalid,
 * interrupted, unreachable) are kept in the series and left out of its spread.
 */
import { ExitCode, gravest } from '../exit-code.ts';
import {
  type PointDoc,
  type PointRunDoc,
  RESULT_SERIES_FORMAT,
  RESULT_SERIES_VERSION,
  type ResultSeries,
  type SearchDoc,
  type SpreadDoc,
} from '../result-series.ts';
import type { ExpectationDoc, Result, RunVerdict } from '../result.ts';
import type { CellPlan, SeriesPlan } from '../scenario/parse.ts';
import type { MetricPlan } from '../scenario/plan.ts';
import type { ParameterValues } from '../scenario/substitution.ts';
import { observeMetric } from './expectations.ts';
import type { Knee, ProbeVerdict } from './knee.ts';

/** One run to be made. */
export interface SeriesTask<T> {
  readonly cell: CellPlan;
  readonly target: T;
  /** From 0 on. */
  readonly repetition: number;
}

/**
 * The runs in their order. Where targets take turns, each combination is run on all of them before the next one, and all
 * combinations once before they are repeated: what drifts on the machine drifts for all alike.
 */
export function seriesTasks<T>(series: SeriesPlan, targets: readonly T[]): SeriesTask<T>[] {
  const { cells, repeat } = series;
  const repetitions = Array.from({ length: repeat.times }, (_, repetition) => repetition);
  const over = (some: readonly T[]) =>
    repetitions.flatMap((repetition) =>
      cells.flatMap((cell) => some.map((target): SeriesTask<T> => ({ cell, target, repetition }))),
    );
  return repeat.interleave === 'targets' ? over(targets) : targets.flatMap((target) => over([target]));
}

/** A run that was made. */
export interface SeriesRun {
  readonly values: ParameterValues;
  readonly result: Result;
  /** Relative to the series. */
  readonly folder: string;
}

/** A search as far as it got; `knee` null when it was interrupted. */
export interface SearchRun {
  readonly target: string;
  readonly knee: Knee | null;
  /** In the order of the knee's probes. */
  readonly probes: readonly { readonly value: number; readonly verdict: ProbeVerdict; readonly folder: string }[];
}

export interface SeriesParts {
  readonly series: SeriesPlan;
  readonly runs: readonly SeriesRun[];
  readonly searches: readonly SearchRun[];
  readonly interrupted: boolean;
}

/** What the runs come to together; there is at least one. */
export function composeSeries({ series, runs, searches, interrupted }: SeriesParts): ResultSeries {
  const { scenario, environment, run } = runs[0]!.result;
  const { name } = scenario.plan;
  return {
    format: RESULT_SERIES_FORMAT,
    version: RESULT_SERIES_VERSION,
    verdict: verdictOf(runs, searches, series, interrupted),
    scenario: {
      name,
      question: series.question,
      expected: series.expected,
      file: scenario.file,
      overrides: scenario.overrides,
    },
    startedAt: run.startedAt,
    endedAt: runs.at(-1)!.result.run.endedAt,
    interrupted,
    clock: environment.clock,
    parameters: series.search ? [parameterOf(series.search.parameter, runs)] : series.parameters,
    repeat: series.repeat,
    metrics: series.curve.map(({ text, unit }) => ({ text, unit })),
    points: pointsOf(runs, series.curve),
    searches: series.search ? searches.map((each) => searchDoc(each, series)) : [],
  };
}

function parameterOf(name: string, runs: readonly SeriesRun[]): ResultSeries['parameters'][number] {
  const values = new Set(runs.map(({ values: each }) => Number(each[name])));
  return { name, values: [...values].sort((a, b) => a - b) };
}

function pointsOf(runs: readonly SeriesRun[], curve: readonly MetricPlan[]): PointDoc[] {
  const points = Map.groupBy(runs, ({ values, result }) => JSON.stringify([result.target.name, values]));
  return [...points.values()].map((some) => {
    const { values, result } = some[0]!;
    const docs = some.map((run) => pointRun(run, curve));
    const proving = docs.filter(({ verdict }) => !provesNothing.includes(verdict.exitCode));
    const metrics = curve.map((_, index) => spreadOf(proving.flatMap((doc) => doc.values[index] ?? [])));
    return { target: result.target.name, modelled: result.target.modelled, values, runs: docs, metrics };
  });
}

const provesNothing: readonly ExitCode[] = [
  ExitCode.internal,
  ExitCode.invalid,
  ExitCode.unreachable,
  ExitCode.interrupted,
];

function pointRun({ result, folder }: SeriesRun, curve: readonly MetricPlan[]): PointRunDoc {
  const { exitCode, word } = result.verdict;
  const values = curve.map((metric) => observeMetric(metric, result));
  return { folder, id: result.run.id, seed: result.run.seed, verdict: { exitCode, word }, values };
}

/** Median, least and most; the median of an even number is the middle between the two in the middle. */
export function spreadOf(values: readonly number[]): SpreadDoc {
  if (values.length === 0) return { count: 0, median: null, min: null, max: null };
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const median = (sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2;
  return { count: sorted.length, median, min: sorted[0]!, max: sorted.at(-1)! };
}

function searchDoc({ target, knee, probes }: SearchRun, { search }: SeriesPlan): SearchDoc {
  const { parameter, holds } = search!;
  const unknown = { low: null, high: null, value: null, uncertainty: null, contradictions: 0 };
  if (!knee)
    return {
      target,
      parameter,
      holds,
      probes,
      ...unknown,
      outcome: 'interrupted',
      explanation: 'not all probes were made',
    };
  const { outcome, low, high, value, uncertainty, contradictions, explanation } = knee;
  return { target, parameter, holds, probes, outcome, low, high, value, uncertainty, contradictions, explanation };
}

/** What a probe is judged by. */
interface ProbedResult {
  readonly verdict: Pick<RunVerdict, 'exitCode'>;
  readonly expectations: readonly Pick<ExpectationDoc, 'text' | 'verdict'>[];
}

/** Whether what a search asks for held in a run; a run that is invalid for another reason proves nothing. */
export function probeVerdict(result: ProbedResult, holds: readonly string[]): ProbeVerdict {
  if (provesNothing.includes(result.verdict.exitCode)) return 'unknown';
  const judged = result.expectations.filter(({ text }) => holds.includes(text));
  if (judged.some(({ verdict }) => verdict === 'fail')) return 'breaks';
  return judged.length > 0 && judged.every(({ verdict }) => verdict === 'pass') ? 'holds' : 'unknown';
}

const words: Partial<Record<ExitCode, string>> = { [ExitCode.pass]: 'pass', [ExitCode.interrupted]: 'interrupted' };

/** The gravest of all runs. In a search a value at which something does not hold is an answer, not a failure. */
function verdictOf(
  runs: readonly SeriesRun[],
  searches: readonly SearchRun[],
  { search }: SeriesPlan,
  interrupted: boolean,
): RunVerdict {
  const told = runs.map(({ result, values }) => {
    const { verdict } = result;
    const missed = result.expectations.filter((each) => each.verdict === 'fail' && !search?.holds.includes(each.text));
    const answer = search !== null && verdict.exitCode === ExitCode.expectation && missed.length === 0;
    const which = Object.entries(values).map(([name, value]) => `${name} = ${value}`);
    const label = [...which, result.target.name].join(', ');
    return answer
      ? { code: ExitCode.pass, word: 'pass', reasons: [] }
      : { code: verdict.exitCode, word: verdict.word, reasons: verdict.reasons.map((reason) => `${label}: ${reason}`) };
  });
  const undecided = searches.filter(({ knee }) => knee?.outcome === 'undecided');
  const codes: ExitCode[] = [
    ...told.map(({ code }) => code),
    ...undecided.map(() => ExitCode.invalid),
    ...(interrupted ? [ExitCode.interrupted] : []),
  ];
  const exitCode = gravest(codes);
  return {
    exitCode,
    word: told.find(({ code }) => code === exitCode)?.word ?? words[exitCode] ?? 'undecided',
    reasons: [
      ...told.flatMap(({ reasons }) => reasons),
      ...undecided.map(({ target, knee }) => `search on ${target} is undecided: ${knee!.explanation}`),
    ],
  };
}
