/**
 * One run of one plan against one target, from the streams it needs to the result document. Whatever happens on the way (an
 * interrupt, a dead target, a defect) the streams that were made are removed; what was measured is in the result.
 */
import { dirname } from 'node:path';
import { NS_PER_MS, sleepFor, type Clock } from '../clock.ts';
import { type PlantedError, REPORT_NS } from '../fleet/crew.ts';
import { AHEAD_NS, isLarge } from '../fleet/due-calls.ts';
import { Timeline } from '../fleet/timeline.ts';
import { Aggregate } from '../measure/aggregate.ts';
import { ExitCode } from '../exit-code.ts';
import { OperatorError } from '../operator-error.ts';
import type { CertificateDoc, Result, ScenarioDoc, SegmentDoc } from '../result.ts';
import type { FleetPlan, Plan } from '../scenario/plan.ts';
import type { RunningTarget } from '../target/target.ts';
import { discard } from '../verify/evidence.ts';
import { judge } from '../verify/judge.ts';
import { createClient, type WireClient } from '../wire/client.ts';
import { createFirehoseClient } from '../wire/firehose-client.ts';
import { sdkObjects } from '../wire/sdk-objects.ts';
import { socketReceivers } from '../wire/socket-receivers.ts';
import { assemble, type CrewMaker, type CrewSet, merged, ThreadCrews } from './crews.ts';
import { composeResult, type Measured } from './compose.ts';
import { type DeliveryClients, noDeliveries, openDeliveries, type RunDeliveries } from './deliveries.ts';
import { drain } from './drain.ts';
import type { OnProgress } from './progress.ts';
import { checkSteps, runSteps, type StepContext } from './steps.ts';
import { registerConsumers, type RunConsumers } from './registration.ts';
import { openStreams, type RunStreams } from './streams.ts';
import { supportedBy } from './support.ts';
import { gatherEvidence } from './verification.ts';

/** Threads are given so long to take up the starting time, in ns. */
const START_IN_NS = 200 * NS_PER_MS;
const WATCH_NS = 100 * NS_PER_MS;
/** Bins a series has at the most; longer runs have wider ones. */
const BINS_MAX = 600;
const BIN_NS_MIN = 1_000_000_000;
export interface RunOptions {
  readonly scenario: ScenarioDoc;
  readonly target: RunningTarget;
  readonly seed: number;
  /** Unique; 8 characters of a-z and 0-9. */
  readonly id: string;
  readonly clock: Clock;
  /** Threads that producers are spread over. */
  readonly threads: number;
  /** The part of the run that is done here; null for all of it. Its streams exist already. */
  readonly segment?: SegmentDoc | null | undefined;
  /** Wall-clock time in epoch ms at which the first phase begins; left out, as soon as all are ready. */
  readonly startAtMs?: number | undefined;
  readonly stop: AbortSignal;
  readonly onProgress: OnProgress;
  /** The last calibration of this machine. */
  readonly certificate?: CertificateDoc | null | undefined;
  /** For calibrations: an error in the recording of latencies, to be found. */
  readonly plant?: PlantedError | undefined;
  /** For simulations: crews and client in process, on the virtual clock. */
  readonly inProcess?: {
    readonly client: WireClient;
    readonly make: CrewMaker;
    readonly delivery?: Omit<DeliveryClients, 'endpoint'>;
  };
}

