/** One run as one row: the columns that text and Markdown share. */
import { deliveries } from './delivery-section.ts';
import type { ExitCode } from '../exit-code.ts';
import type { LatencyDoc, Result } from '../result.ts';
import type { Verdict } from '../verify/verdict.ts';
import { latenciesOf, refusedPollsOf, shareOf, withoutEnd } from './figures.ts';
import { formatCount, formatDuration, formatRate, formatShare } from '../measure/format.ts';
import { cpuWords } from '../measure/cpu.ts';
import { type Pace, paceOf } from '../measure/rate.ts';
import { putLatency, putPercentile } from './headline.ts';

export interface SummaryRow {
  readonly scenario: string;
  readonly target: string;
  /** Values under `summaryColumns`, in that order; `–` for what was not measured. */
  readonly cells: readonly string[];
  /** One short word for the exit code. */
  readonly verdict: string;
}

/** Heading and unit of each value. Rates are records a second; service is that of accepted puts. */
export const summaryColumns: readonly (readonly [heading: string, unit: string])[] = [
  ['offered', '/s'],
  ['accepted', '/s'],
  ['throttled', 'share'],
  ['service', 'p50'],
  ['service', 'p99'],
  ['propag.', 'mean'],
  ['ledger', ''],
  ['expect', 'met'],
];

const shortWords: Record<ExitCode, string> = {
  0: 'pass',
  1: 'error',
  2: 'unusable',
  3: 'missed',
  4: 'worse',
  5: 'broken',
  6: 'invalid',
  7: 'unsupported',
  130: 'interrupted',
};

/** The row of a result. */
export function summaryRow(result: Result): SummaryRow {
  const rate = (pace: Pace | null): string => (pace === null ? '–' : formatRate(pace.countPerS));
  const throttled = shareOf(result, 'throttled');
  const service = putLatency(result, 'service', 'accepted');
  const percentile = (name: 'p50' | 'p99'): string => {
    const ns = putPercentile(result, 'service', 'accepted', name);
    return ns === null ? (service ? 'n/a' : '–') : formatDuration(ns);
  };
  return {
    scenario: nameOf(result),
    target: result.target.name + (result.target.modelled ? '*' : ''),
    cells: [
      rate(paceOf(result, 'offered')),
      rate(paceOf(result, 'accepted')),
      throttled === null ? '–' : formatShare(throttled),
      percentile('p50'),
      percentile('p99'),
      propagation(result),
      ledgerWord(result.ledger.verdicts.map((one) => one.verdict)),
      met(result.expectations.map((one) => one.verdict)),
    ],
    verdict: shortWords[result.verdict.exitCode],
  };
}

/** The results, with a number before the target's name where the same ran against it several times: `#2 reference`. */
export function numbered(results: readonly Result[]): readonly Result[] {
  const keyOf = (result: Result) => JSON.stringify([nameOf(result), result.target.name]);
  const repeats = Map.groupBy(results, keyOf);
  return results.map((result) => {
    const all = repeats.get(keyOf(result))!;
    if (all.length === 1) return result;
    // Those that ran at the same time, on a virtual clock, stay in their order.
    const inTime = all.toSorted((a, b) => Date.parse(a.run.startedAt) - Date.parse(b.run.startedAt));
    const name = `#${inTime.indexOf(result) + 1} ${result.target.name}`;
    return { ...result, target: { ...result.target, name } };
  });
}

/** Of the one fleet that consumes; several read in different ways and have no common mean, see `propagations`. */
function propagation(result: Result): string {
  const means = meansOf(result);
  return means.length > 1 ? 'below' : (means[0]?.mean ?? '–');
}

/** `CPU per call (scenario client=sdk, target): writers 1.32 ms`, of its thread; null where it was not metered. */
export function cpuPerCall(result: Result): string | null {
  const words = cpuWords(result);
  return words === null ? null : `CPU per call (${nameOf(result)}, ${result.target.name}): ${words}`;
}

/** `Mean propagation (scenario n=1, target): pollers 203 ms, pushed 72.5 ms`, where several fleets consume or one has no mean. */
export function propagations(result: Result): string | null {
  const all = meansOf(result);
  const means = all.map(({ fleet, mean, doc }) => `${fleet} ${mean}${doc.infinite > 0 ? ` (${withoutEnd(doc)})` : ''}`);
  if (all.length < 2 && !all.some(({ doc }) => doc.infinite > 0)) return null;
  return `Mean propagation (${nameOf(result)}, ${result.target.name}): ${means.join(', ')}`;
}

/** `Polls refused (scenario, target): readers 126 throttled and 2 failed of 400`: the column `throttled` is of records that were put. */
export function refusals(result: Result): string | null {
  const fleets = refusedPollsOf(result).map(({ fleet, polls, throttled, failed }) => {
    const parts = [
      throttled > 0 ? `${formatCount(throttled)} throttled` : '',
      failed > 0 ? `${formatCount(failed)} failed` : '',
    ];
    return `${fleet} ${parts.filter((part) => part !== '').join(' and ')} of ${formatCount(polls)}`;
  });
  return fleets.length === 0 ? null : `Polls refused (${nameOf(result)}, ${result.target.name}): ${fleets.join(', ')}`;
}

/** `Delivered (scenario, target): watcher 10 objects: 9 by interval (60 s), 1 by size (5 MiB)`, where objects are watched. */
export function delivered(result: Result): string | null {
  return deliveries(result, nameOf(result));
}

/** The scenario, with the values of its parameters in this run. */
function nameOf({ scenario }: Result): string {
  const values = Object.entries(scenario.parameters ?? {}).map(([name, value]) => `${name}=${value}`);
  return [scenario.plan.name, ...values].join(' ');
}

function meansOf(result: Result): { readonly fleet: string; readonly mean: string; readonly doc: LatencyDoc }[] {
  const docs = latenciesOf(result, 'propagation', 'received');
  return result.scenario.plan.fleets.flatMap(({ name }) => {
    const doc = docs.find(({ fleet }) => fleet === name);
    return doc ? [{ fleet: name, mean: doc.infinite > 0 ? 'n/a' : formatDuration(doc.meanNs), doc }] : [];
  });
}

function ledgerWord(verdicts: readonly Verdict[]): string {
  if (verdicts.length === 0) return '–';
  if (verdicts.includes('fail')) return 'broken';
  const sound = verdicts.every((verdict) => verdict === 'pass' || verdict === 'info' || verdict === 'skip');
  return sound ? 'clean' : 'unsure';
}

/** `3/4`: met of those that were judged or should have been. */
function met(verdicts: readonly Verdict[]): string {
  const judged = verdicts.filter((verdict) => verdict !== 'skip' && verdict !== 'info');
  return judged.length === 0 ? '–' : `${judged.filter((verdict) => verdict === 'pass').length}/${judged.length}`;
}
