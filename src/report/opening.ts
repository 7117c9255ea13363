/** The top of the page: is it good (verdict), can it be believed (validity), what was it (target), how much (tiles). */
import type { Result } from '../result.ts';
import { cpuWords } from '../measure/cpu.ts';
import { formatDuration } from '../measure/format.ts';
import { headlineTiles } from './headline.ts';
import { html, table, type Markup } from './markup.ts';
import { runMark, verdictMark } from './verdict-mark.ts';

/** Why numbers of a modelled target say nothing about AWS. */
export const MODELLED_SENTENCE =
  'Modelled: this target makes its latencies from a model, so they prove that the tool measures what the model says, and nothing about AWS.';

/** Verdict strip: word, icon, colour, exit code and every reason. */
export function verdictStrip(result: Result): Markup {
  const { icon, tone } = runMark(result);
  const { word, exitCode, reasons } = result.verdict;
  const listed =
    reasons.length > 0
      ? html`<ul>
          ${reasons.map((reason) => html`<li>${reason}</li>`)}
        </ul>`
      : html`<p>Everything expected held, and the measurement is valid.</p>`;
  return html`<section class="strip ${tone}" aria-label="Verdict">
    <p class="word">
      <span class="icon" aria-hidden="true">${icon}</span> ${word} <span class="code">exit code ${exitCode}</span>
    </p>
    ${reasons.length > 0 || exitCode === 0 ? listed : null}
  </section> `;
}

/** What must hold for the numbers to mean anything, with what was seen and the bound. */
export function validityStrip(result: Result): Markup {
  if (result.validity.length === 0)
    return html`<section>
      <h2>Validity</h2>
      <p>No validity check was made.</p>
    </section>`;
  const rows = result.validity.map((check) => [
    verdictMark(check.verdict),
    check.name,
    check.observed,
    check.bound,
    check.explanation,
  ]);
  return html`<section>
    <h2>Is the measurement valid?</h2>
    ${table('Validity checks', ['verdict', 'check', 'observed', 'bound', 'what it means'], rows)}
  </section> `;
}

/** What was measured, with what, by which clock; and the badge where a model made the latencies. */
export function targetLine(result: Result): Markup {
  const { target, client, environment, run } = result;
  const threads = `${client.threads} ${client.threads === 1 ? 'thread' : 'threads'}`;
  const attempts = client.attempts === 1 ? '1 attempt, no hidden retries' : `${client.attempts} attempts`;
  return html`<section class="target" aria-label="Target">
    <dl class="facts">
      <dt>target</dt>
      <dd>
        ${target.name}, ${target.description}${target.modelled ? html` <strong class="badge">modelled</strong>` : null}
      </dd>
      <dt>endpoint</dt>
      <dd>${target.url} (${target.region})</dd>
      <dt>client</dt>
      <dd>
        ${client.name} client, ${client.transport}${client.tls ? ' by TLS' : ''}${subscriptionsOf(client)},
        ${client.encoding}, ${threads}, ${attempts}
      </dd>
      <dt>pacing</dt>
      <dd>${pacingOf(result)}</dd>
      ${
        cpuWords(result) === null
          ? null
          : html`<dt>CPU per call</dt>
              <dd>
                ${cpuWords(result)}; of the threads in the measured phases: pacing, payload, client, what is noted down
              </dd>`
      }
      <dt>clock</dt>
      <dd>${environment.clock === 'virtual' ? 'virtual: time was simulated, not waited for' : 'system, monotonic'}</dd>
      <dt>run</dt>
      <dd>${run.id}, ${run.startedAt} to ${run.endedAt}${partOf(run)}</dd>
    </dl>
    ${target.modelled ? html`<p class="modelled">${MODELLED_SENTENCE}</p>` : null}
  </section> `;
}

/** Where they go another way than calls. */
function subscriptionsOf({ transport, subscriptions = transport }: Result['client']): string {
  return subscriptions === transport ? '' : ` (subscriptions by ${subscriptions})`;
}

/** Fleets that were left out; null for none. */
export function unsupportedLine({ unsupported = [] }: Result): Markup | null {
  if (unsupported.length === 0) return null;
  const sentences = unsupported.map(
    ({ fleet, needs, optional }) =>
      `${fleet} was left out: the target has no ${needs.join(', ')}${optional ? ', and the scenario can do without' : ''}.`,
  );
  return html`<p class="note">Unsupported, and not failed: ${sentences.join(' ')}</p>`;
}

/** By fleet where fleets differ. */
function pacingOf({ scenario }: Result): string {
  const { fleets } = scenario.plan;
  // What is pushed to keeps no time.
  const paced = fleets.filter((fleet) => 'pacing' in fleet);
  const modes = [...new Set(paced.map(({ pacing }) => pacing))];
  return modes.length === 1 ? modes[0]! : paced.map(({ name, pacing }) => `${name} ${pacing}`).join(', ');
}

/** Which part of a run this is, or of how many parts it was made. */
function partOf({ segment, machines }: Result['run']): string {
  if (segment)
    return `, segment ${segment.index} of ${segment.of} only: what is expected of the whole is judged by kinebench merge`;
  return machines > 1 ? `, merged of ${machines} segments` : '';
}

/** The headline figures over all measured phases. */
export function headline(result: Result): Markup {
  const measured = result.phases.filter((phase) => phase.measured && phase.kind === 'timed').map((phase) => phase.name);
  const span = result.phases
    .filter((phase) => phase.measured && phase.kind === 'timed')
    .reduce((total, phase) => total + phase.endNs - phase.startNs, 0);
  return html`<section>
    <h2>Headline</h2>
    <p class="note">
      Over
      ${measured.length === 0 ? 'no measured phase' : `${measured.join(', ')} (${formatDuration(span)})`}${result.target.modelled ? '; latencies modelled' : ''}.
    </p>
    <dl class="tiles">
      ${headlineTiles(result).map(
        (tile) =>
          html`<div>
            <dt>${tile.label}</dt>
            <dd class="value">${tile.value}</dd>
            <dd class="note">${tile.note}</dd>
          </div> `,
      )}
    </dl>
  </section> `;
}
