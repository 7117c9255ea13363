/** Functions and tables of a scenario, as the reference is given them and as any target is asked for them. */
import { isAbsolute, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { packageRoot } from '../package.ts';
import type { DeliveryPlan, LambdaPlan } from '../scenario/plan.ts';
import { embeddedDelivery } from '../target/target.ts';
import { givenFor, processingOf } from './processing.ts';

const lambda = (written: string): LambdaPlan => ({ function: written, bufferMiB: 0.5, intervalNs: 10e9, retries: 2 });
const plan = (processing: DeliveryPlan['processing']): DeliveryPlan => ({
  alias: 'sink',
  source: null,
  destination: 's3',
  bufferBytes: 2 ** 20,
  intervalNs: 10e9,
  compression: 'none',
  prefix: '',
  ...(processing && { processing }),
});
const arn = 'arn:aws:lambda:eu-west-1:123456789012:function:theirs';
const embedded = embeddedDelivery('http://127.0.0.1:1');

describe('the reference is given', () => {
  test.each([
    ['csv-to-json', 'csv-to-json', join(packageRoot, 'examples', 'lambda', 'csv-to-json.mjs')],
    ['./own.mjs', 'own', '/scenarios/own.mjs'],
    ['http://127.0.0.1:9001/far', 'far', 'http://127.0.0.1:9001'],
  ])('%s', (written, name, place) => {
    const { lambdas } = givenFor([plan({ lambda: lambda(written) })], '/scenarios');
    expect(lambdas).toEqual({ [name]: place });
    expect(isAbsolute(place) || place.startsWith('http')).toBe(true);
  });

  test('tables, and no function that is somewhere already', () => {
    const columns = { id: 'string' };
    const parquet = { table: 'lake.rows', columns, compression: 'gzip' } as const;
    expect(givenFor([plan({ lambda: lambda(arn), parquet }), plan(undefined)], '.')).toEqual({
      lambdas: {},
      tables: { 'lake.rows': columns },
    });
  });
});

describe('a target is asked for', () => {
  test('a function by its name in the account of the reference, and by its ARN anywhere', () => {
    const asked = (written: string, endpoint = embedded) =>
      JSON.stringify(processingOf({ lambda: lambda(written) }, 'eu-west-1', endpoint));
    expect(asked('./own.mjs')).toContain('"arn:aws:lambda:eu-west-1:000000000000:function:own"');
    const elsewhere = { ...embedded, takesProcessing: false };
    expect(asked(arn, elsewhere)).toContain(`"${arn}"`);
    expect(() => asked('./own.mjs', elsewhere)).toThrow(/cannot be given the function .\/own.mjs/);
  });

  test('one query of all partition keys, and a line feed', () => {
    const asked = processingOf({ partition: { a: '.x.y', b: '.z // "none"' }, delimiter: true }, 'r', embedded);
    expect(asked.DynamicPartitioningConfiguration).toEqual({ Enabled: true });
    expect(asked.ProcessingConfiguration!.Processors!.map(({ Type }) => Type)).toEqual([
      'MetadataExtraction',
      'AppendDelimiterToRecord',
    ]);
    expect(JSON.stringify(asked)).toContain(JSON.stringify('{a: (.x.y), b: (.z // "none")}'));
  });
});
