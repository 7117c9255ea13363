/**
 * When the records of one agent were due, by their counters: of a record that is absent when it is looked for, it says whether its
 * retention can have been over. A bounded sample: with more records than it has room for, it keeps every second, fourth, … due time, so a
 * record is taken to have been due at the same time as one shortly before it: by 1/512 of what the agent sent, at the most. That errs on
 * one side: a record is called older than it is, and so never lost when it has rightly expired.
 */
const KEPT = 1024;

export interface DueTimesExport {
  /** Counters between two times that were kept. */
  readonly stride: number;
  /** Monotonic ns, in the order of the counters. */
  readonly timesNs: readonly number[];
}

export class DueTimes {
  #stride = 1;
  #timesNs: number[] = [];

  /** To be told of every record, in the order of the counters. */
  note(counter: number, dueNs: number): void {
    if (counter % this.#stride !== 0) return;
    this.#timesNs.push(dueNs);
    if (this.#timesNs.length < KEPT) return;
    this.#timesNs = this.#timesNs.filter((_, index) => index % 2 === 0);
    this.#stride *= 2;
  }

  export(): DueTimesExport {
    return { stride: this.#stride, timesNs: this.#timesNs };
  }
}

/** The first counter whose record was surely due at this time or later: all before it may be older. */
export function firstDueAfter({ stride, timesNs }: DueTimesExport, atNs: number): number {
  const first = timesNs.findIndex((dueNs) => dueNs >= atNs);
  return first === -1 ? timesNs.length * stride : first * stride;
}
