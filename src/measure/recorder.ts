/**
 * What one thread measures: counters and histograms with labels, cut into bins of time. Snapshots go to the run several times
 * a second and empty the recorder, so its memory depends on how many labels there are, not on how long the run is.
 */
import { type EncodedHistogram, LatencyHistogram } from './histogram.ts';
import { LabelTree } from './label-tree.ts';

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

type LatencyBin = LatencyLabels & { readonly bin: number; readonly histogram: LatencyHistogram };

/** What came of one set of labels since the last snapshot, a cell for each bin. */
class Binned<Cell extends { readonly bin: number }> {
  #cells: Cell[] = [];
  #latest: Cell | undefined;

  get empty(): boolean {
    return this.#cells.length === 0;
  }

  /** The cell of a bin, where there is one: nearly always that of the event before. */
  find(bin: number): Cell | undefined {
    if (this.#latest?.bin !== bin) this.#latest = this.#cells.find((cell) => cell.bin === bin);
    return this.#latest;
  }

  add(cell: Cell): Cell {
    this.#cells.push(cell);
    return (this.#latest = cell);
  }

  /** Gives the cells, and begins anew. */
  take(): readonly Cell[] {
    const cells = this.#cells;
    this.#cells = [];
    this.#latest = undefined;
    return cells;
  }
}

export class Recorder {
  /** Start of the first phase, monotonic ns; bins count from there. To be set before anything is recorded. */
  startNs = 0;
  readonly #binNs: number;
  readonly #histogram: () => LatencyHistogram;
  readonly #counts = new LabelTree(() => new Binned<CountCell>());
  readonly #latencies = new LabelTree(() => new Binned<LatencyBin>());
  /** Those with cells, in the order in which they got their first. */
  #counted: Binned<CountCell>[] = [];
  #timed: Binned<LatencyBin>[] = [];

  /** @param histogram makes the histograms; another than ours only for a calibration that must find it */
  constructor(binNs: number, histogram: () => LatencyHistogram = () => new LatencyHistogram()) {
    this.#binNs = binNs;
    this.#histogram = histogram;
  }

  /** Counts `count` events of together `bytes` bytes at a time. */
  count(labels: CountLabels, atNs: number, count: number, bytes: number): void {
    const { fleet, phase, metric, attribution, shard } = labels;
    const binned = this.#counts.at([fleet, phase, metric, attribution, shard]);
    if (binned.empty) this.#counted.push(binned);
    const bin = this.#binOf(atNs);
    const cell = binned.find(bin) ?? binned.add({ fleet, phase, metric, shard, attribution, bin, count: 0, bytes: 0 });
    cell.count += count;
    cell.bytes += bytes;
  }

  /** The histogram to record into for a time. */
  latency(labels: LatencyLabels, atNs: number): LatencyHistogram {
    const { fleet, phase, metric, outcome } = labels;
    const binned = this.#latencies.at([fleet, phase, metric, outcome]);
    if (binned.empty) this.#timed.push(binned);
    const bin = this.#binOf(atNs);
    return (binned.find(bin) ?? binned.add({ ...labels, bin, histogram: this.#histogram() })).histogram;
  }

  /** Everything since the last snapshot, as plain data; the recorder is empty afterwards. */
  snapshot(): Snapshot {
    const counts = this.#counted.flatMap((binned) => binned.take());
    const latencies = this.#timed
      .flatMap((binned) => binned.take())
      .map((cell) => ({ ...cell, histogram: cell.histogram.encode() }));
    this.#counted = [];
    this.#timed = [];
    return { counts, latencies };
  }

  #binOf(atNs: number): number {
    return Math.max(0, Math.floor((atNs - this.startNs) / this.#binNs));
  }
}
