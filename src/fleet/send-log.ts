/**
 * When each record was sent, for the consumers of the same machine: a ring in shared memory per producing agent, written as
 * the first byte goes out and read in whichever thread receives the record. A record older than the ring has no sent time
 * any more; its delivery (from the due time in its tag) is still exact. Memory: 16 bytes a slot, bounded by the rate.
 */
const SLOTS_MIN = 1 << 10;
const SLOTS_MAX = 1 << 18;
/** Records that long ago can still be looked up, in ns, as far as the bounds allow. */
export const REMEMBERED_NS = 120_000_000_000;

export class SendLog {
  readonly buffer: SharedArrayBuffer;
  readonly #slots: Float64Array;
  readonly #mask: number;

  constructor(buffer: SharedArrayBuffer) {
    this.buffer = buffer;
    this.#slots = new Float64Array(buffer);
    this.#mask = this.#slots.length / 2 - 1;
  }

  /** Room for so many records of an agent. */
  static allocate(records: number): SendLog {
    const slots = Math.min(SLOTS_MAX, Math.max(SLOTS_MIN, records));
    return new SendLog(new SharedArrayBuffer(16 * 2 ** Math.ceil(Math.log2(slots))));
  }

  sent(counter: number, sentNs: number): void {
    const at = 2 * (counter & this.#mask);
    this.#slots[at] = sentNs;
    this.#slots[at + 1] = counter + 1;
  }

  /** The time in ns, or undefined when it is not (or no longer) known. */
  sentNs(counter: number): number | undefined {
    const at = 2 * (counter & this.#mask);
    return this.#slots[at + 1] === counter + 1 ? this.#slots[at] : undefined;
  }
}
