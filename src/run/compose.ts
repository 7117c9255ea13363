/** Composes the result document of a run from what was planned, measured and verified. */
import type { Clock } from '../clock.ts';
import type { CrewFinish } from '../fleet/crew.ts';
import { ErrorTally } from '../fleet/error-tally.ts';
import { consumersOf, producersOf } from '../fleet/share.ts';
import type { ThreadCpu } from '../fleet/cpu-meter.ts';
import type { ThreadHealth } from '../fleet/health.ts';
import type { Timeline } from '../fleet/timeline.ts';
import type { Aggregate } from '../measure/aggregate.ts';
import { awsShardLimits } from '../protocol/limits.ts';
import {
  type CertificateDoc,
  type ClientDoc,
  type CountDoc,
  type DeliveryDoc,
  type ExpectationDoc,
  type LatencyDoc,
  type PollingDoc,
  type Result,
  RESULT_FORMAT,
  RESULT_VERSION,
  type ScenarioDoc,
  type SegmentDoc,
  type StepDoc,
  type TargetDoc,
} from '../result.ts';
import type { Expectation, Plan } from '../scenario/plan.ts';
import type { KinesisEndpoint, RunningTarget } from '../target/target.ts';
import type { LedgerReport } from '../verify/ledger-report.ts';
import { type Protocol, transportDefault } from '../wire/client.ts';
import { http1Policy } from '../wire/http1.ts';
import { http2Policy } from '../wire/http2.ts';
import { cpuDocs } from './cpu.ts';
import { countDocs, latencyDocs, pairDocs, phaseDocs, pollingDoc, seriesDoc } from './documents.ts';
import { environmentOf } from './environment.ts';
import { withArrears } from './arrears.ts';
import { judgeExpectations } from './expectations.ts';
import { type SupportedPlan, withSkipped } from './support.ts';
import { judgeSteps } from './steps.ts';
import { throttlingDocs } from './throttling.ts';
import { judgeValidity } from './validity.ts';
import { ownOf } from './segment.ts';
import { verdictOf } from './verdict.ts';

/** What the load left behind. */
export interface Measured {
  readonly aggregate: Aggregate;
  readonly timeline: Timeline;
  readonly finish: CrewFinish;
  readonly steps: readonly StepDoc[];
  readonly binNs: number;
  /** End of the run, from the start of its first phase. */
  readonly endNs: number;
  /** Wall-clock time of the start of the first phase, ISO 8601. */
  readonly loadStartedAt: string;
  readonly interrupted: boolean;
}

export interface Circumstances {
  readonly id: string;
  readonly seed: number;
  readonly scenario: ScenarioDoc;
  /** What of the scenario's plan was run. */
  readonly supported: SupportedPlan;
  readonly target: RunningTarget;
  readonly clock: Clock;
  readonly startedAt: string;
  readonly virtual: boolean;
  readonly segment?: SegmentDoc | null | undefined;
  readonly certificate?: CertificateDoc | null | undefined;
}

export function composeResult(
  circumstances: Circumstances,
  measured: Measured,
  ledger: LedgerReport,
  threads: readonly ThreadHealth[],
  cpu?: readonly ThreadCpu[],
): Result {
  const { scenario, target, clock } = circumstances;
  const { plan, unsupported, skipped } = circumstances.supported;
  const { aggregate, timeline, finish, steps } = measured;
  const segment = circumstances.segment ?? null;
  const counts = countDocs(aggregate, timeline, plan.fleets);
  const evidence = {
    phases: phaseDocs(timeline, measured.endNs),
    counts,
    latencies: latenciesOf(plan, measured, counts, segment),
    series: seriesDoc(aggregate, measured.binNs, measured.endNs),
    ledger,
    ...(plan.pairs && { pairs: pairDocs(plan.pairs, finish.pairs) }),
    ...(cpu && { cpu: cpuDocs(cpu) }),
  };
  const errors = new ErrorTally();
  errors.merge(finish.errors);
  const validity = judgeValidity({
    threads,
    ...evidence,
    errors: errors.kinds,
    fleets: fleetsHere(plan, segment),
    precise: plan.fleets.some((fleet) => 'pacing' in fleet && fleet.pacing === 'precise'),
    died: target.died(),
  });
  validity.push(...judgeSteps(steps));
  const judged = segment ? notJudged(plan.expect) : judgeExpectations(plan.expect, evidence);
  const expectations = withSkipped(judged, skipped);
  return {
    format: RESULT_FORMAT,
    version: RESULT_VERSION,
    verdict: verdictOf({ ledger, validity, expectations, unsupported, interrupted: measured.interrupted }),
    run: {
      id: circumstances.id,
      startedAt: circumstances.startedAt,
      endedAt: new Date(clock.now()).toISOString(),
      loadStartedAt: measured.loadStartedAt,
      seed: circumstances.seed,
      interrupted: measured.interrupted,
      segment,
      machines: 1,
    },
    scenario,
    target: targetDoc(target),
    client: clientDoc(plan, target.kinesis, circumstances.virtual, threads.length),
    environment: environmentOf(circumstances.virtual ? 'virtual' : 'system'),
    calibration: circumstances.certificate ?? null,
    ...evidence,
    validity,
    polling: pollingDocs(plan, finish),
    expectations,
    errors: errors.kinds,
    // A limiter saw the attempts of all machines: by a part of them its shape cannot be told.
    ...(segment ? {} : { throttling: throttlingDocs(finish.attempts) }),
    ...(plan.deliveries ? { delivery: deliveryDocs(plan, finish) } : {}),
    ...(steps.length > 0 ? { steps } : {}),
    ...(unsupported.length > 0 ? { unsupported } : {}),
  };
}

