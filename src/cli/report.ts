/** `kinebench report`: the page, the summary, JUnit or Markdown of a result again, from its document alone. */
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ExitCode } from '../exit-code.ts';
import { renderHtml } from '../report/html.ts';
import { renderJunit } from '../report/junit.ts';
import { renderMarkdown } from '../report/markdown.ts';
import { renderSummary } from '../report/text.ts';
import { readResults } from './results.ts';

export interface ReportArguments {
  readonly result: readonly string[];
  readonly junit?: string | undefined;
  readonly markdown?: string | undefined;
}

export async function report(args: ReportArguments): Promise<ExitCode> {
  const files = args.result.flatMap(readResults);
  for (const { file, result } of files) writeFileSync(join(dirname(file), 'report.html'), renderHtml(result));
  const results = files.map(({ result }) => result);
  if (args.junit !== undefined) writeFileSync(args.junit, renderJunit(results));
  if (args.markdown !== undefined) writeFileSync(args.markdown, renderMarkdown(results));
  console.log(renderSummary(results, { color: process.stdout.isTTY }));
  for (const { file } of files) console.log(`Report: ${join(dirname(file), 'report.html')}`);
  return ExitCode.pass;
}
