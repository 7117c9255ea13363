/**
 * The first pass: the schema's verdict on the shape of a file, in our words. Where a stream, fleet or phase comes in two
 * forms, the faults shown are those of the form that was meant, told by the key that only it has.
 */
import type { z } from 'zod';
import type { Cursor } from './cursor.ts';
import { suggestion } from '../nearest.ts';
import { forms, scenarioSchema } from './schema.ts';

type Issue = z.core.$ZodIssue;

/** Keys that tell one form from the other: having one says what was meant. */
const tellers = new Set([
  'use',
  'produce',
  'consume',
  'watch',
  'until',
  'stages',
  'bursts',
  'file',
  'json',
  'text',
  'destination',
]);

/** Notes every fault of shape; returns nothing, the second pass reads what is left. */
export function checkShape(root: Cursor): void {
  if (!root.present) {
    root.fault('the file is empty', 'a scenario has name, question, expected, streams, fleets and phases');
    return;
  }
  const checked = scenarioSchema.safeParse(root.value, { reportInput: true });
  for (const issue of checked.error?.issues ?? []) report(root, [], issue);
}

function report(root: Cursor, above: readonly PropertyKey[], issue: Issue): void {
  const path = [...above, ...issue.path].map((step) => (typeof step === 'number' ? step : String(step)));
  const at = path.reduce<Cursor>(
    (cursor, step) => (typeof step === 'number' ? (cursor.items()[step] ?? cursor) : cursor.at(step)),
    root,
  );
  if (issue.code === 'invalid_union') {
    const meant = meantForm(issue.errors);
    const untold = (each: Issue) =>
      each.path.length === 1 && tellers.has(String(each.path[0])) && each.input === undefined;
    const misspelt = meant.filter(({ code }) => code === 'unrecognized_keys');
    if (meant.some(untold) && path.at(-2) === 'fleets')
      at.faultAtKey(`${at.name} says neither produce nor consume nor watch`, 'a fleet does one of them');
    else for (const each of meant.some(untold) && misspelt.length > 0 ? misspelt : meant) report(root, path, each);
  } else if (issue.code === 'unrecognized_keys') {
    for (const key of issue.keys) unknownKey(at, key);
  } else if (issue.code === 'invalid_value') {
    if (missing(at)) return;
    const written = typeof at.value === 'string' ? at.value : '';
    const what = written === '' ? `${at.name} is ${kindOf(at.value)}` : `"${written}" is not known here`;
    at.fault(what, suggestion(written, issue.values.map(String)));
  } else if (issue.code === 'too_small' || issue.code === 'too_big') outOfRange(at, issue);
  else wrongType(at, issue);
}

/** The form with the fewest faults, where a teller of another form, or a wrong type at the root, weighs most. */
function meantForm(errors: readonly (readonly Issue[])[]): readonly Issue[] {
  const weight = (issue: Issue): number => {
    if (issue.path.length === 0 && issue.code === 'invalid_type') return 1000;
    if (issue.path.length === 0 && issue.code === 'invalid_value' && typeof issue.input === 'object') return 1000;
    if (issue.code === 'unrecognized_keys')
      return issue.keys.reduce((sum, key) => sum + (tellers.has(key) ? 100 : 1), 0);
    return issue.path.length === 1 && tellers.has(String(issue.path[0])) && issue.input === undefined ? 50 : 1;
  };
  const weights = errors.map((issues) => issues.reduce((sum, issue) => sum + weight(issue), 0));
  return errors[weights.indexOf(Math.min(...weights))] ?? [];
}

function unknownKey(at: Cursor, key: string): void {
  const child = at.at(key);
  if (child.value === null && /[)%\d]$/.test(key)) {
    child.faultAtKey(`"${key}" was cut off by a comma`, 'inside { } put quotes around a value that has one');
    return;
  }
  child.faultAtKey(`"${key}" is not a key of ${label(at)}`, suggestion(key, keysAt(at)));
}

/** The keys that may stand at a path. */
function keysAt(at: Cursor): string[] {
  const holder = at.path.findLast((step, index) => isForm(step) && (index >= at.path.length - 2 || step === 'rate'));
  const name = at.name;
  const form = isForm(name) ? name : holder;
  if (!isForm(form)) return Object.keys(scenarioSchema.shape);
  const shapes = forms[form].map((each) => Object.keys(each.shape));
  const meant = shapes.filter((keys) => keys.some((key) => tellers.has(key) && at.at(key).present));
  const plain = shapes.filter((keys) => !keys.some((key) => tellers.has(key)));
  const chosen = meant.length > 0 ? meant : plain.length > 0 && form !== 'rate' ? plain : shapes;
  return [...new Set(chosen.flat())];
}

function isForm(step: unknown): step is keyof typeof forms {
  return typeof step === 'string' && Object.hasOwn(forms, step);
}

/** Reports an absent key at what should hold it, or an empty value at its key. */
function missing(at: Cursor): boolean {
  if (at.value === undefined) at.fault(`${at.name} is missing`, `add ${at.name}: to ${label(at, 1)}`);
  else if (at.value === null) at.faultAtKey(`${at.name} is empty`, 'give it a value, or take the key away');
  return !at.present;
}

/** What a place is called in a message: the scenario, a fleet by name, an item with its list. */
function label(at: Cursor, up = 0): string {
  const path = at.path.slice(0, at.path.length - up);
  const last = path.at(-1);
  if (last === undefined) return 'the scenario';
  return typeof last === 'number' ? path.slice(-2).join('.') : last;
}

function outOfRange(at: Cursor, issue: Extract<Issue, { code: 'too_small' | 'too_big' }>): void {
  const low = issue.code === 'too_small';
  if (issue.origin === 'string' || issue.origin === 'array') at.fault(`${at.name} is empty`, 'give it something');
  else if (low) at.fault(`${at.name} is ${String(at.value)}`, `it is at least ${issue.minimum}`);
  else at.fault(`${at.name} is ${String(at.value)}`, `it is at most ${issue.maximum}`);
}

function wrongType(at: Cursor, issue: Issue): void {
  if (missing(at)) return;
  const [what, wayOut] = issue.message.split(' ⇒ ');
  if (wayOut !== undefined) return at.fault(what!, wayOut);
  const expected = issue.code === 'invalid_type' ? issue.expected : 'something else';
  const noun = nouns[expected] ?? expected;
  return at.fault(`${at.name === '' ? 'the file' : at.name} is ${kindOf(at.value)}`, `it must be ${noun}`);
}

const nouns: Readonly<Record<string, string>> = {
  string: 'text',
  int: 'a whole number',
  number: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping of keys to values',
  record: 'a mapping of names to values',
};

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'a mapping' : typeof value === 'number' ? String(value) : JSON.stringify(value);
}
