/** Lambda before destinations that are spoken to: who gets what, as it came or as it was made, and that nothing gets lost between. */
import { describe, expect, test } from 'vitest';
import { NS_PER_S } from '../../clock.ts';
import type { CreateDeliveryStreamInput, ProcessingConfiguration } from '../../protocol/firehose/operations.ts';
import { virtualEndpoint, type VirtualEndpoint } from '../virtual-endpoint.ts';
import { HttpReceiver } from './http-receiver.test-data.ts';
import { localLambda, type LambdaHandler } from './lambda.ts';
import { lambdaProcessor, processed } from './processing-faults.test-data.ts';
import { SearchReceiver } from './search-receiver.test-data.ts';
import type { Sender } from './sender.ts';
import { SplunkReceiver } from './splunk-receiver.test-data.ts';
import {
  D,
  DestinationId,
  failedIn,
  hints,
  json,
  put,
  rawIn,
  RoleARN,
  S3Configuration,
  spokenTo,
} from './spoken.test-data.ts';

const FUNCTION = 'arn:aws:lambda:us-east-1:000000000000:function:f';
const base64 = (text: string) => Buffer.from(text).toString('base64');

/** Marks documents, drops those that ask for it, fails on what is none. */
const mark: LambdaHandler = ({ records }) => ({
  records: records.map(({ recordId, data }) => {
    const text = Buffer.from(data, 'base64').toString();
    if (!text.startsWith('{')) return { recordId, result: 'ProcessingFailed', data };
    if (text === '{"drop":1}') return { recordId, result: 'Dropped', data };
    return { recordId, result: 'Ok', data: base64(text.replace('{', '{"m":1,')) };
  }),
});
const sent = ['{"n":1}', '{"drop":1}', 'nonsense', '{"n":2}'];
const made = ['{"m":1,"n":1}', '{"m":1,"n":2}'];

const processing = (...others: { Type: 'AppendDelimiterToRecord' }[]): ProcessingConfiguration =>
  processed(lambdaProcessor('f'), ...others).ProcessingConfiguration!;
const bucket = { ...S3Configuration, Prefix: 'all/', ErrorOutputPrefix: 'bad/!{firehose:error-output-type}/' };
const common = { ...hints(1, 60), RetryOptions: { DurationInSeconds: 0 }, S3Configuration: bucket };
const http = (more: object = {}): Partial<CreateDeliveryStreamInput> => ({
  HttpEndpointDestinationConfiguration: {
    ...common,
    EndpointConfiguration: { Url: 'https://receiver.invalid/' },
    ProcessingConfiguration: processing(),
    ...more,
  },
});

async function ready(sender: Sender, destination: Partial<CreateDeliveryStreamInput>, f: LambdaHandler = mark) {
  return spokenTo(sender, destination, { lambda: localLambda({ f }) });
}

async function putAll(endpoint: VirtualEndpoint, texts: readonly string[] = sent): Promise<void> {
  for (const text of texts) await put(endpoint, text);
}

const minutes = ({ clock }: VirtualEndpoint, count: number) => clock.advance(count * 60 * NS_PER_S);
const under = ({ held }: VirtualEndpoint, prefix: string) => held.objects.filter(({ key }) => key.startsWith(prefix));
const textsUnder = (endpoint: VirtualEndpoint, prefix: string) =>
  under(endpoint, prefix).map(({ body }) => Buffer.from(body).toString());
const rest = ({ endpoint, clock }: VirtualEndpoint) => [endpoint.memory.bytes, clock.sleeping];

