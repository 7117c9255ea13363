/**
 * The result of a scenario that is run more than once: what each combination of values came to on each target, with the spread
 * over its repeats, and where a search found a knee. Each run has a result of its own beside it; this document holds what
 * only all of them together say. Versioned: a reader refuses a version it does not know. Values are in base units.
 */
import { z } from 'zod';
import { OperatorError } from './operator-error.ts';
import type { RunVerdict } from './result.ts';
import type { ExpectationUnit } from './scenario/plan.ts';
import type { ParameterValue, ParameterValues } from './scenario/substitution.ts';

export const RESULT_SERIES_FORMAT = 'kinebench-series';
export const RESULT_SERIES_VERSION = 1;
/** The name of the file. */
export const RESULT_SERIES_FILE = 'series.json';
/** Its page, beside it. */
export const RESULT_SERIES_PAGE = 'series.html';

export interface ResultSeries {
  readonly format: typeof RESULT_SERIES_FORMAT;
  readonly version: typeof RESULT_SERIES_VERSION;
  readonly verdict: RunVerdict;
  readonly scenario: {
    readonly name: string;
    readonly question: string;
    readonly expected: string;
    readonly file: string | null;
    readonly overrides: readonly string[];
  };
  readonly startedAt: string;
  readonly endedAt: string;
  /** True when not all runs were made. */
  readonly interrupted: boolean;
  readonly clock: 'system' | 'virtual';
  readonly parameters: readonly { readonly name: string; readonly values: readonly ParameterValue[] }[];
  readonly repeat: { readonly times: number; readonly interleave: 'targets' | 'nothing' };
  readonly metrics: readonly { readonly text: string; readonly unit: ExpectationUnit }[];
  /** One for each combination and target that was run at least once. */
  readonly points: readonly PointDoc[];
  /** One for each target of a search. */
  readonly searches: readonly SearchDoc[];
}

export interface PointDoc {
  readonly target: string;
  /** True when its latencies are made by a model. */
  readonly modelled: boolean;
  readonly values: ParameterValues;
  readonly runs: readonly PointRunDoc[];
  /** In the order of `metrics`, over the runs that prove something. */
  readonly metrics: readonly SpreadDoc[];
}

export interface PointRunDoc {
  /** Where its result is, relative to this document. */
  readonly folder: string;
  readonly id: string;
  readonly seed: number;
  readonly verdict: Pick<RunVerdict, 'exitCode' | 'word'>;
  /** In the order of `metrics`; null where it cannot be known. */
  readonly values: readonly (number | null)[];
}

/** null where no run knew the value. */
export interface SpreadDoc {
  /** Runs that knew it. */
  readonly count: number;
  readonly median: number | null;
  readonly min: number | null;
  readonly max: number | null;
}

/** A knee, or why there is none. */
export interface SearchDoc {
  readonly target: string;
  readonly parameter: string;
  readonly holds: readonly string[];
  readonly outcome: 'found' | 'always' | 'never' | 'undecided' | 'interrupted';
  /** In the order they were made. */
  readonly probes: readonly {
    readonly value: number;
    readonly verdict: 'holds' | 'breaks' | 'unknown';
    readonly folder: string;
  }[];
  /** The bracket: it held at `low`, it did not at `high`. */
  readonly low: number | null;
  readonly high: number | null;
  /** The knee, and half the bracket as a share of it. */
  readonly value: number | null;
  readonly uncertainty: number | null;
  /** Probes that contradict others. */
  readonly contradictions: number;
  readonly explanation: string;
}

const text = z.string();
const number = z.number();

/** What every reader relies on. */
const schema = z.looseObject({
  verdict: z.looseObject({ exitCode: number, word: text, reasons: z.array(text) }),
  scenario: z.looseObject({ name: text, question: text }),
  interrupted: z.boolean(),
  parameters: z.array(z.looseObject({ name: text, values: z.array(z.union([text, number])) })),
  metrics: z.array(z.looseObject({ text, unit: text })),
  points: z.array(
    z.looseObject({
      target: text,
      values: z.record(text, z.union([text, number])),
      runs: z.array(z.looseObject({ folder: text, id: text, values: z.array(number.nullable()) })),
      metrics: z.array(z.looseObject({ count: number, median: number.nullable() })),
    }),
  ),
  searches: z.array(z.looseObject({ target: text, outcome: text, probes: z.array(z.looseObject({ value: number })) })),
});

/** Reads a series file. Throws OperatorError `result-invalid` with the file and the path of each fault. */
export function parseResultSeries(json: string, file: string): ResultSeries {
  const refuse = (fault: string, hint: string) =>
    new OperatorError(`${file}: ${fault}`, { code: 'result-invalid', hint });
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw refuse(`not JSON: ${error instanceof Error ? error.message : String(error)}`, 'Was the file cut off?');
  }
  const envelope = z.looseObject({ format: z.literal(RESULT_SERIES_FORMAT), version: number }).safeParse(value);
  if (!envelope.success) throw refuse('not a kinebench series', `A series says "format": "${RESULT_SERIES_FORMAT}".`);
  const { version } = envelope.data;
  if (version !== RESULT_SERIES_VERSION)
    throw refuse(
      `version: ${version}, this kinebench reads ${RESULT_SERIES_VERSION}`,
      'Use the kinebench that wrote it.',
    );
  const checked = schema.safeParse(value);
  if (!checked.success) {
    const faults = checked.error.issues.map((issue) => `${issue.path.map(String).join('.')}: ${issue.message}`);
    throw refuse(faults.join('; '), 'The file was changed, or a defect wrote it.');
  }
  return value as ResultSeries;
}
