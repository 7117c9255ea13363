/**
 * Timed steps of a scenario resolved: when each is due, and whether what it names is there and may be changed at all. A stream
 * that the run did not make is never altered: a step on one is a fault here, before anything has begun.
 */
import type { Cursor } from './cursor.ts';
import { isWord, listed, suggestion } from '../nearest.ts';
import type {
  DeliveryPlan,
  DestinationAction,
  FleetAction,
  FleetPlan,
  PhasePlan,
  StepAction,
  StepPlan,
  StreamAction,
  StreamPlan,
} from './plan.ts';
import { retentionHoursOf } from './streams.ts';
import { formatDuration, parseDurationNs } from './units.ts';

const streamActions = ['split', 'merge', 'reshard', 'retention', 'mode'] as const;
const fleetActions = ['pause', 'resume', 'kill', 'start'] as const;
const destinationActions = ['down', 'up'] as const;
const targetActions = ['arm', 'disarm', 'restart'] as const;
const actions = [...streamActions, ...fleetActions, ...destinationActions, ...targetActions] as const;
type Action = (typeof actions)[number];

/** Which actions each further key belongs to. */
const details: Readonly<Record<'shard' | 'hash-key' | 'agent' | 'to', readonly Action[]>> = {
  shard: ['split', 'merge'],
  'hash-key': ['split'],
  agent: ['kill', 'start', 'pause', 'resume', 'down', 'up'],
  to: ['reshard', 'retention', 'mode'],
};

const HASH_KEY_MAX = 2n ** 128n - 1n;
/** Steps of one scenario at the most: each is a mark in the report, and a reader must be able to tell them apart. */
const STEPS_MAX = 200;

export interface StepScope {
  readonly streams: readonly StreamPlan[];
  readonly deliveries: readonly DeliveryPlan[];
  readonly fleets: readonly FleetPlan[];
  readonly phases: readonly PhasePlan[];
}

/** The steps in the order of their times; those at one time in the order of the file. */
export function resolveSteps(root: Cursor, scope: StepScope): StepPlan[] {
  const list = root.at('steps').items();
  if (list.length > STEPS_MAX)
    root.at('steps').faultAtKey(`there are ${list.length} steps`, `${STEPS_MAX} at the most`);
  const steps = list.flatMap((at) => {
    const atNs = resolveTime(at, scope.phases);
    const action = resolveAction(at, scope);
    return action ? [{ at, step: { atNs, action } }] : [];
  });
  steps.sort((a, b) => a.step.atNs - b.step.atNs);
  checkPairs(steps);
  return steps.map(({ step }) => step);
}

function resolveTime(at: Cursor, phases: readonly PhasePlan[]): number {
  const loadNs = phases.reduce((sum, phase) => sum + (phase.kind === 'timed' ? phase.durationNs : 0), 0);
  const offsetNs = at.at('at').parse(parseDurationNs) ?? 0;
  const name = at.at('in').text();
  if (name === undefined) {
    if (!at.at('at').present && !at.at('in').present)
      at.fault('the step has no time', 'write at: 20s (from the start of the load) or in: and a phase');
    else if (offsetNs > loadNs)
      at.at('at').fault(
        `the load is over after ${formatDuration(loadNs)}`,
        'move the step forward or lengthen the phases',
      );
    return offsetNs;
  }
  const index = phases.findIndex((phase) => phase.name === name);
  const phase = phases[index];
  if (!phase) {
    at.at('in').fault(
      `there is no phase "${name}"`,
      suggestion(
        name,
        phases.map((each) => each.name),
      ),
    );
    return 0;
  }
  const lengthNs = phase.kind === 'timed' ? phase.durationNs : phase.withinNs;
  if (offsetNs > lengthNs)
    at.at('at').fault(
      `${name} takes only ${formatDuration(lengthNs)}`,
      'with in:, at: counts from the start of the phase',
    );
  const beforeNs = phases
    .slice(0, index)
    .reduce((sum, each) => sum + (each.kind === 'timed' ? each.durationNs : each.withinNs), 0);
  return beforeNs + offsetNs;
}

