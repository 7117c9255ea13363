/** What the machines of a merged run were, and whether each of them and all together measured validly. */
import { formatCount } from '../measure/format.ts';
import type { EnvironmentDoc, Result, StepDoc, ValidityCheck } from '../result.ts';
import { judgeLoad, type RunHealth } from './validity.ts';

/** Machines of one class are said once, others side by side. */
export function mergeEnvironments(parts: readonly Result[]): EnvironmentDoc {
  const all = parts.map(({ environment }) => environment);
  const words = (of: (environment: EnvironmentDoc) => string) => [...new Set(all.map(of))].join(' + ');
  return {
    ...all[0]!,
    node: words(({ node }) => node),
    os: words(({ os }) => os),
    cpu: words(({ cpu }) => cpu),
    hostClass: words(({ hostClass }) => hostClass),
    cores: all.reduce((sum, { cores }) => sum + cores, 0),
    memoryBytes: all.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0),
  };
}

/** From the one that speaks most against a run. */
const outcomes = ['failed', 'not-reached', 'unsupported', 'done'] as const satisfies readonly StepDoc['outcome'][];

/** Each machine took every step, on the agents that are its own: told is how the worst of them fared. */
export function mergeSteps(parts: readonly Result[]): StepDoc[] {
  const rank = ({ outcome }: StepDoc) => outcomes.indexOf(outcome);
  return (parts[0]!.steps ?? []).map(
    (_, index) => parts.flatMap(({ steps }) => steps?.[index] ?? []).toSorted((a, b) => rank(a) - rank(b))[0]!,
  );
}

type Evidence = Pick<RunHealth, 'fleets' | 'counts' | 'latencies' | 'errors'>;

/** Figures are judged on the whole; what a machine said of itself stands, and one that failed fails the run. */
export function mergeValidity(parts: readonly Result[], evidence: Evidence): ValidityCheck[] {
  const load = judgeLoad(evidence);
  const judged = new Set(load.map(({ name }) => name));
  const names = [...new Set(parts.flatMap(({ validity }) => validity.map(({ name }) => name)))];
  const machines = names
    .filter((name) => !judged.has(name))
    .map((name): ValidityCheck => {
      const own = parts.flatMap(({ validity, run }) =>
        validity.filter((check) => check.name === name).map((check) => ({ check, segment: run.segment!.index })),
      );
      const worst = own.find(({ check }) => check.verdict !== 'pass') ?? own[0]!;
      return {
        ...worst.check,
        observed: own.map(({ check, segment }) => `segment ${segment}: ${check.observed}`).join('; '),
      };
    });
  return [...load, ...machines, crossing(parts, evidence)];
}

/** Not a bound but a statement: what one machine sends and another receives is not timed, since their clocks differ by nobody knows what. */
function crossing(parts: readonly Result[], { counts }: Evidence): ValidityCheck {
  const untimed = counts
    .filter(({ metric, phase }) => metric === 'untimed' && phase === null)
    .reduce((sum, { count }) => sum + count, 0);
  return {
    name: 'machines',
    verdict: 'pass',
    observed: `${parts.length}, each by its own clock; ${formatCount(untimed)} records received without a time`,
    bound: 'none: nothing is timed across machines',
    explanation: 'propagation and delivery are those of records that were sent and received on one machine',
  };
}
