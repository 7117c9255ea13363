/** A kill matrix as one HTML file without scripts: the gates, the picture, each fault with what it kills, each statement with what kills it. */
import { html, type Markup, table } from '../../src/report/markup.ts';
import { pageOf } from '../../src/report/page-frame.ts';
import { faultDescriptions } from '../../src/target/embedded-virtual.ts';
import { controls } from './controls.ts';
import { killsOf, problemsOf } from './gates.ts';
import type { KillMatrix, Row, Tally } from './matrix.ts';
import { matrixPicture, rowsOf } from './picture.ts';

/** What the page says of its making. */
export interface Making {
  readonly command: string;
  /** Such as 2026-11-26. */
  readonly day: string;
}

/** The whole `kill-matrix.html`. */
export function killMatrixPage(matrix: KillMatrix, making: Making): string {
  const { statements, faults } = matrix;
  const title = `Kill matrix: ${Object.keys(faults).length} faults × ${statements.length} statements`;
  const body = html`<main>
    <h1>${title}</h1>
    <p class="question">
      Can every statement of the conformance suite fail? Each fault of the reference is armed by itself, and every
      statement judged.
    </p>
    ${verdict(matrix)} ${facts(matrix, making)}
    <section>
      <h2>Picture</h2>
      ${matrixPicture(matrix)}
    </section>
    <section>
      <h2>Controls</h2>
      <p class="note">Harmless, and so nothing may turn red. What cannot be observed under one is no verdict.</p>
      ${controlTable(matrix)}
    </section>
    <section>
      <h2>Faults</h2>
      <p class="note">
        In the order of the statements that name them. At work: in so many statements the fault did something. Bold: the
        statement names this fault.
      </p>
      ${faultTable(matrix)}
    </section>
    <section>
      <h2>Statements</h2>
      ${statementTable(matrix)}
    </section>
  </main>`;
  return pageOf(title, body.text, null);
}

function verdict(matrix: KillMatrix): Markup {
  const { statements, seeds, faults } = matrix;
  const problems = problemsOf(matrix);
  const killed = statements.filter(({ id, fault }) => faults[fault]?.[id]?.killed === seeds.length).length;
  const tone = problems.length === 0 ? 'good' : 'bad';
  const said = problems.length === 0 ? 'every gate holds' : `${problems.length} problems`;
  return html`<section class="strip ${tone}" aria-label="verdict">
    <p class="word">
      ${killed} of ${statements.length} statements are killed by the fault they name on ${seedsSaid(seeds)}; ${said}
    </p>
    ${
      problems.length === 0
        ? null
        : html`<ul>
            ${problems.map((problem) => html`<li>${problem}</li>`)}
          </ul>`
    }
  </section>`;
}

function facts({ seeds, sessions, kinebench, statements, faults }: KillMatrix, { command, day }: Making): Markup {
  const cells = statements.length * (Object.keys(faults).length + Object.keys(controls).length + 1) * seeds.length;
  return html`<dl class="facts">
    <dt>made by</dt>
    <dd><code>${command}</code>, ${day}, kinebench ${kinebench}</dd>
    <dt>seeds</dt>
    <dd>${seeds.length > 1 ? `${seeds[0]} to ${seeds.at(-1)}` : String(seeds[0])}</dd>
    <dt>cells</dt>
    <dd>
      ${count(cells)}, judged in ${count(sessions.judged)} sessions that took ${count(sessions.cpuS)} s of processor
      time; for ${count(sessions.spared)} cells a session without any fault showed that the fault is never asked for
    </dd>
    <dt>where</dt>
    <dd>the reference in process, on a virtual clock; each session has one of its own</dd>
  </dl>`;
}

function controlTable({ controls: rows }: KillMatrix): Markup {
  const sum = (row: Row, pick: (cell: Tally) => number) =>
    Object.values(row).reduce((all, cell) => all + pick(cell), 0);
  return table(
    'Controls',
    ['control', 'what it does', 'holds', 'red', 'not to be observed'],
    Object.entries(rows).map(([name, row]) => [
      html`<code>${name}</code>`,
      controls[name]!.description,
      sum(row, ({ holds }) => holds),
      sum(row, ({ broken }) => broken),
      sum(row, ({ unobserved }) => unobserved),
    ]),
    [2, 3, 4],
  );
}

function faultTable(matrix: KillMatrix): Markup {
  return table(
    'Faults',
    ['fault', 'what the reference then does', 'at work', 'red', 'kills'],
    rowsOf(matrix).map((fault) => faultRow(fault, matrix)),
    [2, 3],
  );
}

function faultRow(fault: string, { faults, seeds, statements }: KillMatrix) {
  const row = faults[fault]!;
  const all = Object.values(row);
  const red = all.filter(({ broken }) => broken > 0).length;
  const share = Math.round((100 * red) / Math.max(1, statements.length));
  const what: Readonly<Record<string, string>> = faultDescriptions;
  return [
    html`<code>${fault}</code>`,
    what[fault] ?? '',
    all.filter(({ activated }) => activated > 0).length,
    `${red} (${share} %)`,
    killsSaid(fault, row, { seeds, statements }),
  ];
}

function killsSaid(fault: string, row: Row, { seeds, statements }: Pick<KillMatrix, 'seeds' | 'statements'>): Markup {
  const { always, sometimes } = killsOf(row, seeds.length);
  const named = new Set(statements.filter((one) => one.fault === fault).map(({ id }) => id));
  const own = always.filter((id) => named.has(id));
  const others = [
    ...always.filter((id) => !named.has(id)),
    ...sometimes.map((id) => `${id} (${row[id]!.killed} of ${seeds.length})`),
  ];
  if (own.length + others.length === 0) return html`nothing`;
  return html`<strong>${own.map(short).join(', ')}</strong
    >${own.length > 0 && others.length > 0 ? ', ' : ''}${others.map(short).join(', ')}`;
}

function statementTable({ statements, faults, seeds }: KillMatrix): Markup {
  const killers = (id: string, own: string) =>
    Object.entries(faults)
      .filter(([fault, row]) => fault !== own && (row[id]?.killed ?? 0) > 0)
      .map(([fault]) => fault);
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Statements">
    <table>
      <thead>
        <tr>
          <th scope="col">statement</th>
          <th scope="col">killed by the fault it names, which says</th>
          <th scope="col">also killed by</th>
        </tr>
      </thead>
      <tbody>
        ${statements.map(({ id, fault, sentence }) => {
          const cell = faults[fault]?.[id];
          const also = killers(id, fault);
          const times = cell === undefined ? 'not judged' : `${cell.killed} of ${seeds.length}`;
          return html`<tr>
            <td><strong>${id}</strong><br />${sentence}</td>
            <td>
              <code>${fault}</code> ${times}
              ${
                cell?.said == null
                  ? null
                  : html`<details>
                      <summary>seen</summary>
                      <p>${cell.said}</p>
                    </details>`
              }
            </td>
            <td>
              ${
                also.length === 0
                  ? 'nothing else'
                  : html`<details>
                      <summary>${also.length} faults</summary>
                      <p>${also.join(', ')}</p>
                    </details>`
              }
            </td>
          </tr>`;
        })}
      </tbody>
    </table>
  </div>`;
}

function short(id: string): string {
  return id.replace(/^KIN-/, '');
}

function seedsSaid(seeds: readonly number[]): string {
  return seeds.length === 1 ? 'one seed' : `every one of ${seeds.length} seeds`;
}

function count(number: number): string {
  return number.toLocaleString('en-US');
}
