/** A scenario for each fault of what happens to records on their way, in which it shows. */
import { NS_PER_S } from '../../clock.ts';
import type { ExtendedS3Configuration } from '../../protocol/firehose/operations.ts';
import type { Scenario } from '../fault-scenario.test-data.ts';
import type { VirtualEndpoint } from '../virtual-endpoint.ts';
import { localLambda, type LambdaEvent, type LambdaInvoker } from './lambda.ts';

const D = 'd';
const base64 = (text: string) => Buffer.from(text).toString('base64');

/** The functions that these scenarios name, fresh: `flaky` fails the first time. */
export function processingFunctions(): LambdaInvoker {
  let calls = 0;
  const all =
    (result: 'Ok' | 'Dropped', idOf = (id: string) => id) =>
    ({ records }: LambdaEvent) => ({
      records: records.map(({ recordId, data }) => ({ recordId: idOf(recordId), result, data })),
    });
  return localLambda({
    drops: all('Dropped'),
    renames: all('Ok', (id) => `${id}x`),
    flaky(event) {
      calls += 1;
      if (calls === 1) throw new Error('once');
      return all('Ok')(event);
    },
  });
}

/** A Lambda processor with what is said of it. */
export function lambdaProcessor(name: string, parameters: Readonly<Record<string, string>> = {}) {
  const ParameterValue = `arn:aws:lambda:us-east-1:000000000000:function:${name}`;
  const given = { LambdaArn: ParameterValue, BufferIntervalInSeconds: '1', ...parameters };
  const Parameters = Object.entries(given).map(([ParameterName, value]) => ({ ParameterName, ParameterValue: value }));
  return { Type: 'Lambda', Parameters };
}

/** A configuration with these processors; the names of parameters are checked by the endpoint. */
export function processed(...Processors: readonly object[]): Partial<ExtendedS3Configuration> {
  const configuration = {
    BufferingHints: { SizeInMBs: 1, IntervalInSeconds: 60 },
    ProcessingConfiguration: { Enabled: true, Processors },
  };
  assertConfiguration(configuration);
  return configuration;
}

function assertConfiguration(_given: object): asserts _given is Partial<ExtendedS3Configuration> {}

/** Every object as it stands, two minutes later. */
async function delivered({ clock, held }: VirtualEndpoint) {
  await clock.advance(120 * NS_PER_S);
  return held.objects.map(({ key, body }) => [key.slice(0, 14), Buffer.from(body).toString('latin1')]);
}

/** What two records come to that go through a function. */
const through =
  (name: string): Scenario =>
  async (endpoint) => {
    await endpoint.firehose.create(D, processed(lambdaProcessor(name)));
    const Records = ['a', 'b'].map((text) => ({ Data: base64(text) }));
    await endpoint.firehose.must('PutRecordBatch', { DeliveryStreamName: D, Records });
    return delivered(endpoint);
  };

/** A destination that puts records into partitions. */
export function partitioned(Prefix: string, ...processors: readonly object[]): Partial<ExtendedS3Configuration> {
  return {
    ...processed(...processors),
    BufferingHints: { SizeInMBs: 64, IntervalInSeconds: 60 },
    Prefix,
    ErrorOutputPrefix: 'errors/',
    DynamicPartitioningConfiguration: { Enabled: true },
  };
}

/** A processor MetadataExtraction with its query. */
export function extraction(query: string) {
  const Parameters = [
    { ParameterName: 'MetadataExtractionQuery', ParameterValue: query },
    { ParameterName: 'JsonParsingEngine', ParameterValue: 'JQ-1.6' },
  ];
  return { Type: 'MetadataExtraction', Parameters };
}

/** The tables that these scenarios name. */
export const processingTables = { 'lake.readings': { id: 'bigint', name: 'string' } };

/** A destination that converts to Parquet by a table, with what else is said of it. */
export function converted(table: string, more: object = {}, parquet: object = {}): Partial<ExtendedS3Configuration> {
  const [DatabaseName, TableName] = table.split('.');
  const configuration = {
    BufferingHints: { SizeInMBs: 64, IntervalInSeconds: 60 },
    DataFormatConversionConfiguration: {
      SchemaConfiguration: { RoleARN: 'arn:aws:iam::000000000000:role/glue', DatabaseName, TableName },
      InputFormatConfiguration: { Deserializer: { OpenXJsonSerDe: {} } },
      OutputFormatConfiguration: { Serializer: { ParquetSerDe: parquet } },
    },
    ...more,
  };
  assertConfiguration(configuration);
  return configuration;
}

export const processingFaults = {
  'fh.conv-gzip': async ({ firehose }) => {
    const ExtendedS3DestinationConfiguration = {
      RoleARN: 'arn:aws:iam::000000000000:role/firehose',
      BucketARN: 'arn:aws:s3:::lake',
      ...converted('lake.readings', { CompressionFormat: 'GZIP' }),
    };
    const input = { DeliveryStreamName: D, ExtendedS3DestinationConfiguration };
    return (await firehose.call('CreateDeliveryStream', input)).ok;
  },
  'fh.dropped-delivered': through('drops'),
  'fh.no-retry': through('flaky'),
  'fh.partition-mixed': async (endpoint) => {
    await endpoint.firehose.create(D, partitioned('!{partitionKeyFromQuery:k}/', extraction('{k: .k}')));
    const Records = ['a', 'b'].map((k) => ({ Data: base64(JSON.stringify({ k })) }));
    await endpoint.firehose.must('PutRecordBatch', { DeliveryStreamName: D, Records });
    return delivered(endpoint);
  },
  'fh.recordid-unchecked': through('renames'),
  'fh.schema-null': async (endpoint) => {
    await endpoint.firehose.create(D, converted('lake.readings'));
    const Record = { Data: base64('{"id":1,"name":"a"}') };
    await endpoint.firehose.must('PutRecord', { DeliveryStreamName: D, Record });
    return delivered(endpoint);
  },
} satisfies Record<string, Scenario>;