function resolveAction(at: Cursor, scope: StepScope): StepAction | undefined {
  const written = actions.filter((action) => at.at(action).present);
  const [action] = written;
  if (action === undefined) {
    at.fault('the step does nothing', `it can ${listed(actions)}`);
    return undefined;
  }
  if (written.length > 1) {
    at.at(written[1]!).faultAtKey(`the step does ${written.join(' and ')} at once`, 'make a step of each');
    return undefined;
  }
  for (const [key, owners] of Object.entries(details)) {
    if (at.at(key).present && !owners.includes(action))
      at.at(key).faultAtKey(`${action} takes no ${key}`, `${listed(owners)} can have one`);
  }
  if (isWord(action, streamActions)) return streamAction(at, action, scope.streams);
  if (isWord(action, fleetActions)) return fleetAction(at, action, at.at(action).text() ?? '', scope);
  if (isWord(action, destinationActions)) return destinationAction(at, action, scope);
  if (action === 'restart') return { kind: 'restart' };
  const fault = at.at(action).text();
  return fault === undefined ? undefined : { kind: action, fault };
}

function streamAction(
  at: Cursor,
  kind: StreamAction['kind'],
  streams: readonly StreamPlan[],
): StreamAction | undefined {
  const stream = at.at(kind).text() ?? '';
  const plan = streams.find(({ alias }) => alias === stream);
  const aliases = streams.map(({ alias }) => alias);
  if (!plan) at.at(kind).fault(`there is no stream "${stream}"`, suggestion(stream, aliases));
  else if ('use' in plan)
    at.at(kind).fault(
      `${stream} existed before the run (use: ${plan.use}) and is never altered`,
      'take the step away, or let the run make a stream of its own (shards:)',
    );
  const shard = at.at('shard').present ? at.at('shard').integer(0) : null;
  switch (kind) {
    case 'split':
      return { kind, stream, shard, hashKey: hashKeyOf(at.at('hash-key')) };
    case 'merge':
      return { kind, stream, shard };
    case 'reshard':
      return { kind, stream, shards: shardsOf(at) };
    case 'retention':
      return { kind, stream, hours: hoursOf(at) };
    case 'mode':
      return { kind, stream, mode: modeOf(at) };
  }
}

function hashKeyOf(at: Cursor): string | null {
  const text = at.text();
  if (text === undefined) return null;
  if (!/^\d{1,39}$/.test(text) || BigInt(text) > HASH_KEY_MAX)
    at.fault(`"${text}" is not a hash key`, 'a decimal number below 2^128, in quotes');
  return text;
}

function shardsOf(at: Cursor): number {
  const to = at.at('to');
  if (!to.present) at.at('reshard').faultAtKey('reshard does not say to how many shards', 'add to: 4');
  else if (to.text() !== undefined) to.fault(`"${to.text()}" is not a number of shards`, 'such as to: 4');
  return to.integer(1);
}

function hoursOf(at: Cursor): number {
  const to = at.at('to');
  if (!to.present) at.at('retention').faultAtKey('retention does not say how long', 'add to: 48h');
  else if (to.text() === undefined) to.fault(`${String(to.value)} has no unit`, 'such as to: 48h');
  return retentionHoursOf(to);
}

function modeOf(at: Cursor): 'on-demand' | 'provisioned' {
  const modes = ['on-demand', 'provisioned'] as const;
  const to = at.at('to');
  const text = to.text() ?? '';
  if (!to.present) at.at('mode').faultAtKey('mode does not say which', `add to: ${listed(modes)}`);
  else if (!isWord(text, modes)) to.fault(`"${String(to.value)}" is not a mode`, suggestion(text, modes));
  return isWord(text, modes) ? text : 'on-demand';
}

