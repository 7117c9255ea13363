/** The default JavaScript client of Data Firehose, as it comes, over sockets: every operation. */
import * as sdk from '@aws-sdk/client-firehose';
import { afterEach, expect, test } from 'vitest';
import { VirtualClock, NS_PER_S } from '../../clock.ts';
import { plain, sdkRequest, signedAtMs } from '../auth/sdk-request.test-data.ts';
import { createEndpoint, handleWhole, type EndpointOptions } from '../endpoint.ts';
import { startServer } from '../server.ts';
import { startReferenceThread } from '../thread.ts';
import { HeldObjects } from './destination.ts';

let server: Awaited<ReturnType<typeof startServer>> | undefined;
afterEach(() => server?.close());

async function serving(options: EndpointOptions = {}) {
  const clock = new VirtualClock();
  const held = new HeldObjects(Number.POSITIVE_INFINITY);
  const endpoint = createEndpoint({ clock, destination: held, limits: 'off', ...options });
  server = await startServer(endpoint, { port: 0 });
  return { client: clientOf(server.url), clock, held };
}

function clientOf(endpoint: string): sdk.FirehoseClient {
  return new sdk.FirehoseClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'kinebench', secretAccessKey: 'kinebench' },
    maxAttempts: 1,
  });
}

const DeliveryStreamName = 'tour';
const ExtendedS3DestinationConfiguration = {
  RoleARN: 'arn:aws:iam::000000000000:role/firehose',
  BucketARN: 'arn:aws:s3:::lake',
  BufferingHints: { SizeInMBs: 1, IntervalInSeconds: 60 },
};

test('the whole tour', async () => {
  const { client, clock, held } = await serving();
  const input = { DeliveryStreamName };
  const made = await client.send(new sdk.CreateDeliveryStreamCommand({ ...input, ExtendedS3DestinationConfiguration }));
  expect(made.DeliveryStreamARN).toBe('arn:aws:firehose:us-east-1:000000000000:deliverystream/tour');
  await clock.advance(NS_PER_S);
  const one = await client.send(new sdk.PutRecordCommand({ ...input, Record: { Data: Buffer.from('one,') } }));
  expect(one.RecordId).toMatch(/./);
  const Records = [{ Data: Buffer.from('two,') }, { Data: Buffer.from('three') }];
  const batch = await client.send(new sdk.PutRecordBatchCommand({ ...input, Records }));
  expect(batch.FailedPutCount).toBe(0);
  await client.send(new sdk.TagDeliveryStreamCommand({ ...input, Tags: [{ Key: 'a', Value: 'b' }] }));
  expect((await client.send(new sdk.ListTagsForDeliveryStreamCommand(input))).Tags).toEqual([{ Key: 'a', Value: 'b' }]);
  await client.send(new sdk.UntagDeliveryStreamCommand({ ...input, TagKeys: ['a'] }));
  await client.send(new sdk.StartDeliveryStreamEncryptionCommand(input));
  await clock.advance(NS_PER_S);
  await client.send(new sdk.StopDeliveryStreamEncryptionCommand(input));
  const { DeliveryStreamDescription: shown } = await client.send(new sdk.DescribeDeliveryStreamCommand(input));
  expect(shown?.CreateTimestamp).toEqual(new Date(clock.now() - 2000));
  await client.send(
    new sdk.UpdateDestinationCommand({
      ...input,
      CurrentDeliveryStreamVersionId: shown?.VersionId,
      DestinationId: shown?.Destinations?.[0]?.DestinationId,
      ExtendedS3DestinationUpdate: { Prefix: 'p/' },
    }),
  );
  await clock.advance(60 * NS_PER_S);
  expect(held.objects.map(({ body }) => Buffer.from(body).toString())).toEqual(['one,two,three']);
  expect((await client.send(new sdk.ListDeliveryStreamsCommand({}))).DeliveryStreamNames).toEqual([DeliveryStreamName]);
  await client.send(new sdk.DeleteDeliveryStreamCommand(input));
  await clock.advance(NS_PER_S);
  await expect(client.send(new sdk.DescribeDeliveryStreamCommand(input))).rejects.toBeInstanceOf(
    sdk.ResourceNotFoundException,
  );
});

