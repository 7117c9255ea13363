/**
 * The matrix as a picture: a row for each fault, a column for each statement, both in the order of the catalogue, so that the
 * faults that statements name make a diagonal. Cells of one kind are one path: there are some thirty thousand.
 */
import { groupOf } from '../../src/conformance-result.ts';
import { html, type Markup } from '../../src/report/markup.ts';
import type { KillMatrix, Tally } from './matrix.ts';

/** A cell, in units of the picture. */
const SIZE = 5;
/** Room for the names of groups. */
const LEFT = 62;
const TOP = 36;

/** What a cell shows, with its colour class and how strongly it is drawn. */
const kinds = {
  named: { said: 'killed by the fault it names', tone: 'ink', opacity: 1 },
  killed: { said: 'killed', tone: 'good', opacity: 0.85 },
  sometimes: { said: 'killed on some seeds', tone: 'good', opacity: 0.45 },
  unobserved: { said: 'at work, and nothing could be observed', tone: 'doubt', opacity: 0.75 },
  atWork: { said: 'at work, and the statement holds', tone: 'plain', opacity: 0.22 },
  wrong: {
    said: 'wrong: red without the fault, crashed, or not killed by the fault it names',
    tone: 'bad',
    opacity: 1,
  },
} as const;
type Kind = keyof typeof kinds;

/** The faults in the order of the statements that name them, then the others. */
export function rowsOf({ statements, faults }: KillMatrix): string[] {
  const named = statements.map(({ fault }) => fault).filter((fault) => fault in faults);
  return [...new Set([...named, ...Object.keys(faults)])];
}

/** The picture with its key. */
export function matrixPicture(matrix: KillMatrix): Markup {
  const { statements, faults, seeds } = matrix;
  const rows = rowsOf(matrix);
  const places = new Map<Kind, string[]>();
  for (const [y, fault] of rows.entries()) {
    for (const [x, { id, fault: own }] of statements.entries()) {
      const kind = kindOf(faults[fault]![id], own === fault, seeds.length);
      if (kind) places.set(kind, [...(places.get(kind) ?? []), `M${LEFT + x * SIZE} ${TOP + y * SIZE}h4v4h-4z`]);
    }
  }
  const [width, height] = [LEFT + statements.length * SIZE, TOP + rows.length * SIZE];
  const shown = (Object.keys(kinds) as Kind[]).filter((kind) => places.has(kind));
  return html`<figure>
    <div class="scroll" tabindex="0" role="region" aria-label="Faults by statements">
      <svg
        viewBox="0 0 ${width} ${height}"
        width="${width}"
        height="${height}"
        role="img"
        aria-label="${rows.length} faults down, ${statements.length} statements across: what kills what. The tables below say the same in words."
      >
        ${columnNames(matrix, height)} ${rowNames(rows, statements, width)}
        ${shown.map((kind) => layer(kind, places.get(kind)!.join('')))}
      </svg>
    </div>
    <figcaption>
      Faults down, statements across.
      ${shown.map(
        (kind) =>
          html`<span class="verdict ${kinds[kind].tone}"
              ><svg viewBox="0 0 10 10" width="11" height="11" aria-hidden="true">
                <rect width="10" height="10" fill="currentColor" opacity="${kinds[kind].opacity}" /></svg
            ></span>
            ${kinds[kind].said} (${places.get(kind)!.length.toLocaleString('en-US')})${' '} `,
      )}
    </figcaption>
  </figure>`;
}

function layer(kind: Kind, d: string): Markup {
  const { tone, opacity } = kinds[kind];
  return html`<g class="verdict ${tone}"><path fill="currentColor" opacity="${opacity}" d="${d}" /></g>`;
}

function kindOf(cell: Tally | undefined, own: boolean, seeds: number): Kind | undefined {
  if (cell === undefined) return own ? 'wrong' : undefined;
  const { broken, killed, crashed, activated, unobserved } = cell;
  if (crashed > 0 || broken > killed || (own && killed < seeds)) return 'wrong';
  if (own) return 'named';
  if (killed > 0) return killed === seeds ? 'killed' : 'sometimes';
  if (unobserved > 0) return 'unobserved';
  return activated > 0 ? 'atWork' : undefined;
}

/** Lines between groups of statements, with the names of groups along the top. */
function columnNames({ statements }: KillMatrix, height: number): Markup {
  const first = beginnings(statements.map(({ id }) => groupOf(id)));
  return html`<g class="verdict plain" font-size="9" fill="currentColor">
    ${first.map(
      ([name, x]) =>
        html`<path
            stroke="currentColor"
            opacity="0.35"
            stroke-width="0.5"
            d="M${LEFT + x * SIZE - 0.5} ${TOP - 4}V${height}"
          />
          <text transform="translate(${LEFT + x * SIZE + 8} ${TOP - 4}) rotate(-90)">${name}</text>`,
    )}
  </g>`;
}

/** The same for faults, by the group of the statement that names them. */
function rowNames(rows: readonly string[], statements: KillMatrix['statements'], width: number): Markup {
  const groupsOfFaults = rows.map((row) => {
    const naming = statements.find(({ fault }) => fault === row);
    return naming ? groupOf(naming.id) : 'unnamed';
  });
  return html`<g class="verdict plain" font-size="9" fill="currentColor">
    ${beginnings(groupsOfFaults).map(
      ([name, y]) =>
        html`<path
            stroke="currentColor"
            opacity="0.35"
            stroke-width="0.5"
            d="M${LEFT - 40} ${TOP + y * SIZE - 0.5}H${width}"
          />
          <text x="${LEFT - 6}" y="${TOP + y * SIZE + 9}" text-anchor="end">${name}</text>`,
    )}
  </g>`;
}

/** Each value that differs from the one before it, with its place. */
function beginnings(values: readonly string[]): (readonly [string, number])[] {
  return values.flatMap((value, index) => (value === values[index - 1] ? [] : [[value, index] as const]));
}
