/**
 * The figures that every report takes from a result: counts and rates over the measured phases, latencies by name, and the
 * streams with their limits. One reading for the page, the terminal and CI, so that they cannot disagree.
 */
import type { LatencyDoc, LatencyOutcome, PhaseDoc, Result, CountSeries } from '../result.ts';
import { formatCount } from '../measure/format.ts';
import type { CountMetric, LatencyMetric } from '../scenario/plan.ts';

/** Records and bytes of one metric over all measured phases. */
export interface Amount {
  readonly count: number;
  readonly bytes: number;
}

/** The sum of one metric over these fleets (all when none is named) in all measured phases; null when it was not counted. */
export function amountOf(result: Result, metric: CountMetric, fleets?: readonly string[]): Amount | null {
  const docs = result.counts.filter(
    (doc) => doc.phase === null && doc.metric === metric && (!fleets || fleets.includes(doc.fleet)),
  );
  if (docs.length === 0) return null;
  return docs.reduce((total, doc) => ({ count: total.count + doc.count, bytes: total.bytes + doc.bytes }), {
    count: 0,
    bytes: 0,
  });
}

/** Share of the offered records that had this fate; null when nothing was offered. */
export function shareOf(result: Result, metric: CountMetric): number | null {
  const offered = amountOf(result, 'offered');
  const amount = amountOf(result, metric);
  return offered && amount && offered.count > 0 ? amount.count / offered.count : null;
}

/** The calls of one polling fleet over all measured phases, and how many of them came to nothing. */
export interface RefusedPolls {
  readonly fleet: string;
  readonly polls: number;
  readonly throttled: number;
  readonly failed: number;
}

/** The polling fleets of which calls were throttled or failed; their records are none of the throttled ones. */
export function refusedPollsOf(result: Result): readonly RefusedPolls[] {
  return result.scenario.plan.fleets
    .map(({ name }) => {
      const of = (metric: CountMetric): number => amountOf(result, metric, [name])?.count ?? 0;
      return { fleet: name, polls: of('polls'), throttled: of('polls-throttled'), failed: of('polls-failed') };
    })
    .filter(({ throttled, failed }) => throttled + failed > 0);
}

/** The latencies of this name over all measured phases, one for each fleet that recorded any. */
export function latenciesOf(result: Result, metric: LatencyMetric, outcome: LatencyOutcome): readonly LatencyDoc[] {
  return result.latencies.filter(
    (doc) => doc.phase === null && doc.metric === metric && doc.outcome === outcome && doc.count > 0,
  );
}

/** Why a consumer's delays have no mean: records that never came, or so late that nobody knows when they were sent. */
export function withoutEnd({ count, infinite }: LatencyDoc): string {
  return `${formatCount(infinite)} of ${formatCount(count + infinite)} records never came, or too late to be timed`;
}

/** A stream that is written to: who writes it, and how many shards it has (null when neither the plan nor the data tells). */
export interface WrittenStream {
  readonly alias: string;
  readonly fleets: readonly string[];
  readonly shards: number | null;
  /** Of Data Firehose, put into directly. */
  readonly delivery?: boolean;
}

/** The streams and delivery streams that producers of the plan write to. */
export function writtenStreams(result: Result): readonly WrittenStream[] {
  const { streams, fleets, deliveries = [] } = result.scenario.plan;
  const writersOf = (alias: string) =>
    fleets.flatMap((fleet) => (fleet.kind === 'produce' && fleet.stream === alias ? [fleet.name] : []));
  const direct = deliveries
    .filter(({ source }) => source === null)
    .map(({ alias }) => ({ alias, fleets: writersOf(alias), shards: null, delivery: true }));
  return streams
    .map((stream): WrittenStream => {
      const names = writersOf(stream.alias);
      return {
        alias: stream.alias,
        fleets: names,
        shards: ('create' in stream ? stream.create.shards : null) ?? seen(names),
      };
    })
    .concat(direct)
    .filter((stream) => stream.fleets.length > 0);

  function seen(names: readonly string[]): number | null {
    const shards = result.series.counts.filter((series) => names.includes(series.fleet) && series.shard !== null);
    return new Set(shards.map((series) => series.shard)).size || null;
  }
}

/** Bin by bin sum of the given series; `of` picks records or bytes. */
export function sumSeries(series: readonly CountSeries[], bins: number, of: 'values' | 'bytes'): number[] {
  return Array.from({ length: bins }, (_, bin) => series.reduce((total, one) => total + (one[of][bin] ?? 0), 0));
}

/** For each bin the phase that its middle falls in, or null outside of all. */
export function phaseOfBins(result: Result): readonly (PhaseDoc | null)[] {
  const { bins, binNs } = result.series;
  return Array.from({ length: bins }, (_, bin) => {
    const middle = (bin + 0.5) * binNs;
    return result.phases.find((phase) => middle >= phase.startNs && middle < phase.endNs) ?? null;
  });
}

/** Nanoseconds of each bin inside the phases: the last one may be cut short, and one that holds only late answers has none. */
export function binWidthsNs(result: Result): readonly number[] {
  const { bins, binNs } = result.series;
  const end = Math.max(0, ...result.phases.map((phase) => phase.endNs));
  return Array.from({ length: bins }, (_, bin) => Math.max(0, Math.min(binNs, end - bin * binNs)));
}
