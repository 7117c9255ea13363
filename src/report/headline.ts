/** The few figures a reader wants first, as tiles on the page and as columns in a summary. Only what was measured. */
import type { LatencyOutcome, Result } from '../result.ts';
import type { CountMetric, LatencyMetric } from '../scenario/plan.ts';
import { distributionOf, type Distribution } from './distribution.ts';
import { amountOf, latenciesOf, measuredSeconds, rateOf, shareOf } from './figures.ts';
import { formatBytes, formatCount, formatDuration, formatPercentile, formatRate, formatShare } from './format.ts';

export interface Tile {
  readonly label: string;
  readonly value: string;
  /** What the number rests on. */
  readonly note: string;
}

/** The tiles of the page, in reading order. */
export function headlineTiles(result: Result): readonly Tile[] {
  return [
    ...countTile(result, 'offered', 'offered'),
    ...countTile(result, 'accepted', 'stored'),
    ...shareTile(result, 'throttled'),
    ...shareTile(result, 'failed'),
    ...shareTile(result, 'skipped'),
    ...latencyTile(result, 'service p50', 'service', 'accepted', 0.5),
    ...latencyTile(result, 'service p99', 'service', 'accepted', 0.99),
    ...latencyTile(result, 'response p99', 'response', 'accepted', 0.99),
    ...latencyTile(result, 'propagation mean', 'propagation', 'received', null),
    ...latencyTile(result, 'propagation p99', 'propagation', 'received', 0.99),
    ...latencyTile(result, 'lateness p99', 'lateness', 'sent', 0.99),
  ];
}

/** The latency of this name over all fleets, merged by buckets; null when none was recorded. */
export function mergedLatency(result: Result, metric: LatencyMetric, outcome: LatencyOutcome): Distribution | null {
  const producers = result.scenario.plan.fleets.filter((fleet) => fleet.kind === 'produce').map(({ name }) => name);
  const docs = latenciesOf(result, metric, outcome);
  return distributionOf(outcome === 'received' ? docs : docs.filter((doc) => producers.includes(doc.fleet)));
}

function countTile(result: Result, metric: CountMetric, label: string): Tile[] {
  const amount = amountOf(result, metric);
  const rate = rateOf(result, metric);
  if (!amount || rate === null) return [];
  const bytes = amount.bytes > 0 ? `, ${formatBytes(amount.bytes / measuredSeconds(result))}/s` : '';
  return [{ label, value: `${formatRate(rate)}/s`, note: `${formatCount(amount.count)} records${bytes}` }];
}

/** Throttled is always told, the others only where there were any. */
function shareTile(result: Result, metric: CountMetric): Tile[] {
  const amount = amountOf(result, metric);
  const rate = rateOf(result, metric);
  const share = shareOf(result, metric);
  if (!amount || rate === null || share === null || (amount.count === 0 && metric !== 'throttled')) return [];
  const note = `${formatShare(share)} of offered, ${formatCount(amount.count)} records`;
  return [{ label: metric, value: `${formatRate(rate)}/s`, note }];
}

function latencyTile(
  result: Result,
  label: string,
  metric: LatencyMetric,
  outcome: LatencyOutcome,
  p: number | null,
): Tile[] {
  const latency = mergedLatency(result, metric, outcome);
  if (!latency) return [];
  const docs = latenciesOf(result, metric, outcome);
  const note = `${outcome === 'accepted' ? 'accepted, ' : ''}${formatCount(latency.events)} events${docs.length > 1 && outcome === 'received' ? `, ${docs.length} fleets` : ''}`;
  const value =
    p === null ? formatDuration(latency.meanNs) : formatPercentile(percentile(docs, latency, p), latency.events);
  return [{ label, value, note }];
}

/** The percentile as the result states it where one histogram holds it all, else that of the merged buckets. */
function percentile(
  docs: readonly { percentilesNs: Result['latencies'][number]['percentilesNs'] }[],
  latency: Distribution,
  p: number,
): number | null {
  const only = docs.length === 1 ? docs[0]!.percentilesNs : null;
  return only && p === 0.5 ? only.p50 : only && p === 0.99 ? only.p99 : latency.valueAt(p);
}
