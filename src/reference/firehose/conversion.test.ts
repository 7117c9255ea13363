/** JSON to Parquet, read back by the reader of Apache Arrow's Rust implementation; rows that do not fit; what is refused. */
import { tableFromIPC } from 'apache-arrow';
import { readParquet } from 'parquet-wasm';
import { describe, expect, test } from 'vitest';
import { NS_PER_S } from '../../clock.ts';
import { virtualEndpoint, type VirtualEndpoint } from '../virtual-endpoint.ts';
import type { DestinationObject } from './destination.ts';
import { localLambda } from './lambda.ts';
import { converted, extraction, lambdaProcessor, partitioned } from './processing-faults.test-data.ts';

const DeliveryStreamName = 'd';
const base64 = (text: string) => Buffer.from(text).toString('base64');
const tables = {
  'lake.readings': {
    id: 'bigint',
    name: 'string',
    celsius: 'double',
    small: 'tinyint',
    good: 'boolean',
    price: 'decimal(10,2)',
    day: 'date',
    at: 'timestamp',
    tags: 'array<string>',
    counts: 'map<string,int>',
    place: 'struct<city:string,zip:int>',
  },
  'lake.other': { id: 'bigint' },
};

async function ready(destination: object, options = {}): Promise<VirtualEndpoint> {
  const endpoint = virtualEndpoint({ tables, ...options });
  await endpoint.firehose.create(DeliveryStreamName, destination);
  return endpoint;
}

async function put({ firehose }: VirtualEndpoint, ...texts: string[]): Promise<void> {
  const Records = texts.map((each) => ({ Data: base64(each) }));
  await firehose.must('PutRecordBatch', { DeliveryStreamName, Records });
}

/** What another reader finds in a file: the columns with their types, and the rows. */
function opened({ body }: DestinationObject) {
  const table = tableFromIPC(readParquet(body).intoIPCStream());
  const plain: unknown = JSON.parse(
    JSON.stringify(table.toArray(), (_key, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value)),
  );
  return { types: Object.fromEntries(table.schema.fields.map(({ name, type }) => [name, String(type)])), rows: plain };
}

const parquetOf = ({ held }: VirtualEndpoint) => held.objects.filter(({ key }) => key.endsWith('.parquet'));
const errorsOf = ({ held }: VirtualEndpoint): Record<string, unknown>[] =>
  held.objects
    .filter(({ key }) => key.includes('format-conversion-failed/'))
    .flatMap(({ body }) =>
      Buffer.from(body)
        .toString()
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    );

const full =
  '{"id":9007199254740993,"name":"ü","celsius":21.5,"small":-1,"good":true,"price":12.5,"day":"2026-01-02",' +
  '"at":"2026-01-01T00:00:00.25Z","tags":["a","b"],"counts":{"x":1},"place":{"city":"Graz","zip":8010},"unasked":1}';

describe('a file', () => {
  test.each(['SNAPPY', 'GZIP', 'UNCOMPRESSED'])(
    'of %s has the types of the table and all the values',
    async (Compression) => {
      const endpoint = await ready(converted('lake.readings', {}, { Compression }));
      await put(endpoint, full, '{"id":1,\n "name":null}');
      await endpoint.clock.advance(60 * NS_PER_S);
      expect(endpoint.held.objects).toHaveLength(1);
      const [file] = parquetOf(endpoint);
      expect(file).toMatchObject({
        key: expect.stringMatching(/^2026\/01\/01\/00\/d-1-.*\.parquet$/),
        contentEncoding: Compression === 'SNAPPY' ? 'hadoop-snappy' : undefined,
      });
      const { types, rows } = opened(file!);
      expect(types).toEqual({
        id: 'Int64',
        name: 'Utf8',
        celsius: 'Float64',
        small: 'Int8',
        good: 'Bool',
        price: 'Decimal[10e+2]',
        day: 'Date32<DAY>',
        at: 'Timestamp<MICROSECOND, UTC>',
        tags: 'List<Utf8>',
        counts: 'Map<{key:Utf8, value:Int32}>',
        place: 'Struct<{city:Utf8, zip:Int32}>',
      });
      const nothing = { celsius: null, small: null, good: null, price: null, day: null, at: null };
      expect(rows).toEqual([
        {
          id: '9007199254740993n',
          name: 'ü',
          celsius: 21.5,
          small: -1,
          good: true,
          price: expect.stringContaining('1250'),
          day: Date.UTC(2026, 0, 2),
          at: Date.UTC(2026, 0, 1, 0, 0, 0, 250),
          tags: ['a', 'b'],
          counts: { x: 1 },
          place: { city: 'Graz', zip: 8010 },
        },
        { id: '1n', name: null, ...nothing, tags: null, counts: null, place: null },
      ]);
    },
  );

  test('has all objects of a record, and many rows in pages and groups', async () => {
    const endpoint = await ready(converted('lake.other', {}, { PageSizeBytes: 65_536, BlockSizeBytes: 67_108_864 }));
    for (let call = 0; call < 20; call += 1) {
      await put(endpoint, ...Array.from({ length: 500 }, (_, index) => `{"id":${call}}{"ID":"${index}"}`));
    }
    await endpoint.clock.advance(60 * NS_PER_S);
    const { rows } = opened(parquetOf(endpoint)[0]!);
    expect(rows).toHaveLength(20_000);
    expect(rows).toContainEqual({ id: '499n' });
  });

  test('is made of what a function returns, in the partition of each record', async () => {
    const lambda = localLambda({
      f: ({ records }) => ({
        records: records.map(({ recordId, data }) => {
          const [id, k] = Buffer.from(data, 'base64').toString().split(',');
          return { recordId, result: 'Ok' as const, data: base64(JSON.stringify({ id, k })) };
        }),
      }),
    });
    const { DataFormatConversionConfiguration } = converted('lake.other');
    const placed = partitioned('!{partitionKeyFromQuery:k}/', extraction('{k: .k}'), lambdaProcessor('f'));
    const endpoint = await ready({ ...placed, DataFormatConversionConfiguration }, { lambda });
    await put(endpoint, '1,a', '2,b', '3,a', 'x,b');
    await endpoint.clock.advance(62 * NS_PER_S);
    const files = parquetOf(endpoint).map((file) => [file.key[0], opened(file).rows]);
    expect(files).toEqual([
      ['a', [{ id: '1n' }, { id: '3n' }]],
      ['b', [{ id: '2n' }]],
    ]);
    expect(errorsOf(endpoint)).toMatchObject([{ rawData: base64('{"id":"x","k":"b"}') }]);
  });
});

