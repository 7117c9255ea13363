/**
 * How an agent waits for its due times, as its plan names it: by timers, or precisely. What is overdue is not waited for; but a
 * generator that cannot keep up would then never let an answer in, so it takes a breath now and then.
 */
import type { Clock } from '../clock.ts';
import type { Pacing } from '../scenario/plan.ts';

/** An agent works on for so long before it lets other events in, in ns. */
const BREATH_NS = 1_000_000;

export class Pace {
  readonly #clock: Clock;
  readonly #pacing: Pacing;
  #breathedNs: number;

  constructor(clock: Clock, pacing: Pacing) {
    this.#clock = clock;
    this.#pacing = pacing;
    this.#breathedNs = clock.monotonicNs();
  }

  /** Resolves when the time has come, at once when it has passed, and when `signal` aborts. */
  async until(dueNs: number, signal: AbortSignal): Promise<void> {
    const clock = this.#clock;
    const nowNs = clock.monotonicNs();
    if (nowNs < dueNs)
      await (this.#pacing === 'precise' ? clock.spinUntil(dueNs, signal) : clock.sleepUntil(dueNs, signal));
    else if (nowNs - this.#breathedNs > BREATH_NS) await clock.spinUntil(nowNs + 1, signal);
    else return;
    this.#breathedNs = clock.monotonicNs();
  }
}
