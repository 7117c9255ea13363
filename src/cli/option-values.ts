/** What the parser of the command line lets pass: an option that takes one value and was given several, and a number that is none. */
import { OperatorError } from '../operator-error.ts';

/** What yargs knows of the options of a command, by their names. */
interface Declared {
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
  { array, number }: Declared,
): true {
  const given = words.filter((word) => word.startsWith('--')).map((word) => word.slice(2).split('=', 1)[0]!);
  const twice = given.find((name, index) => given.indexOf(name) < index && !array.includes(name));
  if (twice !== undefined) throw usage(`--${twice} was given more than once`);
  const none = number.find((name) => Number.isNaN(values[name]));
  if (none !== undefined) throw usage(`--${none} wants a number`);
  return true;
}

/** The words of an option that may be repeated and takes commas; undefined where it was not given. */
export function wordsOf(name: string, given: readonly string[]): readonly string[] | undefined {
  const words = given.flatMap((text) => text.split(',')).map((word) => word.trim());
  // An empty word is an empty variable of a script: taking it for nothing would take all.
  if (words.includes('')) throw usage(`--${name} has an empty word`);
  return words.length === 0 ? undefined : words;
}

function usage(message: string): OperatorError {
  return new OperatorError(message, { code: 'usage', hint: '`kinebench --help` lists commands and options' });
}
