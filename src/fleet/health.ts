/**
 * How the generator itself fares in one thread: whether its event loop was late, busy, without a CPU to run on, or stopped to collect
 * garbage. A load tool that does not watch itself reports its own slowness as the endpoint's.
 */
import { readFileSync } from 'node:fs';
import { monitorEventLoopDelay, performance, PerformanceObserver } from 'node:perf_hooks';
import type { Clock } from '../clock.ts';

/** Resolution of the event loop's delay, in ms: what its histogram shows when nothing is late. */
const RESOLUTION_MS = 1;

/** One thread over its work. */
export interface ThreadHealth {
  /** How late the event loop ran its timers, in ns; the timer's own resolution of 1 ms taken off. */
  readonly loopDelayP99Ns: number;
  /** Share of the time the event loop was not waiting for events, 0..1. */
  readonly utilization: number;
  /** Share of the time the thread was on a CPU, 0..1. Far below `utilization`, others had the CPU. */
  readonly cpuShare: number;
  /** Share of the time the thread could have run and had no CPU, since others had them, 0..1; null where the system does not say. */
  readonly cpuWaitShare: number | null;
  /** Share of the time that collecting garbage took, 0..1, and its longest pause in ns. */
  readonly gcShare: number;
  readonly gcPauseNsMax: number;
}

/** Watches the thread it is made in, from its making to `end`. */
export class HealthMonitor {
  readonly #clock: Clock;
  readonly #startNs: number;
  readonly #delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  readonly #utilization = performance.eventLoopUtilization();
  readonly #cpu = process.threadCpuUsage();
  readonly #waitedNs = waitedNs();
  readonly #collections: PerformanceObserver;
  #gcNs = 0;
  #gcPauseNsMax = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#startNs = clock.monotonicNs();
    this.#delay.enable();
    this.#collections = new PerformanceObserver((list) => this.#collected(list.getEntries()));
    this.#collections.observe({ entryTypes: ['gc'] });
  }

  /** What was seen. To be called once. */
  end(): ThreadHealth {
    this.#delay.disable();
    this.#collected(this.#collections.takeRecords());
    this.#collections.disconnect();
    const elapsedNs = Math.max(1, this.#clock.monotonicNs() - this.#startNs);
    const { user, system } = process.threadCpuUsage(this.#cpu);
    return {
      loopDelayP99Ns: Math.max(0, this.#delay.percentile(99) - RESOLUTION_MS * 1e6),
      utilization: performance.eventLoopUtilization(this.#utilization).utilization,
      cpuShare: ((user + system) * 1000) / elapsedNs,
      cpuWaitShare: this.#waitedNs === null ? null : ((waitedNs() ?? 0) - this.#waitedNs) / elapsedNs,
      gcShare: this.#gcNs / elapsedNs,
      gcPauseNsMax: this.#gcPauseNsMax,
    };
  }

  #collected(entries: readonly { readonly duration: number }[]): void {
    for (const { duration } of entries) {
      this.#gcNs += duration * 1e6;
      this.#gcPauseNsMax = Math.max(this.#gcPauseNsMax, duration * 1e6);
    }
  }
}

/** Time that this thread was ready to run and did not, in ns: Linux accounts it (second field of its schedstat), others do not. */
function waitedNs(): number | null {
  try {
    const waited = Number(readFileSync('/proc/thread-self/schedstat', 'latin1').split(' ')[1]);
    return Number.isFinite(waited) ? waited : null;
  } catch {
    return null;
  }
}
