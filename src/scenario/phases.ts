/** Phases of a scenario resolved, and whether what is verified can be seen at all. */
import type { Cursor } from './cursor.ts';
import { positive } from './fleets.ts';
import { isWord } from '../nearest.ts';
import { firehoseOperations } from './delivery-plan.ts';
import { verifyNames } from './plan.ts';
import type { FleetPlan, PhasePlan, VerifyName } from './plan.ts';
import { namePattern } from './streams.ts';

/** The phases in their order; a faulty length counts as endless, so that nothing else is blamed for it. */
export function resolvePhases(root: Cursor): PhasePlan[] {
  const list = root.at('phases').items();
  const phases = list.map(resolvePhase);
  const seen = new Set<string>();
  for (const [index, phase] of phases.entries()) {
    const at = list[index]!;
    if (phase.name !== '' && seen.has(phase.name))
      at.at('name').fault(`a phase before this one is called ${phase.name} too`, 'give it another name');
    seen.add(phase.name);
    if (phase.kind !== 'drain') continue;
    if (phases.findIndex((each) => each.kind === 'drain') < index)
      at.fault('this is the second drain', 'one at the end is enough');
    else if (phases.slice(index + 1).some((each) => each.kind === 'timed'))
      at.fault('producers stop for a drain, and more load comes after it', 'put the drain last');
  }
  if (list.length > 0 && !phases.some((phase) => phase.kind === 'timed' && phase.measure))
    root
      .at('phases')
      .faultAtKey('no phase of load is measured', 'a scenario needs one with for: and without measure: false');
  return phases;
}

function resolvePhase(at: Cursor): PhasePlan {
  const name = at.at('name').text() ?? '';
  if (name !== '') checkWritten(at.at('name'), name, 'phase');
  if (at.at('until').present || at.at('within').present)
    return { kind: 'drain', name, withinNs: positive(at.at('within'), Infinity) };
  return { kind: 'timed', name, durationNs: positive(at.at('for'), Infinity), measure: at.at('measure').flag(true) };
}

/** A fault for a written name that is not kebab-case. */
export function checkWritten(at: Cursor, name: string, what: string): void {
  if (!namePattern.test(name))
    at.fault(`"${name}" cannot name a ${what}`, 'use small letters, digits and -, a letter first');
}

/** Time of all phases of load together. */
export function loadNsOf(phases: readonly PhasePlan[]): number {
  return phases.reduce((sum, phase) => sum + (phase.kind === 'timed' ? phase.durationNs : 0), 0);
}

/** Faults for a drain that waits for nobody. */
export function checkDrain(root: Cursor, phases: readonly PhasePlan[], fleets: readonly FleetPlan[]): void {
  const index = phases.findIndex((phase) => phase.kind === 'drain');
  const at = root.at('phases').items()[index];
  if (!at || fleets.length === 0) return;
  if (!fleets.some((fleet) => fleet.kind === 'consume'))
    at.fault(
      'a drain waits for consumers, and no fleet consumes',
      'take it away: what is verified is swept after the run',
    );
  else if (!fleets.some((fleet) => fleet.kind === 'produce'))
    at.fault('a drain waits for what producers put, and no fleet produces', 'take it away');
}

/** A fault where order is to be verified and nothing is put that has one. */
function checkOrder(list: readonly Cursor[], fleets: readonly FleetPlan[]): void {
  const at = list.find(({ value }) => value === 'order');
  const producers = fleets.filter((fleet) => fleet.kind === 'produce');
  if (at && producers.length > 0 && producers.every(({ operation }) => isWord(operation, firehoseOperations)))
    at.fault(
      'Data Firehose promises no order',
      'take it away; out-of-order.count says how many stood behind a later one',
    );
}

/** What is verified, in the order of the language, each once. */
export function resolveVerify(root: Cursor, fleets: readonly FleetPlan[]): VerifyName[] {
  const list = root.at('verify').items();
  const names = list.map((at) => at.value).filter((value) => isWord(value, verifyNames));
  for (const [index, at] of list.entries()) {
    if (isWord(at.value, verifyNames) && list.findIndex((each) => each.value === at.value) < index)
      at.fault(`${at.value} stands here a second time`, 'once is enough');
  }
  if (list.length > 0 && fleets.length > 0 && !fleets.some((fleet) => fleet.kind === 'produce'))
    root.at('verify').faultAtKey('there is nothing to verify, no fleet produces', 'take it away or add a fleet');
  checkOrder(list, fleets);
  return verifyNames.filter((name) => names.includes(name));
}
