/**
 * Our reading of the protocol against the SDK's: the same operations, the same members of the same types in every request
 * and (by the compiler) in every answer, the same timestamps. What the SDK gains or loses is a failure here.
 */
import * as sdk from '@aws-sdk/client-kinesis';
import { describe, expect, test } from 'vitest';
import { timestampMembers, type Input, type OperationName, type Output } from './operations.ts';
import {
  describeOurs,
  describeSdk,
  eachMember,
  sdkOperation,
  type Different,
  type Needed,
  type Plain,
  type Same,
} from './sdk-schema.test-data.ts';
import { inputShapes } from './shapes.ts';

const names = Object.keys(inputShapes).filter((name): name is OperationName => name in inputShapes);
const schemas: Readonly<Record<string, unknown>> = sdk;

describe('against the SDK', () => {
  test('the operations are its commands', () => {
    const commands = Object.keys(sdk).flatMap((name) => /^([A-Z]\w+)Command$/.exec(name)?.[1] ?? []);
    expect(names.toSorted()).toEqual(commands.toSorted());
  });

  test.each(names)('%s takes the same members of the same types, the same of them required', (name) => {
    expect(describeOurs(inputShapes[name])).toEqual(describeSdk(sdkOperation(schemas, name)[0]));
  });

  test('a member is a timestamp by its name', () => {
    const timestamps = new Set<string>();
    const others = new Set<string>();
    for (const schema of names.flatMap((name) => sdkOperation(schemas, name))) {
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

type SdkTypes<O extends OperationName> =
  InstanceType<(typeof sdk)[`${O}Command`]> extends {
    readonly input: infer In;
    resolveMiddleware(...args: never[]): (...args: never[]) => Promise<{ output: infer Out }>;
  }
    ? { input: In; output: O extends 'SubscribeToShard' ? sdk.SubscribeToShardEvent : Out }
    : never;
/** Where inputs and outputs are not the SDK's; `never` when nowhere, else the compiler names the places. */
type Differing = {
  [O in OperationName]:
    | Different<Plain<Input<O>>, Plain<SdkTypes<O>['input']>, `${O}Input`>
    | Different<Plain<Output<O>>, Plain<SdkTypes<O>['output']>, `${O}Output`>
    | (Same<Needed<Input<O>>, Needed<SdkTypes<O>['input']>> extends true ? never : O);
}[OperationName];
