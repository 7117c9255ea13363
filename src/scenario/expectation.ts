/**
 * The meaning of expectations: metrics, statistics, labels, windows and units checked against the fleets and phases of their
 * scenario. Every fault of a line is noted at the word it is about.
 */
import { shardIdOf } from '../protocol/hash.ts';
import {
  allMetrics,
  CPU,
  countSides,
  countStatsOf,
  countUnitOf,
  hasSubject,
  latencySides,
  latencyStatsOf,
  shardStatsOf,
  sourceOf,
} from './expectation-terms.ts';
import { parseCondition } from './condition.ts';
import { parseExpectationSyntax, parseMetricSyntax } from './expectation-syntax.ts';
import type { ExpectationSyntax, MetricSyntax, Word } from './expectation-syntax.ts';
import { readPair } from './pair.ts';
import { isWord, listed, suggestion } from '../nearest.ts';
import { countMetrics, latencyMetrics, ledgerMetrics } from './plan.ts';
import type { Expectation, ExpectationUnit, FleetPlan, MetricPlan, PhasePlan, StreamPlan } from './plan.ts';
import { TextFault } from './text-fault.ts';
import { formatDuration, parseBytes, parseBytesPerS, parseDurationNs, parseNumberOf, parseShare } from './units.ts';

/** What an expectation may speak of. */
export interface ExpectationScope {
  readonly streams: readonly StreamPlan[];
  readonly fleets: readonly FleetPlan[];
  readonly phases: readonly PhasePlan[];
  /** Whether steps change shards, so that there may be more than at the start. */
  readonly resharded?: boolean;
}

/** Notes a fault at a character of the line. */
export type Note = (what: string, wayOut: string, at: number) => void;

const comparators = ['<', '<=', '>', '>=', '='] as const;
const respelled: Readonly<Record<string, string>> = { '==': '=', '≤': '<=', '≥': '>=', '=<': '<=', '=>': '>=' };

type Subject = Expectation['subject'];

/** One expectation, or undefined after at least one fault was noted. */
export function parseExpectation(text: string, scope: ExpectationScope, note: Note): Expectation | undefined {
  const counter = counting(note);
  const condition = /\s+when\s+/.exec(text);
  const compared = condition ? text.slice(0, condition.index) : text;
  const syntax = attempt(() => parseExpectationSyntax(compared), 0, counter.note);
  const conditionAt = condition ? condition.index + condition[0].length : text.length;
  const when = condition
    ? attempt(() => parseCondition(text.slice(conditionAt)), conditionAt, counter.note)
    : undefined;
  const metric = syntax && readMetric(text, syntax, scope, counter.note);
  if (!syntax || !metric) return undefined;
  const { unit, subject } = metric;
  const comparator = readComparator(syntax.comparator, counter.note);
  const value = attempt(() => readValue(syntax.value.text, unit, subject), syntax.value.at, counter.note) ?? NaN;
  const tolerance = readTolerance(syntax, value, unit, counter.note);
  if (counter.faults > 0) return undefined;
  return { ...metric, comparator, value, tolerance, ...(when !== undefined && { when }) };
}

/** A metric without a comparison, or undefined after at least one fault was noted. */
export function parseMetric(text: string, scope: ExpectationScope, note: Note): MetricPlan | undefined {
  const counter = counting(note);
  const syntax = attempt(() => parseMetricSyntax(text), 0, counter.note);
  const metric = syntax && readMetric(text, syntax, scope, counter.note);
  return counter.faults > 0 ? undefined : metric;
}

/** Notes, and counts what it notes. */
function counting(inner: Note): { faults: number; readonly note: Note } {
  const note: Note = (what, wayOut, at) => {
    counter.faults += 1;
    inner(what, wayOut, at);
  };
  const counter = { faults: 0, note };
  return counter;
}

function readMetric(text: string, syntax: MetricSyntax, scope: ExpectationScope, note: Note): MetricPlan | undefined {
  const subject = readSubject(syntax, note);
  if (!subject) return undefined;
  const paired = subject.kind === 'latency' && subject.metric === 'paired';
  if (syntax.pair && !paired) note(`${subject.metric} is not of two fleets`, 'paired(… - …) is', syntax.metric.at);
  const labels = paired ? readPair(syntax, scope, note) : readLabels(syntax, subject, scope, note);
  const window = readWindow(syntax, subject, scope, note);
  return { text, subject, labels, window, unit: unitOf(subject) };
}

function attempt<T>(read: () => T, at: number, note: Note): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof TextFault)) throw error;
    note(error.message, error.wayOut, at + error.offset);
    return undefined;
  }
}

