/**
 * The drain: producers have stopped, and consumers read what is left. A consumer is done when it has as many records as were
 * acknowledged. One that began at a time after the load did passes over the earlier ones, and nobody knows how many those
 * are: it is done when nothing has come for a while that is longer than it takes to poll again. The trade-off: one that is
 * refused for so long is left early, and what it lacks is `late` then.
 */
import { sleepFor } from '../clock.ts';
import { consumersOf, producersOf } from '../fleet/share.ts';
import type { Timeline } from '../fleet/timeline.ts';
import type { SegmentDoc } from '../result.ts';
import type { ConsumeFleet, Plan, PollingFleet } from '../scenario/plan.ts';
import type { CrewSet } from './crews.ts';
import type { RunOptions } from './run.ts';
import { ownOf } from './segment.ts';

/** How often it is looked at, in ns. */
const WATCH_NS = 100_000_000;
/** Nothing has come for so long at the least, in ns, or for so many polls: then nothing more is on its way. */
const QUIET_NS_MIN = 5_000_000_000;
const QUIET_POLLS = 3;

/**
 * Waits until consumers have seen what was acknowledged, as long as the plan's drain phase allows.
 * @param reportNs time between two reports of what consumers received
 */
export async function drain(
  { clock, stop, onProgress, scenario, target, segment }: RunOptions,
  timeline: Timeline,
  set: CrewSet,
  reportNs: number,
): Promise<void> {
  const phase = timeline.spans.find(({ kind }) => kind === 'drain');
  if (!phase || consumersOf(scenario.plan).length === 0) return;
  onProgress({ kind: 'step', text: 'draining: consumers read what is left' });
  const untilNs = clock.monotonicNs() + (phase.toNs - phase.fromNs);
  const left = new Undrained(scenario.plan, set, { segment: segment ?? null, reportNs });
  const blind = isBlind(scenario.plan, segment ?? null);
  const waits = () => clock.monotonicNs() < untilNs && (blind || left.any(clock.monotonicNs()));
  while (!stop.aborted && target.died() === null && waits()) {
    await sleepFor(clock, WATCH_NS, stop);
  }
}

/** Whether a segment puts what is buffered and has no watcher that sees it arrive: then it waits as long as the drain lasts. */
function isBlind(plan: Plan, segment: SegmentDoc | null): boolean {
  const put = ownOf(producersOf(plan), segment);
  const watched = ownOf(consumersOf(plan), segment);
  return (plan.deliveries ?? []).some(
    ({ alias, source }) =>
      put.some(({ fleet }) => fleet.stream === (source ?? alias)) &&
      !watched.some(({ fleet }) => fleet.method === 'watch' && fleet.delivery === alias),
  );
}

interface Quiet {
  received: number;
  sinceNs: number;
}

/** The consumers that have not read all they will. */
export class Undrained {
  readonly #plan: Plan;
  readonly #set: Pick<CrewSet, 'acknowledged' | 'received'>;
  readonly #options: UndrainedOptions;
  /** Of those that pass over records, by index. */
  readonly #quiet = new Map<number, Quiet>();

  constructor(plan: Plan, set: Pick<CrewSet, 'acknowledged' | 'received'>, options: UndrainedOptions) {
    this.#plan = plan;
    this.#set = set;
    this.#options = options;
  }

  /** Whether some consumer of the segment is still to be waited for. Every one is looked at: each has its own quiet. */
  any(nowNs: number): boolean {
    const consumers = ownOf(consumersOf(this.#plan), this.#options.segment);
    return consumers.filter((consumer) => !this.#hasAll(consumer) && !this.#isQuiet(consumer, nowNs)).length > 0;
  }

  #hasAll({ fleet, index }: Consumer): boolean {
    const sent = producersOf(this.#plan)
      .filter((producer) => producer.fleet.stream === fleet.stream && !producer.fleet.dropped)
      .reduce((sum, producer) => sum + (this.#set.acknowledged.get(producer.index) ?? 0), 0);
    return (this.#set.received.get(index) ?? 0) >= sent;
  }

  #isQuiet({ fleet, index }: Consumer, nowNs: number): boolean {
    if (!passesOver(fleet)) return false;
    const received = this.#set.received.get(index) ?? 0;
    const before = this.#quiet.get(index) ?? { received: -1, sinceNs: nowNs };
    if (received !== before.received) this.#quiet.set(index, { received, sinceNs: nowNs });
    const sinceNs = received === before.received ? before.sinceNs : nowNs;
    return nowNs - sinceNs >= quietNs(fleet) + this.#options.reportNs;
  }
}

interface UndrainedOptions {
  readonly segment: SegmentDoc | null;
  readonly reportNs: number;
}

interface Consumer {
  readonly fleet: ConsumeFleet;
  readonly index: number;
}

/** Whether it begins after the load, and so is never given what was sent before. */
function passesOver(fleet: ConsumeFleet): fleet is PollingFleet {
  return typeof fleet.from === 'object' && fleet.from.atNs > 0;
}

/** Without a record for so long, a consumer has read what there is: more than its interval and what a full answer keeps it. */
function quietNs({ everyNs, processing, limit }: PollingFleet): number {
  const busyNs = processing ? processing.pageNs + processing.recordNs * limit : 0;
  return Math.max(QUIET_NS_MIN, QUIET_POLLS * (everyNs + busyNs));
}
