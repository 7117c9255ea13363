/**
 * How old the oldest record is that is not delivered yet, second by second: what AWS calls DataFreshness (the age, from getting into Data
 * Firehose to now, of the oldest record in it; any record older than this has been delivered), seen from outside. A record counts from
 * when it was sent until it is at its destination, so it is known only afterwards, when it has come: the samples are made at the
 * end. One that never came is no old record but a lost one, and the ledger's.
 */
import type { FreshnessDoc } from '../measure/flush.ts';

const EVERY_NS = 1e9;
const SAMPLES_MAX = 600;

export class Freshness {
  /** When the oldest record was sent that was under way at each second, from the start of the load; holes where none was. */
  readonly #oldestNs: number[] = [];
  #seconds = 0;

  /** Records were delivered together, the oldest of which was sent at `sentNs`; both from the start of the load. */
  delivered(sentNs: number, atNs: number): void {
    for (let second = Math.max(0, Math.ceil(sentNs / EVERY_NS)); second * EVERY_NS < atNs; second += 1)
      this.#oldestNs[second] = Math.min(this.#oldestNs[second] ?? Infinity, sentNs);
  }

  /** Calls for every second until `endNs`, with the age in ns: 0 where nothing was under way. */
  sample(endNs: number, each: (atNs: number, ageNs: number) => void): void {
    this.#seconds = Math.floor(endNs / EVERY_NS) + 1;
    for (let second = 0; second < this.#seconds; second += 1) each(second * EVERY_NS, this.#ageAt(second));
  }

  /** What was sampled, in spans of which there are not too many. */
  get series(): FreshnessDoc {
    const width = Math.max(1, Math.ceil(this.#seconds / SAMPLES_MAX));
    const spans = Math.ceil(this.#seconds / width);
    const agesNs = Array.from({ length: spans }, (_, span) => {
      const seconds = Array.from({ length: Math.min(width, this.#seconds - span * width) }, (_each, at) => at);
      return Math.max(...seconds.map((at) => this.#ageAt(span * width + at)));
    });
    return { everyNs: width * EVERY_NS, agesNs };
  }

  #ageAt(second: number): number {
    const oldestNs = this.#oldestNs[second];
    return oldestNs === undefined ? 0 : Math.round(second * EVERY_NS - oldestNs);
  }
}
