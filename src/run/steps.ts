/**
 * The timed steps of a run, on its control path: each is begun at its time whatever the others do, but those on one stream (or
 * one fleet, or the target) wait for one another, since a stream takes one change at a time. A step never throws: what
 * became of it is a value, `unsupported` where the target lacks it.
 */
import type { Clock } from '../clock.ts';
import { ExitCode } from '../exit-code.ts';
import { OperatorError } from '../operator-error.ts';
import { parseFault } from '../reference/fault-selector.ts';
import type { StepDoc, ValidityCheck } from '../result.ts';
import type { DestinationAction, FleetAction, StepAction, StepPlan } from '../scenario/plan.ts';
import type { SearchCluster } from '../opensearch/cluster.ts';
import type { RunningTarget } from '../target/target.ts';
import type { WireClient } from '../wire/client.ts';
import type { CrewSet } from './crews.ts';
import { type StreamChange, StreamChanges } from './stream-changes.ts';

export interface StepContext {
  readonly clock: Clock;
  readonly client: WireClient;
  readonly target: Pick<RunningTarget, 'arm' | 'disarm' | 'restart' | 'setS3'>;
  readonly crews: CrewSet['crews'];
  /** Search clusters that the run is itself, by the fleets that watch them: these are down, and not who asks them. */
  readonly clusters: ReadonlyMap<string, Pick<SearchCluster, 'down'>>;
  /** Names by alias. */
  readonly streams: ReadonlyMap<string, string>;
  /** Retention of the streams at the start, in hours, by alias. */
  readonly retentionHours: ReadonlyMap<string, number>;
  /** Start of the first phase. */
  readonly startNs: number;
  /** Aborted when the run is over: what is not begun by then is not reached. */
  readonly over: AbortSignal;
  /** Aborted when the run is interrupted: what is under way is not waited for. */
  readonly stop: AbortSignal;
}

/** Refuses faults that are none, and an outage that the target cannot have, before anything begins. Throws OperatorError. */
export function checkSteps(steps: readonly StepPlan[], target: StepContext['target']): void {
  const outage = steps.find(({ action }) => 'delivery' in action);
  if (outage && !target.setS3)
    throw new OperatorError(`unsupported: ${textOf(outage.action)}: only the S3 of the reference can be taken down`, {
      code: 'target-lacks',
      exitCode: ExitCode.unreachable,
      hint: 'take the step away, or --target embedded: without its outage the run would answer another question',
    });
  if (!target.arm) return;
  for (const { action } of steps) if (action.kind === 'arm') parseFault(action.fault);
}

/** Carries out the steps; resolves when all are done or not reached. */
export async function runSteps(steps: readonly StepPlan[], context: StepContext): Promise<StepDoc[]> {
  const changes = new StreamChanges(context);
  const tails = new Map<string, Promise<unknown>>();
  return Promise.all(
    steps.map((step) => {
      const subject = subjectOf(step.action);
      const before = tails.get(subject) ?? Promise.resolve();
      const taken = takeStep(step, before, changes, context);
      tails.set(subject, taken);
      return taken;
    }),
  );
}

/** A step that failed makes the run another one than was asked for; one that the target lacks, or that came too late, is told. */
export function judgeSteps(steps: readonly StepDoc[]): ValidityCheck[] {
  if (steps.length === 0) return [];
  const of = (outcome: StepDoc['outcome']) => steps.filter((step) => step.outcome === outcome);
  const failed = of('failed');
  const rest = [...of('unsupported'), ...of('not-reached')];
  const told = rest.map(({ text, outcome }) => `${outcome.replace('-', ' ')}: ${text}`);
  const broken = failed.map(({ text, detail }) => `${text} failed: ${detail}`);
  return [
    {
      name: 'steps',
      verdict: failed.length === 0 ? 'pass' : 'fail',
      observed: [...broken, `${of('done').length} of ${steps.length} done`, ...told].join('; '),
      bound: 'none fails',
      explanation:
        'timed steps of the scenario; a target that lacks one is not to blame, a step that fails changes the question',
    },
  ];
}

