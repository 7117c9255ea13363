/**
 * A latency histogram: HdrHistogram with three significant digits (and never finer than 64 ns) up to 2.4 hours, values in ns. HDR cannot
 * hold negative values and other tools drop them; here they go, mirrored, into a second histogram, because a negative delay
 * is a fact about clocks that a reader must see. Buckets can be added up and encoded; percentiles are never merged.
 */
import { build, decodeFromCompressedBase64, encodeIntoCompressedBase64, type Histogram } from 'hdr-histogram-js';

/** Values below share a bucket of this width, in ns. */
const NS_MIN = 100;
const NS_MAX = 2 ** 43;

/** Fewer independent events than this beyond a percentile, and it is not a number but a guess. */
export const TAIL_EVENTS_MIN = 10;

export interface EncodedHistogram {
  /** HdrHistogram V2, compressed, base64. */
  readonly positive: string;
  /** Of the absolute values of negative ones; null for none. */
  readonly negative: string | null;
  readonly sumNs: number;
  readonly minNs: number;
  readonly maxNs: number;
  readonly events: number;
  readonly infinite: number;
}

/** A histogram as a result document has it: buckets and exact figures side by side. */
export interface HistogramFigures {
  readonly histogram: string;
  readonly negativeHistogram: string | null;
  readonly count: number;
  readonly meanNs: number;
  readonly minNs: number;
  readonly maxNs: number;
  readonly events: number;
  readonly infinite: number;
}

export class LatencyHistogram {
  readonly #positive: Histogram;
  #negative: Histogram | undefined;
  #sumNs = 0;
  #minNs = Infinity;
  #maxNs = -Infinity;
  #events = 0;
  #infinite = 0;

  constructor(positive: Histogram = empty()) {
    this.#positive = positive;
  }

  /** Records one value in ns. */
  record(ns: number): void {
    if (ns < 0) (this.#negative ??= empty()).recordValue(Math.min(Math.round(-ns), NS_MAX));
    else this.#positive.recordValue(Math.min(Math.round(ns), NS_MAX));
    this.#sumNs += ns;
    if (ns < this.#minNs) this.#minNs = ns;
    if (ns > this.#maxNs) this.#maxNs = ns;
  }

  /** Counts one independent event (a call, a poll that brought records) behind the values recorded. */
  event(): void {
    this.#events += 1;
  }

  /** Counts an operation that never happened: it ranks above every value. */
  skip(): void {
    this.#infinite += 1;
    this.#events += 1;
  }

  /** Counts values that are not known, but known to be longer than every other. */
  outrank(values = 1): void {
    this.#infinite += values;
  }

  get count(): number {
    return this.#positive.totalCount + this.negativeCount;
  }

  get negativeCount(): number {
    return this.#negative?.totalCount ?? 0;
  }

  get events(): number {
    return this.#events;
  }

  get infinite(): number {
    return this.#infinite;
  }

  /** Exact, in ns; 0 for an empty histogram. */
  get meanNs(): number {
    return this.count === 0 ? 0 : this.#sumNs / this.count;
  }

  /** Exact, in ns; 0 for an empty histogram. */
  get minNs(): number {
    return this.count === 0 ? 0 : this.#minNs;
  }

  /** Exact, in ns; 0 for an empty histogram. */
  get maxNs(): number {
    return this.count === 0 ? 0 : this.#maxNs;
  }

  /**
   * The value in ns that a share `p` (0..1) of all values do not exceed, within 0.1 %; null where fewer than ten
   * independent events lie beyond it, or where it falls among operations that never happened.
   */
  percentileNs(p: number): number | null {
    if (this.#events * (1 - p) < TAIL_EVENTS_MIN - 1e-9) return null;
    return this.valueAtNs(p);
  }

  /** The same without the question whether enough events support it. For drawing; null for no value at that rank. */
  valueAtNs(p: number): number | null {
    const count = this.count;
    const rank = Math.max(1, Math.ceil(p * (count + this.#infinite) - 1e-9));
    if (count === 0 || rank > count) return null;
    const negative = this.negativeCount;
    // The smallest value is the largest of the mirrored ones.
    const value =
      rank <= negative ? -valueOf(this.#negative!, negative - rank + 1) : valueOf(this.#positive, rank - negative);
    return Math.min(Math.max(value, this.#minNs), this.#maxNs);
  }

  /** Adds the other's buckets to this one's. */
  add(other: LatencyHistogram): void {
    if (other.#positive.totalCount > 0) this.#positive.add(other.#positive);
    if (other.#negative) (this.#negative ??= empty()).add(other.#negative);
    this.#sumNs += other.#sumNs;
    this.#minNs = Math.min(this.#minNs, other.#minNs);
    this.#maxNs = Math.max(this.#maxNs, other.#maxNs);
    this.#events += other.#events;
    this.#infinite += other.#infinite;
  }

  /** The histogram behind the figures of a result's latency. */
  static of(figures: HistogramFigures): LatencyHistogram {
    return LatencyHistogram.decode({
      positive: figures.histogram,
      negative: figures.negativeHistogram,
      sumNs: figures.meanNs * figures.count,
      minNs: figures.count === 0 ? Infinity : figures.minNs,
      maxNs: figures.count === 0 ? -Infinity : figures.maxNs,
      events: figures.events,
      infinite: figures.infinite,
    });
  }

  encode(): EncodedHistogram {
    return {
      positive: encodeIntoCompressedBase64(this.#positive),
      negative: this.#negative ? encodeIntoCompressedBase64(this.#negative) : null,
      sumNs: this.#sumNs,
      minNs: this.#minNs,
      maxNs: this.#maxNs,
      events: this.#events,
      infinite: this.#infinite,
    };
  }

  static decode(encoded: EncodedHistogram): LatencyHistogram {
    const histogram = new LatencyHistogram(decodeFromCompressedBase64(encoded.positive));
    if (encoded.negative !== null) histogram.#negative = decodeFromCompressedBase64(encoded.negative);
    histogram.#sumNs = encoded.sumNs;
    histogram.#minNs = encoded.minNs;
    histogram.#maxNs = encoded.maxNs;
    histogram.#events = encoded.events;
    histogram.#infinite = encoded.infinite;
    return histogram;
  }
}

/** The value of a rank, from 1. Half a rank less keeps the library's rounding of percentages from reaching the next one. */
function valueOf(histogram: Histogram, rank: number): number {
  return histogram.getValueAtPercentile((100 * (rank - 0.5)) / histogram.totalCount);
}

function empty(): Histogram {
  return build({ lowestDiscernibleValue: NS_MIN, highestTrackableValue: NS_MAX, numberOfSignificantValueDigits: 3 });
}
