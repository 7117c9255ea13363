/** The value of a rule in results: over all measured phases, the median of several results. Unknown is null, with the reason. */
import { loadPhases, paceOf } from '../measure/rate.ts';
import type { CountMetric } from '../scenario/plan.ts';
import type { LatencyDoc, LatencyOutcome, Result } from '../result.ts';
import type { GateRule, GateSubject } from './rule.ts';

export interface Observed {
  readonly value: number | null;
  /** Why the value is not known; empty when it is. */
  readonly reason: string;
}

/** The median over the results; null as soon as one of them does not know. */
export function observe(results: readonly Result[], rule: GateRule): Observed {
  const each = results.map((result) =>
    rule.subject.kind === 'latency'
      ? latencyOf(result, rule.subject, rule.fleet)
      : countOf(result, rule.subject, rule.fleet),
  );
  const unknown = each.findIndex((observed) => observed.value === null);
  if (unknown >= 0) return { value: null, reason: `run ${results[unknown]!.run.id}: ${each[unknown]!.reason}` };
  return { value: median(each.flatMap(({ value }) => value ?? [])), reason: '' };
}

/** The middle value, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** The outcome whose latencies are compared: of what worked. Failing fast is not being fast. */
const outcomes: readonly LatencyOutcome[] = ['accepted', 'received', 'sent'];

function latencyOf(
  result: Result,
  { metric, stat }: Extract<GateSubject, { kind: 'latency' }>,
  fleet: string,
): Observed {
  const docs = result.latencies.filter((each) => each.fleet === fleet && each.metric === metric && each.phase === null);
  const doc = outcomes
    .map((outcome) => docs.find((each) => each.outcome === outcome))
    .find((each) => each !== undefined);
  if (!doc || doc.count === 0) return { value: null, reason: `no ${metric} of ${fleet} was recorded` };
  if (stat === 'mean') return meanOf(doc);
  const value = doc.percentilesNs[stat];
  if (value !== null) return { value, reason: '' };
  return {
    value,
    reason: `too few events beyond ${stat} (${doc.events} in all${doc.infinite > 0 ? `, ${doc.infinite} never happened or never came` : ''})`,
  };
}

function meanOf(doc: LatencyDoc): Observed {
  if (doc.infinite > 0)
    return { value: null, reason: `${doc.infinite} never happened or never came, so there is no mean` };
  return { value: doc.meanNs, reason: '' };
}

function countOf(result: Result, { metric, stat }: Extract<GateSubject, { kind: 'count' }>, fleet: string): Observed {
  const find = (name: CountMetric) =>
    result.counts.find((each) => each.fleet === fleet && each.metric === name && each.phase === null);
  const doc = find(metric);
  if (!doc) return { value: null, reason: `no ${metric} of ${fleet} was counted` };
  if (stat === 'ratio') {
    const whole = find(metric.startsWith('polls') ? 'polls' : 'offered')?.count ?? 0;
    return whole > 0
      ? { value: doc.count / whole, reason: '' }
      : { value: null, reason: `${fleet} was offered nothing` };
  }
  if (loadPhases(result.phases).length === 0) return { value: null, reason: 'no phase was measured' };
  const pace = paceOf(result, metric, fleet);
  if (!pace) return { value: null, reason: `its result has the ${metric} of ${fleet} in all, and not over time` };
  return { value: stat === 'throughput' ? pace.bytesPerS : pace.countPerS, reason: '' };
}
