/**
 * Parameters in a scenario: `{n}` stands for a value of a matrix or search, in any text and as a whole value, and arithmetic
 * around it is worked out (`200ms * {n}`, `{n} * 100 records/s total`). It happens on plain values before anything is checked,
 * so that what comes out is an ordinary scenario and the rest of the language knows nothing of parameters.
 */
import { suggestion } from '../nearest.ts';
import type { Path } from './source.ts';
import { TextFault } from './text-fault.ts';

/** What a parameter may be. */
export type ParameterValue = number | string;
/** By name. */
export type ParameterValues = Readonly<Record<string, ParameterValue>>;

/** Keys at the top of a file in which `{n}` means nothing. */
const untouched: readonly (string | number)[] = ['matrix', 'repeat', 'search'];

/** Every `{name}` replaced; what cannot be is told to `fault` and stays as it was. */
export function substitute(
  value: unknown,
  values: ParameterValues,
  fault: (path: Path, error: TextFault) => void,
  path: Path = [],
): unknown {
  if (path.length === 1 && untouched.includes(path[0]!)) return value;
  if (Array.isArray(value))
    return value.map((item: unknown, index) => substitute(item, values, fault, [...path, index]));
  if (typeof value === 'object' && value !== null) {
    const entries: [string, unknown][] = Object.entries(value);
    // To YAML, `agents: {n}` is a mapping with the key n and nothing under it.
    const [only] = entries;
    if (entries.length === 1 && only![1] === null && Object.hasOwn(values, only![0])) return values[only![0]];
    return Object.fromEntries(entries.map(([key, part]) => [key, substitute(part, values, fault, [...path, key])]));
  }
  if (typeof value !== 'string') return value;
  try {
    return substituteText(value, values);
  } catch (error) {
    if (!(error instanceof TextFault)) throw error;
    fault(path, error);
    return value;
  }
}

/** A text with its parameters replaced and its arithmetic done; a number where a number is all that is left. Throws TextFault. */
export function substituteText(text: string, values: ParameterValues): string | number {
  const names = Object.keys(values);
  let found = false;
  const filled = text.replaceAll(/\{([a-z][a-z0-9-]*)\}/g, (_, name: string, at: number) => {
    if (!Object.hasOwn(values, name))
      throw new TextFault(`there is no parameter "${name}"`, suggestion(name, names), at + 1);
    found = true;
    return String(values[name]);
  });
  if (!found) return text;
  const result = filled.replaceAll(expression, (whole) => evaluate(whole));
  return /^-?\d+(\.\d+)?$/.test(result) ? Number(result) : result;
}

const operand = String.raw`\d+(?:\.\d+)?(?:\s*(?:%|[A-Za-z]+(?:/s)?))?`;
const expression = new RegExp(String.raw`${operand}(?:\s+[*/+-]\s+${operand})+`, 'g');

interface Quantity {
  readonly amount: number;
  readonly unit: string;
}

/** Multiplication and division bind closer than addition and subtraction; units must make sense. Throws TextFault. */
function evaluate(text: string): string {
  const parts = text.split(/\s+([*/+-])\s+/);
  const sums: { readonly sign: string; quantity: Quantity }[] = [{ sign: '+', quantity: quantityOf(parts[0]!) }];
  for (let index = 1; index < parts.length; index += 2) {
    const operator = parts[index]!;
    const right = quantityOf(parts[index + 1]!);
    const last = sums.at(-1)!;
    if (operator === '+' || operator === '-') sums.push({ sign: operator, quantity: right });
    else last.quantity = operator === '*' ? product(last.quantity, right, text) : quotient(last.quantity, right, text);
  }
  const { unit } = sums[0]!.quantity;
  if (sums.some(({ quantity }) => quantity.unit.trim() !== unit.trim()))
    throw new TextFault(`"${text}" adds different units`, 'write all in one unit');
  const amount = sums.reduce((sum, { sign, quantity }) => sum + (sign === '+' ? 1 : -1) * quantity.amount, 0);
  if (!Number.isFinite(amount) || amount < 0)
    throw new TextFault(`"${text}" comes to ${amount}`, 'mend the arithmetic');
  // Twelve digits: 0.1 * 3 is 0.3, and no count of this language needs more.
  return `${Number(amount.toPrecision(12))}${unit}`;
}

function quantityOf(text: string): Quantity {
  const [, digits, unit] = /^(\d+(?:\.\d+)?)(.*)$/s.exec(text)!;
  return { amount: Number(digits), unit: unit! };
}

function product(a: Quantity, b: Quantity, text: string): Quantity {
  if (a.unit !== '' && b.unit !== '')
    throw new TextFault(`"${text}" multiplies two quantities`, 'one of them must be a plain number');
  return { amount: a.amount * b.amount, unit: a.unit + b.unit };
}

function quotient(a: Quantity, b: Quantity, text: string): Quantity {
  if (b.unit !== '') throw new TextFault(`"${text}" divides by a quantity`, 'divide by a plain number');
  return { amount: a.amount / b.amount, unit: a.unit };
}
