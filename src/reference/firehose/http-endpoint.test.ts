/** HTTP endpoints: what is sent, which answers count, and what becomes of records that nobody takes. */
import { describe, expect, test } from 'vitest';
import { NS_PER_S } from '../../clock.ts';
import type { HttpEndpointConfiguration } from '../../protocol/firehose/operations.ts';
import { virtualEndpoint, type VirtualEndpoint } from '../virtual-endpoint.ts';
import { bodyOf, HttpReceiver } from './http-receiver.test-data.ts';
import { SendError } from './sender.ts';
import {
  D,
  DestinationId,
  failedIn,
  header,
  hints,
  json,
  put,
  rawIn,
  S3Configuration,
  spokenTo,
  trickle,
} from './spoken.test-data.ts';

const unavailable = () => json(503, { errorMessage: 'down' });

const url = 'https://receiver.invalid/take?it';
const http = (more: Partial<HttpEndpointConfiguration> = {}) => ({
  HttpEndpointDestinationConfiguration: {
    EndpointConfiguration: { Url: url, Name: 'mine', AccessKey: 'secret' },
    ...hints(1, 60),
    S3Configuration,
    ...more,
  },
});

async function ready(more: Partial<HttpEndpointConfiguration> = {}, options = {}) {
  const receiver = new HttpReceiver();
  return { receiver, endpoint: await spokenTo(receiver.take, http(more), options) };
}

const minute = ({ clock }: VirtualEndpoint, count = 1) => clock.advance(count * 60 * NS_PER_S);

describe('a request', () => {
  test('has the records of a buffer in base64, an id, a time, and the headers of the protocol', async () => {
    const { receiver, endpoint } = await ready();
    await put(endpoint, 'one');
    await put(endpoint, '');
    await minute(endpoint);
    const [request] = receiver.requests;
    const { requestId, ...body } = bodyOf(request!);
    expect(body).toEqual({ timestamp: endpoint.clock.now(), records: [{ data: 'b25l' }, { data: '' }] });
    expect(request).toMatchObject({ url });
    expect(request!.headers).toEqual({
      'content-type': 'application/json',
      'x-amz-firehose-protocol-version': '1.0',
      'x-amz-firehose-request-id': requestId,
      'x-amz-firehose-source-arn': 'arn:aws:firehose:us-east-1:000000000000:deliverystream/d',
      'x-amz-firehose-access-key': 'secret',
    });
    expect(requestId).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(endpoint.endpoint.memory.bytes).toBe(0);
    expect(endpoint.clock.sleeping).toBe(0);
  });

  test('is compressed and has attributes where the configuration says so', async () => {
    const { receiver, endpoint } = await ready({
      RequestConfiguration: {
        ContentEncoding: 'GZIP',
        CommonAttributes: [{ AttributeName: 'team', AttributeValue: 'blau, 5 €' }],
      },
    });
    await put(endpoint, 'one');
    await minute(endpoint);
    expect(header(receiver.requests[0]!, 'content-encoding')).toBe('gzip');
    const attributes = header(receiver.requests[0]!, 'x-amz-firehose-common-attributes');
    expect(attributes).toBe(String.raw`{"commonAttributes":{"team":"blau, 5 \u20ac"}}`);
    expect(receiver.records).toEqual(['one']);
  });

  test('has 10,000 records at the most', async () => {
    const { receiver, endpoint } = await ready();
    const Records = Array.from({ length: 500 }, () => ({ Data: 'YQ==' }));
    for (let call = 0; call < 21; call += 1) {
      await endpoint.firehose.must('PutRecordBatch', { DeliveryStreamName: D, Records });
    }
    await minute(endpoint);
    expect(receiver.requests.map((request) => bodyOf(request).records.length)).toEqual([10_000, 500]);
  });

  test('is sent when the size is reached', async () => {
    const { receiver, endpoint } = await ready();
    await put(endpoint, 'x'.repeat(1_000_000));
    await put(endpoint, 'y'.repeat(48_576));
    await endpoint.clock.advance(1);
    expect(receiver.records.map(({ length }) => length)).toEqual([1_000_000, 48_576]);
  });
});

