/** Which statements a run is about: what each option names, and of all options together what every one of them names. */
import { levels } from '../src/conformance-result.ts';
import { isWord, suggestion } from '../src/nearest.ts';
import { OperatorError } from '../src/operator-error.ts';
import { groups, selectStatements } from './registry.ts';
import { type Statement, lanes, profiles } from './statement.ts';

/** Words as they were typed, in any case; none for an option means all. */
export interface Selection {
  /** Ids (`KIN-ORD-02`, `ORD-02`) or groups. */
  readonly only?: readonly string[] | undefined;
  readonly levels?: readonly string[] | undefined;
  readonly groups?: readonly string[] | undefined;
  readonly profiles?: readonly string[] | undefined;
  readonly lanes?: readonly string[] | undefined;
}

/** In the order of the catalogue. Throws `statement-unknown` for a name that means nothing, and where nothing is left. */
export function selected(selection: Selection): readonly Statement[] {
  const ofLevel = chosen('level', selection.levels, levels);
  const ofGroup = chosen('group', selection.groups, Object.keys(groups));
  const ofProfile = chosen('profile', selection.profiles, profiles);
  const ofLane = chosen('lane', selection.lanes, lanes);
  const inGroups = new Set(
    Object.entries(groups).flatMap(([name, { statements }]) => (ofGroup(name) ? statements : [])),
  );
  const left = selectStatements(selection.only).filter(
    (one) =>
      ofLevel(one.level) && inGroups.has(one) && ofProfile(one.profile ?? 'core') && ofLane(one.lane ?? 'gating'),
  );
  if (left.length > 0) return left;
  throw new OperatorError('no statement is all of what was asked for', {
    code: 'statement-unknown',
    hint: 'docs/conformance-statements.md lists level, group, profile and lane of each',
  });
}

/** Whether a word is among the wanted ones. */
function chosen(option: string, wanted: readonly string[] = [], valid: readonly string[]): (word: string) => boolean {
  const names = valid.map((word) => word.toLowerCase());
  for (const word of wanted) {
    if (isWord(word.toLowerCase(), names)) continue;
    throw new OperatorError(`no ${option} is called ${word}`, {
      code: 'statement-unknown',
      hint: suggestion(word, valid),
    });
  }
  const lower = wanted.map((word) => word.toLowerCase());
  return (word) => lower.length === 0 || lower.includes(word.toLowerCase());
}
