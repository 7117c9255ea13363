/**
 * What the parser of the command line lets pass: an option that nobody knows, one that takes one value and was given several, and a
 * number that is none. yargs could refuse the first itself, but names no option that may have been meant.
 */
import { listed, nearest } from '../nearest.ts';
import { OperatorError } from '../operator-error.ts';

/** What yargs knows of the options of a command, by their names. */
interface Declared {
  readonly key: Readonly<Record<string, unknown>>;
  readonly array: readonly string[];
  readonly number: readonly string[];
}

/**
 * Throws `usage` for what no command could mean; true where all is well, as yargs wants it of a check.
 * @param words the command line: of values alone nobody can tell that `--seed 1 --seed 1` was said, which yargs adds up to 2
 */
export function checkValues(
  words: readonly string[],
  values: Readonly<Record<string, unknown>>,
  { key, array, number }: Declared,
): true {
  const known = Object.keys(key).filter((name) => name.length > 1);
  const unknown = Object.keys(values).find((name) => !isDeclared(name, key));
  if (unknown !== undefined) {
    const near = nearest(unknown, known);
    const hint = near === undefined ? `it can be ${listed(known.map(dashed))}` : `did you mean ${dashed(near)}?`;
    throw usage(`unknown option ${dashed(unknown)}`, hint);
  }
  const given = words.filter((word) => word.startsWith('--')).map((word) => word.slice(2).split('=', 1)[0]!);
  const twice = given.find((name, index) => given.indexOf(name) < index && !array.includes(name));
  if (twice !== undefined) throw usage(`--${twice} was given more than once`);
  const none = number.find((name) => Number.isNaN(values[name]));
  if (none !== undefined) throw usage(`--${none} wants a number`);
  return true;
}

/** Whether yargs was told of it; what it adds by itself are the rest (`_`), the program (`$0`), and `startAt` beside `start-at`. */
function isDeclared(name: string, key: Declared['key']): boolean {
  const kebab = name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return name === '_' || name === '$0' || name in key || kebab in key;
}

function dashed(name: string): string {
  return name.length === 1 ? `-${name}` : `--${name}`;
}

/** The words of an option that may be repeated and takes commas; undefined where it was not given. */
export function wordsOf(name: string, given: readonly string[]): readonly string[] | undefined {
  const words = given.flatMap((text) => text.split(',')).map((word) => word.trim());
  // An empty word is an empty variable of a script: taking it for nothing would take all.
  if (words.includes('')) throw usage(`--${name} has an empty word`);
  return words.length === 0 ? undefined : words;
}

function usage(message: string, hint = '`kinebench --help` lists commands and options'): OperatorError {
  return new OperatorError(message, { code: 'usage', hint });
}
