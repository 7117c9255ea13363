/**
 * `kinebench conform`: every target on the command line one after another, or results of earlier runs; then one matrix of all,
 * and the documents.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../clock.ts';
import { CONFORMANCE_FILE, conformanceExitCode } from '../conformance-result.ts';
import { type ExitCode, gravest } from '../exit-code.ts';
import { OperatorError } from '../operator-error.ts';
import { conformanceJunit } from '../report/conformance-junit.ts';
import { conformanceMarkdown } from '../report/conformance-markdown.ts';
import { renderMatrix } from '../report/conformance-matrix.ts';
import { checkAsked, judgeTarget } from './conform.ts';
import { interruptible } from './interrupt.ts';
import { fileName, stampOf } from './one-run.ts';
import { wordsOf } from './option-values.ts';
import { makeOutputFolder } from './output-folder.ts';
import { readConformances } from './results.ts';
import type { TargetArguments } from './targets.ts';

export interface ConformCommand extends TargetArguments {
  /** With commas, repeated, or both, as the four after it. */
  readonly only: readonly string[];
  readonly level: readonly string[];
  readonly group: readonly string[];
  readonly profile: readonly string[];
  readonly lane: readonly string[];
  readonly catalogue?: number | undefined;
  readonly witness: boolean;
  readonly seed?: number | undefined;
  readonly expected?: string | undefined;
  readonly updateExpected: boolean;
  readonly merge: readonly string[];
  readonly out?: string | undefined;
}

export async function conformTargets(args: ConformCommand): Promise<ExitCode> {
  refuse(args);
  const selection = selectionOf(args);
  checkAsked(selection);
  const stamp = stampOf(new Date(systemClock.now()).toISOString());
  const out = args.out ?? join('reports', 'runs', `${stamp}-conform`);
  using _folder = makeOutputFolder(out);
  const results = args.merge.flatMap(readConformances);
  using interrupt = interruptible();
  const targets: readonly (string | undefined)[] = args.target.length > 0 ? args.target : [undefined];
  for (const target of isAsked(args) ? targets : []) {
    if (interrupt.signal.aborted) break;
    const result = await judgeTarget({ ...selection, target, signal: interrupt.signal });
    const folder = targets.length === 1 ? out : join(out, fileName(result.target.name));
    using _own = makeOutputFolder(folder);
    writeFileSync(join(folder, CONFORMANCE_FILE), `${JSON.stringify(result)}\n`);
    results.push(result);
  }
  writeFileSync(join(out, 'conformance.xml'), conformanceJunit(results));
  writeFileSync(join(out, 'conformance.md'), conformanceMarkdown(results));
  writeFileSync(join(out, 'conformance.html'), renderMatrix(results));
  console.log(`\nMatrix: ${join(out, 'conformance.html')}`);
  return gravest(results.map(conformanceExitCode));
}

function selectionOf(args: ConformCommand) {
  return {
    only: wordsOf('only', args.only),
    levels: wordsOf('level', args.level),
    groups: wordsOf('group', args.group),
    profiles: wordsOf('profile', args.profile),
    lanes: wordsOf('lane', args.lane),
    catalogue: args.catalogue,
    witness: args.witness,
    endpoint: args.endpoint,
    seed: args.seed,
    expected: args.expected,
    updateExpected: args.updateExpected,
    allowCosts: args.yesThisCostsMoney,
  };
}

/** Whether anything is to be judged, and not only merged. */
function isAsked({ target, endpoint, merge }: ConformCommand): boolean {
  return target.length > 0 || endpoint !== undefined || merge.length === 0;
}

/** The options that were given and are about judging. */
function ofJudging(args: ConformCommand): string[] {
  const { seed, catalogue, expected, updateExpected, witness, yesThisCostsMoney } = args;
  const given = { seed, catalogue, expected, 'update-expected': updateExpected, witness };
  const alone = Object.entries({ ...given, 'yes-this-costs-money': yesThisCostsMoney });
  const selecting = (['only', 'level', 'group', 'profile', 'lane'] as const).filter((name) => args[name].length > 0);
  const named = alone.filter(([, value]) => value !== undefined && value !== false).map(([name]) => name);
  return [...selecting, ...named].map((name) => `--${name}`);
}

/** What cannot be meant. */
function refuse(args: ConformCommand): void {
  const { target, endpoint, expected } = args;
  const usage = (message: string, hint: string) => new OperatorError(message, { code: 'usage', hint });
  if (endpoint !== undefined && target.length > 0) {
    throw usage(
      '--endpoint and --target exclude each other',
      'write the endpoint into a target file to use it beside others',
    );
  }
  if (expected !== undefined && target.length > 1) {
    throw usage('--expected is the list of one target', 'judge one target at a time, and merge the results: --merge');
  }
  const [idle] = isAsked(args) ? [] : ofJudging(args);
  if (idle !== undefined) {
    throw usage(
      `${idle} does nothing where results are only merged`,
      'name a --target or an --endpoint to judge one too',
    );
  }
}
