/**
 * What can be said about a latency from its histograms. Several are merged by buckets, never by percentiles. A percentile
 * is a number only where at least ten independent events lie beyond it, and skipped operations rank above every value.
 */
import { LatencyHistogram, TAIL_EVENTS_MIN } from '../measure/histogram.ts';
import type { LatencyDoc } from '../result.ts';

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
  const merged = new LatencyHistogram();
  for (const doc of docs) merged.add(LatencyHistogram.of(doc));
  const { count, events, meanNs, maxNs, infinite } = merged;
  if (count === 0) return null;
  const supported = Math.min(1 - TAIL_EVENTS_MIN / events, count / (count + infinite));
  return {
    count,
    events,
    meanNs,
    maxNs,
    supported,
    valueAt: (p) => (p > supported + 1e-12 ? null : merged.valueAtNs(p)),
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
