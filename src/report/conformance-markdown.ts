/** Conformance results for the page of a CI job: the two figures of each target, by level and by group, then every miss. */
import { type ConformanceResult, isMiss } from '../conformance-result.ts';
import { type FigureRow, groupRows, levelRows, totalRow } from './conformance-figures.ts';
import { paragraph, witnessWords } from './conformance-text.ts';
import { escapeMarkdown, markdownRow } from './markdown.ts';
import { verdictIcon } from './verdict-mark.ts';

/** Some results as GitHub-flavoured Markdown. */
export function conformanceMarkdown(results: readonly ConformanceResult[]): string {
  return results.map(section).join('\n');
}

function section(result: ConformanceResult): string {
  const { target, run, awsValidated, coverage, judgements, troubles } = result;
  const misses = judgements.filter(isMiss);
  const doubts = judgements.filter(({ outcome }) => outcome === 'unobserved');
  const told = [...misses, ...doubts].map((one) => `- ${verdictIcon(one.verdict)} ${escapeMarkdown(paragraph(one))}`);
  const { figure, disagreements, unseen } = witnessWords(judgements);
  const heard = [...(figure === null ? [] : [figure]), ...disagreements, ...unseen].map(
    (text) => `- ${escapeMarkdown(text)}`,
  );
  return [
    `## ${escapeMarkdown(target.name)}`,
    '',
    `${escapeMarkdown(target.description)}, seed ${run.seed}, kinebench ${escapeMarkdown(result.kinebench)}. AWS-validated: ${awsValidated} of ${coverage.applicable}.`,
    '',
    markdownRow(['', 'divergence', 'coverage']),
    markdownRow([':--', ':--', ':--']),
    ...[totalRow(result), ...levelRows(result), ...groupRows(result)].map(figureLine),
    ...(told.length === 0 ? [] : ['', ...told]),
    ...(heard.length === 0 ? [] : ['', ...heard]),
    ...(troubles.length === 0 ? [] : ['', ...troubles.map((trouble) => `- trouble: ${escapeMarkdown(trouble)}`)]),
    '',
  ].join('\n');
}

function figureLine({ name, divergence, coverage }: FigureRow): string {
  return markdownRow([escapeMarkdown(name), divergence, coverage]);
}
