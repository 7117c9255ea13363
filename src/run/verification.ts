/**
 * What is read after the load to judge it: one sweep, a second one where immutability is to be judged and nobody else read the
 * stream, and the first one again from TRIM_HORIZON when it began later and something seems to be lost.
 */
import { NS_PER_S } from '../clock.ts';
import type { DeliveryPlace } from '../fleet/context.ts';
import type { CrewFinish } from '../fleet/crew.ts';
import { consumersOf, producersOf } from '../fleet/share.ts';
import { unnamedOf } from '../fleet/unnamed-streams.ts';
import type { StepDoc } from '../result.ts';
import type { Plan } from '../scenario/plan.ts';
import { discard, type Evidence, type Sweep } from '../verify/evidence.ts';
import { judge } from '../verify/judge.ts';
import type { WireClient } from '../wire/client.ts';
import type { ObjectSource } from '../wire/object-source.ts';
import type { Receivers } from '../wire/receiver.ts';
import { withDelivered } from './delivery-sweep.ts';
import { expiredBefore } from './expiry.ts';
import type { RunOptions } from './run.ts';
import { isOwn, ownOf } from './segment.ts';
import type { RunStreams } from './streams.ts';
import { BEFORE_RUN_MS, sweep, type SweepOptions, type SweptStream } from './sweep.ts';

/** A sweep may take a minute and the time that reading back at 1 MiB/s takes. */
const SWEEP_NS_MIN = 60 * NS_PER_S;
const SWEEP_BYTES_PER_S = 2 ** 20;

/** What the sweep has to go by. */
interface Load {
  readonly finish: CrewFinish;
  /** Bytes that were acknowledged. */
  readonly bytes: number;
  /** Wall clock before the first record was sent, in ms since the epoch. */
  readonly startedMs: number;
  readonly steps: readonly StepDoc[];
  /** Start of the first phase, monotonic ns. */
  readonly startNs: number;
  /** Whether somebody ended it before its time. */
  readonly interrupted: boolean;
}

/** What was delivered, and who can read it. */
interface Delivered {
  readonly deliveries: readonly (readonly [alias: string, place: DeliveryPlace])[];
  readonly objects: ObjectSource | undefined;
  readonly receivers: Receivers | undefined;
}

/** Reads back what there is to judge; the evidence is to be discarded once it is judged. */
export async function gatherEvidence(
  options: RunOptions & Delivered,
  streams: RunStreams,
  load: Load,
  client: WireClient,
): Promise<Evidence> {
  const evidence = await evidenceOfStreams(options, streams, load, client);
  const { deliveries, objects, receivers, clock, id } = options;
  if (!evidence.sweep.complete || deliveries.length === 0 || !objects) return evidence;
  options.onProgress({ kind: 'step', text: 'sweeping: reading everything that was delivered' });
  return withDelivered(evidence, deliveries, {
    run: id,
    plan: options.scenario.plan,
    objects,
    receivers,
    clock,
    ours: (producer) => isOwn(producer, options.segment ?? null),
    interrupted: load.interrupted,
  });
}

