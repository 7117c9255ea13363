/** Channels: their life, what is refused, whose they are, and how they end. */
import { describe, expect, test } from 'vitest';
import { NS_PER_S } from '../../clock.ts';
import { awsLimits } from '../limits.ts';
import { virtualEndpoint, type VirtualCaller, type VirtualEndpoint } from '../virtual-endpoint.ts';
import { active, channelInput, onDemand, put, StreamARN, StreamName } from './channel-faults.test-data.ts';

async function ready(options: Parameters<typeof virtualEndpoint>[0] = {}): Promise<VirtualEndpoint> {
  const endpoint = virtualEndpoint(options);
  await onDemand(endpoint);
  return endpoint;
}

const stateOf = async ({ must }: VirtualEndpoint, ChannelARN: string) =>
  (await must('DescribeChannel', { ChannelARN })).ChannelDescription.ChannelStatus;

const refusal = async ({ call }: VirtualCaller, input: ReturnType<typeof channelInput>) => {
  const outcome = await call('CreateChannel', input);
  return outcome.ok ? 'made' : outcome.name;
};

describe('a channel', () => {
  test('is CREATING, ACTIVE, UPDATING, DELETING and gone', async () => {
    const endpoint = await ready();
    const { must, call, clock } = endpoint;
    const { ChannelDescription } = await must('CreateChannel', channelInput('c'));
    const { ChannelARN } = ChannelDescription;
    expect(ChannelDescription.ChannelStatus).toBe('CREATING');
    await clock.advance(NS_PER_S / 2);
    expect(await stateOf(endpoint, ChannelARN)).toBe('ACTIVE');
    const S3DestinationConfiguration = { DataFreshnessInSeconds: 600 };
    const updated = await must('UpdateChannel', { ChannelARN, S3DestinationConfiguration });
    expect(updated.ChannelDescription).toMatchObject({ ChannelStatus: 'UPDATING', S3DestinationConfiguration });
    expect(await call('UpdateChannel', { ChannelARN, S3DestinationConfiguration })).toMatchObject({
      name: 'ResourceInUseException',
    });
    await clock.advance(NS_PER_S / 2);
    expect(await stateOf(endpoint, ChannelARN)).toBe('ACTIVE');
    await must('DeleteChannel', { ChannelARN });
    expect(await stateOf(endpoint, ChannelARN)).toBe('DELETING');
    await must('DeleteChannel', { ChannelARN });
    await clock.advance(NS_PER_S / 2);
    for (const operation of ['DescribeChannel', 'DeleteChannel', 'UpdateChannel'] as const)
      expect(await call(operation, { ChannelARN })).toMatchObject({ name: 'ResourceNotFoundException' });
    expect(clock.sleeping).toBe(0);
  });

  test('is described with the defaults of AWS', async () => {
    const { must, clock } = await ready();
    const rest = { LoggingConfiguration: { CloudWatchLogs: { Enabled: true } } };
    const { ChannelDescription } = await must('CreateChannel', channelInput('c', { rest }));
    const { ChannelId } = ChannelDescription;
    expect(ChannelDescription).toEqual({
      ChannelName: 'c',
      ChannelARN: `arn:aws:kinesis:us-east-1:000000000000:channel/${ChannelId}`,
      ChannelId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      ChannelStatus: 'CREATING',
      ChannelCreationTimestamp: clock.now() / 1000,
      ServiceExecutionRoleARN: 'arn:aws:iam::000000000000:role/channel',
      StreamConfigurationList: [
        {
          StreamARN,
          StreamCreationTimestamp: clock.now() / 1000 - 1,
          RecordConfiguration: { RecordFormatType: 'BYTE_ARRAY' },
        },
      ],
      S3DestinationConfiguration: {
        DataFreshnessInSeconds: 300,
        DeadLetterQueueS3Configuration: {
          BucketARN: 'arn:aws:s3:::lake',
          ExpectedBucketOwner: '000000000000',
          ErrorOutputPrefix: `kinesis-channel/errors/c/${ChannelId}/`,
        },
        StorageConfiguration: {
          BucketARN: 'arn:aws:s3:::lake',
          ExpectedBucketOwner: '000000000000',
          CompressionType: 'NONE',
          StorageClass: 'STANDARD',
          OutputKeyTemplate:
            'kinesis-channel/!{channel-name}/!{channel-id}/!{yyyy}/!{MM}/!{dd}/!{HH}/!{channel-name}-!{channel-id}-!{yyyy}-!{MM}-!{dd}-!{HH}-!{mm}!{extension}',
        },
      },
      LoggingConfiguration: {
        CloudWatchLogs: {
          Enabled: true,
          LogGroupName: `/aws/kinesis/c/${ChannelId}`,
          LogStreamName: 'DestinationDelivery',
        },
      },
    });
  });

  test.each([
    [
      'without a destination',
      channelInput('c', { rest: { S3DestinationConfiguration: undefined as never } }),
      'InvalidArgumentException',
    ],
    [
      'with a freshness below 300 s',
      channelInput('c', { s3: { DataFreshnessInSeconds: 299 } }),
      'InvalidArgumentException',
    ],
    [
      'with a freshness above 900 s',
      channelInput('c', { s3: { DataFreshnessInSeconds: 901 } }),
      'InvalidArgumentException',
    ],
    ['with a freshness of 900 s', channelInput('c', { s3: { DataFreshnessInSeconds: 900 } }), 'made'],
    [
      'with a template that is none',
      channelInput('c', { storage: { OutputKeyTemplate: '/a' } }),
      'InvalidArgumentException',
    ],
    ['with a name that is none', channelInput('c d'), 'ValidationException'],
    ['of a stream that is not there', channelInput('c', { arn: `${StreamARN}-none` }), 'ResourceNotFoundException'],
    [
      'of a provisioned stream',
      channelInput('c', { arn: StreamARN.replace('orders', 'fixed') }),
      'ValidationException',
    ],
    [
      'of a stream that is CREATING',
      channelInput('c', { arn: StreamARN.replace('orders', 'fresh') }),
      'ResourceInUseException',
    ],
    ['with tags of odd characters', channelInput('c', { rest: { Tags: { '<': '>' } } }), 'InvalidArgumentException'],
    [
      'with the key of the service',
      channelInput('c', { rest: { EncryptionConfiguration: { EncryptionType: 'KMS', KeyId: 'alias/aws/kinesis' } } }),
      'InvalidArgumentException',
    ],
    [
      'with a key that is disabled',
      channelInput('c', { rest: { EncryptionConfiguration: { EncryptionType: 'KMS', KeyId: 'off' } } }),
      'KMSDisabledException',
    ],
    ['under a name that is taken', channelInput('taken'), 'ResourceInUseException'],
  ])('%s', async (_, input, expected) => {
    const endpoint = await ready({ kmsKeys: { off: 'disabled' } });
    await endpoint.stream('fixed', 1);
    await onDemand(endpoint, 'other');
    await active(endpoint, 'taken', { arn: StreamARN.replace('orders', 'other') });
    await endpoint.must('CreateStream', { StreamName: 'fresh', StreamModeDetails: { StreamMode: 'ON_DEMAND' } });
    expect(await refusal(endpoint, input)).toBe(expected);
  });

  test('of a stream that is encrypted with the key of the service is refused, with another it is made', async () => {
    const endpoint = await ready();
    const key = { StreamName, EncryptionType: 'KMS', KeyId: 'alias/aws/kinesis' } as const;
    await endpoint.must('StartStreamEncryption', key);
    await endpoint.clock.advance(NS_PER_S);
    expect(await refusal(endpoint, channelInput('c'))).toBe('InvalidArgumentException');
    await endpoint.must('StartStreamEncryption', { ...key, KeyId: 'alias/mine' });
    await endpoint.clock.advance(NS_PER_S);
    expect(await refusal(endpoint, channelInput('c'))).toBe('made');
  });

  test('to tables is refused by name', async () => {
    const { call } = await ready();
    const { S3DestinationConfiguration: _none, ...input } = channelInput('c', { format: 'JSON' });
    const S3TablesDestinationConfiguration = {
      DeadLetterQueueS3Configuration: { BucketARN: 'arn:aws:s3:::lake', ExpectedBucketOwner: '000000000000' },
      S3TablesConfigurationList: [
        {
          TableBucketARN: 'arn:aws:s3tables:us-east-1:000000000000:bucket/lake',
          Namespace: 'n',
          TableName: 't',
          CompressionType: 'NONE' as const,
        },
      ],
    };
    expect(await call('CreateChannel', { ...input, S3TablesDestinationConfiguration })).toMatchObject({
      name: 'InvalidArgumentException',
      message: 'S3TablesDestinationConfiguration is not built in this reference yet.',
    });
  });
});

