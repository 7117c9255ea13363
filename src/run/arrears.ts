/**
 * What a consumer never had. Its delays are those of the records that reached it, and a consumer that falls behind for good would look
 * as fast as ever: the slowest are missing. So what was acknowledged and had not come when the drain was over ranks above every
 * delay, as a skipped call does: such a fleet has no mean and no maximum, and percentiles only below the share that came.
 *
 * Only where the plan drains: without one the last records of a run are under way, not missing. Who begins at a time of its own
 * passes over records on purpose. Records that were read twice can hide as many that never came.
 */
import type { CountDoc, LatencyDoc } from '../result.ts';
import { LatencyHistogram } from '../measure/histogram.ts';
import type { ConsumeFleet, Plan } from '../scenario/plan.ts';
import { latencyDoc } from './documents.ts';

/** The latencies with the records that never came counted in `propagation` and `delivery`; those of others are left as they are. */
export function withArrears(latencies: readonly LatencyDoc[], plan: Plan, counts: readonly CountDoc[]): LatencyDoc[] {
  if (!plan.phases.some(({ kind }) => kind === 'drain')) return [...latencies];
  const consumers = new Map(plan.fleets.flatMap((each) => (each.kind === 'consume' ? [[each.name, each]] : [])));
  return latencies.map((doc) => {
    const consumer = consumers.get(doc.fleet);
    if (!consumer || typeof consumer.from === 'object') return doc;
    if ((doc.metric !== 'propagation' && doc.metric !== 'delivery') || doc.outcome !== 'received') return doc;
    const missing = missingOf(consumer, doc.phase, plan, counts);
    if (missing <= 0) return doc;
    const histogram = LatencyHistogram.of(doc);
    histogram.outrank(missing);
    return latencyDoc({ ...doc, histogram }, doc.phase);
  });
}

/** Records of a phase that were acknowledged, for each agent once, less those that came or could not be processed. */
function missingOf(consumer: ConsumeFleet, phase: string | null, plan: Plan, counts: readonly CountDoc[]): number {
  const countOf = (fleet: string, metric: CountDoc['metric']): number =>
    counts.find((doc) => doc.fleet === fleet && doc.phase === phase && doc.metric === metric)?.count ?? 0;
  const accepted = plan.fleets
    .filter((each) => each.kind === 'produce' && each.stream === consumer.stream && !each.dropped)
    .reduce((sum, { name }) => sum + countOf(name, 'accepted'), 0);
  const failed = countOf(consumer.name, 'processing-failed');
  return accepted * consumer.agents - countOf(consumer.name, 'received') - failed;
}
