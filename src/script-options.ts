/**
 * Options of the scripts of this repository (`npm run kill-matrix`, `npm run steadiness`, `npm run fuzz`), which have no command line of kinebench
 * behind them: what cannot be meant is one line, and the process ends with 2.
 */
import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';
import { listed, nearest } from './nearest.ts';
import { OperatorError } from './operator-error.ts';

/** What a script is asked for, as `read` makes it of its options. Ends the process where that throws an OperatorError. */
export function asked<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    process.stderr.write(`${[error.message, error.hint].filter((part) => part !== undefined).join(': ')}\n`);
    process.exit(error.exitCode);
  }
}

/** The values of the options. Throws `usage` where one is unknown or lacks its value, and for a word that belongs to none. */
export function scriptOptions<T extends ParseArgsOptionsConfig>(options: T, args = process.argv.slice(2)) {
  try {
    return parseArgs({ options, args }).values;
  } catch (error) {
    throw refusal((error as Error).message, Object.keys(options));
  }
}

/** A whole number of at least `least`. Throws `usage` where it is none. */
export function wholeNumber(name: string, text: string, least = 0): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(number) && number >= least) return number;
  throw new OperatorError(`--${name} ${text} is no whole number${least > 0 ? ` of at least ${least}` : ''}`, {
    code: 'usage',
  });
}

/** Node says `Unknown option '--seedz'. To specify a positional argument …`, or `Option '--seed <value>' argument missing`. */
function refusal(message: string, names: readonly string[]): OperatorError {
  const [, unknown] = /^Unknown option '-+([^']*)'/.exec(message) ?? [];
  if (unknown === undefined) return new OperatorError(message.split(/\. |\n/, 1)[0]!, { code: 'usage' });
  const near = nearest(unknown, names);
  const hint = near === undefined ? `it can be ${listed(names.map((name) => `--${name}`))}` : `did you mean --${near}?`;
  return new OperatorError(`unknown option --${unknown}`, { code: 'usage', hint });
}
