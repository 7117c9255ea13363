/**
 * How tests hold our shapes and types against the SDK's: both are brought to one notation, of shapes by `describeSdk` and
 * `describeOurs`, of types by `Plain` and `Needed`.
 */
import type { Shape } from './shapes.ts';

const scalars: Readonly<Record<number, string>> = {
  0: 'string',
  1: 'number',
  2: 'boolean',
  4: 'timestamp',
  21: 'blob',
};

export type Described = string | { readonly of: Described } | Members;
interface Members {
  readonly members: Readonly<Record<string, Described>>;
  readonly required: readonly string[];
}

/**
 * The SDK's notation: a number for a scalar, 64 more for a list of it, 128 more for a map; an array for the rest, which
 * begins with its kind (0 a scalar with traits, 1 list, 2 map, 3 structure, 4 union) or, for a member with traits, with what it refers to.
 */
export function describeSdk(schema: unknown): Described {
  if (typeof schema === 'function') return describeSdk(schema());
  if (typeof schema === 'number') {
    if (schema >= 64) return { of: describeSdk(schema % 64) };
    return scalars[schema]!;
  }
  if (!Array.isArray(schema)) return 'nothing';
  const parts: readonly unknown[] = schema;
  const [kind, , , , first, second, requiredCount = 0] = parts;
  if (typeof kind === 'function') return describeSdk(kind);
  if (kind === 0) return describeSdk(first);
  if (kind === 1) return { of: describeSdk(first) };
  if (kind === 2) return { of: describeSdk(second) };
  if (!Array.isArray(first) || !Array.isArray(second)) throw new Error(`no schema: ${String(parts[2])}`);
  const types: readonly unknown[] = second;
  const members = first.map((name, index) => [String(name), describeSdk(types[index])] as const);
  const required = members.slice(0, Number(requiredCount)).map(([name]) => name);
  return { members: Object.fromEntries(members), required: required.toSorted() };
}

export function describeOurs(shape: Shape): Described {
  if (shape.type === 'integer' || shape.type === 'double') return 'number';
  if (shape.type === 'list') return { of: describeOurs(shape.member) };
  if (shape.type === 'map') return { of: describeOurs(shape.value) };
  if (shape.type !== 'structure') return shape.type;
  const members = Object.entries(shape.members);
  const required = members.filter(([, member]) => member.required).map(([name]) => name);
  return {
    members: Object.fromEntries(members.map(([name, member]) => [name, describeOurs(member)])),
    required: required.toSorted(),
  };
}

/** Input and output of an operation in the SDK; its schema is `[9, namespace, name, traits, input, output]`. */
export function sdkOperation(schemas: Readonly<Record<string, unknown>>, name: string): readonly unknown[] {
  const schema = schemas[`${name}$`];
  if (!Array.isArray(schema) || schema[0] !== 9) throw new Error(`the SDK has no schema for ${name}`);
  return schema.slice(4);
}

/** Calls `visit` for every member at any depth. */
export function eachMember(shape: Described, visit: (name: string, type: Described) => void): void {
  if (typeof shape === 'string') return;
  if ('of' in shape) eachMember(shape.of, visit);
  else
    for (const [name, type] of Object.entries(shape.members)) {
      visit(name, type);
      eachMember(type, visit);
    }
}

/** A type with the SDK's Date and our number made one, its bytes and our base64, what is absent and what is null. */
export type Plain<T> = T extends Date
  ? number
  : T extends Uint8Array
    ? string
    : T extends string | number | boolean
      ? T
      : T extends readonly (infer E)[]
        ? Plain<E>[]
        : T extends object
          ? { [M in Exclude<keyof T, '$metadata'>]-?: Plain<Exclude<T[M], undefined | null>> }
          : object;
/** The members that must be there. */
export type Needed<T> = { [M in keyof T]-?: object extends Pick<T, M> ? never : M }[keyof T];
export type Same<A, B> = [A, B] extends [B, A] ? true : false;
/**
 * Where two plain types differ, as paths from `P` on; `never` when nowhere. Level by level: the compiler takes types that are
 * nested deeper than three levels of one generic for equal when it is asked about the whole.
 */
export type Different<A, B, P extends string> = [A] extends [string | number | boolean]
  ? Same<A, B> extends true
    ? never
    : P
  : [A, B] extends [readonly (infer E)[], readonly (infer F)[]]
    ? Different<E, F, `${P}[]`>
    : Same<keyof A, keyof B> extends true
      ? { [K in keyof A & keyof B & string]: Different<A[K], B[K], `${P}.${K}`> }[keyof A & keyof B & string]
      : P;
