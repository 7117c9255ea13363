/** Each record in the buffer of its partition: keys by query and by function, limits, and what has no partition. */
import { describe, expect, test } from 'vitest';
import { NS_PER_S } from '../../clock.ts';
import { virtualEndpoint, type VirtualEndpoint } from '../virtual-endpoint.ts';
import type { DestinationObject } from './destination.ts';
import { localLambda } from './lambda.ts';
import { extraction, lambdaProcessor, partitioned } from './processing-faults.test-data.ts';

const DeliveryStreamName = 'd';
const base64 = (text: string) => Buffer.from(text).toString('base64');
const text = ({ body }: DestinationObject) => Buffer.from(body).toString();
const byK = '!{partitionKeyFromQuery:k}/';

async function ready(destination: object, options = {}): Promise<VirtualEndpoint> {
  const endpoint = virtualEndpoint(options);
  await endpoint.firehose.create(DeliveryStreamName, destination);
  return endpoint;
}

async function put({ firehose }: VirtualEndpoint, ...texts: string[]): Promise<void> {
  const Records = texts.map((each) => ({ Data: base64(each) }));
  await firehose.must('PutRecordBatch', { DeliveryStreamName, Records });
}

/** What was delivered: the part of each key before the name of the file, and the text. */
const placed = ({ held }: VirtualEndpoint) =>
  held.objects.map((object) => [object.key.replace(/d-\d+-\d{4}-.*/, ''), text(object)]);