test('a row that does not fit is an error record with its raw data, and the others are converted', async () => {
  const endpoint = await ready(converted('lake.other'));
  const arrivalTimestamp = endpoint.clock.now();
  await put(endpoint, '{"id":1}', '{"id":"oops"}', 'no', ' ', '[1]', '{"id":1}{"id":', '{"id":2}');
  await endpoint.clock.advance(60 * NS_PER_S);
  expect(opened(parquetOf(endpoint)[0]!).rows).toEqual([{ id: '1n' }, { id: '2n' }]);
  const errors = errorsOf(endpoint);
  expect(errors[0]).toEqual({
    attemptsMade: 1,
    arrivalTimestamp,
    lastErrorCode: 'DataFormatConversion.MalformedData',
    lastErrorMessage: 'Data does not match the schema. For input string: "oops"',
    attemptEndingTimestamp: arrivalTimestamp,
    rawData: base64('{"id":"oops"}'),
    dataCatalogTable: {
      catalogId: '000000000000',
      databaseName: 'lake',
      tableName: 'other',
      versionId: 'LATEST',
      region: 'us-east-1',
    },
  });
  expect(errors.slice(1).map(({ lastErrorCode, rawData }) => [lastErrorCode, rawData])).toEqual([
    ['DataFormatConversion.ParseError', base64('no')],
    ['DataFormatConversion.MalformedData', base64(' ')],
    ['DataFormatConversion.MalformedData', base64('[1]')],
    ['DataFormatConversion.ParseError', base64('{"id":1}{"id":')],
  ]);
  const [bad] = endpoint.held.objects.filter(({ key }) => key.startsWith('format-conversion-failed/2026/01/01/00/d-'));
  expect(bad).toMatchObject({ contentEncoding: undefined, key: expect.stringMatching(/[0-9a-f]$/) });
});

describe('an update', () => {
  const update = (endpoint: VirtualEndpoint, version: number, change: object) =>
    endpoint.firehose.must('UpdateDestination', {
      DeliveryStreamName,
      CurrentDeliveryStreamVersionId: String(version),
      DestinationId: 'destinationId-000000000001',
      ExtendedS3DestinationUpdate: { DataFormatConversionConfiguration: change },
    });

  test('of the table or of the conversion itself leaves what is buffered as it was', async () => {
    const endpoint = await ready(converted('lake.readings'));
    await put(endpoint, '{"id":1,"name":"a"}');
    await update(endpoint, 1, { SchemaConfiguration: { TableName: 'other' } });
    await put(endpoint, '{"id":2,"name":"b"}');
    await update(endpoint, 2, { Enabled: false });
    await put(endpoint, 'text');
    await endpoint.clock.advance(60 * NS_PER_S);
    const [first, second] = parquetOf(endpoint);
    expect(opened(first!).rows).toMatchObject([{ id: '1n', name: 'a' }]);
    expect(opened(second!).rows).toEqual([{ id: '2n' }]);
    expect(endpoint.held.objects.map(({ body }) => Buffer.from(body).toString())).toContain('text');
    expect(endpoint.endpoint.memory.bytes).toBe(0);
  });

  test('begins to convert, and keeps the text that is there', async () => {
    const endpoint = await ready({ BufferingHints: { SizeInMBs: 64, IntervalInSeconds: 60 } });
    await put(endpoint, 'text');
    const { DataFormatConversionConfiguration } = converted('lake.other');
    await update(endpoint, 1, DataFormatConversionConfiguration!);
    await put(endpoint, '{"id":1}');
    await endpoint.clock.advance(60 * NS_PER_S);
    expect(endpoint.held.objects.map(({ body }) => Buffer.from(body).toString('latin1', 0, 4))).toEqual([
      'text',
      'PAR1',
    ]);
  });
});

