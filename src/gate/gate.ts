/**
 * The gate: did it get worse? Compares results of one plan on one kind of machine with a baseline, metric by metric. A proven
 * regression outranks what could not be decided, and what could not be decided is never a pass.
 */
import { ExitCode } from '../exit-code.ts';
import { OperatorError } from '../operator-error.ts';
import type { Result } from '../result.ts';
import type { Verdict } from '../verify/verdict.ts';
import { incomparable } from './comparable.ts';
import { observe } from './observe.ts';
import type { Observed } from './observe.ts';
import { comparedOf, defaultRules, ruleName } from './rule.ts';
import type { GateRule, GateUnit } from './rule.ts';
import { formatFactor, formatValue } from '../measure/format.ts';

export type GateVerdict = Extract<Verdict, 'pass' | 'fail' | 'indeterminate'>;

export interface GateReport {
  readonly verdict: GateVerdict;
  /** 0 pass, 4 regression, 5 correctness broken in a current run, 6 nothing regressed but something could not be decided. */
  readonly exitCode: ExitCode;
  readonly scenario: string;
  readonly planHash: string;
  readonly current: GateSide;
  readonly baseline: GateSide;
  readonly lines: readonly GateLine[];
  /** One sentence for each thing that speaks against a pass. */
  readonly reasons: readonly string[];
}

export interface GateSide {
  readonly runs: readonly string[];
  /** What was measured, each version once. */
  readonly targets: readonly string[];
}

/** One metric compared. */
export interface GateLine {
  /** `service.p99{fleet=writers}` */
  readonly metric: string;
  readonly unit: GateUnit;
  /** Medians in base units; null where one result does not know. */
  readonly old: number | null;
  readonly new: number | null;
  /** New over old; null where it is not defined. */
  readonly ratio: number | null;
  /** The rule in words: `worse beyond 1.25x and 1 ms`. */
  readonly limit: string;
  readonly verdict: GateVerdict;
  readonly explanation: string;
}

/**
 * Compares; without rules by the defaults. Throws OperatorError `not-comparable` with every difference. A correctness break in a
 * current run is reported even then: it needs no baseline.
 */
export function gate(
  current: readonly Result[],
  baseline: readonly Result[],
  rules: readonly GateRule[] = [],
): GateReport {
  const against = incomparable(current, baseline);
  const broken = current.filter(({ verdict }) => verdict.exitCode === ExitCode.correctness);
  const first = current[0] ?? baseline[0];
  if (!first || (against.length > 0 && broken.length === 0)) {
    throw new OperatorError(against.join('\n'), {
      code: 'not-comparable',
      hint: 'Measure the baseline anew with this scenario, on this machine, in a valid run.',
    });
  }
  const chosen = rules.length > 0 ? rules : defaultRules(comparedOf([...current, ...baseline]));
  const lines = against.length > 0 ? [] : chosen.map((rule) => compare(rule, current, baseline));
  const { verdict, exitCode } = decide(lines, broken.length > 0);
  return {
    verdict,
    exitCode,
    scenario: first.scenario.plan.name,
    planHash: first.scenario.planHash,
    current: sideOf(current),
    baseline: sideOf(baseline),
    lines,
    reasons: [
      ...broken.map(
        ({ run, verdict: own }) => `Run ${run.id} broke correctness: ${own.reasons.join('; ') || own.word}.`,
      ),
      ...against.map((difference) => `Not compared. ${difference}`),
      ...lines.filter((line) => line.verdict !== 'pass').map((line) => `${line.metric}: ${line.explanation}.`),
    ],
  };
}

function decide(lines: readonly GateLine[], broken: boolean): { verdict: GateVerdict; exitCode: ExitCode } {
  if (broken) return { verdict: 'fail', exitCode: ExitCode.correctness };
  if (lines.some((line) => line.verdict === 'fail')) return { verdict: 'fail', exitCode: ExitCode.regression };
  if (lines.length === 0 || lines.some((line) => line.verdict === 'indeterminate'))
    return { verdict: 'indeterminate', exitCode: ExitCode.invalid };
  return { verdict: 'pass', exitCode: ExitCode.pass };
}

function sideOf(results: readonly Result[]): GateSide {
  return {
    runs: results.map(({ run }) => run.id),
    targets: [...new Set(results.map(({ target }) => target.description))],
  };
}

function compare(rule: GateRule, current: readonly Result[], baseline: readonly Result[]): GateLine {
  const before = observe(baseline, rule);
  const after = observe(current, rule);
  const limit = `worse beyond ${rule.ratio}x and ${formatValue(rule.floor, rule.unit)}`;
  const line = { metric: ruleName(rule), unit: rule.unit, old: before.value, new: after.value, limit };
  if (before.value === null || after.value === null)
    return { ...line, ratio: null, verdict: 'indeterminate', explanation: unknown(before, after) };
  const ratio = before.value > 0 ? after.value / before.value : null;
  const verdict = isWorse(rule, before.value, after.value) ? 'fail' : 'pass';
  const values = `${formatValue(before.value, rule.unit)} → ${formatValue(after.value, rule.unit)}`;
  const explanation =
    verdict === 'fail' ? `${values} (${formatFactor(ratio)}), ${limit}` : `${values} (${formatFactor(ratio)})`;
  return { ...line, ratio, verdict, explanation };
}

/** Beyond both the ratio and the floor; exactly at one of them is not beyond. */
function isWorse({ better, ratio, floor }: GateRule, before: number, after: number): boolean {
  if (better === 'lower') return after > before * ratio && after - before > floor;
  return after < before * ratio && before - after > floor;
}

function unknown(before: Observed, after: Observed): string {
  const parts = [
    before.value === null ? `baseline ${before.reason}` : '',
    after.value === null ? `current ${after.reason}` : '',
  ];
  return parts.filter((part) => part !== '').join('; ');
}
