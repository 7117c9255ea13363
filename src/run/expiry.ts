/**
 * Which records may have expired when they were looked for: those older than the retention in force. What a shorter retention
 * has let go does not come back when it is raised again, so the furthest that the horizon ever was counts. Whoever was put later must be
 * there, whatever the clock of the endpoint says: it counts a record's age from when it arrived, which is after it was due.
 */
import type { StepDoc } from '../result.ts';
import type { Plan } from '../scenario/plan.ts';
import { NS_PER_HOUR } from '../scenario/streams.ts';

/**
 * By alias, for streams made for the run: what was due before this time, monotonic ns, may have expired.
 * @param startNs start of the first phase
 * @param nowNs when the last read was over
 */
export function expiredBefore(
  { streams, steps: planned = [] }: Plan,
  steps: readonly StepDoc[],
  startNs: number,
  nowNs: number,
): Map<string, number> {
  const horizons = new Map<string, number>();
  for (const stream of streams) {
    if (!('create' in stream)) continue;
    let hours = stream.create.retentionHours;
    let horizonNs = -Infinity;
    const passed = (untilNs: number) => (horizonNs = Math.max(horizonNs, untilNs - hours * NS_PER_HOUR));
    for (const [index, { action }] of planned.entries()) {
      const doc = steps[index];
      if (action.kind !== 'retention' || action.stream !== stream.alias || !doc || doc.startNs === null) continue;
      passed(doc.endNs === null ? nowNs : startNs + doc.endNs);
      // A change that failed may have been made.
      hours = doc.outcome === 'done' ? action.hours : Math.min(hours, action.hours);
    }
    passed(nowNs);
    horizons.set(stream.alias, horizonNs);
  }
  return horizons;
}