/** Each kind with a receiver: what it has, how it is told to refuse, and the error type of the kind. */
const kinds = {
  HTTP: () => {
    const receiver = new HttpReceiver();
    return {
      receiver,
      has: () => receiver.records,
      destination: http({ S3BackupMode: 'AllData' }),
      failed: 'http-endpoint-failed',
    };
  },
  Splunk: () => {
    const receiver = new SplunkReceiver();
    const SplunkDestinationConfiguration = {
      ...common,
      HECEndpoint: 'https://splunk.invalid',
      HECEndpointType: 'Raw' as const,
      HECToken: 'token',
      S3BackupMode: 'AllEvents' as const,
      ProcessingConfiguration: processing({ Type: 'AppendDelimiterToRecord' }),
    };
    const has = () => receiver.taken.flatMap((body) => body.trimEnd().split('\n'));
    return { receiver, has, destination: { SplunkDestinationConfiguration }, failed: 'splunk-failed' };
  },
  OpenSearch: () => {
    const receiver = new SearchReceiver();
    const AmazonopensearchserviceDestinationConfiguration = {
      ...common,
      RoleARN,
      IndexName: 'logs',
      ClusterEndpoint: 'https://search.invalid',
      S3BackupMode: 'AllDocuments' as const,
      ProcessingConfiguration: processing(),
    };
    const has = () => receiver.texts.map((document) => JSON.stringify(document));
    return {
      receiver,
      has,
      destination: { AmazonopensearchserviceDestinationConfiguration },
      failed: 'AmazonOpenSearchService-failed',
    };
  },
};

describe.each(Object.entries(kinds))('%s', (_name, kind) => {
  test('gets what the function made, the backup everything as it came, and what the function failed on', async () => {
    const { receiver, has, destination, failed } = kind();
    const endpoint = await ready(receiver.take, destination);
    await putAll(endpoint);
    await minutes(endpoint, 5);
    expect(has()).toEqual(made);
    expect(textsUnder(endpoint, 'all/')).toEqual([sent.join('')]);
    const errors = under(endpoint, 'bad/processing-failed/');
    expect(errors.flatMap(failedIn)).toMatchObject([{ rawData: base64('nonsense'), lambdaARN: FUNCTION }]);
    expect(errors).toMatchObject([{ bucket: 'backup' }]);
    expect(under(endpoint, `bad/${failed}/`)).toEqual([]);
    expect(rest(endpoint)).toEqual([0, 0]);
  });

  test('that is down leaves what the function made to the backup, apart from what the function failed on', async () => {
    const { receiver, has, destination, failed } = kind();
    const endpoint = await ready(receiver.take, destination);
    receiver.instead = () => json(503, {});
    await putAll(endpoint);
    await minutes(endpoint, 10);
    expect(has()).toEqual([]);
    expect(rawIn(under(endpoint, `bad/${failed}/`)).map((text) => text.trimEnd())).toEqual(made);
    expect(rawIn(under(endpoint, 'bad/processing-failed/'))).toEqual(['nonsense']);
    expect(textsUnder(endpoint, 'all/')).toEqual([sent.join('')]);
    expect(endpoint.held.objects).toHaveLength(3);
    expect(rest(endpoint)).toEqual([0, 0]);
  });

  test('gets what waited for the function when the stream is deleted', async () => {
    const { receiver, has, destination } = kind();
    const endpoint = await ready(receiver.take, destination);
    await putAll(endpoint);
    await endpoint.firehose.must('DeleteDeliveryStream', { DeliveryStreamName: D });
    await minutes(endpoint, 5);
    expect(has()).toEqual(made);
    expect(textsUnder(endpoint, 'all/').join('')).toBe(sent.join(''));
    expect(rawIn(under(endpoint, 'bad/processing-failed/'))).toEqual(['nonsense']);
    expect(rest(endpoint)).toEqual([0, 0]);
  });
});

test('a function that is down fails every record into the backup, and the endpoint hears of none', async () => {
  const receiver = new HttpReceiver();
  const endpoint = await ready(receiver.take, http(), () => Promise.reject(new Error('down')));
  await putAll(endpoint);
  await minutes(endpoint, 10);
  expect(receiver.requests).toEqual([]);
  expect(rawIn(under(endpoint, 'bad/processing-failed/'))).toEqual(sent);
  expect(rest(endpoint)).toEqual([0, 0]);
});

