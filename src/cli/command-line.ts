/** The commands and their options. Each command's work is in a file of its own, loaded only when it is called. */
import yargs, { type Argv } from 'yargs';
import { ExitCode } from '../exit-code.ts';
import { OperatorError } from '../operator-error.ts';
import { version } from '../package.ts';
import { checkValues } from './option-values.ts';
import { serveOptions } from './serve-options.ts';

/** Turns a command's work into a yargs handler that keeps the exit code. */
type Does = <T>(work: (args: T) => Promise<ExitCode>) => (args: T) => Promise<void>;

/** Parses and runs; gives the exit code. Rejects with an OperatorError for a command line that makes no sense. */
export async function commandLine(words: readonly string[]): Promise<ExitCode> {
  let code: ExitCode = ExitCode.pass;
  const does: Does = (work) => async (args) => {
    code = await work(args);
  };
  const parser = yargs([...words])
    .scriptName('kinebench')
    .usage('$0 <command>\n\nLoad testing and conformance for Kinesis-compatible endpoints.')
    .demandCommand(1, 1, 'say what to do: `kinebench run write-limit-records`, or `kinebench --help`')
    // Unknown options are refused by `checkValues`.
    .strictCommands()
    .recommendCommands()
    .wrap(Math.min(100, process.stdout.columns ?? 100))
    .version(version)
    .help()
    .exitProcess(false)
    // Its second argument are the declared options, whatever the types of yargs say.
    .check((values, declared) => checkValues(words, values, declared as unknown as Parameters<typeof checkValues>[2]))
    .fail((message, error) => {
      // Those of yargs itself are its user's mistakes.
      if (error && error.name !== 'YError') throw error;
      throw new OperatorError(message, { code: 'usage', hint: '`kinebench --help` lists commands and options' });
    });
  drivingCommands(parser, does);
  scenarioCommands(parser, does);
  resultCommands(parser, does);
  await parser.parseAsync();
  return code;
}

/** What talks to an endpoint. */
function drivingCommands(parser: Argv, does: Does): void {
  parser
    .command(
      'run <scenario..>',
      'run scenarios against one target or several',
      (y) => runOptions(y),
      does(async (args) => (await import('./run.ts')).run(args)),
    )
    .command(
      'tour',
      'a minute on the embedded reference: a shard’s write limit, the delay of polling, conformance',
      (y) => y,
      does(async () => (await import('./tour.ts')).tour()),
    )
    .command(
      'conform',
      'judge a target by the conformance statements',
      (y) => conformOptions(y),
      does(async (args) => (await import('./conform-targets.ts')).conformTargets(args)),
    )
    .command(
      'ceiling',
      'how many calls a target answers at the most, by autocannon in a closed loop',
      (y) =>
        targetOptions(y)
          .option('operation', {
            type: 'string',
            array: true,
            default: [] as string[],
            choices: ['PutRecord', 'PutRecords', 'GetRecords'],
            describe: 'repeat for several [all three]',
          })
          .option('seconds', { type: 'number', default: 10, describe: 'of each operation, at most 120' })
          .option('connections', { type: 'number', default: 16, describe: 'calls at a time, at most 1000' })
          .option('shards', { type: 'number', default: 4, describe: 'of the stream that is made for it and removed' }),
      does(async (args) => (await import('./ceiling.ts')).runCeiling(args)),
    )
    .command(
      'sweep',
      'find and remove what a killed run left behind',
      (y) => targetOptions(y).option('dry-run', { type: 'boolean', default: false, describe: 'only list them' }),
      does(async (args) => (await import('./sweep.ts')).sweepTarget(args)),
    )
    .command(
      'calibrate',
      'measure stubs of known behaviour: what are the numbers of this tool worth on this machine?',
      (y) =>
        y
          .option('only', { type: 'string', describe: 'some stubs, with commas: fixed,stall' })
          .option('seed', { type: 'number', describe: 'repeat the randomness of an earlier calibration' })
          .option('plant', {
            choices: ['unit-error'] as const,
            describe: 'plant an error where latencies are recorded; the calibration must find it',
          }),
      does(async (args) => (await import('./calibrate.ts')).runCalibration(args)),
    )
    .command(
      'serve',
      'start the embedded reference alone, for any Kinesis client',
      serveOptions,
      does(async (args) => (await import('./serve.ts')).serve(args)),
    );
}

function scenarioCommands(parser: Argv, does: Does): void {
  parser
    .command(
      'validate <file..>',
      'check scenario files and print what they resolve to',
      (y) =>
        y
          .positional('file', { type: 'string', array: true, demandOption: true })
          .option('plan', { type: 'boolean', default: false, describe: 'print the resolved plan as JSON' })
          .option('set', setOption),
      does(async (args) => (await import('./validate.ts')).validate(args)),
    )
    .command(
      'scenarios',
      'the scenarios that come with kinebench, and their questions',
      (y) => y,
      does(async () => (await import('./scenarios.ts')).scenarios()),
    );
}

