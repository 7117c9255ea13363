/** Streams whose producers put no tag into their records, and how these are told apart instead. */
import { fieldOf } from '../scenario/data-rows.ts';
import type { Plan } from '../scenario/plan.ts';
import type { Unnamed } from '../verify/unnamed.ts';

/** By alias; the plan has one way for all such producers of a stream. */
export function unnamedOf(plan: Plan): ReadonlyMap<string, Unnamed> {
  const streams = new Map<string, Unnamed>();
  for (const fleet of plan.fleets) {
    if (fleet.kind !== 'produce' || fleet.identify.by === 'tag') continue;
    const { identify } = fleet;
    streams.set(
      fleet.stream,
      identify.by === 'field'
        ? { by: 'field', of: (data) => fieldOf(data, identify.field) }
        : { by: 'sequence-number' },
    );
  }
  return streams;
}
