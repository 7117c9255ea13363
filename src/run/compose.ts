/** Composes the result document of a run from what was planned, measured and verified. */
import type { Clock } from '../clock.ts';
import type { CrewFinish } from '../fleet/crew.ts';
import { ErrorTally } from '../fleet/error-tally.ts';
import { consumersOf } from '../fleet/share.ts';
import type { ThreadHealth } from '../fleet/thread-messages.ts';
import type { Timeline } from '../fleet/timeline.ts';
import type { Aggregate } from '../measure/aggregate.ts';
import { awsShardLimits } from '../protocol/limits.ts';
import { type PollingDoc, type Result, RESULT_FORMAT, RESULT_VERSION, type ScenarioDoc } from '../result.ts';
import type { Plan } from '../scenario/plan.ts';
import type { RunningTarget } from '../target/target.ts';
import type { LedgerReport } from '../verify/ledger-report.ts';
import { countDocs, latencyDocs, phaseDocs, pollingDoc, seriesDoc } from './documents.ts';
import { environmentOf } from './environment.ts';
import { judgeExpectations } from './expectations.ts';
import { judgeValidity } from './validity.ts';
import { verdictOf } from './verdict.ts';

/** What the load left behind. */
export interface Measured {
  readonly aggregate: Aggregate;
  readonly timeline: Timeline;
  readonly finish: CrewFinish;
  readonly binNs: number;
  /** End of the run, from the start of its first phase. */
  readonly endNs: number;
  readonly interrupted: boolean;
}

export interface Circumstances {
  readonly id: string;
  readonly seed: number;
  readonly scenario: ScenarioDoc;
  readonly target: RunningTarget;
  readonly clock: Clock;
  readonly startedAt: string;
  readonly virtual: boolean;
}

export function composeResult(
  circumstances: Circumstances,
  measured: Measured,
  ledger: LedgerReport,
  threads: readonly ThreadHealth[],
): Result {
  const { scenario, target, clock } = circumstances;
  const { plan } = scenario;
  const { aggregate, timeline, finish } = measured;
  const evidence = {
    phases: phaseDocs(timeline, measured.endNs),
    counts: countDocs(aggregate, timeline, plan.fleets),
    latencies: latencyDocs(aggregate, timeline),
    series: seriesDoc(aggregate, measured.binNs, measured.endNs),
    ledger,
  };
  const validity = judgeValidity({ threads, ...evidence, died: target.died() });
  const expectations = judgeExpectations(plan.expect, evidence);
  const errors = new ErrorTally();
  errors.merge(finish.errors);
  return {
    format: RESULT_FORMAT,
    version: RESULT_VERSION,
    verdict: verdictOf({ ledger, validity, expectations, interrupted: measured.interrupted }),
    run: {
      id: circumstances.id,
      startedAt: circumstances.startedAt,
      endedAt: new Date(clock.now()).toISOString(),
      seed: circumstances.seed,
      interrupted: measured.interrupted,
    },
    scenario,
    target: {
      name: target.name,
      description: target.description,
      url: target.kinesis.url,
      region: target.kinesis.region,
      modelled: target.modelled,
      capabilities: [...target.capabilities],
      shardLimits: awsShardLimits,
    },
    client: { name: 'wire', transport: 'http/1.1', encoding: 'json', threads: threads.length, attempts: 1 },
    environment: environmentOf(circumstances.virtual ? 'virtual' : 'system'),
    ...evidence,
    validity,
    polling: pollingDocs(plan, finish),
    expectations,
    errors: errors.kinds,
  };
}

function pollingDocs(plan: Plan, finish: CrewFinish): PollingDoc[] {
  const consumers = consumersOf(plan);
  const fleets = [...new Set(consumers.map(({ fleet }) => fleet.name))];
  return fleets
    .map((name) =>
      pollingDoc(
        name,
        consumers.filter(({ fleet }) => fleet.name === name).map(({ index }) => finish.consumers[index]!.sums),
      ),
    )
    .filter((doc) => doc !== null);
}
