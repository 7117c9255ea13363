/** Splunk: what is sent, acknowledgements, and what becomes of records that are not acknowledged. */
import { describe, expect, test } from 'vitest';
import { NS_PER_S } from '../../clock.ts';
import type { SplunkConfiguration } from '../../protocol/firehose/operations.ts';
import type { VirtualEndpoint } from '../virtual-endpoint.ts';
import { SendError } from './sender.ts';
import { SplunkReceiver } from './splunk-receiver.test-data.ts';
import {
  D,
  DestinationId,
  failedIn,
  hints,
  json,
  put,
  rawIn,
  S3Configuration,
  spokenTo,
  trickle,
} from './spoken.test-data.ts';

const splunk = (more: Partial<SplunkConfiguration> = {}) => ({
  SplunkDestinationConfiguration: {
    HECEndpoint: 'https://splunk.invalid:8088',
    HECEndpointType: 'Raw' as const,
    HECToken: 'token',
    S3Configuration,
    ...more,
  },
});

async function ready(more: Partial<SplunkConfiguration> = {}, options = {}) {
  const receiver = new SplunkReceiver();
  return { receiver, endpoint: await spokenTo(receiver.take, splunk(more), options) };
}

const minute = ({ clock }: VirtualEndpoint, count = 1) => clock.advance(count * 60 * NS_PER_S);

const busy = () => json(503, { text: 'Server is busy', code: 9 });

describe('a request', () => {
  test.each([
    ['Raw', '', '/services/collector/raw'],
    ['Event', '/', '/services/collector/event'],
    ['Raw', '/splunk/', '/splunk/services/collector/raw'],
    ['Event', '/services/collector/event', '/services/collector/event'],
    ['Raw', '/services/collector/event/1.0', '/services/collector/raw'],
  ] as const)('to the endpoint %s of the address …%s goes to %s', async (HECEndpointType, path, expected) => {
    const HECEndpoint = `https://splunk.invalid:8088${path}`;
    const { receiver, endpoint } = await ready({ HECEndpointType, HECEndpoint });
    await put(endpoint, 'one');
    await put(endpoint, 'two');
    await minute(endpoint, 2);
    expect(receiver.taken).toEqual(['onetwo']);
    const [sent, asked] = receiver.requests;
    expect(sent!.url).toBe(`https://splunk.invalid:8088${expected}`);
    expect(sent!.headers).toMatchObject({ authorization: 'Splunk token' });
    const channel = sent!.headers['x-splunk-request-channel'];
    expect(channel).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(asked).toMatchObject({ headers: { 'x-splunk-request-channel': channel } });
    expect(Buffer.from(asked!.body).toString()).toBe('{"acks":[0]}');
    expect(receiver.requests).toHaveLength(2);
    expect(endpoint.held.objects).toEqual([]);
    expect(endpoint.endpoint.memory.bytes).toBe(0);
    expect(endpoint.clock.sleeping).toBe(0);
  });
});

describe('an acknowledgement', () => {
  test('is asked for until it is there', async () => {
    const { receiver, endpoint } = await ready();
    receiver.indexing = 5;
    await put(endpoint, 'one');
    await minute(endpoint, 2);
    expect(receiver.questions).toBe(6);
    expect(receiver.taken).toHaveLength(1);
    expect(endpoint.endpoint.memory.bytes).toBe(0);
  });

  test('that never comes makes an attempt a failure when its time is over, and the next one a duplicate', async () => {
    const { receiver, endpoint } = await ready({
      HECAcknowledgmentTimeoutInSeconds: 200,
      RetryOptions: { DurationInSeconds: 1 },
    });
    receiver.indexing = Number.POSITIVE_INFINITY;
    const arrivedMs = endpoint.clock.now();
    await put(endpoint, 'one');
    await minute(endpoint, 10);
    expect(receiver.taken).toEqual(['one', 'one']);
    const [object] = endpoint.held.objects;
    expect(object!.key).toMatch(/^splunk-failed\/2026\/01\/01\/00\/d-1-/);
    expect(failedIn(object!)).toEqual([
      {
        attemptsMade: 2,
        arrivalTimestamp: arrivedMs,
        errorCode: 'Splunk.AckTimeout',
        errorMessage: expect.stringContaining('did not acknowledge'),
        // A minute of buffer, two timeouts and a second between them.
        attemptEndingTimestamp: arrivedMs + 60_000 + 2 * 200_000 + 1000,
        rawData: 'b25l',
        EventId: expect.stringMatching(/^\d+\.0$/),
      },
    ]);
    expect(endpoint.clock.sleeping).toBe(0);
  });
});

describe('Splunk that is down', () => {
  test('for two hours: everything arrives, and nothing is in the backup', async () => {
    const { receiver, endpoint } = await ready({ RetryOptions: { DurationInSeconds: 7200 } });
    receiver.instead = busy;
    const sent = await trickle(endpoint, 120);
    expect(receiver.taken).toEqual([]);
    receiver.instead = undefined;
    await minute(endpoint, 4);
    expect(receiver.taken.toSorted()).toEqual(sent.toSorted());
    expect(endpoint.held.objects).toEqual([]);
    expect(endpoint.endpoint.memory.bytes).toBe(0);
  });

  test('for longer than the retry duration: what it did not take is in the backup', async () => {
    const { receiver, endpoint } = await ready();
    receiver.instead = busy;
    const sent = await trickle(endpoint, 30);
    receiver.instead = undefined;
    await minute(endpoint, 10);
    const kept = rawIn(endpoint.held.objects);
    expect(kept.length).toBeGreaterThan(20);
    expect([...kept, ...receiver.taken].toSorted()).toEqual(sent.toSorted());
  });

  test('loses what is not taken at once, with the fault', async () => {
    const { receiver, endpoint } = await ready({}, { faults: ['fh.drop-on-503'] });
    receiver.instead = busy;
    await put(endpoint, 'gone');
    await minute(endpoint);
    receiver.instead = undefined;
    await minute(endpoint, 20);
    expect([receiver.taken, endpoint.held.objects]).toEqual([[], []]);
  });

  test('is forgotten by a reset, between two questions too', async () => {
    const { receiver, endpoint } = await ready();
    receiver.indexing = Number.POSITIVE_INFINITY;
    await put(endpoint, 'one');
    await minute(endpoint, 1.5);
    endpoint.endpoint.reset();
    const { length } = receiver.requests;
    await minute(endpoint, 20);
    expect(receiver.requests).toHaveLength(length);
    expect(endpoint.clock.sleeping).toBe(0);
    expect(endpoint.endpoint.memory.bytes).toBe(0);
  });
});