describe('quotas', () => {
  test('one channel of a stream, and as many of an account as the limits say', async () => {
    const limits = { ...awsLimits, channels: { ...awsLimits.channels, perAccountMax: 2 } };
    const endpoint = virtualEndpoint({ limits });
    const { must, clock } = endpoint;
    for (const name of ['a', 'b', 'c']) await onDemand(endpoint, name);
    const of = (stream: string, name = stream) => channelInput(name, { arn: StreamARN.replace('orders', stream) });
    expect(await refusal(endpoint, of('a'))).toBe('made');
    expect(await refusal(endpoint, of('a', 'second'))).toBe('LimitExceededException');
    expect(await refusal(endpoint, of('b'))).toBe('made');
    expect(await refusal(endpoint, of('c'))).toBe('LimitExceededException');
    await clock.advance(NS_PER_S);
    expect(await must('DescribeLimits', {})).toMatchObject({ ChannelCount: 2, ChannelCountLimit: 2 });
    const summary = await must('DescribeStreamSummary', { StreamName: 'a' });
    expect(summary.StreamDescriptionSummary.ChannelCount).toBe(1);
  });

  test('five calls a second of each operation', async () => {
    const endpoint = await ready({ limits: 'aws' });
    const outcomes = await Promise.all(Array.from({ length: 6 }, () => endpoint.call('ListChannels', {})));
    expect(outcomes.map((outcome) => outcome.ok || outcome.name)).toEqual([
      ...Array.from({ length: 5 }, () => true),
      'LimitExceededException',
    ]);
  });
});

