/**
 * The calls of one agent that are due: sent at once while fewer than `inFlightMax` are open; beyond that they wait in the order
 * they were due (`queue`, as many as the cap allows) or are skipped. The schedule goes on either way, so a stall of the
 * endpoint neither thins the load nor hides in it, and what waits is bounded.
 */
export interface BacklogLimits {
  readonly inFlightMax: number;
  /** 0 where what finds no room is skipped. */
  readonly waitingMax: number;
}

export class Backlog<T> {
  readonly #limits: BacklogLimits;
  readonly #send: (item: T) => Promise<void>;
  readonly #skip: (item: T) => void;
  readonly #waiting: T[] = [];
  readonly #open = new Set<Promise<void>>();

  /** @param send resolves when the call is settled; never rejects for what a target does */
  constructor(limits: BacklogLimits, send: (item: T) => Promise<void>, skip: (item: T) => void) {
    this.#limits = limits;
    this.#send = send;
    this.#skip = skip;
  }

  /** Takes what is due now; tells whether it has to wait. */
  offer(item: T): boolean {
    if (this.#open.size < this.#limits.inFlightMax) this.#start(item);
    else if (this.#waiting.length < this.#limits.waitingMax) {
      this.#waiting.push(item);
      return true;
    } else this.#skip(item);
    return false;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** Skips what still waits. */
  drop(): void {
    for (const item of this.#waiting.splice(0)) this.#skip(item);
  }

  /** Resolves when nothing waits and nothing is open; rejects when a call did. */
  async settled(): Promise<void> {
    while (this.#open.size > 0) await Promise.race(this.#open);
  }

  #start(item: T): void {
    const call = this.#send(item).finally(() => {
      this.#open.delete(call);
      const next = this.#waiting.shift();
      if (next !== undefined) this.#start(next);
    });
    this.#open.add(call);
  }
}
