/**
 * Which documents of a shard were seen. Sequence numbers are given in order, and shown as each copy of the shard is refreshed: one
 * may be found after a higher one, and one that was written over is never found at all. So the place to go on from is behind the
 * last number before the first that is missing, for as long as that may yet come, and what was seen behind that is remembered.
 */

/** A number that is missing so long after one behind it is not waited for any more: several times the second between refreshes, ns. */
const MISSING_NS = 10e9;

export class SequenceWindow {
  /** All up to this one were seen, or are not waited for. */
  #behind = -1;
  /** Seen behind it, each with the time. */
  readonly #seen = new Map<number, number>();

  /** What is to be read from here on, this number left out. */
  get behind(): number {
    return this.#behind;
  }

  /** Notes a number; tells whether it is new. */
  see(seq: number, atNs: number): boolean {
    if (seq <= this.#behind || this.#seen.has(seq)) return false;
    this.#seen.set(seq, atNs);
    return true;
  }

  /** Goes forward as far as nothing is missing that may yet come. */
  advance(nowNs: number): void {
    let settled = this.#behind;
    for (const [seq, atNs] of this.#seen) {
      // Noted in the order of time.
      if (nowNs - atNs < MISSING_NS) break;
      settled = Math.max(settled, seq);
    }
    if (settled > this.#behind) {
      this.#behind = settled;
      for (const seq of this.#seen.keys()) if (seq <= settled) this.#seen.delete(seq);
    }
    while (this.#seen.delete(this.#behind + 1)) this.#behind += 1;
  }
}
