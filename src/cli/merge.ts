/** `kinebench merge`: the results of all segments of a run as one. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../clock.ts';
import type { ExitCode } from '../exit-code.ts';
import { renderHtml } from '../report/html.ts';
import { renderSummary } from '../report/text.ts';
import { mergeResults } from '../run/merge.ts';
import { makeOutputFolder } from './output-folder.ts';
import { readResults } from './results.ts';
import { stampOf } from './one-run.ts';

export interface MergeArguments {
  readonly result: readonly string[];
  readonly out?: string | undefined;
}

export async function merge({ result: paths, out }: MergeArguments): Promise<ExitCode> {
  const result = mergeResults(paths.flatMap(readResults));
  const stamp = stampOf(new Date(systemClock.now()).toISOString());
  const folder = out ?? join('reports', 'runs', `${stamp}-${result.scenario.plan.name}-merged`);
  using _folder = makeOutputFolder(folder);
  writeFileSync(join(folder, 'result.json'), `${JSON.stringify(result)}\n`);
  writeFileSync(join(folder, 'report.html'), renderHtml(result));
  console.log(renderSummary([result], { color: process.stdout.isTTY }));
  console.log(`Report: ${join(folder, 'report.html')}`);
  return result.verdict.exitCode;
}
