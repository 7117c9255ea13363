/** How a verdict looks: a word, an icon and a colour class, never colour alone. */
import { ExitCode } from '../exit-code.ts';
import type { Result } from '../result.ts';
import type { Verdict } from '../verify/verdict.ts';
import { html, type Markup } from './markup.ts';

type Tone = 'good' | 'bad' | 'doubt' | 'plain';

const marks: Record<Verdict, readonly [icon: string, tone: Tone]> = {
  pass: ['✓', 'good'],
  fail: ['✗', 'bad'],
  warn: ['!', 'doubt'],
  info: ['i', 'plain'],
  skip: ['–', 'plain'],
  indeterminate: ['?', 'doubt'],
  'known-fail': ['✗', 'doubt'],
};

const proveNothing: readonly ExitCode[] = [ExitCode.invalid, ExitCode.unreachable, ExitCode.interrupted];

/** Icon and word of a check. */
export function verdictMark(verdict: Verdict): Markup {
  const [icon, tone] = marks[verdict];
  return html`<span class="verdict ${tone}"><span class="icon" aria-hidden="true">${icon}</span> ${verdict}</span>`;
}

/** The icon alone, for text output. */
export function verdictIcon(verdict: Verdict): string {
  return marks[verdict][0];
}

/** Icon and tone of a whole run: green only for exit code 0, amber where the run proves nothing. */
export function runMark(result: Result): { readonly icon: string; readonly tone: Tone } {
  const { exitCode } = result.verdict;
  if (exitCode === ExitCode.pass) return { icon: '✓', tone: 'good' };
  return proveNothing.includes(exitCode) ? { icon: '?', tone: 'doubt' } : { icon: '✗', tone: 'bad' };
}