describe('an answer', () => {
  const text = (body: string, headers = { 'content-type': 'application/json' }) => ({
    status: 200,
    headers,
    body: Buffer.from(body),
  });
  test.each<[string, NonNullable<HttpReceiver['instead']>, string, string]>([
    [
      '503',
      unavailable,
      'DestinationException',
      'The following response was received from the endpoint destination. 503',
    ],
    ['201', () => json(201, {}), 'DestinationException', '201'],
    [
      'of another request',
      () => json(200, { requestId: 'x', timestamp: 1 }),
      'InvalidResponseFromDestination',
      'requestId',
    ],
    ['without a time', (_, requestId) => json(200, { requestId }), 'InvalidResponseFromDestination', 'timestamp'],
    ['that is no JSON', () => text('ok'), 'InvalidResponseFromDestination', 'not JSON'],
    ['that is null', () => text('null'), 'InvalidResponseFromDestination', 'not an object'],
    ['of text', () => text('{}', { 'content-type': 'text/plain' }), 'InvalidResponseFromDestination', 'content type'],
    ['that never comes', () => new Promise<never>(() => {}), 'RequestTimeout', '3 minutes'],
    ['cut off', () => Promise.reject(new SendError('connection-reset')), 'ConnectionReset', 'reset'],
    ['of nobody', () => Promise.reject(new Error('?')), 'ConnectionFailed', 'No connection'],
    ['that is endless', () => Promise.reject(new SendError('answer-too-large')), 'ResponseTooLarge', '1 MiB'],
  ])(
    '%s is a failure, and with no time to try again the backup has the record',
    async (_what, instead, code, message) => {
      const { receiver, endpoint } = await ready({ RetryOptions: { DurationInSeconds: 0 } });
      receiver.instead = instead;
      const arrivedMs = endpoint.clock.now();
      await put(endpoint, 'lost?');
      await minute(endpoint, 6);
      expect(receiver.requests).toHaveLength(1);
      const [object] = endpoint.held.objects;
      expect(object).toMatchObject({
        bucket: 'backup',
        key: expect.stringMatching(/^http-endpoint-failed\/2026\/01\/01\/00\/d-1-/),
      });
      expect(failedIn(object!)).toEqual([
        {
          attemptsMade: 1,
          arrivalTimestamp: arrivedMs,
          errorCode: `HttpEndpoint.${code}`,
          errorMessage: expect.stringContaining(message),
          attemptEndingTimestamp: arrivedMs + (code === 'RequestTimeout' ? 240_000 : 60_000),
          rawData: Buffer.from('lost?').toString('base64'),
          subsequenceNumber: 0,
          dataId: expect.stringMatching(/^\d+\.0$/),
        },
      ]);
      expect(endpoint.endpoint.memory.bytes).toBe(0);
      expect(endpoint.clock.sleeping).toBe(0);
    },
  );

  test('413 is final: the records are in no backup either', async () => {
    const { receiver, endpoint } = await ready();
    receiver.instead = () => json(413, {});
    await put(endpoint, 'gone');
    await minute(endpoint, 20);
    expect(receiver.requests).toHaveLength(1);
    expect(endpoint.held.objects).toEqual([]);
  });
});