/** Runs a plan and gives its result. Rejects with an OperatorError when the target refuses what the run cannot do without. */
export async function runPlan(options: RunOptions): Promise<Result> {
  const { clock, target, onProgress, stop } = options;
  const supported = supportedBy(target.capabilities, options.scenario.plan);
  const { plan } = supported;
  if (options.inProcess) refuseSdk(plan);
  // May refuse the target, so it comes before threads that would outlive the refusal.
  const delivering = plan.deliveries ? await deliveryClients(options) : undefined;
  const client = options.inProcess?.client ?? createClient(target.kinesis, clock);
  const threads = options.inProcess ? undefined : new ThreadCrews(target.kinesis, clock, target.delivery);
  const startedAt = new Date(clock.now()).toISOString();
  const timeline = new Timeline(plan.phases);
  // What follows sees only what the target can do.
  const scenario = { ...options.scenario, plan };
  let streams: RunStreams | undefined;
  let deliveries: RunDeliveries = noDeliveries;
  let consumers: RunConsumers | undefined;
  try {
    checkSteps(plan.steps ?? [], target);
    onProgress({ kind: 'step', text: 'preparing streams' });
    const made = { id: options.id, durationNs: timeline.loadNs, region: target.kinesis.region };
    streams = await openStreams(plan.streams, made, client, clock, stop);
    const segment = options.segment ?? null;
    consumers = await registerConsumers(plan, segment, streams, made, client, clock, stop);
    if (delivering)
      deliveries = await openDeliveries(plan, { ...made, streams, clock, stop }, { ...delivering, streams: client });
    const startedMs = clock.now();
    const { places, clusters } = deliveries;
    const followed = { deliveries: places, objects: delivering?.objects, receivers: delivering?.receivers };
    const prepared = { ...options, ...followed, clusters, scenario, client, consumerArns: consumers.arns };
    const measured = await measure(prepared, streams, timeline, options.inProcess?.make ?? threads!.make);
    const { finish, aggregate, steps, interrupted } = measured;
    const bytes = bytesAccepted(aggregate);
    const evidence = await gatherEvidence(
      { ...options, ...followed, scenario },
      streams,
      { finish, bytes, startedMs, steps, startNs: timeline.startNs, interrupted },
      client,
    );
    await threads?.close();
    const ledger = judge(evidence);
    discard(evidence);
    const circumstances = { ...options, supported, startedAt, virtual: options.inProcess !== undefined };
    return composeResult(circumstances, measured, ledger, threads?.health ?? [], threads?.cpu);
  } finally {
    await threads?.close();
    const undelivered = await deliveries.remove();
    if (undelivered.length > 0)
      onProgress({ kind: 'step', text: `could not delete ${undelivered.join(', ')}: to be removed by hand` });
    const kept = [...((await consumers?.remove()) ?? []), ...((await streams?.remove()) ?? [])];
    if (kept.length > 0) {
      onProgress({ kind: 'step', text: `could not delete ${kept.join(', ')}; \`kinebench sweep\` removes them later` });
    }
    if (!options.inProcess) {
      client.close();
      delivering?.firehose.close();
      delivering?.objects.close();
    }
  }
}

/** Who makes, watches and removes delivery streams. */
async function deliveryClients({ target, clock, inProcess }: RunOptions): Promise<DeliveryClients> {
  const { delivery: endpoint, kinesis } = target;
  if (!endpoint)
    throw new OperatorError(`${target.name} claims Data Firehose, and its file names no bucket to deliver to`, {
      code: 'target-lacks',
      exitCode: ExitCode.unreachable,
      hint: 'add delivery: { role, bucket } to the target file (docs/targets.md)',
    });
  if (inProcess?.delivery) return { ...inProcess.delivery, endpoint };
  const { region, credentials } = kinesis;
  const firehose = createFirehoseClient({ ...kinesis, url: endpoint.firehoseUrl }, clock);
  const objects = await sdkObjects({ url: endpoint.s3Url, region, credentials });
  return { firehose, objects, receivers: socketReceivers(), endpoint };
}

/** The SDK keeps its own time and its own sockets. */
function refuseSdk({ fleets }: Plan): void {
  const fleet = fleets.find(({ client }) => client === 'sdk');
  if (!fleet) return;
  throw new OperatorError(`the fleet ${fleet.name} calls with the AWS SDK, which cannot run on the virtual clock`, {
    code: 'sdk-needs-sockets',
    hint: `run it on the machine's clock, or with --set fleets.${fleet.name}.client=wire`,
  });
}

