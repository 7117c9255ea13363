/**
 * What all threads measured, put together: counts by label and bin, histograms by label and phase, and per bin a few figures
 * of the merged histogram. The histogram of a bin is kept only until the bin is surely over, so memory does not grow with
 * the buckets of a long run; buckets are merged, percentiles never.
 */
import { LatencyHistogram } from './histogram.ts';
import { LabelTree } from './label-tree.ts';
import { COUNT_COLUMNS, type CountLabels, type LatencyCell, type LatencyLabels, type Snapshot } from './recorder.ts';

export interface CountTotal extends CountLabels {
  count: number;
  bytes: number;
  /** By bin; holes are zeros. */
  readonly counts: number[];
  readonly byteCounts: number[];
}

export interface LatencyTotal extends LatencyLabels {
  readonly histogram: LatencyHistogram;
}

/** One bin of one fleet, metric and outcome, all phases together. */
export interface LatencyPoint {
  readonly count: number;
  readonly p50Ns: number | null;
  readonly p90Ns: number | null;
  readonly p99Ns: number | null;
  readonly maxNs: number | null;
}

export interface LatencyLine {
  readonly fleet: string;
  readonly metric: string;
  readonly outcome: string;
  readonly points: (LatencyPoint | undefined)[];
  readonly open: Map<number, LatencyHistogram>;
}

/** Where the total of some labels stands, once there is one. */
interface Place {
  total: CountTotal | undefined;
}

export class Aggregate {
  readonly #places = new LabelTree((): Place => ({ total: undefined }));
  readonly #counts: CountTotal[] = [];
  readonly #latencies = new Map<string, LatencyTotal>();
  readonly #lines = new Map<string, LatencyLine>();

  /** Where the snapshots of one recorder go, all of them and in their order: it numbers its labels, and names them once. */
  source(): (snapshot: Snapshot) => void {
    const totals: CountTotal[] = [];
    return ({ labels, counts, latencies }) => {
      for (const each of labels) totals.push(this.#countTotal(each));
      for (let row = 0; row < counts.length; row += COUNT_COLUMNS)
        addRow(totals[counts[row]!]!, counts[row + 1]!, counts[row + 2]!, counts[row + 3]!);
      for (const each of latencies) this.#addLatency(each);
    };
  }

  /** Turns every bin before `bin` into its figures. To be called once no thread can report on them any more. */
  close(bin: number): void {
    for (const { open, points } of this.#lines.values()) {
      for (const [index, histogram] of open) {
        if (index >= bin) continue;
        const before = points[index];
        const point = pointOf(histogram);
        // Percentiles of a bin that was closed already cannot be merged: those of the larger part stand for it.
        points[index] = before
          ? { ...(before.count >= point.count ? before : point), count: before.count + point.count }
          : point;
        open.delete(index);
      }
    }
  }

  get counts(): readonly CountTotal[] {
    return this.#counts;
  }

  get latencies(): readonly LatencyTotal[] {
    return [...this.#latencies.values()];
  }

  get lines(): readonly LatencyLine[] {
    return [...this.#lines.values()];
  }

  /** Sum over all labels that match. */
  sum(match: Partial<CountLabels>): number {
    const wanted = Object.entries(match) as [keyof CountLabels, unknown][];
    let sum = 0;
    for (const total of this.#counts) {
      if (wanted.every(([name, value]) => total[name] === value)) sum += total.count;
    }
    return sum;
  }

  /** Service times of accepted calls of all fleets and phases so far. */
  service(): LatencyHistogram {
    const merged = new LatencyHistogram();
    for (const total of this.#latencies.values()) {
      if (total.metric === 'service' && total.outcome === 'accepted') merged.add(total.histogram);
    }
    return merged;
  }

  #addLatency({ histogram: encoded, bin, ...labels }: LatencyCell): void {
    const histogram = LatencyHistogram.decode(encoded);
    this.#total(labels).histogram.add(histogram);
    const { open } = this.#line(labels);
    const before = open.get(bin);
    if (before) before.add(histogram);
    else open.set(bin, histogram);
  }

  #countTotal({ fleet, phase, metric, attribution, shard }: CountLabels): CountTotal {
    const place = this.#places.at([fleet, phase, metric, attribution, shard]);
    if (!place.total) {
      place.total = { fleet, phase, metric, shard, attribution, count: 0, bytes: 0, counts: [], byteCounts: [] };
      this.#counts.push(place.total);
    }
    return place.total;
  }

  #total(labels: LatencyLabels): LatencyTotal {
    const key = `${labels.fleet}|${labels.phase}|${labels.metric}|${labels.outcome}`;
    let total = this.#latencies.get(key);
    if (!total) this.#latencies.set(key, (total = { ...labels, histogram: new LatencyHistogram() }));
    return total;
  }

  #line({ fleet, metric, outcome }: LatencyLabels): LatencyLine {
    const key = `${fleet}|${metric}|${outcome}`;
    let line = this.#lines.get(key);
    if (!line) this.#lines.set(key, (line = { fleet, metric, outcome, points: [], open: new Map() }));
    return line;
  }
}

function addRow(total: CountTotal, bin: number, count: number, bytes: number): void {
  total.count += count;
  total.bytes += bytes;
  total.counts[bin] = (total.counts[bin] ?? 0) + count;
  total.byteCounts[bin] = (total.byteCounts[bin] ?? 0) + bytes;
}

function pointOf(histogram: LatencyHistogram): LatencyPoint {
  return {
    count: histogram.count,
    p50Ns: histogram.percentileNs(0.5),
    p90Ns: histogram.percentileNs(0.9),
    p99Ns: histogram.percentileNs(0.99),
    maxNs: histogram.count === 0 ? null : histogram.maxNs,
  };
}
