/**
 * What of a plan a target can do. A fleet that needs what the target does not claim is left out and said to be unsupported, never
 * run to fail; and with it what is expected of it, and what steps would do to it. Whether the run then answers its question is
 * its author's to say: by `when: target.has(…)` a fleet may be missing.
 */
import type { Capability } from '../protocol/capabilities.ts';
import type { ExpectationDoc, UnsupportedDoc } from '../result.ts';
import { hasSubject } from '../scenario/expectation-terms.ts';
import { isWord } from '../nearest.ts';
import { firehoseOperations } from '../scenario/delivery-plan.ts';
import { fleetsOf, type Expectation, type FleetPlan, type Plan } from '../scenario/plan.ts';

export interface SupportedPlan {
  /** Without the fleets that the target cannot do. Their names are in no step, expectation or pair either. */
  readonly plan: Plan;
  readonly unsupported: readonly UnsupportedDoc[];
  /** Expectations that cannot be judged for want of a fleet or a capability, by their place in the whole plan. */
  readonly skipped: ReadonlyMap<number, ExpectationDoc>;
}

/** The part of the plan that the target can do. */
export function supportedBy(capabilities: ReadonlySet<string>, plan: Plan): SupportedPlan {
  const unsupported = plan.fleets.flatMap((fleet): UnsupportedDoc[] => {
    const needs = neededBy(fleet).filter((capability) => !capabilities.has(capability));
    return needs.length === 0 ? [] : [{ fleet: fleet.name, needs, optional: fleet.when !== undefined }];
  });
  const missing = new Set(unsupported.map(({ fleet }) => fleet));
  const skipped = new Map<number, ExpectationDoc>();
  for (const [index, expectation] of plan.expect.entries()) {
    const why = whySkipped(expectation, plan.fleets, missing, capabilities);
    if (why !== null)
      skipped.set(index, { text: expectation.text, verdict: 'skip', observed: 'n/a', explanation: why });
  }
  const { deliveries, ...rest } = plan;
  const delivering = deliveries && capabilities.has('firehose') ? { deliveries } : {};
  if (unsupported.length === 0 && skipped.size === 0) return { plan: { ...rest, ...delivering }, unsupported, skipped };
  const has = (names: readonly string[]) => names.every((name) => !missing.has(name));
  const steps = plan.steps?.filter(({ action }) =>
    'delivery' in action ? capabilities.has('firehose') : !('fleet' in action) || has([action.fleet]),
  );
  const pairs = plan.pairs?.filter(({ minuend, subtrahend }) => has([minuend, subtrahend]));
  return {
    plan: {
      ...rest,
      ...delivering,
      fleets: plan.fleets.filter(({ name }) => has([name])),
      expect: plan.expect.filter((_, index) => !skipped.has(index)),
      ...(steps && { steps }),
      ...(pairs && { pairs }),
    },
    unsupported,
    skipped,
  };
}

/** All expectations of a plan in their order: those that were judged, and those that were skipped. */
export function withSkipped(
  judged: readonly ExpectationDoc[],
  skipped: ReadonlyMap<number, ExpectationDoc>,
): ExpectationDoc[] {
  const rest = [...judged];
  return Array.from({ length: judged.length + skipped.size }, (_, index) => skipped.get(index) ?? rest.shift()!);
}

/** Whether a fleet puts into a delivery stream, or watches where one delivers. */
function isOfDelivery(fleet: FleetPlan): boolean {
  return fleet.kind === 'produce' ? isWord(fleet.operation, firehoseOperations) : fleet.method === 'watch';
}

function neededBy(fleet: FleetPlan): Capability[] {
  const needs = new Set<Capability>();
  if (fleet.kind === 'consume' && fleet.method === 'fan-out') needs.add('fan-out');
  if (isOfDelivery(fleet)) needs.add('firehose');
  if (fleet.when !== undefined) needs.add(fleet.when);
  return [...needs];
}

/** Who names no fleet means all that have the metric: a part of them would be another question, none of them a certain answer. */
function whySkipped(
  { labels, subject, when }: Expectation,
  fleets: readonly FleetPlan[],
  missing: ReadonlySet<string>,
  capabilities: ReadonlySet<string>,
): string | null {
  if (when !== undefined && !capabilities.has(when)) return `unsupported: the target has no ${when}`;
  const concerned =
    labels.fleet !== undefined || subject.kind === 'ledger'
      ? fleetsOf(labels)
      : fleets.filter((each) => hasSubject(each, subject)).map(({ name }) => name);
  const fleet = concerned.find((name) => missing.has(name));
  return fleet === undefined ? null : `unsupported: the target cannot run ${fleet}`;
}
