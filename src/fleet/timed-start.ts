/** Where reading begins when a fleet begins at a time: a consumer can ask for a time that has come, and for no other. */
import type { Clock } from '../clock.ts';
import type { ConsumeFleet } from '../scenario/plan.ts';
import type { Timeline } from './timeline.ts';

/** When a fleet begins to read, monotonic ns. */
export function beginsNs(from: ConsumeFleet['from'], { startNs }: Timeline): number {
  return startNs + (typeof from === 'object' ? Math.max(0, from.atNs) : 0);
}

/** The time from which on a fleet reads, as the API takes it: seconds of Unix time, to the millisecond. */
export function timestampOf(
  { atNs }: Extract<ConsumeFleet['from'], object>,
  clock: Clock,
  { startNs }: Timeline,
): number {
  return Math.floor(clock.now() + (startNs + atNs - clock.monotonicNs()) / 1e6) / 1000;
}