/** A receiver is a fleet of the run; S3 is the target's. Either is named by the delivery stream or by who watches it. */
function destinationAction(
  at: Cursor,
  kind: DestinationAction['kind'],
  scope: StepScope,
): FleetAction | DestinationAction {
  const { fleets, deliveries } = scope;
  const written = at.at(kind).text() ?? '';
  const watchers = fleets.flatMap((each) => (each.kind === 'consume' && each.method === 'watch' ? [each] : []));
  const watcher = watchers.find(({ name, delivery }) => name === written || delivery === written);
  const destination = deliveries.find(({ alias }) => alias === watcher?.delivery)?.destination;
  if (watcher && destination !== 's3') return fleetAction(at, kind, watcher.name, scope);
  if (at.at('agent').present) at.at('agent').faultAtKey('a bucket has no agents', 'take it away');
  const names = watchers.flatMap(({ name, delivery }) => [name, delivery]);
  if (!watcher)
    at.at(kind).fault(
      `"${written}" is neither a delivery stream nor who watches one`,
      names.length > 0 ? suggestion(written, names) : 'only where Data Firehose delivers to can be down',
    );
  return { kind, delivery: watcher?.delivery ?? '' };
}

function fleetAction(
  at: Cursor,
  kind: FleetAction['kind'],
  name: string,
  { fleets, deliveries }: StepScope,
): FleetAction {
  const fleet = fleets.find((each) => each.name === name);
  const fits = (each: FleetPlan) => canBe(kind, each, deliveries);
  const fitting = fleets.filter(fits).map((each) => each.name);
  if (!fleet) at.at(kind).fault(`there is no fleet "${name}"`, suggestion(name, fitting));
  else if (!fitting.includes(name)) at.at(kind).fault(...unfit(kind, fleet));
  const agent = at.at('agent').present ? at.at('agent').integer(0) : null;
  if (fleet && agent !== null && agent >= fleet.agents)
    at.at('agent').fault(`${name} has no agent ${agent}`, `agents are counted from 0, ${name} has ${fleet.agents}`);
  return { kind, fleet: name, agent };
}

/**
 * Who receives is down or up, and so is the cluster that a run itself is; other fleets are held still; only who reads streams has a
 * checkpoint to start from.
 */
function canBe(kind: FleetAction['kind'], fleet: FleetPlan, deliveries: readonly DeliveryPlan[]): boolean {
  const watches = fleet.kind === 'consume' && fleet.method === 'watch';
  const receives = watches && fleet.everyNs === 0;
  if (kind === 'down' || kind === 'up') {
    const { search } = deliveries.find(({ alias }) => watches && alias === fleet.delivery) ?? {};
    return receives || (search !== undefined && search.cluster === undefined);
  }
  if (kind === 'kill' || kind === 'start') return fleet.kind === 'consume' && !watches;
  return !receives;
}

function unfit(kind: FleetAction['kind'], { name, kind: side }: FleetPlan): [what: string, wayOut: string] {
  if (kind === 'down' || kind === 'up')
    return [
      `${name} watches a cluster that is not the run's own`,
      'opensearch without cluster:, or another destination',
    ];
  if (kind === 'pause' || kind === 'resume') return [`${name} receives, and is not held still`, `down: ${name}`];
  return [
    `${name} ${side === 'produce' ? 'produces' : 'watches'}, only consumers can be killed`,
    `pause: ${name} stops it`,
  ];
}

const undoes: Partial<Record<StepAction['kind'], StepAction['kind']>> = { resume: 'pause', start: 'kill', up: 'down' };

/** What undoes something must come after it: a `start` of what lives says that the author meant another time or fleet. */
function checkPairs(steps: readonly { readonly at: Cursor; readonly step: StepPlan }[]): void {
  for (const [index, { at, step }] of steps.entries()) {
    const { action } = step;
    const undone = undoes[action.kind];
    const subject = subjectOf(action);
    if (undone === undefined || subject === undefined) continue;
    const before = steps.slice(0, index).map((each) => each.step.action);
    if (before.every((each) => each.kind !== undone || subjectOf(each) !== subject))
      at.at(action.kind).fault(`no step before this one says ${undone}: ${subject}`, 'add one, or mend the times');
  }
}

function subjectOf(action: StepAction): string | undefined {
  return 'fleet' in action ? action.fleet : 'delivery' in action ? action.delivery : undefined;
}
