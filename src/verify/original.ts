/**
 * The text that was put, written again from what is delivered of it. Where that cannot be done the text is another one than was put,
 * so the checksum in its tag does not hold, and the record has changed.
 */
import type { Original } from '../scenario/delivered-form.ts';
import type { JsonValue } from '../scenario/put-plan.ts';
import { isNumber, partsOf } from '../scenario/template.ts';

/** null where nothing can be written again, by the plan. */
export function originalText(original: Original, value: unknown): string | null {
  switch (original.kind) {
    case 'same':
    case 'unknown':
      return null;
    case 'text':
      return original.parts.map((part) => (typeof part === 'string' ? part : textAt(value, part.field))).join('');
    case 'json':
      return objectText(original.template, value);
  }
}

/** A field by its path of dots; empty where there is none. */
export function textAt(value: unknown, path: string): string {
  return scalarText(valueAt(value, path));
}

/** What stands there; undefined where nothing does. */
export function valueAt(value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((inner, name) => memberOf(inner, name), value);
}

function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  // Columns have small letters.
  const key =
    Object.keys(value).find((each) => each === name) ?? Object.keys(value).find((each) => each === name.toLowerCase());
  return key === undefined ? undefined : Object.entries(value).find(([each]) => each === key)![1];
}

function scalarText(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean' ? String(value) : '';
}

/** A template's fields, in its order, with the values of a row. */
function objectText(template: JsonValue, row: unknown): string {
  const fields = Object.entries(template ?? {}).map(([name, written]: [string, JsonValue]) => {
    const value = memberOf(row, name);
    const bare =
      typeof value === 'bigint' || typeof value === 'number' || typeof value === 'boolean' || isBare(written);
    return `${JSON.stringify(name)}:${bare ? scalarText(value) : JSON.stringify(scalarText(value))}`;
  });
  return `{${fields.join(',')}}`;
}

/** Whether a value stands without quotes: one literal, or one placeholder of a number. */
function isBare(written: JsonValue): boolean {
  if (typeof written !== 'string') return true;
  const [only, ...others] = partsOf(written);
  return others.length === 0 && typeof only === 'object' && isNumber(only);
}
