/**
 * Conformance results as one HTML file: statements down, targets across, and every cell opens its evidence. It needs no script:
 * cells are `details`. On a narrow screen a row becomes a card; on paper the misses stand in full below the matrix.
 */
import {
  type ConformanceResult,
  conformanceExitCode,
  disagrees,
  type Exchange,
  groupOf,
  isMiss,
  type Judgement,
  type Witness,
} from '../conformance-result.ts';
import { ExitCode } from '../exit-code.ts';
import { groupRows, levelRows, totalRow } from './conformance-figures.ts';
import { paragraph, witnessWords } from './conformance-text.ts';
import { html, type Markup, table } from './markup.ts';
import { pageOf } from './page-frame.ts';
import { verdictMark } from './verdict-mark.ts';

/** A result as a column: targets that share a name are told apart. */
interface Column {
  readonly name: string;
  readonly result: ConformanceResult;
  readonly byId: ReadonlyMap<string, Judgement>;
}

/** The whole `conformance.html` of some results, at least one. */
export function renderMatrix(results: readonly ConformanceResult[]): string {
  const columns = columnsOf(results);
  const title = `Conformance: ${columns.map(({ name }) => name).join(', ')}`;
  const body = html`<main>
    <h1>${title}</h1>
    <p class="question">
      Statements of what AWS documents, judged one by one. Divergence: of what was judged, how much is broken. Coverage:
      of what was asked, how much was judged.
    </p>
    ${columns.map(targetStrip)}
    <section>
      <h2>Figures</h2>
      ${figures(columns)}
    </section>
    <section>
      <h2>Statements</h2>
      <p class="note">Each cell opens what was seen.</p>
      ${matrix(columns)}
    </section>
    ${misses(columns)}
    <section>
      <h2>Runs</h2>
      ${columns.map(runFacts)}
    </section>
  </main>`;
  return pageOf(title, body.text, null);
}

function columnsOf(results: readonly ConformanceResult[]): Column[] {
  return results.map((result, index) => {
    const { name } = result.target;
    const twins = results.slice(0, index).filter(({ target }) => target.name === name).length;
    return {
      name: twins === 0 ? name : `${name} (${twins + 1})`,
      result,
      byId: new Map(result.judgements.map((judgement) => [judgement.id, judgement])),
    };
  });
}

function targetStrip({ name, result }: Column): Markup {
  const { divergence, coverage, awsValidated, run, troubles, expected } = result;
  const code = conformanceExitCode(result);
  const tone = code === ExitCode.pass ? 'good' : code === ExitCode.correctness ? 'bad' : 'doubt';
  const { MUST, SHOULD, INFO } = divergence.byLevel;
  const { figure, disagreements, unseen } = witnessWords(result.judgements);
  const notes = [
    ...(figure === null ? [] : [`${figure[0]!.toUpperCase()}${figure.slice(1)}.`]),
    ...disagreements,
    ...unseen,
    ...(run.interrupted ? ['The run was interrupted.'] : []),
    ...(run.died === null ? [] : [`The target died: ${run.died}`]),
    ...troubles,
  ];
  return html`<section class="strip ${tone}" aria-label="${name}">
    <p class="word named">
      ${name}: ${divergence.broken} of ${divergence.judged} broken <span class="code">exit code ${code}</span>
    </p>
    <p>
      MUST ${MUST}, SHOULD ${SHOULD}, INFO ${INFO}, provisional ${divergence.provisional}; known
      ${divergence.known}${expected === null ? '' : ` (${expected})`}. ${coverage.judged} of ${coverage.applicable}
      statements judged, ${coverage.skipped} skipped, ${coverage.indeterminate} not to be observed. AWS-validated:
      ${awsValidated} of ${coverage.applicable}.
    </p>
    ${notes.map((note) => html`<p>${note}</p>`)}
  </section>`;
}

function figures(columns: readonly Column[]): Markup {
  const rowsOf = ({ result }: Column) => [totalRow(result), ...levelRows(result), ...groupRows(result)];
  const cells = columns.map((column) => new Map(rowsOf(column).map((row) => [row.name, row])));
  const names = unionOf(columns.map((column) => rowsOf(column).map(({ name }) => name)));
  const head = ['', ...columns.flatMap(({ name }) => [`${name}: broken`, 'judged'])];
  const rows = names.map((name) => [
    name,
    ...cells.flatMap((column) => {
      const row = column.get(name);
      return [row?.divergence ?? '–', row?.coverage ?? '–'];
    }),
  ]);
  return table('Divergence and coverage by level and group', head, rows);
}