/** What reads results and touches no endpoint. */
function resultCommands(parser: Argv, does: Does): void {
  parser
    .command(
      'gate <result..>',
      'compare results with a baseline: did it get worse?',
      (y) =>
        resultOptions(y)
          .option('baseline', { type: 'string', array: true, demandOption: true, describe: 'result.json or folder' })
          .option('rule', {
            type: 'string',
            array: true,
            default: [] as string[],
            describe: 'such as "service.p99{fleet=writers} 1.2x 2ms"',
          }),
      does(async (args) => (await import('./gate.ts')).runGate(args)),
    )
    .command(
      'merge <result..>',
      'make one result of the segments of a run',
      (y) =>
        y
          .positional('result', { type: 'string', array: true, demandOption: true, describe: 'result.json or folder' })
          .option('out', { type: 'string', describe: 'folder for the result [reports/runs/<when>-<scenario>-merged]' }),
      does(async (args) => (await import('./merge.ts')).merge(args)),
    )
    .command(
      'report <result..>',
      'make the report of a result, or of a series, again',
      (y) => resultOptions(y),
      does(async (args) => (await import('./report.ts')).report(args)),
    );
}

function resultOptions<T>(y: Argv<T>) {
  return y
    .positional('result', { type: 'string', array: true, demandOption: true, describe: 'result.json or folder' })
    .option('junit', { type: 'string', describe: 'write JUnit XML to this file' })
    .option('markdown', { type: 'string', describe: 'write a Markdown summary to this file' });
}

const setOption = {
  type: 'string',
  array: true,
  default: [] as string[],
  describe: 'change the scenario: path=value',
} as const;

function targetOptions<T>(y: Argv<T>) {
  return y
    .option('target', {
      alias: 't',
      type: 'string',
      array: true,
      default: [] as string[],
      describe: 'preset (embedded, kinesalite, kinesis-local, aws) or target file; repeat for several',
    })
    .option('endpoint', { type: 'string', describe: 'URL of a running endpoint, instead of --target' })
    .option('yes-this-costs-money', { type: 'boolean', default: false, describe: 'needed for --target aws' });
}

/** An option that is repeated or written with commas. */
function wordOption(describe: string) {
  return { type: 'string', array: true, requiresArg: true, default: [] as string[], describe } as const;
}

function conformOptions<T>(y: Argv<T>) {
  return targetOptions(y)
    .option('only', wordOption('ids or groups, with commas or repeated: KIN-ORD-02,IT'))
    .option('level', wordOption('must, should, info'))
    .option('group', wordOption('ORD,IT'))
    .option('profile', wordOption('core, extended, aws-2026, firehose, security, quotas'))
    .option(
      'lane',
      wordOption('gating (seconds, the same each time), slow (minutes), sentinel (days, chance or money)'),
    )
    .option('catalogue', {
      type: 'number',
      describe: 'judge by the statements of this version; newer ones inform only',
    })
    .option('witness', {
      type: 'boolean',
      default: false,
      describe: 'judge a sample again by the AWS SDK, and in the other forms and protocols of the target',
    })
    .option('seed', { type: 'number', describe: 'repeat the randomness of an earlier run' })
    .option('expected', { type: 'string', describe: 'list of known failures [the one shipped for the preset]' })
    .option('update-expected', { type: 'boolean', default: false, describe: 'write that list anew, for review' })
    .option('merge', {
      type: 'string',
      array: true,
      default: [] as string[],
      describe: 'conformance.json of an earlier run, or a folder with some, for the matrix; repeat for several',
    })
    .option('out', { type: 'string', describe: 'folder for the documents [reports/runs/<when>-conform]' });
}

function runOptions<T>(y: Argv<T>) {
  return targetOptions(y)
    .positional('scenario', {
      type: 'string',
      array: true,
      demandOption: true,
      describe: 'file, or name of a shipped scenario',
    })
    .option('out', { type: 'string', describe: 'folder for results [reports/runs/<when>-<scenario>]' })
    .option('seed', { type: 'number', describe: 'repeat the randomness of an earlier run' })
    .option('set', setOption)
    .option('only', {
      type: 'string',
      array: true,
      default: [] as string[],
      describe: 'of a matrix, the runs with this value: name=value',
    })
    .option('threads', { type: 'number', default: 1, describe: 'threads that producers are spread over' })
    .option('simulate', {
      type: 'boolean',
      default: false,
      describe: 'on a virtual clock, the embedded reference in process: a day in seconds, byte for byte repeatable',
    })
    .option('segment', {
      type: 'string',
      describe: 'do one part of many, on this machine: i/n, with --seed and --start-at',
    })
    .option('start-at', { type: 'string', describe: 'when the load begins: 2026-11-23T09:25:00Z' })
    .option('quiet', { type: 'boolean', default: false, describe: 'print the summary only' })
    .option('json', { type: 'boolean', default: false, describe: 'print the results as JSON lines, nothing else' });
}
