/**
 * The rate at which a shard stores records once the burst it allows is spent. Pure.
 *
 * It is counted from a call at which the budget ran out to the last such call, so that no second is counted in part, wherever the
 * seconds of the endpoint begin. When the endpoint decided about a call is known only to lie between sending and answer, so the time is
 * a range, and so is the rate: it is judged only where all of the range is on the wrong side. An endpoint that looks a second back, or
 * whose second begins with a call, gives what a second allows again with the next call only: as much as lies between two calls is lost
 * to it each second. A budget that is left full for longer than planned loses more, so such a load says nothing against a low rate.
 * A budget that never holds what a call brings between two calls would be below the documented rate for any client that sends lists.
 */
import { NS_PER_S } from '../../src/clock.ts';
import { type Finding, broken, holds, unobserved } from '../statement.ts';
import { type Batch, type LoadPlan, recordBytes, sumOf } from './load.ts';

/** A budget that does not run out for so long, in ns, is not given again, or without end. */
const RUN_OUT_NS = 2 * NS_PER_S;

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
  const counted = betweenRunningOut(batches, warmUpS);
  const [spent, ...others] = counted;
  const until = others.at(-1);
  if (!spent || !until || others.length < plan.callsPerS) return unobserved(`${said}: throttled, and not to the end`);
  const stored = sumOf(others, 'stored') * each;
  const mostS = (Math.max(...others.map((batch) => batch.answeredNs)) - spent.sentNs) / NS_PER_S;
  const leastS = (until.sentNs - spent.answeredNs) / NS_PER_S;
  const rate = `${said}: ${Math.round(stored / mostS)} a second were stored over ${mostS.toFixed(1)} s`;
  if (stored / mostS > most) return broken(`${rate}; AWS documents ${limitOf(limit)}`);
  const leastWith = (gapS: number) => (least * leastS) / (1 + gapS);
  if (stored >= leastWith(1 / plan.callsPerS)) return holds(rate);
  const failed = sumOf(others, 'records') - sumOf(others, 'stored') - sumOf(others, 'throttled');
  if (failed > 0 || stored >= leastWith(longestGapS(counted))) return unobserved(`${rate}, but the load was not even`);
  return broken(`${rate}; AWS documents ${limitOf(limit)}`);
}

/** After the burst, the calls from one at which the budget ran out to the last such one; to the end where it runs out no more. */
function betweenRunningOut(batches: readonly Batch[], warmUpS: number): readonly Batch[] {
  const afterNs = batches[0]!.sentNs + warmUpS * NS_PER_S;
  const ranOut = ({ throttled, stored }: Batch, index: number) =>
    throttled > 0 && (stored > 0 || (batches[index - 1]?.throttled ?? 0) === 0);
  const isAfter = ({ sentNs }: Batch) => sentNs >= afterNs;
  const first = batches.findIndex((batch, index) => isAfter(batch) && ranOut(batch, index));
  const last = batches.findLastIndex(ranOut);
  // One that refuses all ran out before.
  const begin = first < 0 ? batches.findIndex((batch) => isAfter(batch) && batch.throttled > 0) : first;
  if (begin < 0) return [];
  const isStuck = last < begin || batches.at(-1)!.sentNs - batches[last]!.sentNs > RUN_OUT_NS;
  return batches.slice(begin, isStuck ? undefined : last + 1);
}

function limitOf({ unit, least, most }: RateLimit): string {
  return unit === 'bytes' ? '1 MiB' : `${Math.round((least + most) / 2)} records`;
}

/** The longest time, in s, between two decisions of the endpoint, as far as can be told. */
function longestGapS(batches: readonly Batch[]): number {
  const gaps = batches.slice(1).map(({ answeredNs }, index) => answeredNs - batches[index]!.sentNs);
  return Math.max(...gaps) / NS_PER_S;
}

/** Seconds that are judged: 20 where they cost nothing, 8 in real time, so that a check takes less than 15 s. */
export function judgedSeconds(virtual: boolean): number {
  return virtual ? 20 : 8;
}