test('both down for two hours and then not: every record is in one place, once', async () => {
  const receiver = new HttpReceiver();
  let down = true;
  const endpoint = await ready(receiver.take, http({ RetryOptions: { DurationInSeconds: 600 } }), (event) =>
    down ? Promise.reject(new Error('down')) : mark(event),
  );
  receiver.instead = () => json(503, {});
  const numbered = Array.from({ length: 180 }, (_, n) => `{"n":${n}}`);
  for (const [n, text] of numbered.entries()) {
    if (n === 60) down = false;
    if (n === 120) receiver.instead = undefined;
    await put(endpoint, text);
    await minutes(endpoint, 1);
  }
  await minutes(endpoint, 30);
  const unmarked = (text: string) => text.replace('"m":1,', '');
  const failed = rawIn(under(endpoint, 'bad/http-endpoint-failed/')).map(unmarked);
  const unprocessed = rawIn(under(endpoint, 'bad/processing-failed/'));
  const taken = receiver.records.map(unmarked);
  expect(failed.length * unprocessed.length * taken.length).toBeGreaterThan(0);
  expect([...taken, ...failed, ...unprocessed].sort()).toEqual(numbered.sort());
  expect(rest(endpoint)).toEqual([0, 0]);
});

test('a Kinesis stream as the source goes the same way', async () => {
  const receiver = new HttpReceiver();
  const endpoint = virtualEndpoint({ sender: receiver.take, lambda: localLambda({ f: mark }) });
  await endpoint.stream('s', 1);
  await endpoint.firehose.must('CreateDeliveryStream', {
    DeliveryStreamName: D,
    DeliveryStreamType: 'KinesisStreamAsSource',
    KinesisStreamSourceConfiguration: { KinesisStreamARN: 'arn:aws:kinesis:us-east-1:000000000000:stream/s', RoleARN },
    ...http({ S3BackupMode: 'AllData' }),
  });
  await endpoint.clock.advance(2 * NS_PER_S);
  for (const text of sent) {
    await endpoint.must('PutRecord', { StreamName: 's', PartitionKey: 'k', Data: base64(text) });
  }
  await minutes(endpoint, 5);
  expect(receiver.records).toEqual(made);
  expect(textsUnder(endpoint, 'all/')).toEqual([sent.join('')]);
  expect(rawIn(under(endpoint, 'bad/processing-failed/'))).toEqual(['nonsense']);
});

test('is forgotten by a reset, wherever records are', async () => {
  const receiver = new HttpReceiver();
  const endpoint = await ready(
    receiver.take,
    http({ RetryOptions: { DurationInSeconds: 0 }, S3BackupMode: 'AllData' }),
  );
  receiver.instead = () => json(503, {});
  await putAll(endpoint);
  await endpoint.clock.advance(62 * NS_PER_S);
  await putAll(endpoint);
  endpoint.endpoint.reset();
  expect(rest(endpoint)[0]).toBe(0);
  await minutes(endpoint, 30);
  expect(rest(endpoint)).toEqual([0, 0]);
});

test('an update brings the function in, and takes it out again; the description has its defaults', async () => {
  const receiver = new HttpReceiver();
  const endpoint = await ready(receiver.take, http({ ProcessingConfiguration: { Enabled: false } }));
  const { firehose } = endpoint;
  const update = (version: number, ProcessingConfiguration: ProcessingConfiguration) =>
    firehose.must('UpdateDestination', {
      DeliveryStreamName: D,
      CurrentDeliveryStreamVersionId: String(version),
      DestinationId,
      HttpEndpointDestinationUpdate: { ProcessingConfiguration },
    });
  await put(endpoint, '{"n":0}');
  await update(1, processing());
  await put(endpoint, '{"n":1}');
  const { DeliveryStreamDescription: shown } = await firehose.must('DescribeDeliveryStream', { DeliveryStreamName: D });
  expect(shown.Destinations[0]?.HttpEndpointDestinationDescription?.ProcessingConfiguration).toEqual({
    Enabled: true,
    Processors: [
      {
        Type: 'Lambda',
        Parameters: [
          { ParameterName: 'LambdaArn', ParameterValue: FUNCTION },
          { ParameterName: 'NumberOfRetries', ParameterValue: '3' },
          { ParameterName: 'RoleArn', ParameterValue: RoleARN },
          { ParameterName: 'BufferSizeInMBs', ParameterValue: '1' },
          { ParameterName: 'BufferIntervalInSeconds', ParameterValue: '1' },
        ],
      },
    ],
  });
  await update(2, { Enabled: false });
  await put(endpoint, '{"n":2}');
  await minutes(endpoint, 2);
  expect(receiver.records.toSorted()).toEqual(['{"m":1,"n":1}', '{"n":0}', '{"n":2}']);
});
