/** Search clusters: documents and indexes, and what becomes of documents that are not indexed. */
import { describe, expect, test } from 'vitest';
import { NS_PER_S } from '../../clock.ts';
import type { CreateDeliveryStreamInput, OpenSearchConfiguration } from '../../protocol/firehose/operations.ts';
import type { VirtualEndpoint } from '../virtual-endpoint.ts';
import { indexOf } from './search-index.ts';
import { SearchReceiver } from './search-receiver.test-data.ts';
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

const ClusterEndpoint = 'https://search.invalid';
const common = { RoleARN, IndexName: 'logs', ...hints(1, 60), S3Configuration };
const search = (more: Partial<OpenSearchConfiguration> = {}) => ({
  AmazonopensearchserviceDestinationConfiguration: { ...common, ClusterEndpoint, ...more },
});

async function ready(destination: Partial<CreateDeliveryStreamInput> = search(), options = {}) {
  const receiver = new SearchReceiver();
  return { receiver, endpoint: await spokenTo(receiver.take, destination, options) };
}

const minute = ({ clock }: VirtualEndpoint, count = 1) => clock.advance(count * 60 * NS_PER_S);

const unavailable = () => json(503, { error: 'down' });

describe('the name of an index', () => {
  const at = Date.UTC(2016, 1, 25, 13);
  test.each([
    ['NoRotation', at, 'myindex'],
    ['OneHour', at, 'myindex-2016-02-25-13'],
    ['OneDay', at, 'myindex-2016-02-25'],
    ['OneMonth', at, 'myindex-2016-02'],
    // By the guide's rule; its example says w08.
    ['OneWeek', at, 'myindex-2016-w09'],
    ['OneWeek', Date.UTC(2020, 7, 15, 23, 59), 'myindex-2020-w33'],
    ['OneWeek', Date.UTC(2020, 7, 16), 'myindex-2020-w34'],
    ['OneWeek', Date.UTC(2021, 11, 26), 'myindex-2022-w01'],
    ['OneWeek', Date.UTC(2026, 0, 1), 'myindex-2026-w01'],
    ['OneWeek', Date.UTC(2025, 11, 28), 'myindex-2026-w01'],
    ['OneWeek', Date.UTC(2025, 11, 27), 'myindex-2025-w52'],
  ] as const)('with %s at %i is %s', (rotation, atMs, expected) => {
    expect(indexOf('myindex', rotation, atMs)).toBe(expected);
  });
});

describe('a request', () => {
  test('has a line for what to do and one for the document, of each record', async () => {
    const { receiver, endpoint } = await ready();
    await put(endpoint, '{"n":1}');
    await put(endpoint, ' {\n"n":\n2}\n');
    await minute(endpoint);
    const [request] = receiver.requests;
    expect(request).toMatchObject({
      url: 'https://search.invalid/_bulk',
      headers: { 'content-type': 'application/x-ndjson' },
    });
    expect(Buffer.from(request!.body).toString()).toMatch(
      /^\{"index":\{"_index":"logs-2026-01-01","_id":"\d+"\}\}\n\{"n":1\}\n\{"index":\{.*\}\}\n\{ "n": 2\}\n$/,
    );
    expect(new Set(receiver.indexed.map(({ id }) => id)).size).toBe(2);
    expect(endpoint.held.objects).toEqual([]);
    expect(endpoint.endpoint.memory.bytes).toBe(0);
  });

  test('has neither id where the cluster is to make it, nor rotation where there is none, and a type where one is given', async () => {
    const DocumentIdOptions = { DefaultDocumentIdFormat: 'NO_DOCUMENT_ID' as const };
    const { receiver, endpoint } = await ready(
      search({ DocumentIdOptions, IndexRotationPeriod: 'NoRotation', TypeName: 'event' }),
    );
    await put(endpoint, '{}');
    await minute(endpoint);
    expect(receiver.indexed).toEqual([{ index: 'logs', id: undefined, type: 'event', document: {} }]);
  });

  test('goes by the arrival of each record over the edge of an hour', async () => {
    const { receiver, endpoint } = await ready(search({ IndexRotationPeriod: 'OneHour' }));
    await endpoint.clock.advance(3590 * NS_PER_S);
    await put(endpoint, '{"n":1}');
    await endpoint.clock.advance(20 * NS_PER_S);
    await put(endpoint, '{"n":2}');
    await minute(endpoint);
    expect(receiver.indexed.map(({ index }) => index)).toEqual(['logs-2026-01-01-00', 'logs-2026-01-01-01']);
    expect(receiver.requests).toHaveLength(1);
  });
});