function readSubject({ metric, stat }: MetricSyntax, note: Note): Subject | undefined {
  const name = metric.text;
  if (isWord(name, ledgerMetrics)) {
    if (stat) note(`${name} takes no statistic`, `write ${name} alone, it is a number of records`, stat.at);
    return stat ? undefined : { kind: 'ledger', metric: name };
  }
  const written = stat?.text ?? '';
  if (name === CPU && written === 'per-operation') return { kind: CPU, metric: CPU, stat: written };
  const valid: readonly string[] = isWord(name, latencyMetrics)
    ? latencyStatsOf(name)
    : isWord(name, countMetrics)
      ? countStatsOf(name)
      : name === CPU
        ? ['per-operation']
        : [];
  if (valid.length === 0) note(`"${name}" is not a metric`, suggestion(name, allMetrics), metric.at);
  else if (!stat) note(`${name} has no statistic`, `write ${name}.${listed(valid)}`, metric.at + name.length);
  else if (isWord(name, latencyMetrics)) {
    const known = latencyStatsOf(name).find((each) => each === written);
    if (known) return { kind: 'latency', metric: name, stat: known };
  } else if (isWord(name, countMetrics)) {
    const known = countStatsOf(name).find((each) => each === written);
    if (known) return { kind: 'count', metric: name, stat: known };
  }
  if (valid.length > 0 && stat) note(`${name} has no statistic "${written}"`, suggestion(written, valid), stat.at);
  return undefined;
}

function sideOf(subject: Subject): FleetPlan['kind'] | 'both' {
  if (subject.kind === 'latency') return latencySides[subject.metric];
  return subject.kind === 'count' ? countSides[subject.metric] : 'both';
}

function readLabels(
  { labels, metric }: MetricSyntax,
  subject: Subject,
  scope: ExpectationScope,
  note: Note,
): Expectation['labels'] {
  const result: { fleet?: string; shard?: string } = {};
  const side = sideOf(subject);
  const names = scope.fleets.filter((fleet) => hasSubject(fleet, subject)).map((fleet) => fleet.name);
  for (const { name, value } of labels) {
    if (!isWord(name.text, ['fleet', 'shard']))
      note(`"${name.text}" is not a label`, suggestion(name.text, ['fleet', 'shard']), name.at);
    else if (result[name.text] !== undefined) note(`${name.text} is said twice`, 'once is enough', name.at);
    else if (subject.kind === 'ledger')
      note(`${subject.metric} is counted over all fleets and shards together`, 'take the labels away', name.at);
    else result[name.text] = value.text;
    if (name.text === 'fleet' && subject.kind !== 'ledger') checkFleet(value, subject, names, scope, note);
    if (name.text === 'shard') checkShard(value, subject, scope, note);
  }
  if (subject.kind === 'ledger' || result.fleet !== undefined || scope.fleets.length === 0) return result;
  if (names.length === 0)
    note(`no fleet here has ${subject.metric}`, `it needs one ${sourceOf(subject.metric, side)}`, metric.at);
  if ((subject.kind === 'latency' || subject.kind === CPU) && names.length > 1)
    note(`${subject.metric} of several fleets cannot be mixed`, `add {fleet=${names.join('} or {fleet=')}}`, metric.at);
  return result;
}

function checkFleet(
  value: Word,
  subject: Exclude<Subject, { kind: 'ledger' }>,
  names: readonly string[],
  scope: ExpectationScope,
  note: Note,
): void {
  const fleet = scope.fleets.find((each) => each.name === value.text);
  if (!fleet) note(`there is no fleet "${value.text}"`, suggestion(value.text, names), value.at);
  else if (!names.includes(fleet.name))
    note(
      `${fleet.name} ${fleet.kind}s and has no ${subject.metric}`,
      names.length > 0 ? suggestion(value.text, names) : 'no fleet has it',
      value.at,
    );
}

function checkShard(value: Word, subject: Subject, scope: ExpectationScope, note: Note): void {
  if (subject.kind === CPU) note('CPU is not of a shard', 'take the label away', value.at);
  if (subject.kind === 'latency') note('latencies are not kept by shard', 'take the label away', value.at);
  if (subject.kind === 'count' && !shardStatsOf(subject.metric).includes(subject.stat))
    note(
      `what is offered to one shard is not known, and so not its ${subject.metric}.${subject.stat}`,
      'write .rate or .count of accepted or throttled records',
      value.at,
    );
  const index = /^shardId-(\d{12})$/.exec(value.text)?.[1];
  if (index === undefined) note(`"${value.text}" is not a shard's id`, `such as ${shardIdOf(0)}`, value.at);
  const shards = Math.max(
    0,
    ...scope.streams.map((each) => ('create' in each ? each.create.shards : null) ?? Infinity),
  );
  if (index !== undefined && shards > 0 && scope.resharded !== true && Number(index) >= shards)
    note(`there is no shard ${value.text}`, `the last one is ${shardIdOf(shards - 1)}`, value.at);
}

