/**
 * A figure of the page: heading, one sentence that says what is to be seen, the chart, and its numbers in a table. The
 * sentence and the table stand without JavaScript; the canvas appears only where the script runs.
 */
import type { ChartSpec } from './chart-spec.ts';
import { html, type Markup } from './markup.ts';

export interface Figure {
  readonly heading: string;
  /** One or two sentences; also what a screen reader says for the canvas. */
  readonly finding: string;
  /** How the numbers came about, where that is not plain. */
  readonly note: string | null;
  readonly spec: ChartSpec;
  readonly data: Markup;
}

/** The figure as HTML. */
export function renderFigure(figure: Figure): Markup {
  const { spec } = figure;
  return html`<figure>
    <h3 id="${spec.id}-heading">${figure.heading}</h3>
    <p class="finding">${unbroken(figure.finding)}</p>
    <div class="plot ${spec.kind}" hidden>
      <canvas id="${spec.id}" role="img" aria-label="${figure.heading}. ${figure.finding}"></canvas>
    </div>
    ${figure.note ? html`<p class="note">${figure.note}</p>` : null}
    <details>
      <summary>Numbers of this chart</summary>
      ${figure.data}
    </details>
  </figure> `;
}

/** A number stays on the line of its unit. */
function unbroken(text: string): string {
  return text.replaceAll(/(\d) (ns|µs|ms|s|%|B|KiB|MiB|GiB)(?![\w])/g, '$1\u00a0$2');
}