describe('a document', () => {
  test('that is malformed is in the backup at once, and one that is throttled is tried again alone, under the same id', async () => {
    const { receiver, endpoint } = await ready();
    let throttled: string | undefined;
    receiver.refuses = (document) => {
      const text = JSON.stringify(document);
      if (text.includes('bad')) return 400;
      if (!text.includes('busy') || throttled !== undefined) return undefined;
      throttled = Buffer.from(receiver.requests[0]!.body).toString();
      return 429;
    };
    for (const text of ['{"a":"good"}', '{"a":"bad"}', '{"a":"busy"}', 'no JSON', '[1]']) await put(endpoint, text);
    await minute(endpoint, 3);
    expect(receiver.texts).toEqual([{ a: 'good' }, { a: 'busy' }]);
    expect(receiver.requests.map(({ body }) => Buffer.from(body).toString().split('\n').length)).toEqual([7, 3]);
    expect(throttled).toContain(`"_id":"${receiver.indexed[1]!.id}"`);
    const lines = endpoint.held.objects.flatMap(failedIn);
    const kept = {
      attemptsMade: 1,
      errorCode: '400',
      esIndexName: 'logs-2026-01-01',
      esDocumentId: expect.any(String),
    };
    expect(lines).toMatchObject([kept, kept, kept]);
    expect(lines.map(({ errorMessage }) => String(errorMessage)).toSorted()).toEqual([
      'The record is not a single valid JSON object.',
      'The record is not a single valid JSON object.',
      '{"type":"refused_exception"}',
    ]);
    expect(rawIn(endpoint.held.objects).toSorted()).toEqual(['[1]', 'no JSON', '{"a":"bad"}']);
    expect(endpoint.held.objects[0]!.key).toMatch(/^AmazonOpenSearchService-failed\/2026\/01\/01\/00\/d-1-/);
  });
});

test('a document over several lines becomes one line, with its numbers as they were written', async () => {
  const { receiver, endpoint } = await ready();
  await put(endpoint, '{"id":12345678901234567890,\r\n"price":1.0}');
  await minute(endpoint);
  const [, line] = Buffer.from(receiver.requests[0]!.body).toString().split('\n');
  expect(line).toBe('{"id":12345678901234567890,  "price":1.0}');
});

test('an object of failed documents is named after the oldest of them, whichever failed first', async () => {
  const { receiver, endpoint } = await ready(
    search({ S3Configuration: { ...S3Configuration, ...hints(1, 900) }, RetryOptions: { DurationInSeconds: 300 } }),
  );
  receiver.instead = unavailable;
  const oldest = new Date(endpoint.clock.now()).toISOString().slice(0, 19).replaceAll(/[T:]/g, '-');
  await put(endpoint, '{"older":true}');
  await minute(endpoint, 2);
  await put(endpoint, 'no JSON');
  await minute(endpoint, 30);
  expect(endpoint.held.objects.flatMap(failedIn).map(({ errorCode }) => errorCode)).toEqual(['400', '503']);
  expect(endpoint.held.objects.map(({ key }) => key.includes(oldest))).toEqual([true]);
});

describe('a cluster that is down', () => {
  /** A document a minute. */
  async function documents(endpoint: VirtualEndpoint, minutes: number): Promise<string[]> {
    const sent = Array.from({ length: minutes }, (_, n) => `{"n":${n}}`);
    for (const text of sent) {
      await put(endpoint, text);
      await minute(endpoint);
    }
    return sent;
  }
  const texts = (receiver: SearchReceiver) => receiver.texts.map((document) => JSON.stringify(document));

  test('for two hours: everything arrives, each under an id of its own', async () => {
    const { receiver, endpoint } = await ready(search({ RetryOptions: { DurationInSeconds: 7200 } }));
    receiver.instead = unavailable;
    const sent = await documents(endpoint, 119);
    expect(receiver.indexed).toEqual([]);
    receiver.instead = undefined;
    await minute(endpoint, 3);
    expect(texts(receiver).toSorted()).toEqual(sent.toSorted());
    expect(new Set(receiver.indexed.map(({ id }) => id)).size).toBe(119);
    expect(endpoint.held.objects).toEqual([]);
    expect(endpoint.endpoint.memory.bytes).toBe(0);
  });

  test('for longer than the retry duration, attempts included: what is not indexed is in the backup', async () => {
    const { receiver, endpoint } = await ready();
    receiver.instead = () => new Promise<never>(() => {});
    const sent = await documents(endpoint, 30);
    receiver.instead = undefined;
    await minute(endpoint, 10);
    const kept = rawIn(endpoint.held.objects);
    expect([...kept, ...texts(receiver)].toSorted()).toEqual(sent.toSorted());
    // Two timeouts of three minutes are more than five.
    const line = { attemptsMade: 2, errorCode: 'OS.ConnectionTimeout' };
    expect(failedIn(endpoint.held.objects[0]!)[0]).toMatchObject(line);
  });

  test('loses what is not taken at once, with the fault', async () => {
    const { receiver, endpoint } = await ready(search(), { faults: ['fh.drop-on-503'] });
    receiver.instead = unavailable;
    await put(endpoint, '{}');
    await minute(endpoint);
    receiver.instead = undefined;
    await minute(endpoint, 20);
    expect([receiver.indexed, endpoint.held.objects]).toEqual([[], []]);
  });

  test.each([
    ['503', unavailable],
    ['OS.InvalidResponse', () => json(200, { items: [] })],
    ['OS.InvalidResponse', () => json(200, null)],
    ['0', () => json(200, { items: [null] })],
  ])('or strange: %s', async (errorCode, instead) => {
    const { receiver, endpoint } = await ready(search({ RetryOptions: { DurationInSeconds: 0 } }));
    receiver.instead = instead;
    await put(endpoint, '{}');
    await minute(endpoint, 3);
    expect(endpoint.held.objects.flatMap(failedIn)).toMatchObject([{ attemptsMade: 1, errorCode }]);
  });
});