/** Of each agent that is run here, the fleet's name. */
function fleetsHere(plan: Plan, segment: SegmentDoc | null): string[] {
  return [...ownOf(producersOf(plan), segment), ...ownOf(consumersOf(plan), segment)].map(({ fleet }) => fleet.name);
}

function targetDoc({ name, description, kinesis, modelled, capabilities }: RunningTarget): TargetDoc {
  const { url, region } = kinesis;
  return { name, description, url, region, modelled, capabilities: [...capabilities], shardLimits: awsShardLimits };
}

/** A segment reads what others sent, and an interrupt leaves the drain out: neither says that a record will never come. */
function latenciesOf(
  plan: Plan,
  { aggregate, timeline, interrupted }: Measured,
  counts: readonly CountDoc[],
  segment: SegmentDoc | null,
): LatencyDoc[] {
  const latencies = latencyDocs(aggregate, timeline);
  return segment || interrupted ? latencies : withArrears(latencies, plan, counts);
}

const words: Readonly<Record<Protocol, 'http/1.1' | 'http/2'>> = { h1: 'http/1.1', h2: 'http/2' };

function clientDoc({ fleets }: Plan, kinesis: KinesisEndpoint, virtual: boolean, threads: number): ClientDoc {
  const { protocol, encoding, subscriptions = protocol } = { ...transportDefault, ...kinesis.transport };
  const pushed = fleets.some((fleet) => fleet.kind === 'consume' && fleet.method === 'fan-out');
  const name = [...new Set(fleets.map(({ client }) => client))].join(', ');
  const tls = kinesis.url.startsWith('https:');
  const common = { name, encoding, tls, threads, attempts: 1 };
  if (virtual)
    return {
      ...common,
      transport: 'in-process',
      ...(pushed && { subscriptions: 'in-process' }),
      connections: null,
    };
  const { connectionsMax, idleNs, addresses } = protocol === 'h2' ? http2Policy : http1Policy;
  const requestsMax = protocol === 'h2' ? http2Policy.streamsMax : 1;
  return {
    ...common,
    transport: words[protocol],
    ...(pushed && { subscriptions: words[subscriptions] }),
    connections: { max: connectionsMax, requestsMax, idleNs, addresses },
  };
}

/** What a plan expects is of all its agents: a part of them can neither meet nor miss it. */
function notJudged(expectations: readonly Expectation[]): ExpectationDoc[] {
  const explanation = 'one segment cannot tell: judged by `kinebench merge`';
  return expectations.map(({ text }) => ({ text, verdict: 'skip', observed: 'n/a', explanation }));
}

function deliveryDocs(plan: Plan, { watched = [] }: CrewFinish): DeliveryDoc[] {
  return plan.fleets.flatMap((fleet) => {
    if (fleet.kind !== 'consume' || fleet.method !== 'watch') return [];
    const found = watched.find((each) => each.fleet === fleet.name);
    const { objects = [], omitted = 0, freshness } = found ?? {};
    const doc = { fleet: fleet.name, delivery: fleet.delivery, resolutionNs: fleet.everyNs, objects, omitted };
    return [{ ...doc, ...(freshness && freshness.agesNs.length > 0 && { freshness }) }];
  });
}

function pollingDocs(plan: Plan, finish: CrewFinish): PollingDoc[] {
  const agents = consumersOf(plan);
  return plan.fleets
    .map(({ name }) => {
      const own = finish.consumers.filter(({ index }) => agents[index]!.fleet.name === name);
      return pollingDoc(
        name,
        own.map(({ sums }) => sums),
      );
    })
    .filter((doc) => doc !== null);
}
