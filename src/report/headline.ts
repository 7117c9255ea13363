/** The few figures a reader wants first, as tiles on the page and as columns in a summary. Only what was measured. */
import type { LatencyDoc, LatencyOutcome, Result } from '../result.ts';
import type { CountMetric, LatencyMetric } from '../scenario/plan.ts';
import { distributionOf, type Distribution } from './distribution.ts';
import { amountOf, latenciesOf, refusedPollsOf, type RefusedPolls, shareOf, withoutEnd } from './figures.ts';
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatPercentile,
  formatRate,
  formatShare,
} from '../measure/format.ts';
import { paceOf } from '../measure/rate.ts';

export interface Tile {
  readonly label: string;
  readonly value: string;
  /** What the number rests on. */
  readonly note: string;
}

/** Consumers with tiles of their own; more are in the tables only. */
const CONSUMERS_MAX = 4;

/** The tiles of the page, in reading order. */
export function headlineTiles(result: Result): readonly Tile[] {
  return [
    ...countTile(result, 'offered', 'offered'),
    ...countTile(result, 'accepted', 'stored'),
    ...shareTile(result, 'throttled'),
    ...shareTile(result, 'failed'),
    ...shareTile(result, 'skipped'),
    ...putTile(result, 'service p50', 'service', 'accepted', 'p50'),
    ...putTile(result, 'service p99', 'service', 'accepted', 'p99'),
    ...putTile(result, 'response p99', 'response', 'accepted', 'p99'),
    ...latenessTile(result),
    ...latenciesOf(result, 'propagation', 'received').slice(0, CONSUMERS_MAX).flatMap(deliveryTiles),
    ...refusedPollsOf(result).slice(0, CONSUMERS_MAX).flatMap(refusalTiles),
  ];
}

/** A latency of puts over all producers, merged by buckets; null when none was recorded. */
export function putLatency(result: Result, metric: LatencyMetric, outcome: LatencyOutcome): Distribution | null {
  return distributionOf(putLatencies(result, metric, outcome));
}

/** p50 or p99 of a put latency: as the result states it where one histogram holds it all, else of the merged buckets. */
export function putPercentile(
  result: Result,
  metric: LatencyMetric,
  outcome: LatencyOutcome,
  name: 'p50' | 'p99',
): number | null {
  const docs = putLatencies(result, metric, outcome);
  const only = docs.length === 1 ? docs[0] : undefined;
  return only ? only.percentilesNs[name] : (distributionOf(docs)?.valueAt(name === 'p50' ? 0.5 : 0.99) ?? null);
}

function putLatencies(result: Result, metric: LatencyMetric, outcome: LatencyOutcome): readonly LatencyDoc[] {
  const producers = result.scenario.plan.fleets.filter((fleet) => fleet.kind === 'produce').map(({ name }) => name);
  return latenciesOf(result, metric, outcome).filter((doc) => producers.includes(doc.fleet));
}

function countTile(result: Result, metric: CountMetric, label: string): Tile[] {
  const amount = amountOf(result, metric);
  const pace = paceOf(result, metric);
  if (!amount || pace === null) return [];
  const bytes = amount.bytes > 0 ? `, ${formatBytes(pace.bytesPerS)}/s` : '';
  return [{ label, value: `${formatRate(pace.countPerS)}/s`, note: `${formatCount(amount.count)} records${bytes}` }];
}

/** Throttled is always told, the others only where there were any. */
function shareTile(result: Result, metric: CountMetric): Tile[] {
  const amount = amountOf(result, metric);
  const pace = paceOf(result, metric);
  const share = shareOf(result, metric);
  if (!amount || pace === null || share === null || (amount.count === 0 && metric !== 'throttled')) return [];
  const note = `${formatShare(share)} of offered, ${formatCount(amount.count)} records`;
  return [{ label: metric, value: `${formatRate(pace.countPerS)}/s`, note }];
}

function putTile(
  result: Result,
  label: string,
  metric: LatencyMetric,
  outcome: LatencyOutcome,
  name: 'p50' | 'p99',
): Tile[] {
  const latency = putLatency(result, metric, outcome);
  if (!latency) return [];
  const value = putPercentile(result, metric, outcome, name);
  const events = `${formatCount(latency.events)} events`;
  return [
    {
      label,
      value: value === null ? 'n/a' : formatDuration(value),
      note: outcome === 'accepted' ? `accepted, ${events}` : events,
    },
  ];
}

/** Of the fleet that was latest, as the generator is judged: where records are gathered, by how late their batches left. */
function latenessTile(result: Result): Tile[] {
  const departures = putLatencies(result, 'departure', 'sent');
  const gathering = new Set(departures.map(({ fleet }) => fleet));
  const docs = putLatencies(result, 'lateness', 'sent').filter(({ fleet }) => !gathering.has(fleet));
  const own = [...docs, ...departures];
  const [worst] = own.toSorted((a, b) => (b.percentilesNs.p99 ?? 0) - (a.percentilesNs.p99 ?? 0));
  if (!worst) return [];
  const { p99 } = worst.percentilesNs;
  const note = `${own.length > 1 ? `${worst.fleet}, the latest fleet, ` : ''}${formatCount(worst.events)} events`;
  return [{ label: 'lateness p99', value: p99 === null ? 'n/a' : formatDuration(p99), note }];
}

/** Each consumer by itself: fleets that read at different intervals have no common mean. */
function deliveryTiles(doc: LatencyDoc): Tile[] {
  const { p99 } = doc.percentilesNs;
  const tail = p99 === null ? `p99 ${formatPercentile(p99, doc.events)}` : `p99 ${formatDuration(p99)}`;
  if (doc.infinite > 0) {
    const rest = `the others took ${formatDuration(doc.meanNs)}`;
    return [{ label: 'propagation mean', value: 'n/a', note: `${doc.fleet}: ${withoutEnd(doc)}; ${rest}` }];
  }
  const note = `${doc.fleet}, ${tail}`;
  return [{ label: 'propagation mean', value: formatDuration(doc.meanNs), note }];
}

/** Only where there were any: polls are calls, and no part of the records that were throttled. */
function refusalTiles({ fleet, polls, ...refused }: RefusedPolls): Tile[] {
  return (['throttled', 'failed'] as const).flatMap((what) => {
    if (refused[what] === 0) return [];
    const note = `${fleet}, ${formatCount(refused[what])} of ${formatCount(polls)} polls`;
    return [{ label: `polls ${what}`, value: formatShare(refused[what] / polls), note }];
  });
}