describe('a conversion', () => {
  const conversion = (change: object) => {
    const { DataFormatConversionConfiguration: whole, ...rest } = converted('lake.other');
    return { ...rest, DataFormatConversionConfiguration: { ...whole, ...change } };
  };
  const serializer = (Serializer: object) => conversion({ OutputFormatConfiguration: { Serializer } });
  const deserializer = (Deserializer: object) => conversion({ InputFormatConfiguration: { Deserializer } });

  test.each([
    [
      'with a compression of S3',
      converted('lake.other', { CompressionFormat: 'GZIP' }),
      /CompressionFormat must be UNCOMPRESSED/,
    ],
    [
      'with a small buffer',
      converted('lake.other', { BufferingHints: { SizeInMBs: 63, IntervalInSeconds: 60 } }),
      /at least 64 when data/,
    ],
    ['to ORC', serializer({ OrcSerDe: {} }), /OrcSerDe is not built in this reference yet/],
    ['to both', serializer({ OrcSerDe: {}, ParquetSerDe: {} }), /Exactly one of ParquetSerDe/],
    ['from nothing', deserializer({}), /Exactly one of OpenXJsonSerDe/],
    [
      'with times of Joda',
      deserializer({ HiveJsonSerDe: { TimestampFormats: ['yyyy'] } }),
      /TimestampFormats other than millis/,
    ],
    ['without a schema', { DataFormatConversionConfiguration: { Enabled: true } }, /are required when data format/],
    ['without a table', conversion({ SchemaConfiguration: { DatabaseName: 'lake' } }), /TableName are required/],
    ['by a table that is not there', converted('lake.nowhere'), /The table lake\.nowhere is not among those/],
  ])('%s is refused', async (_what, destination, message) => {
    const ExtendedS3DestinationConfiguration = {
      RoleARN: 'arn:aws:iam::000000000000:role/firehose',
      BucketARN: 'arn:aws:s3:::lake',
      ...destination,
    };
    const input = { DeliveryStreamName, ExtendedS3DestinationConfiguration };
    const outcome = await virtualEndpoint({ tables }).firehose.call('CreateDeliveryStream', input);
    expect(outcome).toMatchObject({
      ok: false,
      name: 'InvalidArgumentException',
      message: expect.stringMatching(message),
    });
  });

  test('of another destination than extended S3 is refused', async () => {
    const S3DestinationConfiguration = {
      RoleARN: 'arn:aws:iam::000000000000:role/firehose',
      BucketARN: 'arn:aws:s3:::lake',
      ...converted('lake.other'),
    };
    const input = { DeliveryStreamName, S3DestinationConfiguration };
    const outcome = await virtualEndpoint({ tables }).firehose.call('CreateDeliveryStream', input);
    expect(outcome).toMatchObject({ message: expect.stringMatching(/ExtendedS3DestinationConfiguration alone/) });
  });

  test('that is switched off changes nothing, and its buffer is 128 MB where none is asked for', async () => {
    const off = await ready({
      BufferingHints: { SizeInMBs: 1, IntervalInSeconds: 60 },
      ...conversion({ Enabled: false, SchemaConfiguration: undefined }),
      CompressionFormat: 'GZIP',
    });
    await put(off, 'text');
    await off.clock.advance(60 * NS_PER_S);
    expect(off.held.objects.map(({ contentEncoding }) => contentEncoding)).toEqual(['gzip']);
    const { BufferingHints: _hints, ...rest } = converted('lake.other');
    const on = await ready(rest);
    const { DeliveryStreamDescription } = await on.firehose.must('DescribeDeliveryStream', { DeliveryStreamName });
    expect(DeliveryStreamDescription.Destinations[0]!.ExtendedS3DestinationDescription!.BufferingHints).toEqual({
      SizeInMBs: 128,
      IntervalInSeconds: 300,
    });
  });
});
