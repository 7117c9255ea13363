/**
 * A scenario's text to a plan, in two passes: the shape by schema, then what the values mean together. Both always run, so
 * that one reading of the message mends the whole file.
 */
import { OperatorError } from '../operator-error.ts';
import { Cursor } from './cursor.ts';
import { checkDeliveries, resolveDeliveries } from './delivery.ts';
import type { DeliveryPlan } from './delivery-plan.ts';
import { type Note, parseExpectation, parseMetric } from './expectation.ts';
import { resolveFleets } from './fleets.ts';
import { checkDrain, checkWritten, loadNsOf, resolvePhases, resolveVerify } from './phases.ts';
import { pairsOf } from './pair.ts';
import { deepFreeze, planHashOf } from './plan-hash.ts';
import { PLAN_VERSION } from './plan.ts';
import type { Expectation, MetricPlan, Plan, StreamPlan } from './plan.ts';
import { checkShape } from './shape.ts';
import { isWord } from '../nearest.ts';
import { Source } from './source.ts';
import { resolveSteps } from './steps.ts';
import { resolveStreams } from './streams.ts';
import type { ParameterValues } from './substitution.ts';
import { resolveVariation, type Variation } from './variation.ts';

/** A scenario as it will be run. */
export interface ParsedScenario {
  /** Deep-frozen. Of the first combination where the scenario has several. */
  readonly plan: Plan;
  /** SHA-256 of the canonical plan, hexadecimal. */
  readonly planHash: string;
  /** How the scenario varies; null for one run. */
  readonly series: SeriesPlan | null;
}

/** All runs of a scenario with `matrix`, `repeat` or `search`. */
export interface SeriesPlan extends Omit<Variation, 'cells'> {
  readonly cells: readonly CellPlan[];
  /** What is shown over the cells. */
  readonly curve: readonly MetricPlan[];
  /** As written, with parameters as they stand. */
  readonly question: string;
  readonly expected: string;
}

/** One combination of values with the plan that it makes. */
export interface CellPlan {
  readonly values: ParameterValues;
  readonly plan: Plan;
  readonly planHash: string;
}

export interface ParseOptions {
  readonly file: string;
  /** Assignments such as `fleets.writers.rate=2000 records/s total`, made before anything is checked. */
  readonly set?: readonly string[];
  /** Of the parameters, instead of those of the first combination: the plan is then that of one run, and `series` null. */
  readonly values?: ParameterValues;
}

/** Reads a scenario. Throws OperatorError `scenario-invalid` with every fault as `file:line:column: what — way out`. */
export function parseScenario(text: string, options: ParseOptions): ParsedScenario {
  const source = new Source(text, options.file, options.set ?? []);
  const written = new Cursor(source, [], source.value());
  const variation = resolveVariation(written);
  const values = options.values ?? variation.cells[0] ?? {};
  const root = new Cursor(source, [], source.value(values));
  checkShape(root);
  const { plan, curve } = resolve(root, variation);
  if (source.faulty) source.throwFaults();
  const frozen = deepFreeze(plan);
  const first = { values, plan: frozen, planHash: planHashOf(frozen) };
  const single = variation.parameters.length === 0 && variation.search === null && variation.repeat.times === 1;
  if (options.values !== undefined || single) return { ...first, series: null };
  const others = variation.search
    ? [{ [variation.search.parameter]: variation.search.high }]
    : variation.cells.slice(1);
  const [question, expected] = ['question', 'expected'].map((key) => written.at(key).text()?.trim() ?? '') as [
    string,
    string,
  ];
  const cells = [first, ...others.map((each) => cellOf(text, options, each))];
  return { ...first, series: { ...variation, cells, curve, question, expected } };
}

/** Another combination; what only it has wrong is told with its values. */
function cellOf(text: string, options: ParseOptions, values: ParameterValues): CellPlan {
  try {
    const { plan, planHash } = parseScenario(text, { ...options, values });
    return { values, plan, planHash };
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    const which = Object.entries(values).map(([name, value]) => `${name} = ${value}`);
    throw new OperatorError(`with ${which.join(', ')}:\n${error.message}`, {
      code: error.code,
      exitCode: error.exitCode,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
    });
  }
}

function resolve(root: Cursor, { search }: Variation): { plan: Plan; curve: MetricPlan[] } {
  const name = root.at('name').text() ?? '';
  if (name !== '') checkWritten(root.at('name'), name, 'scenario');
  const streams = resolveStreams(root);
  const deliveries = resolveDeliveries(root, streams);
  checkStreams(root, streams, deliveries);
  const phases = resolvePhases(root);
  const fleets = resolveFleets(root, { streams, deliveries }, loadNsOf(phases));
  checkDrain(root, phases, fleets);
  checkDeliveries(root, deliveries, fleets, phases);
  const verify = resolveVerify(root, fleets);
  const steps = resolveSteps(root, { streams, deliveries, fleets, phases });
  const resharded = steps.some(({ action }) => isWord(action.kind, ['split', 'merge', 'reshard', 'mode']));
  const scope = { streams, fleets, phases, resharded };
  const expect = lines(root.at('expect'), (line, note) => parseExpectation(line, scope, note));
  const holds = search ? lines(root.at('search').at('holds'), (line, note) => parseExpectation(line, scope, note)) : [];
  const curve = lines(root.at('curve'), (line, note) => parseMetric(line, scope, note));
  const pairs = pairsOf([...expect, ...holds, ...curve]);
  const plan: Plan = {
    version: PLAN_VERSION,
    name,
    question: root.at('question').text()?.trim() ?? '',
    expected: root.at('expected').text()?.trim() ?? '',
    streams,
    fleets,
    phases,
    verify,
    expect: [...expect, ...holds],
    // Absent rather than empty: a plan of before there were steps keeps its hash.
    ...(steps.length > 0 ? { steps } : {}),
    ...(pairs.length > 0 ? { pairs } : {}),
    ...(deliveries.length > 0 ? { deliveries } : {}),
  };
  const shown = curve.length > 0 ? curve : plan.expect.map(metricOf);
  return { plan, curve: shown.filter(({ text }, index) => shown.findIndex((each) => each.text === text) === index) };
}

/** A scenario has streams, or delivery streams that are put into directly. */
function checkStreams(root: Cursor, streams: readonly StreamPlan[], deliveries: readonly DeliveryPlan[]): void {
  const at = root.at('streams');
  if (at.present && streams.length === 0)
    at.faultAtKey('there is no stream', 'a scenario needs one, such as events: { shards: 1 }');
  if (root.present && !at.present && deliveries.length === 0)
    at.fault('streams is missing', 'add streams: to the scenario');
}

function lines<T>(at: Cursor, read: (line: string, note: Note) => T | undefined): T[] {
  return at.items().flatMap((item) => {
    const line = item.text();
    if (line === undefined) return [];
    return read(line, (what, wayOut, offset) => item.fault(what, wayOut, offset)) ?? [];
  });
}

/** What an expectation compares, without the comparison. */
function metricOf({ text, subject, labels, window, unit }: Expectation): MetricPlan {
  return { text: text.split(/\s*[<>=]+\s*(?=[\d])/)[0]!, subject, labels, window, unit };
}
