/**
 * A histogram with the error that autocannon has: it "corrects" for requests that were not sent in time, with an interval in the wrong
 * unit (`Math.ceil(1 / rate)`, which is seconds, as milliseconds), and so makes up a sample for every millisecond of each latency. A
 * fixed 200 ms comes out as a p50 near 100 ms. It stands where such an error would stand, so that the calibration can be seen to find it.
 */
import { LatencyHistogram } from './histogram.ts';

const WRONG_INTERVAL_NS = 1_000_000;
/** Samples made up for one latency at the most: a long stall must not keep the thread busy with making them up. */
const SAMPLES_MAX = 250;

export class MiscorrectedHistogram extends LatencyHistogram {
  override record(ns: number): void {
    super.record(ns);
    const samples = Math.min(SAMPLES_MAX, Math.floor(ns / WRONG_INTERVAL_NS) - 1);
    for (let sample = 1; sample <= samples; sample += 1) super.record(ns - sample * WRONG_INTERVAL_NS);
  }
}
