/**
 * How punctual the two pacings are on this machine: one agent, 1,000 due times a second and nothing to send, for ten seconds each.
 * CPU is that of the whole process over the time, so 100 % is one core. Beside them a bare loop that does nothing but look at the
 * time: what the machine takes away from it, no program has.
 */
import { systemClock, NS_PER_S } from '../src/clock.ts';
import { Pace } from '../src/fleet/pace.ts';
import { arrivals } from '../src/fleet/pacer.ts';
import { formatDuration } from '../src/measure/format.ts';
import { LatencyHistogram } from '../src/measure/histogram.ts';
import { Random } from '../src/random.ts';
import { row } from './table.ts';

const PER_S = 1000;
const SECONDS = 10;

const bareLoop = {
  until: async (dueNs: number) => {
    while (systemClock.monotonicNs() < dueNs);
  },
};

/** Prints lateness and CPU of each pacing. */
export async function pacing(): Promise<void> {
  console.log(row('pacing, 1,000 a second', 'p50', 'p99', 'max', 'CPU'));
  for (const mode of ['timer', 'precise', 'bare loop'] as const) {
    const lateness = new LatencyHistogram();
    const pace = mode === 'bare loop' ? bareLoop : new Pace(systemClock, mode);
    const rate = { stages: [{ durationNs: SECONDS * NS_PER_S, fromCallsPerS: PER_S, toCallsPerS: PER_S }] };
    const startNs = systemClock.monotonicNs();
    const { signal } = new AbortController();
    const cpu = process.cpuUsage();
    for (const offsetNs of arrivals(rate, 'uniform', { agent: 0, agents: 1 }, new Random(1))) {
      if (offsetNs >= SECONDS * NS_PER_S) break;
      await pace.until(startNs + offsetNs, signal);
      lateness.record(systemClock.monotonicNs() - startNs - offsetNs);
      lateness.event();
    }
    const { user, system } = process.cpuUsage(cpu);
    const share = `${((user + system) / SECONDS / 1e4).toFixed(0)} %`;
    const at = (p: number) => formatDuration(lateness.percentileNs(p) ?? NaN);
    console.log(row(mode, at(0.5), at(0.99), formatDuration(lateness.maxNs), share));
  }
}
