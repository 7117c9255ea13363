/**
 * When operations are due: pure arithmetic on an absolute schedule, so that a slow answer can never move the next send.
 *
 * Model: N(t) is the number of calls the whole fleet owes by t, the integral of its rate. Uniform arrivals are due where N
 * passes i + 1/2, and agent a of A takes every A-th of them. Poisson arrivals are due where N passes the points of a
 * unit-rate Poisson process; each agent has its own, A times thinner, since a sum of Poisson processes is one. Either way an
 * agent's schedule is a function of (plan, seed, a) alone: how agents are spread over threads changes nothing.
 */
import type { RatePlan, RateStage } from '../scenario/plan.ts';
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
  let owed = kind === 'uniform' ? share.agent + 0.5 : share.agents * random.exponential(1);
  for (;;) {
    const dueNs = timeOf(rate, owed);
    if (dueNs === null) return;
    yield dueNs;
    owed += kind === 'uniform' ? share.agents : share.agents * random.exponential(1);
  }
}

/** The time in ns at which the fleet owes `calls` calls; null when it never will. */
export function timeOf(rate: RatePlan, calls: number): number | null {
  let beforeNs = 0;
  let before = 0;
  for (const stage of rate.stages) {
    const inStage = callsIn(stage);
    if (before + inStage > calls) return beforeNs + timeInStage(stage, calls - before);
    before += inStage;
    beforeNs += stage.durationNs;
  }
  const last = rate.stages.at(-1);
  return last && last.toCallsPerS > 0 ? beforeNs + ((calls - before) / last.toCallsPerS) * NS_PER_S : null;
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
