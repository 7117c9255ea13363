/**
 * When a shard is polled. The times are absolute, one interval after the other from a random phase on, so that slow answers do
 * not shift them; a time that is missed is left out. A consumer that reads on at once while it is behind polls between them.
 *
 * Pure arithmetic on times that it is told.
 */
import { NS_PER_MS } from '../clock.ts';
import type { PollingFleet } from '../scenario/plan.ts';

/** Who polls without waiting still lets so much time pass between two polls: an endpoint that answers at once is not called in a hot loop. */
const GAP_NS_MIN = 10 * NS_PER_MS;

/** What a poll left behind. */
export interface AfterPoll {
  /** Until when the application is busy with what it was given, in ns; 0 for nothing. */
  readonly busyUntilNs: number;
  /** Whether there was more to read. */
  readonly behind: boolean;
}

/** After a poll that brought nothing to do. */
export const nothingToDo: AfterPoll = { busyUntilNs: 0, behind: false };

export class PollSchedule {
  readonly #firstNs: number;
  readonly #everyNs: number;
  readonly #eager: boolean;
  #slot: number;
  #dueNs: number;

  /** @param nowNs a shard that is born under load is first polled in its next slot, not late for all those before */
  constructor(firstNs: number, { everyNs, idle }: Pick<PollingFleet, 'everyNs' | 'idle'>, nowNs: number) {
    this.#firstNs = firstNs;
    this.#everyNs = everyNs;
    this.#eager = idle === 'caught-up';
    this.#slot = Math.max(0, Math.ceil((nowNs - firstNs) / everyNs));
    this.#dueNs = firstNs + this.#slot * everyNs;
  }

  /** Of the poll that comes next, monotonic ns. */
  get dueNs(): number {
    return this.#dueNs;
  }

  /** A poll is over, or its time has passed without one. */
  next(nowNs: number, { busyUntilNs, behind }: AfterPoll): void {
    const freeNs = Math.max(nowNs, busyUntilNs);
    if (this.#eager && behind) {
      this.#dueNs = Math.max(freeNs, this.#dueNs + GAP_NS_MIN);
      return;
    }
    this.#slot = Math.max(this.#slot + 1, Math.ceil((freeNs - this.#firstNs) / this.#everyNs));
    this.#dueNs = this.#firstNs + this.#slot * this.#everyNs;
  }
}