describe('a list', () => {
  test('has pages, in the order of creation, and those of a stream alone where it is asked for', async () => {
    const endpoint = virtualEndpoint();
    const { must, call, clock } = endpoint;
    const names = ['c', 'a', 'b'];
    for (const name of names) {
      await onDemand(endpoint, name);
      await active(endpoint, `of-${name}`, { arn: StreamARN.replace('orders', name) });
    }
    const listed: string[] = [];
    let NextToken: string | undefined;
    do {
      const page = await must('ListChannels', { MaxResults: 1, ...(NextToken !== undefined && { NextToken }) });
      listed.push(...page.ChannelSummaries.map(({ ChannelName }) => ChannelName));
      expect(page.ChannelSummaries).toHaveLength(1);
      ({ NextToken } = page);
    } while (NextToken !== undefined);
    expect(listed).toEqual(['of-c', 'of-a', 'of-b']);
    const arn = StreamARN.replace('orders', 'a');
    const { ChannelSummaries } = await must('ListChannels', { StreamFilter: [{ StreamARN: arn }] });
    expect(ChannelSummaries).toEqual([
      expect.objectContaining({
        ChannelName: 'of-a',
        ChannelStatus: 'ACTIVE',
        ChannelDestinationType: 'S3',
        Streams: [{ StreamARN: arn, StreamCreationTimestamp: expect.any(Number) as number }],
      }),
    ]);
    const none = { StreamFilter: [{ StreamARN: arn, StreamCreationTimestamp: 1 }] };
    expect((await must('ListChannels', none)).ChannelSummaries).toEqual([]);
    const first = await must('ListChannels', { MaxResults: 1 });
    await clock.advance(301 * NS_PER_S);
    expect(await call('ListChannels', { NextToken: first.NextToken! })).toMatchObject({
      name: 'ExpiredNextTokenException',
    });
    expect(await call('ListChannels', { NextToken: 'x' })).toMatchObject({ name: 'InvalidArgumentException' });
  });
});

