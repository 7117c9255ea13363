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

export interface LatencyCell extends LatencyLabels {
  readonly bin: number;
  readonly histogram: EncodedHistogram;
}

export interface Snapshot {
  /** Labels that were counted for the first time, numbered on from those of the snapshots before. */
  readonly labels: readonly CountLabels[];
  /** What came of some labels in a bin, `COUNT_COLUMNS` numbers for each: number of the labels, bin, count, bytes. */
  readonly counts: Float64Array;
  readonly latencies: readonly LatencyCell[];
}

/** Numbers in a row of a snapshot's counts. */
export const COUNT_COLUMNS = 4;

type LatencyBin = LatencyLabels & { readonly bin: number; readonly histogram: LatencyHistogram };

/** What came of one set of labels in the bin of the event before; nothing yet where that is `NO_BIN`. */
interface CountSlot {
  /** Number of the labels; -1 until they are counted for the first time. */
  label: number;
  bin: number;
  count: number;
  bytes: number;
}

const NO_BIN = -1;

export class Recorder {
  /** Start of the first phase, monotonic ns; bins count from there. To be set before anything is recorded. */
  startNs = 0;
  readonly #binNs: number;
  readonly #histogram: () => LatencyHistogram;
  readonly #slots = new LabelTree((): CountSlot => ({ label: -1, bin: NO_BIN, count: 0, bytes: 0 }));
  readonly #latencies = new LabelTree((): LatencyBin[] => []);
  #labels = 0;
  #newLabels: CountLabels[] = [];
  /** Slots with something in them. */
  #counted: CountSlot[] = [];
  /** What was in slots whose labels have gone on to another bin. */
  #rows: number[] = [];
  #timed: LatencyBin[][] = [];

  /** @param histogram makes the histograms; another than ours only for a calibration that must find it */
  constructor(binNs: number, histogram: () => LatencyHistogram = () => new LatencyHistogram()) {
    this.#binNs = binNs;
    this.#histogram = histogram;
  }

  /** Counts `count` events of together `bytes` bytes at a time. */
  count(labels: CountLabels, atNs: number, count: number, bytes: number): void {
    const { fleet, phase, metric, attribution, shard } = labels;
    const slot = this.#slots.at([fleet, phase, metric, attribution, shard]);
    const bin = this.#binOf(atNs);
    if (slot.bin !== bin) this.#turn(slot, bin, labels);
    slot.count += count;
    slot.bytes += bytes;
  }

  /** The histogram to record into for a time. */
  latency(labels: LatencyLabels, atNs: number): LatencyHistogram {
    const { fleet, phase, metric, outcome } = labels;
    const cells = this.#latencies.at([fleet, phase, metric, outcome]);
    if (cells.length === 0) this.#timed.push(cells);
    const bin = this.#binOf(atNs);
    let cell = cells.find((each) => each.bin === bin);
    if (!cell) cells.push((cell = { ...labels, bin, histogram: this.#histogram() }));
    return cell.histogram;
  }

  /** Everything since the last snapshot, as plain data; the recorder is empty afterwards. */
  snapshot(): Snapshot {
    for (const slot of this.#counted) {
      this.#put(slot);
      slot.bin = NO_BIN;
    }
    const counts = Float64Array.from(this.#rows);
    const latencies = this.#timed.flatMap((cells) => cells.splice(0)).map(encoded);
    const labels = this.#newLabels;
    this.#newLabels = [];
    this.#counted = [];
    this.#rows = [];
    this.#timed = [];
    return { labels, counts, latencies };
  }

  /** Begins another bin of some labels. */
  #turn(slot: CountSlot, bin: number, labels: CountLabels): void {
    if (slot.label < 0) {
      slot.label = this.#labels;
      this.#labels += 1;
      this.#newLabels.push(labels);
    }
    if (slot.bin === NO_BIN) this.#counted.push(slot);
    else this.#put(slot);
    slot.bin = bin;
  }

  #put(slot: CountSlot): void {
    this.#rows.push(slot.label, slot.bin, slot.count, slot.bytes);
    slot.count = 0;
    slot.bytes = 0;
  }

  #binOf(atNs: number): number {
    return Math.max(0, Math.floor((atNs - this.startNs) / this.#binNs));
  }
}

function encoded(cell: LatencyBin): LatencyCell {
  return { ...cell, histogram: cell.histogram.encode() };
}
