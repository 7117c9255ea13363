/**
 * Checks whose parts have a deadline each, since that of a check is made for an endpoint that does not answer. Checks of hours and days,
 * on a clock that passes them in milliseconds, would be long past it after a day. On the machine's clock it is for what an endpoint may
 * take its time for twice (KIN-EFO-02, KIN-RS-13), and no more than is left until `AllottedTime` cuts the whole check off.
 */
import { NS_PER_S, sleepFor } from '../src/clock.ts';
import type { Context } from './context.ts';
import { patient } from './session.ts';

export const NS_PER_MINUTE = 60 * NS_PER_S;
export const NS_PER_HOUR = 60 * NS_PER_MINUTE;
export const MS_PER_MINUTE = 60_000;
export const MS_PER_HOUR = 60 * MS_PER_MINUTE;

/** How long the part that begins may wait for the target, in ns. */
const PART_NS = 90 * NS_PER_S;

/** The same context with a deadline that begins now. */
export function renewed(context: Context): Context {
  const { client, clock } = context;
  const deadlineNs = clock.monotonicNs() + PART_NS;
  return { ...context, deadlineNs, send: patient(client, clock, deadlineNs) };
}

/** Lets so much time pass; the context is for what comes after. */
export async function after(context: Context, durationNs: number): Promise<Context> {
  await sleepFor(context.clock, durationNs);
  return renewed(context);
}
