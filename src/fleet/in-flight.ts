/** The cap on the open calls of one agent: how many there are, and when one ends. */
export class InFlight {
  readonly #max: number;
  readonly #open = new Set<Promise<void>>();
  readonly #onEnd: () => void;

  /** @param onEnd called whenever a call has ended */
  constructor(max: number, onEnd: () => void = () => {}) {
    this.#max = max;
    this.#onEnd = onEnd;
  }

  get empty(): boolean {
    return this.#open.size === 0;
  }

  get full(): boolean {
    return this.#open.size >= this.#max;
  }

  /** Counts a call as open until it is settled. */
  add(call: Promise<void>): void {
    const watched = call.finally(() => {
      this.#open.delete(watched);
      this.#onEnd();
    });
    this.#open.add(watched);
  }

  /** Resolves when no call is open; rejects with the defect of one that failed. */
  async settled(): Promise<void> {
    while (this.#open.size > 0) await Promise.all(this.#open);
  }
}