function matrix(columns: readonly Column[]): Markup {
  const ids = unionOf(columns.map(({ byId }) => [...byId.keys()]));
  const titles = new Map(columns.flatMap(({ result }) => Object.entries(result.groups)));
  const groups = unionOf([[...titles.keys()], ids.map(groupOf)]);
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Statements by target">
    <table class="${columns.length > 2 ? 'matrix many' : 'matrix'}">
      <thead>
        <tr>
          <th scope="col">statement</th>
          ${columns.map(({ name }) => html`<th scope="col">${name}</th>`)}
        </tr>
      </thead>
      ${groups.map((group) => {
        const own = ids.filter((id) => groupOf(id) === group).toSorted();
        return html`<tbody>
          <tr class="group">
            <th scope="rowgroup" colspan="${columns.length + 1}">${group}: ${titles.get(group) ?? ''}</th>
          </tr>
          ${own.map((id) => statementRow(id, columns))}
        </tbody>`;
      })}
    </table>
  </div>`;
}

function statementRow(id: string, columns: readonly Column[]): Markup {
  const { level, profile, provisional, sentence, source } = columns.find(({ byId }) => byId.has(id))!.byId.get(id)!;
  const weight = [level, ...(provisional ? ['provisional'] : []), ...(profile === 'core' ? [] : [profile])].join(', ');
  return html`<tr id="${id}">
    <th scope="row">
      <strong>${id}</strong> <span class="note">${weight}</span><br />${sentence} <span class="note">${source}</span>
    </th>
    ${columns.map(
      ({ name, result, byId }) => html`<td data-target="${name}">${cell(byId.get(id), result.run.seed)}</td>`,
    )}
  </tr> `;
}

function cell(judgement: Judgement | undefined, seed: number): Markup {
  if (judgement === undefined) return html`<span class="verdict plain">not asked</span>`;
  const { verdict, outcome, message, exercised, tookMs, exchanges, known, witnesses = [] } = judgement;
  const counts = Object.entries(exercised).map(([what, count]) => `${what}: ${count}`);
  const facts = [...counts, `took ${(tookMs / 1000).toFixed(1)} s`, `seed ${seed}`].join(' · ');
  return html`<details>
    <summary>${verdictMark(verdict)}${outcome === 'loose' ? ', loosely' : ''}</summary>
    <div class="evidence">
      <p>${message}</p>
      ${known === undefined ? null : html`<p>Known${known.expires === undefined ? '' : `, until ${known.expires}`}: ${known.reason} ${known.link ?? ''}</p>`}
      ${outcome === 'skipped' ? null : html`<p class="note">${facts}</p>`}
      ${witnesses.map((witness) => html`<p class="note">${witnessNote(judgement, witness)}</p>`)}
      ${exchanges.length === 0 ? null : html`<p class="note">The last calls before the verdict:</p>`}
      ${exchanges.map(exchangeOf)}
    </div>
  </details>`;
}

function witnessNote(judgement: Judgement, witness: Witness): string {
  const { by, outcome, message } = witness;
  return disagrees(judgement, witness) ? `By ${by}: ${outcome}, which disagrees: ${message}` : `By ${by}: ${outcome}`;
}

function exchangeOf({ operation, sent, came }: Exchange): Markup {
  return html`<pre><strong>${operation}</strong> ${sent}
→ ${came}</pre>`;
}

/** Below the matrix, in full: for paper, and for whoever wants to read and not to open. */
function misses(columns: readonly Column[]): Markup | null {
  const parts = columns
    .map(({ name, result }) => ({ name, missed: result.judgements.filter(isMiss) }))
    .filter(({ missed }) => missed.length > 0);
  if (parts.length === 0) return null;
  return html`<section>
    <h2>Misses</h2>
    ${parts.map(
      ({ name, missed }) =>
        html`<h3>${name}</h3>
          <ul class="misses">
            ${missed.map((judgement) => html`<li>${missOf(judgement)}</li>`)}
          </ul>`,
    )}
  </section>`;
}

/** A miss in full; its id leads to its row in the matrix. */
function missOf(judgement: Judgement): Markup {
  const { id } = judgement;
  return html`<a href="#${id}">${id}</a>${paragraph(judgement).slice(id.length)}`;
}

function runFacts({ name, result }: Column): Markup {
  const { target, run, kinebench, catalogue } = result;
  return html`<h3>${name}</h3>
    <dl class="facts">
      <dt>target</dt>
      <dd>${target.description}</dd>
      <dt>spoken to</dt>
      <dd>
        ${target.url === null ? 'in process, on a virtual clock' : `${target.url}${target.transport === null ? '' : ` by ${target.transport}`}`}
      </dd>
      <dt>claims</dt>
      <dd>${target.capabilities.join(', ') || 'nothing beyond the core'}</dd>
      <dt>run</dt>
      <dd>
        ${run.startedAt} to ${run.endedAt}, seed ${run.seed}, kinebench
        ${kinebench}${catalogue === undefined ? '' : `, catalogue ${catalogue}`}
      </dd>
    </dl>`;
}

/** The values of all lists once each: those of the first in its order, then what the next ones add. */
function unionOf(lists: readonly (readonly string[])[]): string[] {
  return [...new Set(lists.flat())];
}
