/**
 * `npm start`: what kinebench does, in a minute or a few on the embedded reference. The scenarios are the shipped ones with
 * shorter phases (what was changed stands in each result); every one ends in a report of its own.
 */
import { join } from 'node:path';
import { systemClock } from '../clock.ts';
import { ExitCode, gravest } from '../exit-code.ts';
import { renderSummary } from '../report/text.ts';
import { loadTarget } from '../target/load.ts';
import { runConform } from './conform.ts';
import { interruptible } from './interrupt.ts';
import { readScenario, runOne, stampOf, type Written } from './one-run.ts';

const stops = [
  { scenario: 'write-limit-records', set: ['phases.0.for=24s'] },
  { scenario: 'polling-delay', set: ['phases.0.for=2s', 'phases.1.for=12s'] },
] as const;

export async function tour(): Promise<ExitCode> {
  using interrupt = interruptible();
  const { signal } = interrupt;
  const out = join('reports', 'runs', `${stampOf(new Date(systemClock.now()).toISOString())}-tour`);
  console.log('A tour on the embedded reference, a minute or a few. No account, no network.\n');
  const written: Written[] = [];
  for (const { scenario, set } of stops) {
    if (signal.aborted) break;
    const doc = readScenario(scenario, set);
    console.log(doc.plan.question);
    const options = { out, threads: 1, quiet: false, json: false, yesThisCostsMoney: false, several: true };
    written.push(await runOne(doc, loadTarget('embedded'), options, signal));
  }
  const codes: ExitCode[] = written.map(({ result }) => result.verdict.exitCode);
  if (!signal.aborted) {
    console.log('\nIs it right? The conformance statements:');
    codes.push(await runConform({ signal }));
  }
  console.log(
    `\n${renderSummary(
      written.map(({ result }) => result),
      { color: process.stdout.isTTY },
    )}`,
  );
  console.log('\nOpen in a browser:');
  for (const { folder } of written) console.log(`  ${join(folder, 'report.html')}`);
  return gravest(signal.aborted ? [...codes, ExitCode.interrupted] : codes);
}
