/**
 * Our reading of the protocol against the SDK's: the same operations, the same members of the same types in every request
 * and (by the compiler) in every answer, the same timestamps. What the SDK gains or loses is a failure here.
 */
import * as sdk from '@aws-sdk/client-kinesis';
import { describe, expect, test } from 'vitest';
import { timestampMembers, type Input, type OperationName, type Output } from './operations.ts';
import { inputShapes, type Shape } from './shapes.ts';

const channels = ['CreateChannel', 'DeleteChannel', 'DescribeChannel', 'ListChannels', 'UpdateChannel'];
const names = Object.keys(inputShapes).filter((name): name is OperationName => name in inputShapes);
const schemas: Readonly<Record<string, unknown>> = sdk;

const scalars: Readonly<Record<number, string>> = {
  0: 'string',
  1: 'number',
  2: 'boolean',
  4: 'timestamp',
  21: 'blob',
};

type Described = string | { readonly of: Described } | Members;
interface Members {
  readonly members: Readonly<Record<string, Described>>;
  readonly required: readonly string[];
}

/**
 * The SDK's notation: a number for a scalar, 64 more for a list of it, 128 more for a map; an array for the rest, which
 * begins with its kind (1 list, 2 map, 3 structure, 4 union) or, for a member with traits, with what it refers to.
 */
function describeSdk(schema: unknown): Described {
  if (typeof schema === 'function') return describeSdk(schema());
  if (typeof schema === 'number') {
    if (schema >= 64) return { of: describeSdk(schema % 64) };
    return scalars[schema]!;
  }
  if (!Array.isArray(schema)) return 'nothing';
  const parts: readonly unknown[] = schema;
  const [kind, , , , first, second, requiredCount = 0] = parts;
  if (typeof kind === 'function') return describeSdk(kind);
  if (kind === 1) return { of: describeSdk(first) };
  if (kind === 2) return { of: describeSdk(second) };
  if (!Array.isArray(first) || !Array.isArray(second)) throw new Error(`no schema: ${String(parts[2])}`);
  const types: readonly unknown[] = second;
  const members = first.map((name, index) => [String(name), describeSdk(types[index])] as const);
  const required = members.slice(0, Number(requiredCount)).map(([name]) => name);
  return { members: Object.fromEntries(members), required: required.toSorted() };
}

function describeOurs(shape: Shape): Described {
  if (shape.type === 'integer') return 'number';
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
function sdkOperation(name: string): readonly unknown[] {
  const schema = schemas[`${name}$`];
  if (!Array.isArray(schema) || schema[0] !== 9) throw new Error(`the SDK has no schema for ${name}`);
  return schema.slice(4);
}

/** Calls `visit` for every member at any depth. */
function eachMember(shape: Described, visit: (name: string, type: Described) => void): void {
  if (typeof shape === 'string') return;
  if ('of' in shape) eachMember(shape.of, visit);
  else
    for (const [name, type] of Object.entries(shape.members)) {
      visit(name, type);
      eachMember(type, visit);
    }
}

describe('against the SDK', () => {
  test('the operations are its commands, Channels apart', () => {
    const commands = Object.keys(sdk).flatMap((name) => /^([A-Z]\w+)Command$/.exec(name)?.[1] ?? []);
    expect([...names, ...channels].toSorted()).toEqual(commands.toSorted());
  });

  test.each(names)('%s takes the same members of the same types, the same of them required', (name) => {
    expect(describeOurs(inputShapes[name])).toEqual(describeSdk(sdkOperation(name)[0]));
  });

  test('a member is a timestamp by its name', () => {
    const timestamps = new Set<string>();
    const others = new Set<string>();
    for (const schema of names.flatMap(sdkOperation)) {
      eachMember(describeSdk(schema), (name, type) => (type === 'timestamp' ? timestamps : others).add(name));
    }
    expect([...timestampMembers].toSorted()).toEqual([...timestamps].toSorted());
    expect([...timestamps].filter((name) => others.has(name))).toEqual([]);
  });

  test('types are compared by the compiler, and nothing differs', () => {
    const same: [Differing] extends [never] ? true : Differing = true;
    expect(same).toBe(true);
  });
});

/** A type with the SDK's Date and our number made one, its bytes and our base64, what is absent and what is null. */
type Plain<T> = T extends Date
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
type SdkTypes<O extends OperationName> =
  InstanceType<(typeof sdk)[`${O}Command`]> extends {
    readonly input: infer In;
    resolveMiddleware(...args: never[]): (...args: never[]) => Promise<{ output: infer Out }>;
  }
    ? { input: In; output: O extends 'SubscribeToShard' ? sdk.SubscribeToShardEvent : Out }
    : never;
/** The members that must be there. */
type Needed<T> = { [M in keyof T]-?: object extends Pick<T, M> ? never : M }[keyof T];
type Same<A, B> = [A, B] extends [B, A] ? true : false;
/** The inputs and outputs whose types are not the SDK's; `never` when all are, else the compiler names them. */
type Differing = {
  [O in OperationName]: Same<
    [Needed<Input<O>>, Plain<Input<O>>],
    [Needed<SdkTypes<O>['input']>, Plain<SdkTypes<O>['input']>]
  > extends true
    ? Same<Plain<Output<O>>, Plain<SdkTypes<O>['output']>> extends true
      ? never
      : `${O}Output`
    : `${O}Input`;
}[OperationName];
