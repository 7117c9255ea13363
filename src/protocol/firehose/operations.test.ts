/** Our reading of Data Firehose against the SDK's: operations, members and their types, timestamps. */
import * as sdk from '@aws-sdk/client-firehose';
import { describe, expect, test } from 'vitest';
import {
  describeOurs,
  describeSdk,
  eachMember,
  sdkOperation,
  type Different,
  type Needed,
  type Plain,
  type Same,
} from '../sdk-schema.test-data.ts';
import type { FirehoseInput, FirehoseOperation, FirehoseOutput } from './operations.ts';
import { firehoseShapes } from './shapes.ts';

const names = Object.keys(firehoseShapes).filter((name): name is FirehoseOperation => name in firehoseShapes);

describe('against the SDK', () => {
  test('the operations are its commands', () => {
    const commands = Object.keys(sdk).flatMap((name) => /^([A-Z]\w+)Command$/.exec(name)?.[1] ?? []);
    expect(names.toSorted()).toEqual(commands.toSorted());
    expect(names).toHaveLength(12);
  });

  test.each(names)('%s takes the same members of the same types, the same of them required', (name) => {
    expect(describeOurs(firehoseShapes[name])).toEqual(describeSdk(sdkOperation(sdk, name)[0]));
  });

  test('no blob but the data of a record, and no request has a timestamp but where a topic is read from', () => {
    const found = new Set<string>();
    for (const name of names)
      eachMember(describeSdk(sdkOperation(sdk, name)[0]), (member, type) => {
        if (type === 'timestamp' || type === 'blob') found.add(`${member}: ${type}`);
      });
    expect([...found]).toEqual(['ReadFromTimestamp: timestamp', 'Data: blob']);
  });

  test('types are compared by the compiler, and nothing differs', () => {
    const same: [Differing] extends [never] ? true : Differing = true;
    expect(same).toBe(true);
  });
});

type SdkTypes<O extends FirehoseOperation> =
  InstanceType<(typeof sdk)[`${O}Command`]> extends {
    readonly input: infer In;
    resolveMiddleware(...args: never[]): (...args: never[]) => Promise<{ output: infer Out }>;
  }
    ? { input: In; output: Out }
    : never;
/** Where inputs and outputs are not the SDK's; `never` when nowhere, else the compiler names the places. */
type Differing = {
  [O in FirehoseOperation]:
    | Different<Plain<FirehoseInput<O>>, Plain<SdkTypes<O>['input']>, `${O}Input`>
    | Different<Plain<FirehoseOutput<O>>, Plain<SdkTypes<O>['output']>, `${O}Output`>
    | (Same<Needed<FirehoseInput<O>>, Needed<SdkTypes<O>['input']>> extends true ? never : O);
}[FirehoseOperation];
