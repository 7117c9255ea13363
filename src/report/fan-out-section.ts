/**
 * How the consumers fared that are pushed to: their subscriptions over the whole run, the gaps between them, and what those kept
 * waiting.
 */
import { formatCount, formatDuration } from '../measure/format.ts';
import type { LatencyDoc, LatencyOutcome, Result } from '../result.ts';
import type { CountMetric, FanOutFleet, LatencyMetric } from '../scenario/plan.ts';
import { html, table, type Markup } from './markup.ts';

/** null where no fleet is pushed to. */
export function fanOutSection(result: Result): Markup | null {
  const missing = new Set(result.unsupported?.map(({ fleet }) => fleet));
  const fleets = result.scenario.plan.fleets.filter(
    (fleet): fleet is FanOutFleet => fleet.kind === 'consume' && fleet.method === 'fan-out' && !missing.has(fleet.name),
  );
  if (fleets.length === 0) return null;
  const modelled = result.target.modelled ? html` <strong class="badge">modelled</strong>` : null;
  return html`<section>
    <h2>Fan-out${modelled}</h2>
    ${subscriptionTable(result, fleets)} ${gapTable(result, fleets)}
    <p class="note">
      Counts are of the whole run. Renewed are subscriptions that followed one which was replaced at its planned age, or
      had ended in order, as AWS ends it after five minutes; refused are calls that came too soon (ResourceInUse,
      LimitExceeded). Broken are those that ended by an error in the stream or of the connection, each with its code
      among the errors.
    </p>
    ${gapSentences(result, fleets)}
  </section> `;
}

function subscriptionTable(result: Result, fleets: readonly FanOutFleet[]): Markup {
  const counts: readonly (readonly [string, CountMetric])[] = [
    ['subscriptions', 'subscriptions'],
    ['renewed', 'renewals'],
    ['ended in order', 'subscriptions-ended'],
    ['broken', 'subscriptions-broken'],
    ['refused', 'subscriptions-refused'],
    ['failed', 'subscriptions-failed'],
    ['events', 'events'],
    ['heartbeats', 'heartbeats'],
  ];
  const rows = fleets.map((fleet) => [
    fleet.name,
    formatCount(fleet.agents),
    fleet.renewNs === null ? 'when ended' : formatDuration(fleet.renewNs),
    ...counts.map(([, metric]) => formatCount(totalOf(result, fleet.name, metric))),
  ]);
  const head = ['fleet', 'consumers', 'renewed at', ...counts.map(([heading]) => heading)];
  return table('Subscriptions', head, rows, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
}

function gapTable(result: Result, fleets: readonly FanOutFleet[]): Markup | null {
  const rows = fleets.flatMap(({ name }) =>
    (['accepted', 'broken'] as const).flatMap((outcome) => {
      const gap = latencyOf(result, name, 'renewal-gap', outcome);
      const what = outcome === 'accepted' ? 'renewed, or ended in order' : 'broken off';
      return gap ? [[name, what, formatCount(gap.count), formatDuration(gap.meanNs), formatDuration(gap.maxNs)]] : [];
    }),
  );
  return rows.length === 0
    ? null
    : table(
        'Renewal gaps: time without a subscription',
        ['fleet', 'after one that was', 'gaps', 'mean', 'longest'],
        rows,
        [2, 3, 4],
      );
}

/** What the gaps cost the records. */
function gapSentences(result: Result, fleets: readonly FanOutFleet[]): Markup | null {
  const sentences = fleets.flatMap(({ name }) => {
    const all = latencyOf(result, name, 'propagation', 'received');
    const kept = latencyOf(result, name, 'propagation', 'renewed');
    if (!all || !kept || all.infinite > 0) return [];
    const extraNs = Math.max(0, kept.meanNs - all.meanNs);
    return [
      `${name}: ${formatCount(kept.count)} of ${formatCount(all.count)} records were sent before a new subscription began and came first over it: ${formatDuration(kept.meanNs)} on average, ${formatDuration(extraNs)} more than all together.`,
    ];
  });
  return sentences.length === 0 ? null : html`<p>${sentences.join(' ')}</p>`;
}

function totalOf({ counts }: Result, fleet: string, metric: CountMetric): number {
  return counts
    .filter((doc) => doc.fleet === fleet && doc.metric === metric && doc.phase !== null)
    .reduce((sum, { count }) => sum + count, 0);
}

function latencyOf(
  { latencies }: Result,
  fleet: string,
  metric: LatencyMetric,
  outcome: LatencyOutcome,
): LatencyDoc | undefined {
  return latencies.find(
    (doc) =>
      doc.fleet === fleet && doc.metric === metric && doc.outcome === outcome && doc.phase === null && doc.count > 0,
  );
}
