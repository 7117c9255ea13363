/** A gate report for people: Markdown for the page of a CI job, plain text for the terminal. */
import type { GateLine, GateReport } from './gate.ts';
import { formatFactor, formatValue } from '../measure/format.ts';

const words = { pass: 'no worse', fail: 'WORSE', indeterminate: 'NOT DECIDED' } as const;

/** A heading with the verdict, a table of the metrics and what speaks against a pass. */
export function gateMarkdown(report: GateReport): string {
  const rows = report.lines.map((line) => `| ${cells(line).map(escaped).join(' | ')} |`);
  const table =
    rows.length === 0 ? [] : ['| metric | old | new | ratio | verdict |', '|---|--:|--:|--:|---|', ...rows, ''];
  return [
    `## ${escaped(report.scenario)}: ${headline(report)}`,
    '',
    `Baseline: ${escaped(side(report.baseline))}  `,
    `Current: ${escaped(side(report.current))}`,
    '',
    ...table,
    ...report.reasons.map((reason) => `- ${escaped(reason)}`),
    ...(report.reasons.length === 0 ? [] : ['']),
  ].join('\n');
}

/** The same in columns, without colour. */
export function gateText(report: GateReport): string {
  const rows = [['metric', 'old', 'new', 'ratio', 'verdict'], ...report.lines.map(cells)];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const table = rows.map((row) =>
    row
      .map((cell, column) => pad(cell, widths[column]!, column))
      .join('  ')
      .trimEnd(),
  );
  return [
    `${report.scenario}: ${headline(report)}`,
    ...(report.lines.length === 0 ? [] : table),
    ...report.reasons,
    '',
  ].join('\n');
}

function headline({ verdict, exitCode }: GateReport): string {
  if (exitCode === 5) return 'correctness broken';
  return { pass: 'no worse than the baseline', fail: 'worse than the baseline', indeterminate: 'not decided' }[verdict];
}

function side({ runs, targets }: GateReport['current']): string {
  return `${targets.join(', ') || 'none'} (${runs.join(', ') || 'no run'})`;
}

function cells(line: GateLine): string[] {
  const [old, now] = [formatValue(line.old, line.unit), formatValue(line.new, line.unit)];
  return [line.metric, old, now, formatFactor(line.ratio), words[line.verdict]];
}

function pad(cell: string, width: number, column: number): string {
  return column === 0 || column === 4 ? cell.padEnd(width) : cell.padStart(width);
}

function escaped(text: string): string {
  return text.replace(/[\\|<>*_`[\]]/g, (char) => `\\${char}`).replace(/\s*\n\s*/g, ' ');
}
