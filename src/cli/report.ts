/** `kinebench report`: the page, the summary, JUnit or Markdown of a result again, and the page of a series, from their documents alone. */
import { statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { ExitCode } from '../exit-code.ts';
import { renderHtml } from '../report/html.ts';
import { renderJunit } from '../report/junit.ts';
import { renderMarkdown } from '../report/markdown.ts';
import { renderSeriesHtml } from '../report/series-page.ts';
import { renderSummary } from '../report/text.ts';
import { RESULT_SERIES_FILE, RESULT_SERIES_PAGE } from '../result-series.ts';
import { readResults, readSeries } from './results.ts';

export interface ReportArguments {
  readonly result: readonly string[];
  readonly junit?: string | undefined;
  readonly markdown?: string | undefined;
}

export async function report(args: ReportArguments): Promise<ExitCode> {
  const isSeries = (path: string): boolean => basename(path) === RESULT_SERIES_FILE;
  const files = args.result.filter((path) => !isSeries(path)).flatMap(readResults);
  const series = args.result.filter((path) => isSeries(path) || isFolder(path)).flatMap(readSeries);
  for (const { file, result } of files) writeFileSync(join(dirname(file), 'report.html'), renderHtml(result));
  const results = files.map(({ result }) => result);
  if (args.junit !== undefined) writeFileSync(args.junit, renderJunit(results));
  if (args.markdown !== undefined) writeFileSync(args.markdown, renderMarkdown(results));
  if (results.length > 0) console.log(renderSummary(results, { color: process.stdout.isTTY }));
  for (const { file } of files) console.log(`Report: ${join(dirname(file), 'report.html')}`);
  for (const { file, series: document } of series) {
    const page = join(dirname(file), RESULT_SERIES_PAGE);
    writeFileSync(page, renderSeriesHtml(document));
    console.log(`Report: ${page}`);
  }
  return ExitCode.pass;
}

function isFolder(path: string): boolean {
  return statSync(path).isDirectory();
}