async function measure(
  options: RunOptions & {
    readonly client: WireClient;
    readonly consumerArns: RunConsumers['arns'];
    readonly deliveries: RunDeliveries['places'];
    readonly clusters: RunDeliveries['clusters'];
  },
  streams: RunStreams,
  timeline: Timeline,
  make: CrewMaker,
): Promise<Measured> {
  const { clock, stop, seed, id } = options;
  const { plan } = options.scenario;
  const totalNs = timeline.spans.at(-1)?.toNs ?? 0;
  const binNs = BIN_NS_MIN * Math.max(1, Math.ceil(totalNs / BIN_NS_MIN / BINS_MAX));
  const aggregate = new Aggregate();
  const pace = paceOf(binNs, options.inProcess !== undefined);
  const segment = options.segment ?? null;
  const folder = dirname(options.scenario.file ?? '.');
  const { consumerArns, plant, deliveries } = options;
  const common = { binNs, reportNs: pace.reportNs, folder, plant, consumerArns, deliveries };
  const given = { seed, run: id, streams: [...streams.infos, ...putDirectly(deliveries)], ...common, segment };
  const set = await assemble(plan, given, options.threads, make);
  const sources = set.crews.map(() => aggregate.source());
  set.onReport = ({ snapshot }, crew) => sources[crew]!(snapshot);
  await prepare(options, set);
  const startNs = startNsOf(options);
  const loadStartedAt = isoAt(clock, startNs);
  timeline.begin(startNs);
  options.onProgress({ kind: 'start', startNs });
  const over = new AbortController();
  const steps = runSteps(plan.steps ?? [], {
    ...options,
    ...stepStreams(plan, streams),
    clusters: new Map(plan.fleets.flatMap((fleet) => clusterOf(fleet, options.clusters))),
    crews: set.crews,
    startNs,
    over: over.signal,
  });
  steps.catch(() => {});
  const load = { over: false };
  const work = Promise.all(set.crews.map((crew) => crew.work(startNs))).finally(() => (load.over = true));
  const watch = watchLoad(options, timeline, aggregate, { ...pace, binNs }, set, () => load.over);
  try {
    await Promise.all([work, watch]);
    await drain(options, timeline, set, pace.reportNs);
  } finally {
    over.abort();
  }
  const taken = await steps;
  const finish = merged(await Promise.all(set.crews.map((crew) => crew.finish())));
  const endNs = clock.monotonicNs() - startNs;
  aggregate.close(Infinity);
  return { aggregate, timeline, finish, steps: taken, binNs, endNs, loadStartedAt, interrupted: stop.aborted };
}

/** Delivery streams as those who put into them see them: streams without shards. */
function putDirectly(deliveries: RunDeliveries['places']): RunStreams['infos'] {
  return deliveries.flatMap(([alias, { name, plan }]) =>
    plan.source === null ? [[alias, { name, open: [], shardIds: [] }] as const] : [],
  );
}

function clusterOf(fleet: FleetPlan, clusters: RunDeliveries['clusters']) {
  const cluster = 'delivery' in fleet ? clusters.get(fleet.delivery) : undefined;
  return cluster ? [[fleet.name, cluster] as const] : [];
}

/** What steps must know of the streams: their names, and the retention of those that were made. */
function stepStreams(plan: Plan, streams: RunStreams): Pick<StepContext, 'streams' | 'retentionHours'> {
  return {
    streams: new Map(streams.infos.map(([alias, { name }]) => [alias, name])),
    retentionHours: new Map(
      plan.streams.flatMap((each) => ('create' in each ? [[each.alias, each.create.retentionHours] as const] : [])),
    ),
  };
}

/** How often crews report, the run looks at them, and progress is told, in ns. */
interface Pace {
  readonly reportNs: number;
  readonly watchNs: number;
  readonly tellNs: number;
}

/** In real time four reports a second; in virtual time as many as the bins of the result need, so that a day is not made of looking. */
function paceOf(binNs: number, virtual: boolean): Pace {
  if (!virtual) return { reportNs: REPORT_NS, watchNs: WATCH_NS, tellNs: 1e9 };
  return { reportNs: binNs, watchNs: binNs / 10, tellNs: binNs };
}

