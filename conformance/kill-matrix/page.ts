/** A kill matrix as a Markdown page: the gates, each statement with what kills it, each fault with what it kills. */
import { faultDescriptions } from '../../src/target/embedded-virtual.ts';
import { controls } from './controls.ts';
import { killsOf, problemsOf, unnamedFaults } from './gates.ts';
import type { KillMatrix, Tally } from './matrix.ts';

/** The page; `command` made it. */
export function killMatrixPage(matrix: KillMatrix, command: string): string {
  const { statements, seeds, faults, sessions, kinebench } = matrix;
  const problems = problemsOf(matrix);
  const unnamed = unnamedFaults(matrix);
  const killed = statements.filter(({ id, fault }) => faults[fault]?.[id]?.killed === seeds.length).length;
  return [
    '# Kill matrix',
    '',
    `kinebench ${kinebench}: ${Object.keys(faults).length} faults × ${statements.length} statements, ${seeds.length} seeds (${shownSeeds(seeds)}), made by`,
    `\`${command}\`. ${sessions.judged} sessions were judged; in ${sessions.spared} more the fault was never asked whether it strikes.`,
    '',
    `**${killed} of ${statements.length} statements are killed by the fault they name in every seed; ${problems.length} problems.**`,
    '',
    ...(problems.length === 0 ? [] : ['## Problems', '', ...problems.map((problem) => `- ${escaped(problem)}`), '']),
    '## Controls',
    '',
    row(['control', 'what it does', 'holds', 'red', 'not to be observed']),
    row(['---', '---', '--:', '--:', '--:']),
    ...Object.entries(matrix.controls).map(([name, cells]) => controlRow(name, Object.values(cells))),
    '',
    '## Faults',
    '',
    row(['fault', 'what it does', 'at work in', 'red', 'kills']),
    row(['---', '---', '--:', '--:', '---']),
    ...Object.entries(faults).map(([fault, cells]) => faultRow(fault, cells, matrix)),
    '',
    '## Statements',
    '',
    row(['statement', 'named fault', 'also killed by']),
    row(['---', '---', '---']),
    ...statements.map(({ id, fault }) => statementRow(id, fault, matrix)),
    '',
    ...(unnamed.length === 0
      ? []
      : [
          '## Faults that no statement names yet',
          '',
          `${unnamed.length}: ${unnamed.map((name) => `\`${name}\``).join(', ')}`,
          '',
        ]),
  ].join('\n');
}

function controlRow(name: string, cells: readonly Tally[]): string {
  const sum = (pick: (cell: Tally) => number) => String(cells.reduce((total, cell) => total + pick(cell), 0));
  const what = controls[name]!.description;
  return row([
    `\`${name}\``,
    what,
    sum(({ holds }) => holds),
    sum(({ broken }) => broken),
    sum(({ unobserved }) => unobserved),
  ]);
}

function faultRow(fault: string, cells: Readonly<Record<string, Tally>>, { seeds, statements }: KillMatrix): string {
  const all = Object.values(cells);
  const atWork = all.filter(({ activated }) => activated > 0).length;
  const red = all.filter(({ broken }) => broken > 0).length;
  const share = statements.length === 0 ? 0 : Math.round((100 * red) / statements.length);
  const what: Readonly<Record<string, string>> = faultDescriptions;
  const { always, sometimes } = killsOf(cells, seeds.length);
  const named = statements.filter((one) => one.fault === fault).map(({ id }) => id);
  const kills = [
    ...always.map((id) => (named.includes(id) ? `**${id}**` : id)),
    ...sometimes.map((id) => `${id} (${cells[id]!.killed} of ${seeds.length})`),
  ];
  return row([
    `\`${fault}\``,
    escaped(what[fault] ?? ''),
    String(atWork),
    `${red} (${share} %)`,
    kills.join(', ') || '–',
  ]);
}

function statementRow(id: string, own: string, { faults, seeds }: KillMatrix): string {
  const cell = faults[own]?.[id];
  const verdict = cell === undefined ? 'not judged' : `${cell.killed} of ${seeds.length}`;
  const others = Object.entries(faults).filter(([fault, cells]) => fault !== own && (cells[id]?.killed ?? 0) > 0);
  return row([id, `\`${own}\`: ${verdict}`, others.map(([fault]) => `\`${fault}\``).join(', ') || '–']);
}

function shownSeeds(seeds: readonly number[]): string {
  return seeds.length > 1 ? `${seeds[0]} to ${seeds.at(-1)}` : String(seeds[0]);
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function escaped(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replaceAll('|', '\\|').replaceAll('<', '&lt;');
}