async function evidenceOfStreams(
  options: RunOptions,
  streams: RunStreams,
  load: Load,
  client: WireClient,
): Promise<Evidence> {
  const { scenario, clock, onProgress, target } = options;
  const { plan } = scenario;
  const own = ownOf(producersOf(plan), options.segment ?? null);
  const needed = plan.verify.length > 0 && own.length > 0;
  const noReason = needed ? target.died() : 'nothing was to be verified';
  const say = (text: string) => onProgress({ kind: 'step', text });
  const notes = notesOf(plan, load.finish);
  const ownStreams = streams.own && !plan.deliveries?.some(({ use }) => use !== undefined);
  const evidence = { ...notes, ownStreams, verify: plan.verify };
  if (noReason !== null) {
    if (!needed) say(noReason);
    const nothing = { complete: false, reason: noReason, durationNs: 0, from: 'nowhere', streams: [] };
    return { ...evidence, sweep: nothing };
  }
  const unnamed = unnamedOf(plan);
  const swept = streams.infos.map(([alias, { name }]): SweptStream => ({
    alias,
    name,
    fromMs: streams.made.has(alias) ? null : load.startedMs - BEFORE_RUN_MS,
    consumers: notes.consumers
      .filter(({ stream, delivered }) => stream === alias && delivered === undefined)
      .map(({ reader }) => reader),
    unnamed: unnamed.get(alias),
  }));
  const read = (name: string, of: readonly SweptStream[]) =>
    sweep(sweepOptions(options, name, of, load), client, clock);
  const whole = swept.every(({ fromMs }) => fromMs === null);
  if (swept.length > 0) say(`sweeping: reading everything back${whole ? ' from TRIM_HORIZON' : ''}`);
  let first = await read('sweep', swept);
  if (!whole && first.complete && judge({ ...evidence, sweep: first }).counts.lost > 0) {
    say('sweeping again from TRIM_HORIZON: records are absent from shortly before the run on');
    discard({ producers: [], consumers: [], sweep: first });
    const from = 'TRIM_HORIZON (records were absent from shortly before the run on)';
    const all = swept.map((stream) => ({ ...stream, fromMs: null }));
    first = { ...(await read('sweep', all)), from };
  }
  const alone = swept.filter(
    ({ alias, consumers }) => consumers.length === 0 && own.some(({ fleet }) => fleet.stream === alias),
  );
  const twice = first.complete && plan.verify.includes('immutability') && alone.length > 0;
  if (twice) say('sweeping once more, to compare');
  const again = twice ? await read('second sweep', startingAs(first, alone)) : undefined;
  const expiredNs = expiredBefore(plan, load.steps, load.startNs, clock.monotonicNs());
  return { ...evidence, sweep: first, again, expiredNs };
}

/** The second sweep begins where the first one did. */
function startingAs(first: Sweep, streams: readonly SweptStream[]): SweptStream[] {
  const wholly = first.from.startsWith('TRIM_HORIZON');
  return streams.map((stream) => (wholly ? { ...stream, fromMs: null } : stream));
}

function sweepOptions(
  { id, stop, target, onProgress, segment }: RunOptions,
  name: string,
  streams: readonly SweptStream[],
  load: Load,
): SweepOptions {
  return {
    name,
    streams,
    run: id,
    ours: (producer) => isOwn(producer, segment ?? null),
    withinNs: SWEEP_NS_MIN + (load.bytes / SWEEP_BYTES_PER_S) * NS_PER_S,
    paced: target.capabilities.has('throttle'),
    stop,
    onProgress: (records) => onProgress({ kind: 'sweep', records }),
  };
}

/** The notes of all agents, under the names that the plan gives them. */
function notesOf(plan: Plan, finish: CrewFinish): Pick<Evidence, 'producers' | 'consumers' | 'dropped'> {
  const producers = new Map(producersOf(plan).map((agent) => [agent.index, agent]));
  const consumers = new Map(consumersOf(plan).map((agent) => [agent.index, agent]));
  const sent = (dropped: boolean) =>
    finish.producers
      .filter(({ index }) => (producers.get(index)!.fleet.dropped ?? false) === dropped)
      .map(({ index, sent: history }) => {
        const { name, fleet } = producers.get(index)!;
        return { index, name, stream: fleet.stream, identifiedBy: fleet.identify.by, sent: history };
      });
  return {
    producers: sent(false),
    dropped: sent(true),
    consumers: finish.consumers.map(({ index, reader, backup }) => {
      const { fleet } = consumers.get(index)!;
      const elsewhere = fleet.method === 'watch' && fleet.delivery !== fleet.stream;
      return { stream: fleet.stream, reader, backup, ...(elsewhere && { delivered: 'in-time' as const }) };
    }),
  };
}
