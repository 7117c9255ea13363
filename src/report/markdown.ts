/** The summary for the page of a CI job: one table, then what speaks against each run. */
import type { Result } from '../result.ts';
import { MODELLED_SENTENCE } from './opening.ts';
import { shortfallsOf } from './shortfalls.ts';
import { delivered, numbered, propagations, refusals, summaryColumns, summaryRow } from './summary-row.ts';
import { runMark, verdictIcon } from './verdict-mark.ts';

/** Some runs as GitHub-flavoured Markdown. */
export function renderMarkdown(results: readonly Result[]): string {
  if (results.length === 0) return 'No runs.\n';
  const told = numbered(results);
  const rows = told.map((result) => ({ result, row: summaryRow(result) }));
  const head = [
    'scenario',
    'target',
    ...summaryColumns.map(([heading, unit]) => `${heading} ${unit}`.trim()),
    'verdict',
  ];
  const aligned = head.map((_, column) => (column > 1 && column < head.length - 1 ? '--:' : ':--'));
  const lines = [
    markdownRow(head),
    markdownRow(aligned),
    ...rows.map(({ result, row }) =>
      markdownRow([
        ...[row.scenario, row.target, ...row.cells].map(escapeMarkdown),
        `${runMark(result).icon} **${escapeMarkdown(row.verdict)}**`,
      ]),
    ),
  ];
  for (const result of told) {
    for (const said of [propagations(result), refusals(result), delivered(result)])
      if (said !== null) lines.push('', escapeMarkdown(said));
  }
  if (results.some((result) => result.target.modelled)) lines.push('', `\\* ${MODELLED_SENTENCE}`);
  for (const { result, row } of rows) {
    const found = shortfallsOf(result);
    const complaints =
      found.length > 0
        ? found.map((one) => `- ${verdictIcon(one.verdict)} ${escapeMarkdown(one.sentence)}`)
        : result.verdict.reasons.map((reason) => `- ${escapeMarkdown(reason)}`);
    if (complaints.length > 0)
      lines.push(
        '',
        `**${escapeMarkdown(row.scenario)}** against ${escapeMarkdown(result.target.name)}`,
        '',
        ...complaints,
      );
  }
  return `${lines.join('\n')}\n`;
}

/** A row of a table; the cells are escaped already. */
export function markdownRow(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

/** Text in which nothing is markup, a link, a mention or a cell's end: every such character becomes an entity. */
export function escapeMarkdown(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .replaceAll(/[&<>|`*_~[\]\\#@!]|:\/\//g, (found) =>
      Array.from(found, (one) => `&#${one.codePointAt(0)};`).join(''),
    );
}