test('a channel is that of its account and region, and a stream of another has none of it', async () => {
  const endpoint = await ready();
  const ChannelARN = await active(endpoint, 'c');
  for (const stranger of [endpoint.as('111111111111'), endpoint.as('000000000000', 'eu-west-1')]) {
    expect((await stranger.must('ListChannels', {})).ChannelSummaries).toEqual([]);
    for (const operation of ['DescribeChannel', 'DeleteChannel'] as const)
      expect(await stranger.call(operation, { ChannelARN })).toMatchObject({ name: 'ResourceNotFoundException' });
    expect(await refusal(stranger, channelInput('d'))).toBe('ResourceNotFoundException');
    expect(await stranger.must('DescribeLimits', {})).toMatchObject({ ChannelCount: 0 });
  }
  // A policy that lets everybody in does not make a channel of another account possible.
  const Policy = JSON.stringify({
    Statement: [{ Effect: 'Allow', Principal: '*', Action: 'kinesis:*', Resource: '*' }],
  });
  await endpoint.must('PutResourcePolicy', { ResourceARN: StreamARN, Policy });
  expect(await refusal(endpoint.as('111111111111'), channelInput('d'))).toBe('ResourceNotFoundException');
});

test('tags are those of CreateChannel and of TagResource; a policy it cannot have', async () => {
  const endpoint = await ready();
  const { must, call } = endpoint;
  const ResourceARN = await active(endpoint, 'c', { rest: { Tags: { a: '1', b: '2' } } });
  await must('TagResource', { ResourceARN, Tags: { c: '3' } });
  await must('UntagResource', { ResourceARN, TagKeys: ['a'] });
  expect((await must('ListTagsForResource', { ResourceARN })).Tags).toEqual([
    { Key: 'b', Value: '2' },
    { Key: 'c', Value: '3' },
  ]);
  expect((await must('ListTagsForResource', { ResourceARN: StreamARN })).Tags).toEqual([]);
  const Policy = '{"Statement":[]}';
  expect(await call('PutResourcePolicy', { ResourceARN, Policy })).toMatchObject({ name: 'InvalidArgumentException' });
  expect(await endpoint.as('111111111111').call('ListTagsForResource', { ResourceARN })).toMatchObject({
    name: 'AccessDeniedException',
  });
});

describe('a stream with a channel', () => {
  test('is neither deleted, consumers or not, nor made provisioned, until its channel is being deleted', async () => {
    const endpoint = await ready();
    const { must, call, clock, held } = endpoint;
    const ChannelARN = await active(endpoint, 'c');
    const deletion = { StreamName, EnforceConsumerDeletion: true };
    expect(await call('DeleteStream', deletion)).toMatchObject({ name: 'ResourceInUseException' });
    const StreamModeDetails = { StreamMode: 'PROVISIONED' } as const;
    expect(await call('UpdateStreamMode', { StreamARN, StreamModeDetails })).toMatchObject({
      name: 'ResourceInUseException',
    });
    await put(endpoint, 'a');
    await clock.advance(2 * NS_PER_S);
    await must('DeleteChannel', { ChannelARN });
    await must('DeleteStream', deletion);
    await clock.advance(NS_PER_S);
    // What it had read is delivered, and neither of them is there any more.
    expect(held.objects.map(({ body }) => Buffer.from(body).toString())).toEqual(['a']);
    expect((await must('ListChannels', {})).ChannelSummaries).toEqual([]);
    expect(await call('DescribeStreamSummary', { StreamName })).toMatchObject({ name: 'ResourceNotFoundException' });
    expect(endpoint.endpoint.memory.bytes).toBe(0);
    expect(clock.sleeping).toBe(0);
  });

  test('is forgotten by a reset, and its channel with it', async () => {
    const endpoint = await ready();
    await active(endpoint, 'c');
    await put(endpoint, 'a');
    await endpoint.clock.advance(2 * NS_PER_S);
    endpoint.endpoint.reset();
    await endpoint.clock.advance(600 * NS_PER_S);
    expect(endpoint.held.objects).toEqual([]);
    expect(endpoint.clock.sleeping).toBe(0);
    expect(endpoint.endpoint.memory.bytes).toBe(0);
  });
});