async function takeStep(
  { atNs, action }: StepPlan,
  before: Promise<unknown>,
  changes: StreamChanges,
  context: StepContext,
): Promise<StepDoc> {
  const { clock, startNs, over } = context;
  const doc = {
    text: textOf(action),
    kind: action.kind,
    stream: 'stream' in action ? action.stream : null,
    dueNs: atNs,
  };
  await clock.sleepUntil(startNs + atNs, over);
  await before;
  if (over.aborted) {
    const detail = 'the run was over before';
    return { ...doc, startNs: null, endNs: null, outcome: 'not-reached', detail, openShards: null };
  }
  const beganNs = clock.monotonicNs();
  const change = await carryOut(action, changes, context).catch((error: unknown): StreamChange => {
    if (!(error instanceof OperatorError)) throw error;
    const outcome = error.exitCode === ExitCode.interrupted ? 'not-reached' : 'failed';
    return { outcome, detail: error.message, openShards: null };
  });
  return { ...doc, startNs: beganNs - startNs, endNs: clock.monotonicNs() - startNs, ...change };
}

async function carryOut(action: StepAction, changes: StreamChanges, context: StepContext): Promise<StreamChange> {
  const { target } = context;
  switch (action.kind) {
    case 'split':
    case 'merge':
    case 'reshard':
    case 'retention':
    case 'mode':
      return changes.make(action);
    case 'pause':
    case 'resume':
    case 'kill':
    case 'start':
      await Promise.all(context.crews.map((crew) => crew.control(action)));
      return done(action.kind === 'start' ? 'each goes on from its last checkpoint' : '');
    case 'down':
    case 'up':
      await setDestination(action, context);
      return done('');
    case 'arm':
    case 'disarm':
      return ability(
        target[action.kind] && (() => target[action.kind]!(action.fault)),
        'only the reference has faults',
      );
    case 'restart':
      return ability(target.restart && (() => target.restart!()), 'only what we started can be restarted');
  }
}

/** Takes down or up what is delivered to: S3 of the target, a cluster of the run, or who receives. */
async function setDestination(
  action: FleetAction | DestinationAction,
  { target, clusters, crews }: StepContext,
): Promise<void> {
  if ('delivery' in action) return target.setS3!(action.kind);
  const cluster = clusters.get(action.fleet);
  if (cluster) cluster.down = action.kind === 'down';
  else await Promise.all(crews.map((crew) => crew.control(action)));
}

async function ability(does: (() => Promise<void>) | undefined, lack: string): Promise<StreamChange> {
  if (!does) return { outcome: 'unsupported', detail: lack, openShards: null };
  await does();
  return done('');
}

function done(detail: string): StreamChange {
  return { outcome: 'done', detail, openShards: null };
}

/** What must not be changed by two steps at once. */
function subjectOf(action: StepAction): string {
  if ('stream' in action) return `stream ${action.stream}`;
  if ('delivery' in action) return 'S3';
  return 'fleet' in action ? `fleet ${action.fleet}` : 'target';
}

function textOf(action: StepAction): string {
  switch (action.kind) {
    case 'split':
    case 'merge':
      return `${action.kind} ${action.stream}${action.shard === null ? '' : `, shard ${action.shard}`}`;
    case 'reshard':
      return `reshard ${action.stream} to ${action.shards}`;
    case 'retention':
      return `retention of ${action.stream} to ${action.hours}h`;
    case 'mode':
      return `mode of ${action.stream} to ${action.mode}`;
    case 'arm':
    case 'disarm':
      return `${action.kind} ${action.fault}`;
    case 'restart':
      return 'restart the target';
    case 'pause':
    case 'resume':
    case 'kill':
    case 'start':
      return agentText(action);
    case 'down':
    case 'up':
      return 'fleet' in action ? agentText(action) : `${action.kind} S3, where ${action.delivery} delivers to`;
  }
}

function agentText({ kind, fleet, agent }: FleetAction): string {
  return `${kind} ${fleet}${agent === null ? '' : `/${agent}`}`;
}