describe('a record', () => {
  test('goes to the partition of its keys, each with a buffer and an age of its own', async () => {
    const endpoint = await ready(partitioned(`t/${byK}`, extraction('{k: .k}')));
    await put(endpoint, '{"k":"a","n":1}', '{"k":"b","n":2}', '{"k":"a","n":3}');
    await endpoint.clock.advance(30 * NS_PER_S);
    await put(endpoint, '{"k":"c"}', '{"k":"b"}');
    await endpoint.clock.advance(30 * NS_PER_S);
    expect(placed(endpoint)).toEqual([
      ['t/a/', '{"k":"a","n":1}{"k":"a","n":3}'],
      ['t/b/', '{"k":"b","n":2}{"k":"b"}'],
    ]);
    await endpoint.clock.advance(30 * NS_PER_S);
    expect(placed(endpoint).slice(2)).toEqual([['t/c/', '{"k":"c"}']]);
  });

  test('has keys that are numbers, and times beside them: another hour is another partition', async () => {
    const prefix = '!{partitionKeyFromQuery:k}/!{timestamp:HH}/!{firehose:random-string}/';
    const endpoint = await ready(partitioned(prefix, extraction('{k: .k}')));
    await endpoint.clock.advance(3590 * NS_PER_S);
    await put(endpoint, '{"k":7}');
    await endpoint.clock.advance(10 * NS_PER_S);
    await put(endpoint, '{"k":7}');
    await endpoint.clock.advance(60 * NS_PER_S);
    expect(endpoint.held.objects.map(({ key }) => key.replace(/[a-z0-9]{11}\/d-.*/, ''))).toEqual(['7/00/', '7/01/']);
  });

  test('is taken apart first, then goes through the function, then is placed', async () => {
    const lambda = localLambda({
      f: ({ records }) => ({
        records: records.map(({ recordId, data }) => ({
          recordId,
          result: 'Ok',
          data: base64(Buffer.from(data, 'base64').toString().replace('"x"', '"y"')),
          metadata: { partitionKeys: { turn: recordId.slice(-1) } },
        })),
      }),
    });
    const apart = {
      Type: 'RecordDeAggregation',
      Parameters: [{ ParameterName: 'SubRecordType', ParameterValue: 'JSON' }],
    };
    const prefix = `${byK}!{partitionKeyFromLambda:turn}/`;
    const destination = partitioned(prefix, extraction('{k: .k}'), lambdaProcessor('f'), apart);
    const endpoint = await ready(destination, { lambda });
    await put(endpoint, '{"k":"x"}{"k":"z"}');
    await endpoint.clock.advance(62 * NS_PER_S);
    expect(placed(endpoint)).toEqual([
      ['y/1/', '{"k":"y"}'],
      ['z/2/', '{"k":"z"}'],
    ]);
  });

  test('is taken apart by a delimiter', async () => {
    const Parameters = [
      { ParameterName: 'SubRecordType', ParameterValue: 'DELIMITED' },
      { ParameterName: 'Delimiter', ParameterValue: base64('####') },
    ];
    const apart = { Type: 'RecordDeAggregation', Parameters };
    const endpoint = await ready(partitioned(byK, extraction('{k: .k}'), apart));
    await put(endpoint, '{"k":1}####{"k":2}');
    await endpoint.clock.advance(60 * NS_PER_S);
    expect(placed(endpoint)).toEqual([
      ['1/', '{"k":1}'],
      ['2/', '{"k":2}'],
    ]);
  });

  test('without its keys is an error record, and the others are placed', async () => {
    const endpoint = await ready(partitioned(byK, extraction('{k: .k}')));
    const arrivalTimestamp = endpoint.clock.now();
    await put(endpoint, 'no', '{"k":""}', '{}', '{"k":[1]}', '{"k":"a"}');
    await endpoint.clock.advance(60 * NS_PER_S);
    const [good, bad] = endpoint.held.objects.toSorted((a, b) => a.key.localeCompare(b.key));
    expect(good!.key).toMatch(/^a\//);
    expect(bad!.key).toMatch(/^errors\/metadata-extraction-failed\/2026\/01\/01\/00\/d-/);
    const lines = text(bad!)
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    const of = (data: string, errorMessage: string) => ({
      attemptsMade: 1,
      arrivalTimestamp,
      errorCode: 'DynamicPartitioning.MetadataExtractionFailed',
      errorMessage,
      attemptEndingTimestamp: arrivalTimestamp,
      rawData: base64(data),
    });
    const empty = 'partitionKeys values must not be null or empty';
    expect(lines).toEqual([
      of('no', 'Non JSON record provided'),
      of('{"k":""}', empty),
      of('{}', empty),
      of('{"k":[1]}', empty),
    ]);
  });

  test('that comes while the keys of others are looked for is placed after them', async () => {
    const endpoint = await ready(partitioned(byK, extraction('{k: .k}')));
    const puts: Promise<void>[] = [];
    for (let n = 0; n < 20; n += 1) {
      puts.push(put(endpoint, `{"k":${n}}`));
      await Promise.resolve();
    }
    await Promise.all(puts);
    await endpoint.clock.advance(60 * NS_PER_S);
    expect(placed(endpoint)).toEqual(Array.from({ length: 20 }, (_, n) => [`${n}/`, `{"k":${n}}`]));
    expect(endpoint.endpoint.memory.bytes).toBe(0);
  });

  test('has no key by a name that every JavaScript object has', async () => {
    const endpoint = await ready(partitioned('!{partitionKeyFromQuery:constructor}/', extraction('{k: .k}')));
    await put(endpoint, '{"k":1}');
    await endpoint.clock.advance(60 * NS_PER_S);
    expect(endpoint.held.objects.map(({ key }) => key)).toEqual([
      expect.stringMatching(/^errors\/metadata-extraction-failed\//),
    ]);
  });

  test('with a key that makes the prefix too long is an error record', async () => {
    const endpoint = await ready(partitioned(byK, extraction('{k: .k}')));
    await put(endpoint, JSON.stringify({ k: 'x'.repeat(512) }), JSON.stringify({ k: 'y'.repeat(511) }));
    await endpoint.clock.advance(60 * NS_PER_S);
    expect(placed(endpoint).map(([key]) => key![0])).toEqual(['e', 'y']);
  });
});

describe('partitions', () => {
  const keys = (from: number, count: number) =>
    Array.from({ length: count }, (_, index) => JSON.stringify({ k: `k${from + index}` }));

  test('are 500 at the most, until their objects are delivered; what is beyond is an error record', async () => {
    const endpoint = await ready(partitioned(byK, extraction('{k: .k}')));
    await put(endpoint, ...keys(0, 499));
    await put(endpoint, ...keys(498, 3));
    await endpoint.clock.advance(60 * NS_PER_S);
    const first = placed(endpoint);
    expect(first).toHaveLength(501);
    const [beyond] = first.filter(([key]) => key!.startsWith('errors/'));
    expect(beyond![0]).toBe('errors/activePartitionExceeded/2026/01/01/00/');
    expect(JSON.parse(beyond![1]!)).toMatchObject({ rawData: base64('{"k":"k500"}') });
    await put(endpoint, ...keys(500, 500));
    await endpoint.clock.advance(60 * NS_PER_S);
    expect(placed(endpoint)).toHaveLength(1001);
  });

  test('whose destination is down count as active', async () => {
    const endpoint = await ready(partitioned(byK, extraction('{k: .k}')));
    endpoint.held.write = () => Promise.reject(new Error('503'));
    await put(endpoint, ...keys(0, 500));
    await endpoint.clock.advance(70 * NS_PER_S);
    const { write } = Object.getPrototypeOf(endpoint.held);
    endpoint.held.write = write;
    await put(endpoint, ...keys(600, 1));
    await endpoint.clock.advance(600 * NS_PER_S);
    const delivered = placed(endpoint);
    expect(delivered).toHaveLength(501);
    expect(delivered.filter(([key]) => key!.startsWith('errors/activePartitionExceeded/'))).toHaveLength(1);
  });

  test('are tried for as long as the retry options say, and then their records are error records', async () => {
    const retry = { DynamicPartitioningConfiguration: { Enabled: true, RetryOptions: { DurationInSeconds: 600 } } };
    const newline = { Type: 'AppendDelimiterToRecord' };
    const endpoint = await ready({ ...partitioned(byK, extraction('{k: .k}'), newline), ...retry });
    const { write } = Object.getPrototypeOf(endpoint.held);
    const tried: number[] = [];
    const beganMs = endpoint.clock.now();
    endpoint.held.write = (object) => {
      if (object.key.startsWith('errors/')) return write.call(endpoint.held, object);
      tried.push((endpoint.clock.now() - beganMs) / 1000);
      return Promise.reject(new Error('503'));
    };
    await put(endpoint, '{"k":"a","n":1}', '{"k":"a","n":2}');
    // The interval of the partition, ten minutes of pauses, and the interval of the error records.
    await endpoint.clock.advance((60 + 600) * NS_PER_S - 1);
    const before = tried.length;
    await endpoint.clock.advance(1);
    expect(tried).toHaveLength(before + 1);
    expect([tried[0], tried.at(-1)]).toEqual([60, 660]);
    await endpoint.clock.advance(3600 * NS_PER_S);
    expect(tried).toHaveLength(before + 1);
    const [[prefix, lines]] = placed(endpoint) as [[string, string]];
    expect(prefix).toBe('errors/s3-failed/2026/01/01/00/');
    const records = lines.trimEnd().split('\n');
    expect(records.map((line) => JSON.parse(line) as unknown)).toEqual(
      ['{"k":"a","n":1}', '{"k":"a","n":2}'].map((data) => ({
        attemptsMade: before + 1,
        arrivalTimestamp: beganMs,
        errorCode: 'S3.DeliveryFailed',
        errorMessage: 'S3 did not take the object of the record within 600 seconds of retries.',
        attemptEndingTimestamp: beganMs + 660_000,
        rawData: base64(data),
      })),
    );
    expect(endpoint.endpoint.memory.bytes).toBe(0);
  });

  test.each([
    [0, 1],
    [undefined, 301],
  ])(
    'with a retry duration of %s are given up in time; while all of S3 is down the error records wait',
    async (DurationInSeconds, seconds) => {
      const RetryOptions = DurationInSeconds === undefined ? undefined : { DurationInSeconds };
      const given = { Enabled: true, ...(RetryOptions && { RetryOptions }) };
      const destination = { ...partitioned(byK, extraction('{k: .k}')), DynamicPartitioningConfiguration: given };
      const endpoint = await ready(destination);
      const { write } = Object.getPrototypeOf(endpoint.held);
      endpoint.held.write = () => Promise.reject(new Error('503'));
      await put(endpoint, '{"k":"a"}');
      await endpoint.clock.advance((60 + seconds) * NS_PER_S);
      endpoint.held.write = write;
      await endpoint.clock.advance(300 * NS_PER_S);
      expect(placed(endpoint).map(([key]) => key)).toEqual(['errors/s3-failed/2026/01/01/00/']);
      // A day later they would be lost, as any object; within it nothing is.
      expect(endpoint.endpoint.memory.bytes).toBe(0);
    },
  );

  test('are delivered when S3 is there again before that', async () => {
    const endpoint = await ready(partitioned(byK, extraction('{k: .k}')));
    const { write } = Object.getPrototypeOf(endpoint.held);
    endpoint.held.write = () => Promise.reject(new Error('503'));
    await put(endpoint, '{"k":"a"}');
    await endpoint.clock.advance((60 + 200) * NS_PER_S);
    endpoint.held.write = write;
    await endpoint.clock.advance(120 * NS_PER_S);
    expect(placed(endpoint)).toEqual([['a/', '{"k":"a"}']]);
  });

  test('are delivered when their stream is deleted, and give all memory back', async () => {
    const endpoint = await ready(partitioned(byK, extraction('{k: .k}')));
    await put(endpoint, ...keys(0, 3));
    const deleted = endpoint.firehose.must('DeleteDeliveryStream', { DeliveryStreamName });
    await deleted;
    await endpoint.clock.advance(NS_PER_S);
    expect(placed(endpoint)).toHaveLength(3);
    expect(endpoint.endpoint.memory.bytes).toBe(0);
    expect(endpoint.clock.sleeping).toBe(0);
  });

  test('go by an update of the destination; another prefix holds for what comes from then on', async () => {
    const endpoint = await ready(partitioned(byK, extraction('{k: .k}')));
    await put(endpoint, '{"k":"a"}');
    await endpoint.clock.advance(0);
    const update = (ExtendedS3DestinationUpdate: object) =>
      endpoint.firehose.call('UpdateDestination', {
        DeliveryStreamName,
        CurrentDeliveryStreamVersionId: '1',
        DestinationId: 'destinationId-000000000001',
        ExtendedS3DestinationUpdate,
      });
    expect(await update({ DynamicPartitioningConfiguration: { Enabled: false } })).toMatchObject({
      message: expect.stringMatching(/neither be enabled nor disabled/),
    });
    expect(await update({ Prefix: `new/${byK}` })).toMatchObject({ ok: true });
    await endpoint.clock.advance(0);
    await put(endpoint, '{"k":"a"}');
    await endpoint.clock.advance(60 * NS_PER_S);
    expect(placed(endpoint)).toEqual([
      ['a/', '{"k":"a"}'],
      ['new/a/', '{"k":"a"}'],
    ]);
  });
});

describe('a destination with partitions', () => {
  const query = extraction('{k: .k}');
  const lambdaKey = '!{partitionKeyFromLambda:k}/';
  const apart = (type: string) => ({
    Type: 'RecordDeAggregation',
    Parameters: [{ ParameterName: 'SubRecordType', ParameterValue: type }],
  });
  const off = { DynamicPartitioningConfiguration: { Enabled: false } };

  test.each([
    ['no keys in its prefix', partitioned('a/', query), /S3 Prefix should contain Dynamic Partitioning namespaces/],
    ['no processor', { ...partitioned(byK), ProcessingConfiguration: {} }, /Processing Configuration is not enabled/],
    ['a key of a query that it has not', partitioned(byK, lambdaProcessor('f')), /MetadataExtraction processor should/],
    ['a key of a function that it has not', partitioned(lambdaKey, query), /Lambda should be present/],
    [
      'a small buffer',
      { ...partitioned(byK, query), BufferingHints: { SizeInMBs: 63, IntervalInSeconds: 60 } },
      /at least 64/,
    ],
    [
      'no buffering',
      { ...partitioned(byK, query), BufferingHints: { SizeInMBs: 64, IntervalInSeconds: 0 } },
      /not be 0/,
    ],
    ['no error prefix', { ...partitioned(byK, query), ErrorOutputPrefix: '' }, /ErrorOutputPrefix cannot be null/],
    ['a key in its error prefix', { ...partitioned(byK, query), ErrorOutputPrefix: byK }, /is for Prefix alone/],
    ['another engine', partitioned(byK, { ...query, Parameters: [query.Parameters[0]!] }), /must be JQ-1.6/],
    [
      'no query',
      partitioned(byK, { ...query, Parameters: [query.Parameters[1]!] }),
      /MetadataExtractionQuery is required/,
    ],
    ['records taken apart otherwise', partitioned(byK, query, apart('XML')), /SubRecordType must be JSON or DELIMITED/],
    ['no delimiter', partitioned(byK, query, apart('DELIMITED')), /Delimiter must be given in base64/],
    ['partitioning switched off', { ...partitioned(byK, query), ...off }, /can only be part of a prefix expression/],
    ['a query without partitioning', { ...partitioned('a/', query), ...off }, /MetadataExtractionProcessor can only/],
    ['parts without partitioning', { ...partitioned('a/', apart('JSON')), ...off }, /RecordDeAggregationProcessor can/],
  ])('and %s is refused', async (_what, destination, message) => {
    const outcome = await virtualEndpoint().firehose.call('CreateDeliveryStream', {
      DeliveryStreamName,
      ExtendedS3DestinationConfiguration: {
        RoleARN: 'arn:aws:iam::000000000000:role/firehose',
        BucketARN: 'arn:aws:s3:::lake',
        ...destination,
      },
    });
    expect(outcome).toMatchObject({
      ok: false,
      name: 'InvalidArgumentException',
      message: expect.stringMatching(message),
    });
  });

  test('has buffers of 128 MB where none are asked for', async () => {
    const { BufferingHints: _hints, ...rest } = partitioned(byK, query);
    const endpoint = await ready(rest);
    const { DeliveryStreamDescription } = await endpoint.firehose.must('DescribeDeliveryStream', {
      DeliveryStreamName,
    });
    expect(DeliveryStreamDescription.Destinations[0]!.ExtendedS3DestinationDescription!.BufferingHints).toEqual({
      SizeInMBs: 128,
      IntervalInSeconds: 300,
    });
  });
});
