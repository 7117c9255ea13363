/**
 * What can be said about a latency from its histograms. Several are merged by buckets, never by percentiles. A percentile
 * is a number only where at least ten independent events lie beyond it, and skipped operations rank above every value.
 */
import { decodeFromCompressedBase64, type Histogram } from 'hdr-histogram-js';
import type { LatencyDoc } from '../result.ts';

/** Independent events that must lie beyond a percentile before it is shown. */
export const TAIL_EVENTS_MIN = 10;

/** One or several latency histograms, readable at any percentile. */
export interface Distribution {
  readonly count: number;
  readonly events: number;
  readonly meanNs: number;
  readonly maxNs: number;
  /** The highest p in 0..1 that the events support; 0 or less when they support none. */
  readonly supported: number;
  /** The value below which the share p in 0..1 lies, or null where the events do not support one. */
  valueAt(p: number): number | null;
}

/** All of these latencies as one; null for none or for empty ones. */
export function distributionOf(docs: readonly LatencyDoc[]): Distribution | null {
  const filled = docs.filter((doc) => doc.count > 0);
  if (filled.length === 0) return null;
  const positive = merge(filled.map((doc) => doc.histogram));
  const negative = merge(filled.flatMap((doc) => doc.negativeHistogram ?? []));
  const below = negative?.totalCount ?? 0;
  const above = positive?.totalCount ?? 0;
  const count = sum(filled.map((doc) => doc.count));
  const total = below + above + sum(docs.map((doc) => doc.infinite));
  const events = sum(filled.map((doc) => doc.events));
  const supported = Math.min(1 - TAIL_EVENTS_MIN / events, (below + above) / total);
  return {
    count,
    events,
    meanNs: sum(filled.map((doc) => doc.meanNs * doc.count)) / count,
    maxNs: Math.max(...filled.map((doc) => doc.maxNs)),
    supported,
    valueAt(p) {
      if (p > supported + 1e-12) return null;
      const rank = p * total;
      if (negative && rank <= below) return -negative.getValueAtPercentile(100 * (1 - rank / below));
      return positive ? positive.getValueAtPercentile((100 * (rank - below)) / above) : null;
    },
  };
}

/** Up to `points` values, evenly spaced on a log axis in 1/(1-p), no further than the events support. */
export function curveOf(distribution: Distribution, points = 120): readonly { p: number; ns: number }[] {
  if (distribution.supported <= 0) return [];
  const decades = -Math.log10(1 - distribution.supported);
  const ps = Array.from({ length: points }, (_, index) => 1 - 10 ** ((-decades * index) / (points - 1)));
  return ps.flatMap((p) => {
    const ns = distribution.valueAt(Math.min(p, distribution.supported));
    return ns === null ? [] : [{ p, ns }];
  });
}

function merge(texts: readonly string[]): Histogram | null {
  const histograms = texts.map((text) => decodeFromCompressedBase64(text));
  const [first, ...rest] = histograms;
  if (!first) return null;
  first.autoResize = true;
  for (const histogram of rest) first.add(histogram);
  return first;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
