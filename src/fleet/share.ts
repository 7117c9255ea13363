/**
 * Who does what: the agents of a plan in a fixed order, and their spread over threads. What an agent does depends on the plan,
 * the seed and its own index alone, so the spread changes nothing of what is sent.
 */
import type { ConsumeFleet, Plan, ProduceFleet } from '../scenario/plan.ts';

export interface Agent<F> {
  /** Index among all agents of its kind in the plan; for producers it stands in every record's tag. */
  readonly index: number;
  readonly fleet: F;
  /** Index inside its fleet. */
  readonly agent: number;
  /** `<fleet>/<agent>`. */
  readonly name: string;
}

export function producersOf(plan: Plan): Agent<ProduceFleet>[] {
  return agentsOf(plan.fleets.filter((fleet) => fleet.kind === 'produce'));
}

export function consumersOf(plan: Plan): Agent<ConsumeFleet>[] {
  return agentsOf(plan.fleets.filter((fleet) => fleet.kind === 'consume'));
}

function agentsOf<F extends { name: string; agents: number }>(fleets: readonly F[]): Agent<F>[] {
  return fleets
    .flatMap((fleet) =>
      Array.from({ length: fleet.agents }, (_, agent) => ({ fleet, agent, name: `${fleet.name}/${agent}` })),
    )
    .map((agent, index) => ({ index, ...agent }));
}

/** The agents of thread `i` of `n`. */
export function shareOf<T>(agents: readonly T[], i: number, n: number): T[] {
  return agents.filter((_, index) => index % n === i);
}
