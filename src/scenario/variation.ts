/**
 * How a scenario varies: the values of its matrix and their combinations, how often each run is made, or what a search closes
 * in on. Read before anything else of a file, because the rest is read once for each combination.
 */
import type { Cursor } from './cursor.ts';
import { namePattern } from './streams.ts';
import type { ParameterValue, ParameterValues } from './substitution.ts';
import { TextFault } from './text-fault.ts';
import { parseDurationNs, parseShare } from './units.ts';

/** Combinations of a matrix at the most. */
export const CELLS_MAX = 100;
/** Runs of a scenario against one target at the most. */
export const RUNS_MAX = 200;

const PROBES_DEFAULT = 12;
const WITHIN_DEFAULT = 0.05;
const REST_NS_DEFAULT = 5e9;

export interface Parameter {
  readonly name: string;
  readonly values: readonly ParameterValue[];
}

export interface RepeatPlan {
  readonly times: number;
  /** `targets`: all targets once, then all again; `nothing`: one target to the end, then the next. */
  readonly interleave: 'targets' | 'nothing';
}

export interface SearchPlan {
  readonly parameter: string;
  readonly low: number;
  readonly high: number;
  /** As written; they are expectations of every probe. */
  readonly holds: readonly string[];
  /** As a share of the value. */
  readonly within: number;
  readonly probesMax: number;
  readonly restNs: number;
}

export interface Variation {
  readonly parameters: readonly Parameter[];
  /** Every combination, the last parameter changing first; one empty one where there is no matrix. */
  readonly cells: readonly ParameterValues[];
  readonly repeat: RepeatPlan;
  readonly search: SearchPlan | null;
}

/** Reads `matrix`, `repeat` and `search`. */
export function resolveVariation(root: Cursor): Variation {
  const parameters = root.at('matrix').entries().map(resolveParameter);
  const repeat: RepeatPlan = {
    times: root.at('repeat').at('times').integer(1),
    interleave: root.at('repeat').at('interleave').word(['targets', 'nothing'], 'targets'),
  };
  const search = resolveSearch(root);
  const count = parameters.reduce((product, { values }) => product * values.length, 1);
  if (count > CELLS_MAX)
    root.at('matrix').faultAtKey(`the matrix has ${count} combinations`, `${CELLS_MAX} at the most`);
  else if (count * repeat.times > RUNS_MAX)
    root
      .at('repeat')
      .faultAtKey(
        `${count} combinations ${repeat.times} times are ${count * repeat.times} runs`,
        `${RUNS_MAX} at the most`,
      );
  const cells = count > CELLS_MAX ? [firstOf(parameters)] : combinations(parameters);
  return { parameters, cells: search ? [{ [search.parameter]: search.low }] : cells, repeat, search };
}

function resolveParameter(at: Cursor): Parameter {
  if (!namePattern.test(at.name))
    at.faultAtKey(`"${at.name}" cannot name a parameter`, 'use small letters, digits and -, a letter first');
  const list = at.items();
  const values =
    list.length > 0 ? list.flatMap(({ value }) => (isParameter(value) ? [value] : [])) : at.parse(parseRange);
  if (values && new Set(values).size < values.length) at.fault(`${at.name} has a value twice`, 'once is enough');
  return { name: at.name, values: values && values.length > 0 ? values : [1] };
}

function isParameter(value: unknown): value is ParameterValue {
  return typeof value === 'number' || typeof value === 'string';
}

/** `1..5`, or `10..50 by 10`. Throws TextFault. */
function parseRange(text: string): number[] {
  const [, from, to, by] = /^(\d+)\.\.(\d+)(?:\s+by\s+(\d+))?$/.exec(text.trim()) ?? [];
  if (from === undefined)
    throw new TextFault(`"${text}" is no range`, 'write 1..5, 10..50 by 10, or a list [1, 10, 100]');
  const [low, high, step] = [Number(from), Number(to), Number(by ?? 1)];
  if (high < low) throw new TextFault(`${text} goes down`, 'write the smaller number first');
  if (step < 1) throw new TextFault(`"${text}" never gets on`, 'a step of 1 or more');
  // One more than may be, so that a range which is too long is said to be, and not made.
  const count = Math.min(CELLS_MAX + 1, Math.floor((high - low) / step) + 1);
  return Array.from({ length: count }, (_, index) => low + index * step);
}

function resolveSearch(root: Cursor): SearchPlan | null {
  const at = root.at('search');
  if (!at.present) return null;
  for (const key of ['matrix', 'repeat'] as const) {
    if (root.at(key).present)
      root
        .at(key)
        .faultAtKey(
          `a search and ${key === 'matrix' ? 'a matrix' : 'repeat'} exclude each other`,
          'take one of them away',
        );
  }
  const parameter = at.at('parameter').text() ?? '';
  if (parameter !== '' && !namePattern.test(parameter))
    at.at('parameter').fault(
      `"${parameter}" cannot name a parameter`,
      'use small letters, digits and -, a letter first',
    );
  const [low, high] = at.at('between').parse(parseBracket) ?? [1, 2];
  const within = at.at('within').parse(parseShare) ?? WITHIN_DEFAULT;
  if (within <= 0 || within >= 1) at.at('within').fault(`${at.at('within').text()} is no precision`, 'such as 5%');
  return {
    parameter,
    low,
    high,
    holds: at
      .at('holds')
      .items()
      .flatMap((line) => line.text() ?? []),
    within,
    probesMax: at.at('probes').integer(PROBES_DEFAULT),
    restNs: at.at('rest').parse(parseDurationNs) ?? REST_NS_DEFAULT,
  };
}

/** `100..5000`. Throws TextFault. */
function parseBracket(text: string): [number, number] {
  const [, low, high] = /^(\d+(?:\.\d+)?)\.\.(\d+(?:\.\d+)?)$/.exec(text.trim()) ?? [];
  if (low === undefined) throw new TextFault(`"${text}" is no bracket`, 'two numbers, such as 100..5000');
  if (Number(low) <= 0 || Number(high) <= Number(low))
    throw new TextFault(`"${text}" is no bracket`, 'the smaller number first, above zero');
  return [Number(low), Number(high)];
}

function firstOf(parameters: readonly Parameter[]): ParameterValues {
  return Object.fromEntries(parameters.map(({ name, values }) => [name, values[0]!]));
}

function combinations(parameters: readonly Parameter[]): ParameterValues[] {
  return parameters.reduce<ParameterValues[]>(
    (cells, { name, values }) => cells.flatMap((cell) => values.map((value) => ({ ...cell, [name]: value }))),
    [{}],
  );
}
