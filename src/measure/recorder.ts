/**
 * What one thread measures: counters and histograms with labels, cut into bins of time. Snapshots go to the run several times
 * a second and empty the recorder, so its memory depends on how many labels there are, not on how long the run is.
 */
import { type EncodedHistogram, LatencyHistogram } from './histogram.ts';

/** How a record's shard is known. */
export type Attribution = 'answer' | 'message' | 'hash-map' | 'none';

export interface CountLabels {
  readonly fleet: string;
  readonly phase: string;
  readonly metric: string;
  /** null where no shard can be named. */
  readonly shard: string | null;
  readonly attribution: Attribution;
}

export interface LatencyLabels {
  readonly fleet: string;
  readonly phase: string;
  readonly metric: string;
  readonly outcome: string;
}

export interface CountCell extends CountLabels {
  readonly bin: number;
  count: number;
  bytes: number;
}

export interface LatencyCell extends LatencyLabels {
  readonly bin: number;
  readonly histogram: EncodedHistogram;
}

export interface Snapshot {
  readonly counts: readonly CountCell[];
  readonly latencies: readonly LatencyCell[];
}

export class Recorder {
  /** Start of the first phase, monotonic ns; bins count from there. To be set before anything is recorded. */
  startNs = 0;
  readonly #binNs: number;
  readonly #histogram: () => LatencyHistogram;
  #counts = new Map<string, CountCell>();
  #latencies = new Map<string, LatencyLabels & { readonly bin: number; readonly histogram: LatencyHistogram }>();

  /** @param histogram makes the histograms; another than ours only for a calibration that must find it */
  constructor(binNs: number, histogram: () => LatencyHistogram = () => new LatencyHistogram()) {
    this.#binNs = binNs;
    this.#histogram = histogram;
  }

  /** Counts `count` events of together `bytes` bytes at a time. */
  count(labels: CountLabels, atNs: number, count: number, bytes: number): void {
    const bin = this.#binOf(atNs);
    const key = `${labels.fleet}|${labels.phase}|${labels.metric}|${labels.shard}|${labels.attribution}|${bin}`;
    const cell = this.#counts.get(key);
    if (cell) {
      cell.count += count;
      cell.bytes += bytes;
    } else this.#counts.set(key, { ...labels, bin, count, bytes });
  }

  /** The histogram to record into for a time. */
  latency(labels: LatencyLabels, atNs: number): LatencyHistogram {
    const bin = this.#binOf(atNs);
    const key = `${labels.fleet}|${labels.phase}|${labels.metric}|${labels.outcome}|${bin}`;
    let cell = this.#latencies.get(key);
    if (!cell) this.#latencies.set(key, (cell = { ...labels, bin, histogram: this.#histogram() }));
    return cell.histogram;
  }

  /** Everything since the last snapshot, as plain data; the recorder is empty afterwards. */
  snapshot(): Snapshot {
    const counts = [...this.#counts.values()];
    const latencies = [...this.#latencies.values()].map((cell) => ({ ...cell, histogram: cell.histogram.encode() }));
    this.#counts = new Map();
    this.#latencies = new Map();
    return { counts, latencies };
  }

  #binOf(atNs: number): number {
    return Math.max(0, Math.floor((atNs - this.startNs) / this.#binNs));
  }
}