function readWindow(
  { over }: MetricSyntax,
  subject: Subject,
  scope: ExpectationScope,
  note: Note,
): Expectation['window'] {
  if (!over) return null;
  if (subject.kind === 'ledger')
    note(`${subject.metric} is known only after the run`, 'take "over" away', over.phase.at);
  if (subject.kind === CPU) note('CPU is metered over all measured phases together', 'take "over" away', over.phase.at);
  const timed = scope.phases.filter((phase) => phase.kind === 'timed');
  const phase = timed.find((each) => each.name === over.phase.text);
  const measured = timed.filter((each) => each.measure).map((each) => each.name);
  if (!phase)
    note(`there is no phase of load "${over.phase.text}"`, suggestion(over.phase.text, measured), over.phase.at);
  else if (!phase.measure) note(`${phase.name} is not measured`, suggestion(phase.name, measured), over.phase.at);
  if (subject.kind === 'latency' && (over.from ?? over.to))
    note('latencies are kept for whole phases', `write over ${over.phase.text}`, (over.from ?? over.to)!.at);
  const fromNs = offsetNs(over.from, note) ?? 0;
  const toNs = offsetNs(over.to, note);
  const endNs = phase?.durationNs ?? Infinity;
  if (phase && (fromNs >= endNs || (toNs ?? 0) > endNs))
    note(
      `${phase.name} takes only ${formatDuration(endNs)}`,
      'move the window or lengthen the phase',
      (fromNs >= endNs ? over.from : over.to)!.at,
    );
  if (toNs !== null && toNs <= fromNs) note('the window ends before it begins', 'write [from..to]', over.to!.at);
  return { phase: over.phase.text, fromNs, toNs };
}

function offsetNs(word: Word | null, note: Note): number | null {
  if (!word) return null;
  const ns = attempt(() => parseDurationNs(word.text), word.at, note);
  if (ns === undefined) return null;
  if (ns % 1e9 !== 0) note('counts are kept by the second', 'begin and end a window at whole seconds', word.at);
  return ns;
}

function unitOf(subject: Subject): ExpectationUnit {
  if (subject.kind === 'ledger') return 'records';
  if (subject.kind === 'count') return countUnitOf(subject.metric, subject.stat);
  return subject.stat === 'count' ? 'records' : 'ns';
}

/** Whether it is a number of something, without a time. */
function isCount(unit: ExpectationUnit): boolean {
  return unit !== 'ns' && unit !== 'share' && unit !== 'bytes' && !unit.endsWith('/s');
}

function readComparator(word: Word, note: Note): Expectation['comparator'] {
  if (isWord(word.text, comparators)) return word.text;
  const better = respelled[word.text];
  note(`"${word.text}" is not a comparator`, better ? `write ${better}` : `it can be ${listed(comparators)}`, word.at);
  return '=';
}

function readValue(text: string, unit: ExpectationUnit, subject: Subject): number {
  if (unit === 'ns') return parseDurationNs(text);
  if (unit === 'share') return parseShare(text);
  const other = unit === 'records/s' && text.endsWith('B/s') && subject.kind === 'count';
  if (other) throw new TextFault('bytes per second are not a rate of records', `write ${subject.metric}.throughput`);
  if (unit === 'bytes') return parseBytes(text);
  if (unit === 'bytes/s') return parseBytesPerS(text);
  return parseNumberOf(text, unit, { bare: isCount(unit) });
}

function readTolerance(
  { comparator, value, tolerance }: ExpectationSyntax,
  expected: number,
  unit: ExpectationUnit,
  note: Note,
): number {
  if (tolerance && comparator.text !== '=')
    note(`${comparator.text} takes no tolerance`, 'write = for a value with a tolerance', tolerance.at);
  if (!tolerance) {
    const exact = isCount(unit) || expected === 0;
    if (comparator.text === '=' && !exact)
      note('a measured value is never exactly this', 'add a tolerance, such as ± 5%', value.at + value.text.length);
    return 0;
  }
  if (expected === 0) note('a share of nothing is nothing', 'take the tolerance away, or write <', tolerance.at);
  return attempt(() => parseShare(tolerance.text), tolerance.at, note) ?? 0;
}