const backup = {
  ...S3Configuration,
  CompressionFormat: 'UNCOMPRESSED',
  EncryptionConfiguration: { NoEncryptionConfig: 'NoEncryption' },
  CloudWatchLoggingOptions: { Enabled: false },
};
const filled = {
  RoleARN,
  IndexName: 'logs',
  ...hints(1, 60),
  CloudWatchLoggingOptions: { Enabled: false },
  RetryOptions: { DurationInSeconds: 300 },
  S3BackupMode: 'FailedDocumentsOnly',
  S3DestinationDescription: backup,
};
const cluster = {
  ...filled,
  ClusterEndpoint,
  IndexRotationPeriod: 'OneDay',
  DocumentIdOptions: { DefaultDocumentIdFormat: 'FIREHOSE_DEFAULT' },
};

test.each([
  ['Amazonopensearchservice', { ClusterEndpoint }, cluster, 'logs-2026-01-01', 'AmazonOpenSearchService-failed/'],
  ['Elasticsearch', { ClusterEndpoint }, cluster, 'logs-2026-01-01', 'elasticsearch-failed/'],
  [
    'AmazonOpenSearchServerless',
    { CollectionEndpoint: ClusterEndpoint },
    { ...filled, CollectionEndpoint: ClusterEndpoint },
    'logs',
    'AmazonOpenSearchService-failed/',
  ],
])(
  '%s: described with every default, indexed, backed up and updated',
  async (kind, where, described, index, failed) => {
    const { receiver, endpoint } = await ready({ [`${kind}DestinationConfiguration`]: { ...common, ...where } });
    const { firehose, held } = endpoint;
    const shown = async () =>
      (await firehose.must('DescribeDeliveryStream', { DeliveryStreamName: D })).DeliveryStreamDescription.Destinations;
    expect(await shown()).toEqual([{ DestinationId, [`${kind}DestinationDescription`]: described }]);
    await put(endpoint, '{}');
    await put(endpoint, '?');
    await minute(endpoint, 2);
    expect(receiver.indexed).toMatchObject([{ index }]);
    expect(held.objects.map(({ key }) => key.startsWith(failed))).toEqual([true]);
    await firehose.must('UpdateDestination', {
      DeliveryStreamName: D,
      CurrentDeliveryStreamVersionId: '1',
      DestinationId,
      [`${kind}DestinationUpdate`]: { IndexName: 'other', S3Update: { Prefix: 'p/' } },
    });
    const changed = { ...described, IndexName: 'other', S3DestinationDescription: { ...backup, Prefix: 'p/' } };
    expect(await shown()).toEqual([{ DestinationId, [`${kind}DestinationDescription`]: changed }]);
    await put(endpoint, '{}');
    await minute(endpoint, 2);
    expect(receiver.indexed.at(-1)!.index).toBe(index.replace('logs', 'other'));
  },
);

test('a backup of all documents has them all', async () => {
  const { receiver, endpoint } = await ready(search({ S3BackupMode: 'AllDocuments' }));
  await put(endpoint, '{}');
  await minute(endpoint);
  expect(receiver.texts).toEqual([{}]);
  expect(endpoint.held.objects.map(({ body }) => Buffer.from(body).toString())).toEqual(['{}']);
});

test.each<[string, object, string]>([
  ['101 MB', hints(101, 60), 'less than or equal to 100'],
  ['a domain', { DomainARN: 'arn:aws:es:us-east-1:000000000000:domain/mine' }, 'it knows no domains'],
  ['no endpoint', { ClusterEndpoint: undefined }, 'An endpoint is needed'],
  ['http to elsewhere', { ClusterEndpoint: 'http://search.invalid' }, 'loopback'],
  [
    'a VPC',
    { VpcConfiguration: { SubnetIds: ['s'], RoleARN, SecurityGroupIds: ['g'] } },
    'VpcConfiguration is not built',
  ],
])('%s is refused', async (_what, more, message) => {
  await expect(ready(search(more))).rejects.toThrow(message);
});
