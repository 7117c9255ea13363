/**
 * HTML that escapes by default: every value put into a template is text unless it was made here. Stream names, error
 * messages and scenario texts come from outside, so nothing in a report is ever built by joining strings.
 */

/** A piece of HTML made by `html`: safe to put into another. */
export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

type Value = string | number | Markup | readonly Markup[] | null;

/** A template whose strings and numbers are escaped, whose markup is kept, whose arrays are joined, whose nulls vanish. */
export function html(strings: TemplateStringsArray, ...values: readonly Value[]): Markup {
  return new Markup(
    strings.map((part, index) => part + (index < values.length ? render(values[index]!) : '')).join(''),
  );
}

/** Text made safe for HTML content and quoted attributes. A control character, which HTML forbids, is shown by its picture (`␀`). */
export function escapeHtml(text: string): string {
  return text
    .replaceAll(/[^\P{Cc}\t\n\r]/gu, pictureOf)
    .split('&')
    .join('&amp;')
    .split('<')
    .join('&lt;')
    .split('>')
    .join('&gt;')
    .split('"')
    .join('&quot;')
    .split("'")
    .join('&#39;');
}

function pictureOf(control: string): string {
  const code = control.charCodeAt(0);
  return code < 0x20 ? String.fromCharCode(0x2400 + code) : '\ufffd';
}

/** JSON that cannot end the script element it stands in. */
export function scriptJson(value: unknown): string {
  return JSON.stringify(value)
    .split('<')
    .join('\\u003c')
    .split('\u2028')
    .join('\\u2028')
    .split('\u2029')
    .join('\\u2029');
}

/** A table with a scrolling box of its own; `numeric` names the columns set flush right. */
export function table(
  caption: string,
  head: readonly string[],
  rows: readonly (readonly Value[])[],
  numeric: readonly number[] = [],
): Markup {
  const side = (column: number): Markup => (numeric.includes(column) ? html` class="number"` : html``);
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${caption}">
    <table>
      <thead>
        <tr>
          ${head.map((text, column) => html`<th scope="col" ${side(column)}>${text}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${row.map((cell, column) => html`<td${side(column)}>${cell}</td>`)}
            </tr> `,
        )}
      </tbody>
    </table>
  </div>`;
}

function render(value: Value): string {
  if (value === null) return '';
  if (value instanceof Markup) return value.text;
  if (typeof value === 'object') return value.map((piece) => piece.text).join('');
  return escapeHtml(String(value));
}
