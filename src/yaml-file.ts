/**
 * Reads a YAML file against a schema, with the place of every value: all faults of a file are reported at once, each as
 * `file:line:column: what`, the way compilers do, so that an editor can jump to them.
 */
import { LineCounter, type Document, isMap, isNode, parseDocument } from 'yaml';
import type { z } from 'zod';
import { nearest } from './nearest.ts';
import { OperatorError } from './operator-error.ts';
import { type Fault, syntaxFault, valueOf } from './yaml-syntax.ts';

/** What a reader of one kind of file adds to its messages. */
export interface YamlKind {
  /** The code of the OperatorError. */
  readonly code: string;
  readonly hint: string;
  /** The keys that may stand where an unknown one was found, from the file as it was read; nothing when they are not known. */
  keysAt(path: readonly (string | number)[], file: unknown): ValidKeys | undefined;
}

/** Keys, and how a list of them begins: `there are`, `a target of kind url has`. */
interface ValidKeys {
  readonly lead: string;
  readonly keys: readonly string[];
}

/** A file's text → what it says. `file` is only for messages. Throws an OperatorError with every fault. */
export function parseYaml<T>(text: string, file: string, schema: z.ZodType<T>, kind: YamlKind): T {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false });
  const place = (offset: number) => {
    const { line, col } = lineCounter.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  const faults = document.errors.map((error) => syntaxFault(error, text, document));
  const value = faults.length === 0 ? valueOf(document, faults) : undefined;
  if (faults.length === 0) {
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    faults.push(...parsed.error.issues.flatMap((issue) => faultsOf(issue, document, kind, value)));
  }
  const lines = faults.sort((a, b) => a.offset - b.offset).map(({ offset, message }) => `${place(offset)}: ${message}`);
  throw new OperatorError([...new Set(lines)].join('\n'), { code: kind.code, hint: kind.hint });
}

function faultsOf(issue: z.core.$ZodIssue, document: Document, kind: YamlKind, value: unknown): Fault[] {
  const path = issue.path.filter((step) => typeof step !== 'symbol');
  const where = shown(path);
  if (issue.code === 'unrecognized_keys') {
    const valid = kind.keysAt(path, value);
    return issue.keys.map((key) => ({
      offset: keyOffset(document, [...path, key]),
      message: `unknown key "${shown([...path, key])}"${valid === undefined ? '' : `; ${wayOut(key, valid)}`}`,
    }));
  }
  const missing = path.length > 0 && !document.hasIn(path);
  const subject = where === '' ? '' : `${where}: `;
  const message = `${subject}${missing && issue.code !== 'custom' ? 'missing, ' : ''}${worded(issue)}`;
  return [{ offset: valueOffset(document, path), message }];
}

/** The key that was meant, or all that there are. */
function wayOut(key: string, { lead, keys }: ValidKeys): string {
  const near = nearest(key, keys);
  return near === undefined ? `${lead} ${keys.join(', ')}` : `did you mean ${near}?`;
}

/** `keys.2.secret` with the second of a list counted as people count: `entry 2.secret`. */
function shown(path: readonly (string | number)[]): string {
  return path.map((step) => (typeof step === 'number' ? `entry ${step + 1}` : step)).join('.');
}

const kinds: Readonly<Record<string, string>> = {
  int: 'a whole number',
  number: 'a number',
  string: 'a text',
  boolean: 'true or false',
  object: 'a map of keys',
  record: 'a map of keys',
  array: 'a list',
};

/** What is wanted, in words; what the schema says itself stands as it is. */
function worded(issue: z.core.$ZodIssue): string {
  if (!/^(Invalid|Too|Unrecognized)/.test(issue.message)) return issue.message;
  if (issue.code === 'invalid_type') return `${kinds[issue.expected] ?? issue.expected} is wanted`;
  if (issue.code === 'too_small')
    return issue.origin === 'string' ? 'it is empty' : `${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}`;
  if (issue.code === 'too_big') return `${issue.inclusive ? 'at most' : 'less than'} ${issue.maximum}`;
  if (issue.code === 'invalid_value')
    return `${issue.values.length > 1 ? 'one of ' : ''}${issue.values.join(', ')} is wanted`;
  return issue.message;
}

/** Where a value stands; a missing one stands where the nearest map around it does. */
function valueOffset(document: Document, path: readonly (string | number)[]): number {
  for (let depth = path.length; depth >= 0; depth -= 1) {
    const node = depth === 0 ? document.contents : document.getIn(path.slice(0, depth), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return 0;
}

function keyOffset(document: Document, path: readonly (string | number)[]): number {
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  const pair = isMap(parent) ? parent.items.find(({ key }) => String(key) === path.at(-1)) : undefined;
  return isNode(pair?.key) && pair.key.range ? pair.key.range[0] : valueOffset(document, path);
}
