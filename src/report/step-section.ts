/** What was done at given times and what came of it, numbered as the marks of the timelines. */
import { formatDuration } from '../measure/format.ts';
import type { Result, StepDoc } from '../result.ts';
import { html, table, type Markup } from './markup.ts';

const outcomes: Record<StepDoc['outcome'], string> = {
  done: '✓ done',
  unsupported: '– unsupported by the target',
  failed: '✗ failed',
  'not-reached': '– not reached',
};

/** The table of steps, or nothing where the scenario has none. */
export function stepSection(result: Result): Markup | null {
  const { steps = [] } = result;
  if (steps.length === 0) return null;
  const rows = steps.map((step, index) => [
    String(index + 1),
    step.text,
    formatDuration(step.dueNs),
    step.startNs === null ? '–' : formatDuration(step.startNs),
    step.startNs === null || step.endNs === null ? '–' : formatDuration(step.endNs - step.startNs),
    outcomes[step.outcome],
    step.openShards === null ? '–' : String(step.openShards),
    step.detail,
  ]);
  const head = ['', 'step', 'due', 'begun', 'took', 'outcome', 'open shards after', 'detail'];
  return html`<section>
    <h2>Steps</h2>
    <p class="note">
      The numbers are those of the upright lines in the charts over time. What a target lacks speaks neither for nor
      against the run.
    </p>
    ${table('Timed steps', head, rows, [0, 2, 3, 4, 6])}
  </section> `;
}
