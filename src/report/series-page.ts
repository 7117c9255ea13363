/**
 * A series as one HTML file: the verdict, the knee of a search, the curve of each metric over the values of the matrix with the
 * spread of its repeats, and every run with its verdict. The same frame and rules as the report of a run.
 */
import { formatShare, formatValue } from '../measure/format.ts';
import type { PointDoc, ResultSeries, SearchDoc } from '../result-series.ts';
import { renderFigure } from './figure.ts';
import { html, table, type Markup } from './markup.ts';
import { MODELLED_SENTENCE } from './opening.ts';
import { pageOf } from './page-frame.ts';
import { curveFigures } from './series-curve.ts';

/** The whole `series.html` of a series. */
export function renderSeriesHtml(series: ResultSeries): string {
  const figures = curveFigures(series);
  const { scenario, verdict } = series;
  const modelled = series.points.some((point) => point.modelled);
  const reasons = html`<ul>
    ${verdict.reasons.map((reason) => html`<li>${reason}</li>`)}
  </ul>`;
  const body = html`<main>
    <h1>${scenario.name} <small>${shapeOf(series)}</small></h1>
    <p class="question">${scenario.question}</p>
    <section class="strip ${verdict.exitCode === 0 ? 'good' : 'doubt'}" aria-label="Verdict">
      <p class="word">${verdict.word} <span class="code">exit code ${verdict.exitCode}</span></p>
      ${verdict.reasons.length > 0 ? reasons : null}
    </section>
    <section class="target" aria-label="Series">
      <dl class="facts">
        <dt>expected</dt>
        <dd>${scenario.expected}</dd>
        <dt>scenario</dt>
        <dd>${scenario.file ?? 'given by a program'}</dd>
        <dt>clock</dt>
        <dd>${series.clock === 'virtual' ? 'virtual: time was simulated, not waited for' : 'system, monotonic'}</dd>
        <dt>runs</dt>
        <dd>${series.startedAt} to ${series.endedAt}${series.interrupted ? ', interrupted' : ''}</dd>
      </dl>
      ${modelled ? html`<p class="modelled">${MODELLED_SENTENCE}</p>` : null}
    </section>
    ${series.searches.map(searchSection)}
    <section>
      <h2>Curves</h2>
      ${figures.length === 0 ? html`<p>No metric has a value on more than one point.</p>` : figures.map(renderFigure)}
    </section>
    ${runSection(series)}
  </main>`;
  return pageOf(
    `${verdict.word}: ${scenario.name}, series`,
    body.text,
    figures.map((figure) => figure.spec),
  );
}

function shapeOf({ parameters, repeat, searches }: ResultSeries): string {
  if (searches.length > 0) return `searched over ${parameters[0]?.name ?? ''}`;
  const over = parameters.map(({ name }) => name).join(' and ');
  return [over === '' ? '' : `over ${over}`, repeat.times > 1 ? `${repeat.times} times` : '']
    .filter(Boolean)
    .join(', ');
}

/** One sentence for the knee, as the terminal and the page say it. */
export function kneeSentence(search: SearchDoc): string {
  const { target, parameter, holds, outcome, low, high, value, uncertainty, explanation } = search;
  const condition = holds.join(' and ');
  const number = (each: number | null): string => (each === null ? '–' : String(Number(each.toPrecision(4))));
  switch (outcome) {
    case 'found':
      return `${target}: ${condition} holds up to ${parameter} = ${number(value)} ± ${formatShare(uncertainty ?? 0)} (held at ${number(low)}, not at ${number(high)})`;
    case 'always':
      return `${target}: ${condition} holds at every value up to ${number(low)}`;
    case 'never':
      return `${target}: ${condition} does not hold even at ${number(high)}`;
    case 'undecided':
    case 'interrupted':
      return `${target}: ${outcome}: ${explanation}; held at ${number(low)}, not at ${number(high)}`;
  }
}

function searchSection(search: SearchDoc): Markup {
  const rows = search.probes.map(({ value, verdict, folder }, index) => [
    String(index + 1),
    String(value),
    verdict,
    folder,
  ]);
  return html`<section>
    <h2>Knee: ${search.target}</h2>
    <p class="finding">${kneeSentence(search)}.</p>
    ${search.explanation === '' ? null : html`<p class="note">${search.explanation}</p>`}
    ${table('Probes in the order they were made', ['', search.parameter, 'verdict', 'result'], rows, [0, 1])}
  </section> `;
}

function runSection(series: ResultSeries): Markup {
  const names = series.parameters.map(({ name }) => name);
  const rows = series.points.flatMap((point) =>
    point.runs.map((run) => [
      ...names.map((name) => String(point.values[name] ?? '–')),
      point.target,
      run.verdict.word,
      ...run.values.map((value, index) => formatValue(value, series.metrics[index]!.unit)),
      run.folder,
    ]),
  );
  const head = [...names, 'target', 'verdict', ...series.metrics.map(({ text }) => text), 'result'];
  return html`<section>
    <h2>Runs</h2>
    <p class="note">Each has a result and a report of its own in its folder.</p>
    ${table(
      'Runs',
      head,
      rows,
      names.map((_, index) => index),
    )}
  </section> `;
}

/** The values of a point as text: `n = 3, size = 1 KiB`. */
export function valuesText({ values }: Pick<PointDoc, 'values'>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name} = ${value}`)
    .join(', ');
}
