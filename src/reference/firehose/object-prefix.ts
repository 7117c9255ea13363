/**
 * The prefix of object keys as a template: text, and expressions `!{namespace:value}` (source: the developer guide, custom
 * prefixes). A prefix without expressions gets `yyyy/MM/dd/HH/` behind it, with no slash between (observed). Times are those of
 * the oldest record of an object, in the time zone of the destination, written by the letters of Java's DateTimeFormatter. An error
 * prefix without expressions has the name of what went wrong and a slash before those hours (observed where none is given).
 *
 * What is read once can be written for every object, so what is wrong shows when the delivery stream is made (texts assumed).
 */
import type { Random } from '../../random.ts';
import { readTimePattern, type TimePattern } from './time-pattern.ts';

/** What an expression is written from. */
export interface KeyMoment {
  readonly atMs: number;
  /** An IANA name. */
  readonly zone: string;
  readonly random: Random;
  /** What went wrong, under an error prefix. */
  readonly errorType?: string;
  /** Where the record belongs, with dynamic partitioning. */
  readonly keys?: PartitionKeys;
}

/** Partition keys by where they come from, and by name. */
export type PartitionKeys = Readonly<Record<'query' | 'lambda', Readonly<Record<string, string>>>>;

/** A partition key that a prefix asks for. */
export interface KeyWanted {
  readonly from: keyof PartitionKeys;
  readonly name: string;
}

type Part = string | ((moment: KeyMoment) => string);

/** The value of a partition key; undefined where there is none. */
export function partitionKey(keys: PartitionKeys, { from, name }: KeyWanted): string | undefined {
  return Object.hasOwn(keys[from], name) ? keys[from][name] : undefined;
}

/** A prefix that can be written. */
export interface ObjectPrefix {
  /** As it was read. */
  readonly text: string;
  readonly hasExpressions: boolean;
  readonly hasErrorType: boolean;
  /** The partition keys that are in it. */
  readonly keys: readonly KeyWanted[];
  write(moment: KeyMoment): string;
}

/** Bytes of a written prefix at the most (source: the developer guide; bytes assumed). */
const PREFIX_MAX = 512;
const RANDOM_CHARACTERS = 11;
const hours = readHours();

/** Reads a prefix. A string is what is wrong with it. */
export function readPrefix(text: string, kind: 'prefix' | 'error-prefix'): ObjectPrefix | string {
  const parts: Part[] = [];
  const keys: KeyWanted[] = [];
  let hasErrorType = false;
  let at = 0;
  for (const match of text.matchAll(/!\{([^}]*)\}?/g)) {
    parts.push(text.slice(at, match.index));
    at = match.index + match[0].length;
    const expression = match[1]!;
    if (!match[0].endsWith('}')) return `the expression !{${expression} is never closed`;
    const key = keyIn(expression);
    if (key && kind === 'prefix') {
      keys.push(key);
      parts.push((moment) => (moment.keys && partitionKey(moment.keys, key)) ?? '');
      continue;
    }
    const part = partOf(expression, kind);
    if (typeof part === 'string') return part;
    hasErrorType ||= expression === 'firehose:error-output-type';
    parts.push(part);
  }
  const hasExpressions = at > 0;
  parts.push(text.slice(at));
  if (!hasExpressions && kind === 'error-prefix') parts.push(({ errorType = '' }) => `${errorType}/`);
  if (!hasExpressions) parts.push(({ atMs, zone }) => hours.write(atMs, zone));
  const write = (moment: KeyMoment) => parts.map((part) => (typeof part === 'string' ? part : part(moment))).join('');
  return { text, hasExpressions, hasErrorType, keys, write };
}

/** An error prefix with the name of what went wrong in it. */
export function withErrorType(prefix: ObjectPrefix, errorType: string): ObjectPrefix {
  return { ...prefix, write: (moment) => prefix.write({ ...moment, errorType }) };
}

/** Whether a prefix is too long once it is written. */
export function tooLong(prefix: ObjectPrefix, moment: KeyMoment): boolean {
  return Buffer.byteLength(prefix.write(moment)) > PREFIX_MAX;
}

function partOf(expression: string, kind: 'prefix' | 'error-prefix'): string | ((moment: KeyMoment) => string) {
  const [, namespace = '', value = ''] = /^([^:]*):(.*)$/s.exec(expression) ?? [];
  if (namespace === 'timestamp') {
    const pattern = readTimePattern(value);
    return typeof pattern === 'string' ? pattern : ({ atMs, zone }) => pattern.write(atMs, zone);
  }
  if (expression === 'firehose:random-string') return ({ random }) => randomString(random);
  if (expression === 'firehose:error-output-type') {
    if (kind === 'prefix') return 'the expression !{firehose:error-output-type} is for ErrorOutputPrefix alone';
    return ({ errorType = '' }) => errorType;
  }
  if (keyIn(expression)) return `the namespace ${namespace} is for Prefix alone`;
  return `the expression !{${expression}} is none of timestamp, firehose:random-string and firehose:error-output-type`;
}

/** The partition key that an expression stands for. */
function keyIn(expression: string): KeyWanted | undefined {
  const [, namespace, name = ''] = /^partitionKeyFrom(Query|Lambda):(.+)$/s.exec(expression) ?? [];
  if (namespace === undefined) return undefined;
  return { from: namespace === 'Query' ? 'query' : 'lambda', name };
}

function randomString(random: Random): string {
  return Array.from({ length: RANDOM_CHARACTERS }, () => random.below(36).toString(36)).join('');
}

function readHours(): TimePattern {
  const pattern = readTimePattern('yyyy/MM/dd/HH/');
  if (typeof pattern === 'string') throw new Error(pattern);
  return pattern;
}
