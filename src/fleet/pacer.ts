/**
 * When operations are due: pure arithmetic on an absolute schedule, so that a slow answer can never move the next send.
 *
 * Model: N(t) is the number of calls the whole fleet owes by t: the integral of its rate, with a step at every burst, or the steps
 * of a schedule. Uniform arrivals are due where N passes i + 1/2, and agent a of A takes every A-th of them. Poisson arrivals
 * are due where N passes the points of a unit-rate Poisson process; each agent has its own, A times thinner, since a sum of
 * Poisson processes is one. Either way an agent's schedule is a function of (plan, seed, a) alone: how agents are spread over
 * threads and machines changes nothing.
 */
import type { BurstPlan, RatePlan, RateStage, SchedulePlan } from '../scenario/plan.ts';
import type { Random } from '../random.ts';

const NS_PER_S = 1e9;

export interface Share {
  /** Index of the agent in its fleet, and how many there are. */
  readonly agent: number;
  readonly agents: number;
}

/** The due times of one agent in ns from the start of the fleet, ascending, without end unless the rate falls to zero. */
export function* arrivals(
  rate: RatePlan,
  kind: 'poisson' | 'uniform',
  share: Share,
  random: Random,
): Generator<number> {
  const timeOf = inverseOf(rate);
  let owed = kind === 'uniform' ? share.agent + 0.5 : share.agents * random.exponential(1);
  for (;;) {
    const dueNs = timeOf(owed);
    if (dueNs === null) return;
    yield dueNs;
    owed += kind === 'uniform' ? share.agents : share.agents * random.exponential(1);
  }
}

/** Calls that are due within any span of this length at the most, over the whole fleet; Poisson arrivals may exceed it. */
export function callsWithinMax(rate: RatePlan, spanNs: number): number {
  const { stages, bursts, schedule } = rate;
  if (schedule) return scheduledWithinMax(schedule, spanNs);
  const callsPerS = Math.max(0, ...stages.flatMap(({ fromCallsPerS, toCallsPerS }) => [fromCallsPerS, toCallsPerS]));
  const inBursts = bursts ? bursts.calls * (Math.floor(spanNs / bursts.everyNs) + 1) : 0;
  return (callsPerS * spanNs) / NS_PER_S + inBursts;
}

/** From a number of calls owed to the time in ns at which the fleet owes them; null when it never will. */
type Inverse = (calls: number) => number | null;

function inverseOf({ stages, bursts, schedule }: RatePlan): Inverse {
  if (schedule) return scheduled(schedule);
  const smooth: Inverse = (calls) => timeIn(stages, calls);
  return bursts ? bursting(smooth, stages, bursts) : smooth;
}

/** Burst j steps at j times the interval, from what was owed by then to `calls` more. */
function bursting(smooth: Inverse, stages: readonly RateStage[], { calls, everyNs }: BurstPlan): Inverse {
  const before = (burst: number) => callsBy(stages, burst * everyNs) + burst * calls;
  return (owed) => {
    // The first burst after which more than `owed` is owed.
    let low = 0;
    let high = Math.floor(owed / calls);
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (before(middle) + calls > owed) high = middle;
      else low = middle + 1;
    }
    return owed >= before(low) ? low * everyNs : smooth(owed - low * calls);
  };
}

function scheduled({ points }: SchedulePlan): Inverse {
  let sum = 0;
  const owedAfter = points.map(([, calls]) => (sum += calls));
  return (owed) => {
    let low = 0;
    let high = points.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (owedAfter[middle]! > owed) high = middle;
      else low = middle + 1;
    }
    return points[low]?.[0] ?? null;
  };
}

function scheduledWithinMax({ points }: SchedulePlan, spanNs: number): number {
  let most = 0;
  let inside = 0;
  let oldest = 0;
  for (const [atNs, calls] of points) {
    inside += calls;
    while (points[oldest]![0] <= atNs - spanNs) inside -= points[oldest++]![1];
    most = Math.max(most, inside);
  }
  return most;
}

function timeIn(stages: readonly RateStage[], calls: number): number | null {
  let beforeNs = 0;
  let before = 0;
  for (const stage of stages) {
    const inStage = callsIn(stage);
    if (before + inStage > calls) return beforeNs + timeInStage(stage, calls - before);
    before += inStage;
    beforeNs += stage.durationNs;
  }
  const last = stages.at(-1);
  return last && last.toCallsPerS > 0 ? beforeNs + ((calls - before) / last.toCallsPerS) * NS_PER_S : null;
}

/** Calls owed by a time, without bursts. */
function callsBy(stages: readonly RateStage[], atNs: number): number {
  let calls = 0;
  let leftNs = atNs;
  for (const stage of stages) {
    const partNs = Math.min(leftNs, stage.durationNs);
    const slope = (stage.toCallsPerS - stage.fromCallsPerS) / stage.durationNs;
    calls += ((stage.fromCallsPerS + (slope * partNs) / 2) * partNs) / NS_PER_S;
    leftNs -= partNs;
    if (leftNs <= 0) return calls;
  }
  return calls + ((stages.at(-1)?.toCallsPerS ?? 0) * leftNs) / NS_PER_S;
}

function callsIn(stage: RateStage): number {
  return ((stage.fromCallsPerS + stage.toCallsPerS) / 2) * (stage.durationNs / NS_PER_S);
}

/** Solves `from·t + slope·t²/2 = calls` for t, in the form that stays exact when the slope is small. */
function timeInStage(stage: RateStage, calls: number): number {
  const seconds = stage.durationNs / NS_PER_S;
  const slope = (stage.toCallsPerS - stage.fromCallsPerS) / seconds;
  const root = Math.sqrt(Math.max(0, stage.fromCallsPerS ** 2 + 2 * slope * calls));
  return ((2 * calls) / (stage.fromCallsPerS + root)) * NS_PER_S;
}
