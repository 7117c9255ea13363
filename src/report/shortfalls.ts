/** Everything that speaks against a run, each as one readable sentence: what the terminal and CI show below their table. */
import type { ExpectationDoc, Result } from '../result.ts';
import type { Verdict } from '../verify/verdict.ts';
import { formatPlural } from '../measure/format.ts';

export interface Shortfall {
  readonly verdict: Verdict;
  readonly sentence: string;
}

const silent: readonly Verdict[] = ['pass', 'info', 'skip'];

/** Broken ledger lines first, then invalid measurement, then missed expectations; known failures are told, too. */
export function shortfallsOf(result: Result): readonly Shortfall[] {
  const { ledger, validity, expectations } = result;
  const told = [
    ...ledger.verdicts.map((one) => ({
      ...one,
      sentence: `${ledgerWord[one.verdict]} ${one.name}: ${one.explanation}`,
    })),
    ...validity.map((one) => ({
      ...one,
      sentence: `${validityWord[one.verdict]} ${one.name}: ${one.observed}, bound ${one.bound}. ${one.explanation}`,
    })),
    ...expectations.map((one) => ({
      ...one,
      sentence: `${expectationWord[one.verdict]} ${one.text}: ${observation(one)}`,
    })),
  ];
  const found = told
    .filter((one) => !silent.includes(one.verdict))
    .map(({ verdict, sentence }) => ({ verdict, sentence: sentence.trim() }));
  for (const { fleet, needs } of result.unsupported ?? []) {
    const sentence = `Unsupported: ${fleet} was left out, the target has no ${needs.join(', ')}.`;
    found.push({ verdict: 'skip', sentence });
  }
  if (result.unsupported && result.unsupported.length > 0) {
    const needs = [...new Set(result.unsupported.flatMap((each) => each.needs))].join(', ');
    const sentence = `What a target has beyond the core its file claims: capabilities: [${needs}] (docs/targets.md).`;
    found.push({ verdict: 'skip', sentence });
  }
  if (!ledger.sweep.complete && ledger.verdicts.length > 0) {
    const why = ledger.sweep.reason ?? 'no reason given';
    const read = formatPlural(ledger.sweep.records, 'record');
    found.push({ verdict: 'indeterminate', sentence: `Sweep unfinished after ${read}: ${why}.` });
  }
  return found;
}

/** `observed 641 ms, expected < 300 ms`, or why nothing can be said. */
export function observation({ verdict, observed, explanation }: ExpectationDoc): string {
  if (verdict === 'indeterminate') return `${observed}: ${explanation}`;
  return `observed ${observed}, ${explanation}`;
}

const common = { pass: '', info: '', skip: '' };
const ledgerWord: Record<Verdict, string> = {
  ...common,
  fail: 'Broken:',
  warn: 'Doubtful:',
  indeterminate: 'Not known:',
  'known-fail': 'Known to be broken:',
};
const validityWord: Record<Verdict, string> = {
  ...common,
  fail: 'Invalid:',
  warn: 'Warning:',
  indeterminate: 'Validity not known:',
  'known-fail': 'Known to be invalid:',
};
const expectationWord: Record<Verdict, string> = {
  ...common,
  fail: 'Missed:',
  warn: 'Nearly missed:',
  indeterminate: 'Not decided:',
  'known-fail': 'Known to be missed:',
};