/** When the first phase begins: soon, or at the time that all machines of the run were given. */
function startNsOf({ clock, startAtMs, scenario }: RunOptions): number {
  // What is due at once is written ahead too.
  const large = scenario.plan.fleets.some((fleet) => fleet.kind === 'produce' && isLarge(fleet));
  if (startAtMs === undefined) return clock.monotonicNs() + START_IN_NS + (large ? AHEAD_NS : 0);
  const leftMs = startAtMs - clock.now();
  if (leftMs < 0)
    throw new OperatorError(`ready ${-leftMs} ms after the time to start at`, {
      code: 'start-missed',
      exitCode: ExitCode.invalid,
      hint: 'give all machines a later --start-at: they need it to start the target and to find their streams',
    });
  return clock.monotonicNs() + leftMs * NS_PER_MS;
}

function isoAt(clock: Clock, atNs: number): string {
  return new Date(clock.now() + (atNs - clock.monotonicNs()) / NS_PER_MS).toISOString();
}

function bytesAccepted({ counts }: Aggregate): number {
  return counts.filter(({ metric }) => metric === 'accepted').reduce((sum, { bytes }) => sum + bytes, 0);
}

/** Lets every crew take up its position, for as long as the run is wanted and the target lives. */
async function prepare({ clock, stop, target }: RunOptions, set: CrewSet): Promise<void> {
  const state = { ready: false };
  const ready = Promise.all(set.crews.map((crew) => crew.prepare())).finally(() => (state.ready = true));
  const guard = async () => {
    while (!state.ready) {
      if (stop.aborted || target.died() !== null) for (const crew of set.crews) crew.stopLoad();
      await sleepFor(clock, WATCH_NS);
    }
  };
  const [refusals] = await Promise.all([ready, guard()]);
  const refused = refusals.find((reason) => reason !== null);
  if (refused !== undefined) {
    throw new OperatorError(`consumers cannot begin: ${refused}`, {
      code: 'target-refused',
      exitCode: ExitCode.unreachable,
      hint: 'check the permissions of the keys, and that the target has this operation',
    });
  }
}

/** Tells how it goes, closes bins that are over, and ends the load when the run is stopped or the target dies. */
async function watchLoad(
  options: RunOptions,
  timeline: Timeline,
  aggregate: Aggregate,
  { binNs, reportNs, watchNs, tellNs }: Pace & { readonly binNs: number },
  set: CrewSet,
  over: () => boolean,
): Promise<void> {
  const { clock, stop, onProgress, target } = options;
  const before = { atNs: timeline.startNs, counts: countsOf(aggregate) };
  while (!over()) {
    await sleepFor(clock, watchNs);
    const nowNs = clock.monotonicNs();
    if (stop.aborted || target.died() !== null) for (const crew of set.crews) crew.stopLoad();
    // Eight reports later nobody reports on a bin any more.
    aggregate.close(Math.floor((nowNs - timeline.startNs - 8 * reportNs) / binNs));
    if (nowNs - before.atNs < tellNs || nowNs < timeline.startNs) continue;
    const counts = countsOf(aggregate);
    const seconds = (nowNs - before.atNs) / 1e9;
    const rate = (metric: keyof typeof counts) => (counts[metric] - before.counts[metric]) / seconds;
    const service = aggregate.service();
    onProgress({
      kind: 'load',
      phase: timeline.phaseAt(nowNs),
      leftNs: Math.max(0, timeline.loadEndNs - nowNs),
      offered: rate('offered'),
      accepted: rate('accepted'),
      throttled: rate('throttled'),
      failed: rate('failed'),
      received: rate('received'),
      polls: rate('polls'),
      refusedPolls: rate('refusedPolls'),
      p50Ns: service.percentileNs(0.5),
      p99Ns: service.percentileNs(0.99),
    });
    before.atNs = nowNs;
    before.counts = counts;
  }
}

function countsOf(aggregate: Aggregate) {
  const of = (metric: string) => aggregate.sum({ metric });
  return {
    offered: of('offered'),
    accepted: of('accepted'),
    throttled: of('throttled'),
    failed: of('failed'),
    received: of('received'),
    polls: of('polls'),
    refusedPolls: of('polls-throttled') + of('polls-failed'),
  };
}
