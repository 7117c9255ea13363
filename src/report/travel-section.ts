/**
 * How records travelled, for fleets that do more than one attempt at one record a call: attempts and backoff of retry policies,
 * records of the stream that carried user records, and how late gathered batches left.
 */
import type { LatencyDoc, Result } from '../result.ts';
import type { CountMetric, LatencyMetric, ProduceFleet } from '../scenario/plan.ts';
import { formatCount, formatDuration, formatPercentile } from '../measure/format.ts';
import { html, table, type Markup } from './markup.ts';

/** null where no fleet gathers, retries or aggregates. */
export function travelSection(result: Result): Markup | null {
  const fleets = result.scenario.plan.fleets.filter((fleet) => fleet.kind === 'produce');
  const parts = [retryTable(result, fleets), gatherTable(result, fleets)].filter((part) => part !== null);
  if (parts.length === 0) return null;
  return html`<section>
    <h2>How records travelled</h2>
    ${parts}
  </section> `;
}

function retryTable(result: Result, fleets: readonly ProduceFleet[]): Markup | null {
  // Results of before retries have no policy in their plan.
  const retrying = fleets.filter(({ retry }) => (retry?.policy ?? 'none') !== 'none');
  if (retrying.length === 0) return null;
  const rows = retrying.map(({ name, retry }) => {
    const offered = countOf(result, name, 'offered');
    const attempts = countOf(result, name, 'attempts');
    const backoff = latencyOf(result, name, 'backoff');
    return [
      name,
      retry.policy,
      formatCount(offered),
      formatCount(attempts),
      offered > 0 ? (attempts / offered).toFixed(2) : '–',
      formatCount(countOf(result, name, 'attempts-throttled')),
      formatCount(countOf(result, name, 'attempts-failed')),
      retry.policy === 'kpl' ? formatCount(countOf(result, name, 'expired')) : '–',
      backoff ? formatDuration(backoff.meanNs) : '–',
      backoff ? formatPercentile(backoff.percentilesNs.p99, backoff.events) : '–',
    ];
  });
  const head = [
    'fleet',
    'retry',
    'records',
    'attempts',
    'a record',
    'throttled attempts',
    'failed attempts',
    'expired',
    'backoff mean',
    'backoff p99',
  ];
  return html`${table('Attempts', head, rows, [2, 3, 4, 5, 6, 7, 8, 9])}
    <p class="note">
      Records, of all measured phases. Service times are those of single attempts, response times go from due to the
      final answer. ${formatCount(result.ledger.counts.retried)} of the ledger's records were stored more than once
      because an attempt had no certain answer (retried).
    </p>`;
}

function gatherTable(result: Result, fleets: readonly ProduceFleet[]): Markup | null {
  const gathering = fleets.filter(({ gather }) => Boolean(gather));
  if (gathering.length === 0) return null;
  const rows = gathering.map(({ name, gather, aggregate }) => {
    const departure = latencyOf(result, name, 'departure');
    const accepted = countOf(result, name, 'accepted');
    const carried = countOf(result, name, 'stream-records');
    return [
      name,
      formatDuration(gather!.lingerNs),
      formatCount(departure?.count ?? 0),
      departure ? formatDuration(departure.meanNs) : '–',
      departure ? formatPercentile(departure.percentilesNs.p99, departure.events) : '–',
      aggregate ? formatCount(carried) : '–',
      aggregate && carried > 0 ? (accepted / carried).toFixed(1) : '–',
    ];
  });
  const head = [
    'fleet',
    'linger',
    'batches',
    'departure mean',
    'departure p99',
    'stream records',
    'user records in one',
  ];
  return table('Gathered batches', head, rows, [1, 2, 3, 4, 5, 6]);
}

function countOf(result: Result, fleet: string, metric: CountMetric): number {
  return result.counts.find((doc) => doc.fleet === fleet && doc.metric === metric && doc.phase === null)?.count ?? 0;
}

function latencyOf(result: Result, fleet: string, metric: LatencyMetric): LatencyDoc | undefined {
  return result.latencies.find((doc) => doc.fleet === fleet && doc.metric === metric && doc.phase === null);
}