describe('an endpoint that is down', () => {
  test('for two hours: everything arrives, once, and the ids of requests stay the same', async () => {
    const { receiver, endpoint } = await ready({ RetryOptions: { DurationInSeconds: 7200 } });
    receiver.instead = unavailable;
    const sent = await trickle(endpoint, 120);
    expect(receiver.records).toEqual([]);
    receiver.instead = undefined;
    await minute(endpoint, 3);
    expect(receiver.records.toSorted()).toEqual(sent.toSorted());
    expect(endpoint.held.objects).toEqual([]);
    expect(new Set(receiver.requests.map((request) => bodyOf(request).requestId)).size).toBe(120);
    expect(endpoint.endpoint.memory.bytes).toBe(0);
  });

  test('for longer than the retry duration: what it did not get is in the backup, and nothing is lost', async () => {
    const { receiver, endpoint } = await ready({ RetryOptions: { DurationInSeconds: 600 } });
    receiver.instead = unavailable;
    const sent = await trickle(endpoint, 120);
    receiver.instead = undefined;
    await minute(endpoint, 20);
    const kept = rawIn(endpoint.held.objects);
    expect(kept.length).toBeGreaterThan(100);
    expect(receiver.records.length).toBeGreaterThan(5);
    expect([...kept, ...receiver.records].toSorted()).toEqual(sent.toSorted());
    const { arrivalTimestamp, attemptEndingTimestamp } = failedIn(endpoint.held.objects[0]!)[0]!;
    expect(Number(attemptEndingTimestamp) - Number(arrivalTimestamp)).toBe(60_000 + 600_000);
  });

  test('loses what is not taken at once, with the fault', async () => {
    const { receiver, endpoint } = await ready({}, { faults: ['fh.drop-on-503'] });
    receiver.instead = unavailable;
    await put(endpoint, 'gone');
    await minute(endpoint);
    receiver.instead = undefined;
    await minute(endpoint, 20);
    expect([receiver.records, endpoint.held.objects]).toEqual([[], []]);
  });

  test('is left alone when its stream is gone: what is left is in the backup', async () => {
    const { receiver, endpoint } = await ready();
    receiver.instead = unavailable;
    await put(endpoint, 'left');
    await endpoint.firehose.must('DeleteDeliveryStream', { DeliveryStreamName: D });
    await endpoint.clock.advance(10 * NS_PER_S);
    const { length } = receiver.requests;
    expect(rawIn(endpoint.held.objects)).toEqual(['left']);
    await minute(endpoint, 20);
    expect(receiver.requests).toHaveLength(length);
    expect(endpoint.held.objects).toHaveLength(1);
    expect(endpoint.clock.sleeping).toBe(0);
  });

  test('is forgotten by a reset', async () => {
    const { receiver, endpoint } = await ready();
    receiver.instead = unavailable;
    await put(endpoint, 'left');
    await minute(endpoint);
    endpoint.endpoint.reset();
    await minute(endpoint, 20);
    expect(endpoint.held.objects).toEqual([]);
    expect(endpoint.endpoint.memory.bytes).toBe(0);
    expect(endpoint.clock.sleeping).toBe(0);
  });
});

test('a backup of all data has every record once, and the failed ones under the error prefix too', async () => {
  const { receiver, endpoint } = await ready({
    S3BackupMode: 'AllData',
    RetryOptions: { DurationInSeconds: 0 },
    S3Configuration: { ...S3Configuration, Prefix: 'all/', ErrorOutputPrefix: 'bad/!{firehose:error-output-type}/' },
  });
  receiver.instead = unavailable;
  await put(endpoint, 'a');
  await minute(endpoint, 2);
  receiver.instead = undefined;
  await put(endpoint, 'b');
  await minute(endpoint, 2);
  expect(receiver.records).toEqual(['b']);
  const under = (prefix: string) => endpoint.held.objects.filter(({ key }) => key.startsWith(prefix));
  expect(under('all/').map(({ body }) => Buffer.from(body).toString())).toEqual(['a', 'b']);
  expect(rawIn(under('bad/http-endpoint-failed/'))).toEqual(['a']);
  expect(endpoint.held.objects).toHaveLength(3);
});

test('a backup of all data that is switched off still has what waited for it, when it would have had it', async () => {
  const { receiver, endpoint } = await ready({
    ...hints(1, 10),
    S3BackupMode: 'AllData',
    S3Configuration: { ...S3Configuration, Prefix: 'all/', ErrorOutputPrefix: 'bad/' },
  });
  await put(endpoint, 'a');
  await endpoint.firehose.must('UpdateDestination', {
    DeliveryStreamName: D,
    CurrentDeliveryStreamVersionId: '1',
    DestinationId,
    HttpEndpointDestinationUpdate: { S3BackupMode: 'FailedDataOnly' },
  });
  await put(endpoint, 'b');
  await endpoint.clock.advance(30 * NS_PER_S);
  expect(endpoint.held.objects).toEqual([]);
  await minute(endpoint, 2);
  expect(receiver.records).toEqual(['a', 'b']);
  expect(endpoint.held.objects.map(({ key, body }) => [key.slice(0, 4), Buffer.from(body).toString()])).toEqual([
    ['all/', 'a'],
  ]);
});

