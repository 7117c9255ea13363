/** What a scenario says of consumers that are pushed to, and of them only. */
import { CONSUMERS_MAX, RESUBSCRIBE_MS, SUBSCRIPTION_LIFE_MS } from '../protocol/limits.ts';
import type { Cursor } from './cursor.ts';
import type { FanOutFleet, FleetPlan, StreamPlan } from './plan.ts';
import { parseStart, pollingKeys } from './polling.ts';
import { formatDuration, parseBytesPerS, parseDurationNs } from './units.ts';

/** Ten seconds before AWS would end it. */
const RENEW_NS_DEFAULT = SUBSCRIPTION_LIFE_MS * 1e6 - 10e9;

/** What a fan-out fleet says beyond what every consumer does. */
export function resolveFanOut(at: Cursor): Pick<FanOutFleet, 'method' | 'from' | 'renewNs' | 'slowBytesPerS'> {
  for (const key of pollingKeys)
    if (at.at(key).present)
      at.at(key).faultAtKey(`${at.name} does not poll`, 'take it away, or write consume: polling');
  return {
    method: 'fan-out',
    from: at.at('from').parse(parseStart) ?? 'LATEST',
    renewNs: resolveRenewal(at.at('renew')),
    slowBytesPerS: resolveSlow(at.at('slow')),
  };
}

/** A fault for what only fan-out has in a fleet that polls. */
export function refuseFanOut(at: Cursor): void {
  for (const key of ['renew', 'slow'])
    if (at.at(key).present)
      at.at(key).faultAtKey(`${at.name} polls and has no subscription`, 'consume: fan-out has one');
}

/** A fault where a stream would have more consumers than it takes; existing ones may have room for more (On-demand Advantage: 50). */
export function checkFanOut(fleets: Cursor, plans: readonly FleetPlan[], streams: readonly StreamPlan[]): void {
  for (const stream of streams) {
    const own = plans.filter((plan) => isFanOut(plan) && plan.stream === stream.alias);
    const agents = own.reduce((sum, plan) => sum + plan.agents, 0);
    if (agents > CONSUMERS_MAX && 'create' in stream)
      fleets
        .at(own[0]!.name)
        .at('agents')
        .fault(`${agents} consumers are registered with ${stream.alias}`, `a stream takes ${CONSUMERS_MAX}`);
  }
}

function isFanOut(plan: FleetPlan): boolean {
  return plan.kind === 'consume' && plan.method === 'fan-out';
}

function resolveRenewal(at: Cursor): number | null {
  if (at.text() === 'when-ended') return null;
  const ns = at.parse(parseDurationNs) ?? RENEW_NS_DEFAULT;
  const least = RESUBSCRIBE_MS * 1e6;
  if (ns < least)
    at.fault(
      `a subscription of ${formatDuration(ns)} cannot be replaced yet`,
      `at least ${formatDuration(least)}, or when-ended`,
    );
  return ns;
}

function resolveSlow(at: Cursor): number | null {
  const bytesPerS = at.parse(parseBytesPerS);
  if (bytesPerS === 0) at.fault('a reader that takes nothing', 'such as 500 KiB/s');
  return bytesPerS === undefined || bytesPerS === 0 ? null : bytesPerS;
}
