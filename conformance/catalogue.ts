/**
 * The versions of the catalogue. A statement that is added comes with a version of its own; whoever pins a run to an earlier one
 * (a CI that is to go red for the endpoint's sake and not for ours) has it judged all the same, as INFO.
 */
import { OperatorError } from '../src/operator-error.ts';
import { statements } from './registry.ts';
import type { Pinned, Statement } from './statement.ts';

/** The version of the newest statement. */
export function newest(all: readonly Statement[] = statements): number {
  return Math.max(...all.map(({ since = 1 }) => since));
}

/** The version that was asked for, or the newest. Throws `catalogue-unknown` for one that there is not. */
export function versionOf(asked: number | undefined, all: readonly Statement[] = statements): number {
  const last = newest(all);
  if (asked === undefined || (Number.isInteger(asked) && asked >= 1 && asked <= last)) return asked ?? last;
  throw new OperatorError(`there is no version ${asked} of the catalogue`, {
    code: 'catalogue-unknown',
    hint: last === 1 ? 'there is version 1' : `there are versions 1 to ${last}`,
  });
}

/** A statement as a run pinned to a version judges it. */
export function pinned(of: Statement, version: number): Pinned {
  const { since = 1 } = of;
  return since > version ? { ...of, level: 'INFO', newIn: since } : of;
}
