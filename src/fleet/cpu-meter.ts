/**
 * The CPU of one thread in the measured phases, user and system, as the kernel accounts it: warm-up, preparation and drain are
 * left out. It is all that the thread does for its agents (pacing, payloads, the client, what is noted down), and nothing that
 * V8 and libuv do for it in threads of their own; which of several fleets of a thread it went to, nobody can tell.
 */
import type { Clock } from '../clock.ts';
import type { Timeline } from './timeline.ts';

/** One thread over the measured phases. */
export interface ThreadCpu {
  /** Fleets with agents in it. */
  readonly fleets: readonly string[];
  readonly cpuNs: number;
}

/** Meters the thread that it is made in, from its making to `end`. */
export class CpuMeter {
  readonly #clock: Clock;
  readonly #timeline: Timeline;
  readonly #stop = new AbortController();
  readonly #metering: Promise<void>;
  #cpuNs = 0;

  constructor(timeline: Timeline, clock: Clock) {
    this.#timeline = timeline;
    this.#clock = clock;
    this.#metering = this.#meter();
  }

  /** CPU of the measured phases until now, in ns. To be called once. */
  async end(): Promise<number> {
    this.#stop.abort();
    await this.#metering;
    return this.#cpuNs;
  }

  async #meter(): Promise<void> {
    const { startNs, spans } = this.#timeline;
    for (const { measured, fromNs, toNs } of spans) {
      if (!measured) continue;
      await this.#clock.sleepUntil(startNs + fromNs, this.#stop.signal);
      if (this.#stop.signal.aborted) return;
      const before = process.threadCpuUsage();
      await this.#clock.sleepUntil(startNs + toNs, this.#stop.signal);
      const { user, system } = process.threadCpuUsage(before);
      this.#cpuNs += (user + system) * 1000;
    }
  }
}