test('a reference in a thread of its own stops though records wait to be delivered', async () => {
  const thread = await startReferenceThread({ limits: 'off', latency: 'none', createDeliveryStreamMs: 0 });
  const client = clientOf(thread.url);
  const input = { DeliveryStreamName };
  await client.send(new sdk.CreateDeliveryStreamCommand({ ...input, ExtendedS3DestinationConfiguration }));
  await client.send(new sdk.PutRecordCommand({ ...input, Record: { Data: Buffer.from('a') } }));
  await thread.stop();
  expect(await thread.ended).toBeNull();
});

test('errors are the classes of the SDK', async () => {
  const { client, clock } = await serving({ limits: 'aws' });
  const input = { DeliveryStreamName };
  const create = new sdk.CreateDeliveryStreamCommand({ ...input, ExtendedS3DestinationConfiguration });
  await client.send(create);
  await expect(client.send(create)).rejects.toBeInstanceOf(sdk.ResourceInUseException);
  await clock.advance(NS_PER_S);
  const stale = { ...input, CurrentDeliveryStreamVersionId: '9', DestinationId: 'destinationId-000000000001' };
  await expect(
    client.send(new sdk.UpdateDestinationCommand({ ...stale, ExtendedS3DestinationUpdate: {} })),
  ).rejects.toBeInstanceOf(sdk.ConcurrentModificationException);
  const Record = { Data: Buffer.alloc(1_000_000) };
  for (let call = 0; call < 5; call += 1) await client.send(new sdk.PutRecordCommand({ ...input, Record }));
  await expect(client.send(new sdk.PutRecordCommand({ ...input, Record }))).rejects.toMatchObject({
    name: 'ServiceUnavailableException',
    message: 'Slow down.',
    $metadata: { httpStatusCode: 503 },
  });
});

test.each([
  ['Firehose_20150804.ListDeliveryStreams', 'firehose', 200],
  ['Firehose_20150804.ListDeliveryStreams', 'kinesis', 400],
  ['Kinesis_20131202.ListStreams', 'firehose', 400],
  ['Kinesis_20131202.ListStreams', 'kinesis', 200],
])('%s signed for %s: %i', async (target, service, status) => {
  const endpoint = createEndpoint({ clock: new VirtualClock(signedAtMs), auth: 'verify', keys: [plain] });
  const headers = { 'x-amz-target': target };
  const request = await sdkRequest({ service, headers, body: Buffer.from('{}') });
  const answer = await handleWhole(endpoint, request);
  expect(answer.status).toBe(status);
  if (status === 400)
    expect(Buffer.from(answer.body).toString()).toContain('Credential should be scoped to correct service');
});

test.each([
  ['CreateDeliveryStreams', '{}', { __type: 'UnknownOperationException' }],
  ['PutRecord', '', { __type: 'SerializationException' }],
  ['PutRecord', '[', { __type: 'SerializationException' }],
  [
    'PutRecord',
    '{"DeliveryStreamName":1}',
    {
      __type: 'SerializationException',
      Message: 'class com.amazon.coral.value.json.numbers.TruncatingBigNumber can not be converted to an String',
    },
  ],
  [
    'PutRecord',
    '{"DeliveryStreamName":"a b"}',
    {
      __type: 'ValidationException',
      message:
        "2 validation errors detected: Value 'a b' at 'deliveryStreamName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+; Value null at 'record' failed to satisfy constraint: Member must not be null",
    },
  ],
])('%s %s is refused as by Kinesis', async (operation, body, expected) => {
  const endpoint = createEndpoint({ clock: new VirtualClock(signedAtMs), auth: 'off' });
  const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `Firehose_20150804.${operation}` };
  const answer = await handleWhole(endpoint, { method: 'POST', path: '/', headers, body: Buffer.from(body) });
  expect([answer.status, JSON.parse(Buffer.from(answer.body).toString())]).toEqual([400, expected]);
});