describe('a description', () => {
  const shown = async ({ firehose }: VirtualEndpoint) => {
    const { DeliveryStreamDescription: stream } = await firehose.must('DescribeDeliveryStream', {
      DeliveryStreamName: D,
    });
    return stream.Destinations[0];
  };

  test('has every default filled in, and no access key', async () => {
    const { endpoint } = await ready();
    expect(await shown(endpoint)).toEqual({
      DestinationId,
      HttpEndpointDestinationDescription: {
        EndpointConfiguration: { Url: url, Name: 'mine' },
        ...hints(1, 60),
        CloudWatchLoggingOptions: { Enabled: false },
        RequestConfiguration: { ContentEncoding: 'NONE' },
        RetryOptions: { DurationInSeconds: 300 },
        S3BackupMode: 'FailedDataOnly',
        S3DestinationDescription: {
          ...S3Configuration,
          CompressionFormat: 'UNCOMPRESSED',
          EncryptionConfiguration: { NoEncryptionConfig: 'NoEncryption' },
          CloudWatchLoggingOptions: { Enabled: false },
        },
      },
    });
  });

  test('changes with an update, and delivery with it', async () => {
    const { receiver, endpoint } = await ready();
    await put(endpoint, 'a');
    const update = { DeliveryStreamName: D, CurrentDeliveryStreamVersionId: '1', DestinationId };
    await endpoint.firehose.must('UpdateDestination', {
      ...update,
      HttpEndpointDestinationUpdate: {
        EndpointConfiguration: { Url: 'https://other.invalid/' },
        ...hints(2, 120),
        S3Update: { Prefix: 'p/' },
      },
    });
    expect(await shown(endpoint)).toMatchObject({
      HttpEndpointDestinationDescription: {
        EndpointConfiguration: { Url: 'https://other.invalid/' },
        ...hints(2, 120),
        S3DestinationDescription: { BucketARN: 'arn:aws:s3:::backup', Prefix: 'p/' },
      },
    });
    await minute(endpoint);
    expect(receiver.requests).toEqual([]);
    await minute(endpoint);
    expect(receiver.requests.map((request) => request.url)).toEqual(['https://other.invalid/']);
    const other = { ...update, CurrentDeliveryStreamVersionId: '2', ExtendedS3DestinationUpdate: {} };
    expect(await endpoint.firehose.call('UpdateDestination', other)).toMatchObject({
      message: 'ExtendedS3DestinationUpdate does not go with the destination of d: its kind cannot be changed.',
    });
  });
});

const processors = (Type: 'Lambda' | 'Decompression') => ({ Enabled: true, Processors: [{ Type }] });

test.each<[string, Partial<HttpEndpointConfiguration>, string]>([
  ['plain http to elsewhere', { EndpointConfiguration: { Url: 'http://example.com/' } }, 'loopback'],
  ['65 MB', hints(65, 60), 'less than or equal to 64'],
  ['901 s', hints(1, 901), 'less than or equal to 900'],
  ['a size alone', { BufferingHints: { SizeInMBs: 1 } }, 'Both SizeInMBs and'],
  ['two hours and a second', { RetryOptions: { DurationInSeconds: 7201 } }, 'less than or equal to 7200'],
  ['a secret', { SecretsManagerConfiguration: { Enabled: true } }, 'SecretsManagerConfiguration is not built'],
  ['a Lambda without a function', { ProcessingConfiguration: processors('Lambda') }, 'LambdaArn is required'],
  [
    'a decompression',
    { ProcessingConfiguration: processors('Decompression') },
    'The processor Decompression (ProcessingConfiguration) is not built',
  ],
  [
    'a processor of partitions',
    {
      ProcessingConfiguration: {
        Enabled: true,
        Processors: [
          {
            Type: 'RecordDeAggregation',
            Parameters: [{ ParameterName: 'SubRecordType', ParameterValue: 'JSON' }],
          },
        ],
      },
    },
    'can only be present when Dynamic Partitioning is enabled',
  ],
])('%s is refused', async (_what, more, message) => {
  await expect(ready(more)).rejects.toThrow(message);
});

test('a sender that throws, and does not reject, has made no connection', async () => {
  const thrown = () => {
    throw new Error('at once');
  };
  const endpoint = await spokenTo(thrown, http({ RetryOptions: { DurationInSeconds: 0 } }));
  await put(endpoint, 'a');
  await minute(endpoint, 2);
  expect(endpoint.held.objects.flatMap(failedIn)).toMatchObject([{ errorCode: 'HttpEndpoint.ConnectionFailed' }]);
});

test('without a sender there are no such destinations', async () => {
  const { firehose } = virtualEndpoint();
  expect(await firehose.call('CreateDeliveryStream', { DeliveryStreamName: D, ...http() })).toMatchObject({
    name: 'InvalidArgumentException',
    message: 'This endpoint was made without a way to send requests (`sender` of createEndpoint).',
  });
});
