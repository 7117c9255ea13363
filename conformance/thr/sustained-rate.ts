/**
 * The rate at which a shard stores records once the burst it allows is spent. Pure.
 *
 * It is counted from a call that was throttled (the budget is empty then) to the last one. When the endpoint decided about a call is
 * known only to lie between sending and answer, so the time is a range, and so is the rate: it is judged only where all of the range
 * is on the wrong side. A budget that was left full for a while loses what it could have given; a load with a pause, or an answer that
 * took long, therefore says nothing against a low rate.
 */
import { NS_PER_S } from '../../src/clock.ts';
import { type Finding, broken, holds, unobserved } from '../statement.ts';
import { type Batch, type LoadPlan, recordBytes, sumOf } from './load.ts';

/** How long a load may pause and an answer take, in ns: a little less than the burst of one second that is assumed. */
const PAUSE_NS = 0.8 * NS_PER_S;

export interface RateLimit {
  readonly unit: 'records' | 'bytes';
  /** What may be stored in a second, at least and at most, the tolerance included. */
  readonly least: number;
  readonly most: number;
}

/** Judges a load that offered more than the limit; what is before `warmUpS` counts as burst. */
export function judgeRate(batches: readonly Batch[], plan: LoadPlan, warmUpS: number, limit: RateLimit): Finding {
  const { unit, least, most } = limit;
  const each = unit === 'bytes' ? recordBytes(plan) : 1;
  const plannedPerS = Math.round(plan.callsPerS * plan.recordsPerCall * each);
  const [first] = batches;
  const last = batches.at(-1);
  if (!first || !last || first === last) return unobserved('hardly a call could be sent in time');
  const wholeS = (last.sentNs - first.sentNs) / NS_PER_S;
  const offered = (sumOf(batches, 'records') * each) / wholeS;
  const throttled = sumOf(batches, 'throttled');
  const said = `${Math.round(offered)} ${unit} a second for ${wholeS.toFixed(1)} s into one shard`;
  if (offered < (most + plannedPerS) / 2) return unobserved(`the load could not be sent as planned: ${said}`);
  if (throttled === 0) {
    const failed = sumOf(batches, 'records') - sumOf(batches, 'stored');
    const all = `${said}: none was throttled, ${failed} failed otherwise`;
    return failed > 0 ? unobserved(all) : broken(`${all}; AWS documents ${limitOf(limit)} a second`);
  }
  const begin = batches.findIndex((batch) => batch.throttled > 0 && batch.sentNs - first.sentNs >= warmUpS * NS_PER_S);
  const spent = batches[begin];
  const counted = batches.slice(begin + 1);
  if (!spent || counted.length < plan.callsPerS) return unobserved(`${said}: throttled, and not to the end`);
  const stored = sumOf(counted, 'stored') * each;
  const mostS = (Math.max(...counted.map((batch) => batch.answeredNs)) - spent.sentNs) / NS_PER_S;
  const leastS = (last.sentNs - spent.answeredNs) / NS_PER_S;
  const rate = `${said}: ${Math.round(stored / mostS)} a second were stored over the last ${mostS.toFixed(1)} s`;
  if (stored / mostS > most) return broken(`${rate}; AWS documents ${limitOf(limit)}`);
  if (stored / leastS >= least) return holds(rate);
  const failed = sumOf(counted, 'records') - sumOf(counted, 'stored') - sumOf(counted, 'throttled');
  if (failed > 0 || hasPause([spent, ...counted])) return unobserved(`${rate}, but the load was not even`);
  return broken(`${rate}; AWS documents ${limitOf(limit)}`);
}

function limitOf({ unit, least, most }: RateLimit): string {
  return unit === 'bytes' ? '1 MiB' : `${Math.round((least + most) / 2)} records`;
}

function hasPause(batches: readonly Batch[]): boolean {
  return batches.some(
    ({ sentNs, answeredNs }, index) =>
      answeredNs - sentNs > PAUSE_NS || sentNs - (batches[index - 1]?.sentNs ?? sentNs) > PAUSE_NS,
  );
}

/** Seconds that are judged: 20 where they cost nothing, 8 in real time, so that a check takes less than 15 s. */
export function judgedSeconds(virtual: boolean): number {
  return virtual ? 20 : 8;
}
