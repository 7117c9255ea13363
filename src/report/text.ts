/**
 * The summary in the terminal: scenario by scenario, the targets below one another in aligned columns of at most 100, then
 * one sentence for everything that speaks against a run. Texts from outside lose their control characters.
 */
import type { Result } from '../result.ts';
import { shortfallsOf } from './shortfalls.ts';
import {
  cpuPerCall,
  delivered,
  numbered,
  propagations,
  refusals,
  summaryColumns,
  summaryRow,
  type SummaryRow,
} from './summary-row.ts';
import { runMark, verdictIcon } from './verdict-mark.ts';

const WIDTH = 100;
const MODELLED = '* modelled by the reference: proves that the tool measures what the model says, nothing about AWS.';
const NOT_KNOWN = 'n/a: too few accepted calls for that percentile, or records that never came and so no mean.';
const SIMULATED = 'Simulated: on a virtual clock, time was not waited for.';

/** The summary of some runs, one table for all; `color` adds ANSI colours to the verdicts. */
export function renderSummary(results: readonly Result[], { color = false }: { color?: boolean } = {}): string {
  if (results.length === 0) return 'No runs.\n';
  const told = numbered(results);
  const rows = told.map((result) => ({ result, row: summaryRow(result) }));
  const widths = summaryColumns.map(([heading, unit], column) =>
    Math.max(heading.length, unit.length, ...rows.map(({ row }) => row.cells[column]!.length)),
  );
  const verdictWidth = Math.max(7, ...rows.map(({ row }) => clean(row.verdict).length + 2));
  const taken = widths.reduce((sum, width) => sum + width + 2, 0) + verdictWidth + 4;
  const targets = rows.map(({ row }) => clean(row.target).length);
  const targetWidth = Math.max(6, Math.min(Math.max(...targets), WIDTH - taken));
  const cellsOf = (cells: readonly string[]): string =>
    cells.map((cell, column) => cell.padStart(widths[column]!)).join('  ');
  const headings = [0, 1].map((line) =>
    `  ${(line === 0 ? 'target' : '').padEnd(targetWidth)}  ${cellsOf(summaryColumns.map((column) => column[line]!))}  ${line === 0 ? 'verdict' : ''}`.trimEnd(),
  );
  const lines = [...headings];
  let scenario: string | null = null;
  for (const { result, row } of rows) {
    if (row.scenario !== scenario) lines.push(cut(clean(row.scenario), WIDTH));
    scenario = row.scenario;
    lines.push(rowLine(row, targetWidth, cellsOf(row.cells), paint(result, row, color)));
  }
  lines.push('');
  // The CPU of a client says something beside that of the other one.
  const withSdk = results.some(({ client }) => client.name.includes('sdk'));
  for (const result of told) {
    for (const said of [propagations(result), refusals(result), delivered(result), withSdk && cpuPerCall(result)])
      if (said) lines.push(...wrap(clean(said)).map((each) => each.slice(2)));
  }
  // Of a target that lacks all that the scenario calls for, nothing was called.
  const ways = new Set(results.filter(({ client }) => client.name !== '').map(wayOf));
  if (rows.some(({ row }) => row.cells.includes('n/a'))) ways.add(NOT_KNOWN);
  if (results.some((result) => result.target.modelled)) ways.add(MODELLED);
  if (results.some((result) => result.environment.clock === 'virtual')) ways.add(SIMULATED);
  lines.push(...ways);
  for (const { result, row } of rows) lines.push(...complaints(result, row));
  return `${lines.join('\n')}\n`;
}

/** What called the target, and how. */
function wayOf({ target, client }: Result): string {
  const way = client.transport === 'in-process' ? 'in process' : client.transport.toUpperCase();
  const transport = `${way}${client.tls ? ' by TLS' : ''}, ${client.encoding.toUpperCase()}`;
  return cut(`${clean(target.name)} was called by ${client.name}: ${transport}`, WIDTH);
}

function rowLine(row: SummaryRow, targetWidth: number, cells: string, verdict: string): string {
  return `  ${cut(clean(row.target), targetWidth).padEnd(targetWidth)}  ${cells}  ${verdict}`;
}

function paint(result: Result, row: SummaryRow, color: boolean): string {
  const { icon, tone } = runMark(result);
  const text = `${icon} ${clean(row.verdict)}`;
  const code = tone === 'good' ? 32 : tone === 'bad' ? 31 : 33;
  return color ? `\u001b[${code}m${text}\u001b[0m` : text;
}

function complaints(result: Result, row: SummaryRow): string[] {
  const found = shortfallsOf(result).map((one) => `${verdictIcon(one.verdict)} ${clean(one.sentence)}`);
  const reasons = found.length === 0 ? result.verdict.reasons.map((reason) => `✗ ${clean(reason)}`) : [];
  const told = [...found, ...reasons];
  return told.length === 0
    ? []
    : [
        '',
        cut(`${clean(row.scenario)} against ${clean(result.target.name)}`, WIDTH),
        ...told.flatMap((text) => wrap(text)),
      ];
}

/** Broken at spaces, continued with a deeper indent. */
export function wrap(text: string): string[] {
  const lines: string[] = [];
  let line = ' ';
  for (const word of text.split(/\s+/)) {
    if (line.trim() !== '' && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = '   ';
    }
    line += ` ${word}`;
  }
  return [...lines, line];
}

function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(1, width - 1))}…`;
}

/** Without control, format and line-breaking characters: a target's message must not move the cursor. */
export function clean(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ');
}