test.each<[string, NonNullable<SplunkReceiver['instead']>, string]>([
  ['Splunk.IndexerBusy', busy, 'Splunk answered 503: {"text":"Server is busy","code":9}'],
  ['Splunk.InvalidDataFormat', () => json(200, { text: 'Invalid data format', code: 6, ackId: 1 }), '200'],
  ['Splunk.InvalidToken', () => json(403, { text: 'Invalid token', code: 4 }), '403'],
  ['Splunk.DisabledAck', () => json(200, { text: 'Success', code: 0 }), 'did not say how'],
  ['Splunk.URLNotFound', () => json(404, {}), '404'],
  ['Splunk.ServerError.ContentTooLarge', () => json(413, {}), '413'],
  ['Splunk.ServerError', () => ({ status: 500, headers: {}, body: Buffer.from('?') }), '500: ?'],
  ['Splunk.ConnectionTimeout', () => new Promise<never>(() => {}), 'timed out'],
  ['Splunk.ConnectionClosed', () => Promise.reject(new SendError('connection-reset')), 'closed'],
])('%s', async (code, instead, message) => {
  const { receiver, endpoint } = await ready({ RetryOptions: { DurationInSeconds: 0 } });
  receiver.instead = instead;
  await put(endpoint, 'one');
  await minute(endpoint, 6);
  const line = { attemptsMade: 1, errorCode: code, errorMessage: expect.stringContaining(message) };
  expect(endpoint.held.objects.flatMap(failedIn)).toMatchObject([line]);
});

test('a backup of all events has them all', async () => {
  const { receiver, endpoint } = await ready({ S3BackupMode: 'AllEvents' });
  await put(endpoint, 'a');
  await minute(endpoint, 3);
  expect(receiver.taken).toEqual(['a']);
  expect(endpoint.held.objects.map(({ body }) => Buffer.from(body).toString())).toEqual(['a']);
  const update = await endpoint.firehose.call('UpdateDestination', {
    DeliveryStreamName: D,
    CurrentDeliveryStreamVersionId: '1',
    DestinationId,
    SplunkDestinationUpdate: { S3BackupMode: 'FailedEventsOnly' },
  });
  expect(update).toMatchObject({ message: 'S3BackupMode cannot be changed from AllEvents.' });
});

test('a description has every default filled in, and the token, as that of AWS; an update changes what it names', async () => {
  const { endpoint } = await ready();
  const { firehose } = endpoint;
  const shown = async () =>
    (await firehose.must('DescribeDeliveryStream', { DeliveryStreamName: D })).DeliveryStreamDescription.Destinations;
  const described = {
    HECEndpoint: 'https://splunk.invalid:8088',
    HECEndpointType: 'Raw',
    HECToken: 'token',
    HECAcknowledgmentTimeoutInSeconds: 180,
    ...hints(5, 60),
    CloudWatchLoggingOptions: { Enabled: false },
    RetryOptions: { DurationInSeconds: 300 },
    S3BackupMode: 'FailedEventsOnly',
    S3DestinationDescription: {
      ...S3Configuration,
      CompressionFormat: 'UNCOMPRESSED',
      EncryptionConfiguration: { NoEncryptionConfig: 'NoEncryption' },
      CloudWatchLoggingOptions: { Enabled: false },
    },
  };
  expect(await shown()).toEqual([{ DestinationId, SplunkDestinationDescription: described }]);
  await firehose.must('UpdateDestination', {
    DeliveryStreamName: D,
    CurrentDeliveryStreamVersionId: '1',
    DestinationId,
    SplunkDestinationUpdate: { HECEndpointType: 'Event', RetryOptions: { DurationInSeconds: 7 } },
  });
  const changed = { ...described, HECEndpointType: 'Event', RetryOptions: { DurationInSeconds: 7 } };
  expect(await shown()).toEqual([{ DestinationId, SplunkDestinationDescription: changed }]);
});

test.each<[string, Partial<SplunkConfiguration>, string]>([
  ['6 MB', hints(6, 60), 'less than or equal to 5'],
  ['61 s', hints(5, 61), 'less than or equal to 60'],
  ['179 s for an acknowledgement', { HECAcknowledgmentTimeoutInSeconds: 179 }, 'greater than or equal to 180'],
  ['no token', { HECToken: '' }, 'HECToken is needed'],
  ['no URL', { HECEndpoint: 'splunk' }, 'HECEndpoint: splunk is not a URL'],
  ['http to elsewhere', { HECEndpoint: 'http://splunk.invalid' }, 'loopback'],
])('%s is refused', async (_what, more, message) => {
  await expect(ready(more)).rejects.toThrow(message);
});
