/**
 * Placeholders in the texts of a JSON template: `{counter}`, `{int(1, 100)}`, `{words(3)}`. A text that is one placeholder of a
 * number becomes that number; `{{` is a brace.
 */
import { isWord, suggestion } from '../nearest.ts';
import type { JsonValue } from './put-plan.ts';
import { TextFault } from './text-fault.ts';

/** Placeholders without arguments. */
const plain = ['id', 'counter', 'key', 'time', 'time-ms', 'uuid', 'word'] as const;
const names = [...plain, 'int', 'float', 'words'] as const;

export type Placeholder =
  | { readonly kind: (typeof plain)[number] }
  | { readonly kind: 'int' | 'float'; readonly from: number; readonly to: number }
  | { readonly kind: 'words'; readonly count: number };

export type Part = string | Placeholder;

/** The parts of a text of a template. Throws TextFault. */
export function partsOf(text: string): Part[] {
  const parts: Part[] = [];
  let literal = '';
  for (let at = 0; at < text.length;) {
    if (text.startsWith('{{', at)) {
      literal += '{';
      at += 2;
    } else if (text[at] === '{') {
      const end = text.indexOf('}', at);
      if (end === -1) throw new TextFault('a placeholder that is not closed', 'write }, or {{ for a brace', at);
      if (literal !== '') parts.push(literal);
      literal = '';
      parts.push(placeholderOf(text.slice(at + 1, end), at + 1));
      at = end + 1;
    } else literal += text[at++];
  }
  if (literal !== '' || parts.length === 0) parts.push(literal);
  return parts;
}

/** Whether a placeholder stands for a number. */
export function isNumber({ kind }: Placeholder): boolean {
  return kind === 'counter' || kind === 'time-ms' || kind === 'int' || kind === 'float';
}

/** Every text of a template, keys apart, with its path. */
export function* textsOf(
  value: JsonValue,
  path: readonly string[] = [],
): Generator<{ text: string; path: readonly string[] }> {
  if (typeof value === 'string') yield { text: value, path };
  else if (typeof value === 'object' && value !== null)
    for (const [field, inner] of Object.entries(value)) yield* textsOf(inner, [...path, field]);
}

function placeholderOf(text: string, at: number): Placeholder {
  const [, name, list] = /^\s*([a-z-]*)\s*(?:\((.*)\))?\s*$/.exec(text) ?? [];
  if (!isWord(name, names))
    throw new TextFault(`{${text}} is no placeholder`, suggestion(name ?? text.trim(), names), at);
  const args = list === undefined ? [] : list.split(',').map((arg) => Number(arg.trim() === '' ? NaN : arg));
  const fail = (wayOut: string) => new TextFault(`{${text}} has other arguments`, `write ${wayOut}`, at);
  if (name === 'int' || name === 'float') {
    const [from, to] = args;
    const whole = name === 'float' || (Number.isSafeInteger(from) && Number.isSafeInteger(to));
    if (args.length !== 2 || !(from! <= to!) || !whole) throw fail(`{${name}(1, 100)}`);
    return { kind: name, from: from!, to: to! };
  }
  if (name === 'words') {
    const [count] = args;
    if (args.length !== 1 || !Number.isInteger(count) || count! < 1 || count! > 10_000) throw fail('{words(5)}');
    return { kind: name, count: count! };
  }
  if (list !== undefined) throw fail(`{${name}}`);
  return { kind: name };
}
