/** The control plane of Data Firehose: life, description, versions, tags, encryption, lists, and what is refused. */
import { describe, expect, test } from 'vitest';
import { NS_PER_S } from '../../clock.ts';
import type { CreateDeliveryStreamInput } from '../../protocol/firehose/operations.ts';
import { awsLimits } from '../limits.ts';
import { virtualEndpoint } from '../virtual-endpoint.ts';

const D = 'd';
const RoleARN = 'arn:aws:iam::000000000000:role/firehose';
const s3 = { RoleARN, BucketARN: 'arn:aws:s3:::lake' };
const DestinationId = 'destinationId-000000000001';

/** What is said to an attempt to create a delivery stream. */
async function created(input: Partial<CreateDeliveryStreamInput>) {
  const { firehose } = virtualEndpoint();
  const outcome = await firehose.call('CreateDeliveryStream', { DeliveryStreamName: D, ...input });
  return outcome.ok ? 'created' : `${outcome.name}: ${outcome.message}`;
}

describe('the life of a delivery stream', () => {
  test('is CREATING, ACTIVE, DELETING and gone, each as long as was set up', async () => {
    const { firehose, clock } = virtualEndpoint({ createDeliveryStreamMs: 30_000, deleteDeliveryStreamMs: 5000 });
    const input = { DeliveryStreamName: D };
    const status = async () => {
      const outcome = await firehose.call('DescribeDeliveryStream', input);
      return outcome.ok ? outcome.value.DeliveryStreamDescription.DeliveryStreamStatus : outcome.name;
    };
    await firehose.must('CreateDeliveryStream', { ...input, S3DestinationConfiguration: s3 });
    expect(await status()).toBe('CREATING');
    expect(await firehose.call('PutRecord', { ...input, Record: { Data: '' } })).toMatchObject({
      name: 'ResourceNotFoundException',
    });
    expect(await firehose.call('DeleteDeliveryStream', input)).toMatchObject({ name: 'ResourceInUseException' });
    await clock.advance(30 * NS_PER_S - 1);
    expect(await status()).toBe('CREATING');
    await clock.advance(1);
    expect(await status()).toBe('ACTIVE');
    await firehose.must('DeleteDeliveryStream', input);
    expect(await status()).toBe('DELETING');
    await clock.advance(4 * NS_PER_S);
    await firehose.must('DeleteDeliveryStream', input);
    expect(await status()).toBe('DELETING');
    await clock.advance(NS_PER_S);
    expect(await status()).toBe('ResourceNotFoundException');
    expect((await firehose.must('ListDeliveryStreams', {})).DeliveryStreamNames).toEqual([]);
  });

  test('a name is taken until it is gone, and each account and region has its own', async () => {
    const { firehose } = virtualEndpoint();
    await firehose.create(D);
    const again = { DeliveryStreamName: D, S3DestinationConfiguration: s3 };
    expect(await firehose.call('CreateDeliveryStream', again)).toMatchObject({
      name: 'ResourceInUseException',
      message: 'Firehose d under accountId 000000000000 already exists',
    });
    expect(await firehose.call('DescribeDeliveryStream', { DeliveryStreamName: 'x' })).toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'Firehose x under account 000000000000 not found.',
    });
  });
});

test('a description has every default of AWS filled in, of both forms of the destination', async () => {
  const { firehose, clock } = virtualEndpoint();
  const createdS = clock.now() / 1000;
  await firehose.create(D);
  const plain = {
    RoleARN,
    BucketARN: 'arn:aws:s3:::lake',
    BufferingHints: { SizeInMBs: 5, IntervalInSeconds: 300 },
    CompressionFormat: 'UNCOMPRESSED',
    EncryptionConfiguration: { NoEncryptionConfig: 'NoEncryption' },
    CloudWatchLoggingOptions: { Enabled: false },
  };
  expect(await firehose.must('DescribeDeliveryStream', { DeliveryStreamName: D })).toEqual({
    DeliveryStreamDescription: {
      DeliveryStreamName: D,
      DeliveryStreamARN: 'arn:aws:firehose:us-east-1:000000000000:deliverystream/d',
      DeliveryStreamStatus: 'ACTIVE',
      DeliveryStreamEncryptionConfiguration: { Status: 'DISABLED' },
      DeliveryStreamType: 'DirectPut',
      VersionId: '1',
      CreateTimestamp: createdS,
      Destinations: [
        {
          DestinationId,
          S3DestinationDescription: plain,
          ExtendedS3DestinationDescription: { ...plain, S3BackupMode: 'Disabled' },
        },
      ],
      HasMoreDestinations: false,
    },
  });
});

describe('what is refused of a new delivery stream', () => {
  const extended = (more: object) => ({ ExtendedS3DestinationConfiguration: { ...s3, ...more } });
  const prefixes = (Prefix: string, ErrorOutputPrefix = 'e/!{firehose:error-output-type}/') =>
    extended({ Prefix, ErrorOutputPrefix });
  const processor = (Type: string) => extended({ ProcessingConfiguration: { Enabled: true, Processors: [{ Type }] } });

  test.each<[string, Partial<CreateDeliveryStreamInput>, string]>([
    [
      'no destination',
      {},
      'InvalidArgumentException: Exactly one destination configuration is supported for a Firehose',
    ],
    [
      'two destinations',
      { S3DestinationConfiguration: s3, ...extended({}) },
      'InvalidArgumentException: Exactly one destination configuration is supported for a Firehose',
    ],
    [
      'no role',
      extended({ RoleARN: null }),
      "ValidationException: 1 validation error detected: Value null at 'extendedS3DestinationConfiguration.roleARN' failed to satisfy constraint: Member must not be null",
    ],
    [
      'no bucket',
      extended({ BucketARN: undefined }),
      "ValidationException: 1 validation error detected: Value null at 'extendedS3DestinationConfiguration.bucketARN' failed to satisfy constraint: Member must not be null",
    ],
    [
      'a size of 0',
      extended({ BufferingHints: { SizeInMBs: 0, IntervalInSeconds: 60 } }),
      'greater than or equal to 1',
    ],
    [
      'a size of 129',
      extended({ BufferingHints: { SizeInMBs: 129, IntervalInSeconds: 60 } }),
      'less than or equal to 128',
    ],
    [
      'an interval of 901',
      extended({ BufferingHints: { SizeInMBs: 1, IntervalInSeconds: 901 } }),
      'less than or equal to 900',
    ],
    ['a size alone', extended({ BufferingHints: { SizeInMBs: 1 } }), 'InvalidArgumentException: Both SizeInMBs and'],
    [
      'an interval alone',
      extended({ BufferingHints: { IntervalInSeconds: 1 } }),
      'InvalidArgumentException: Both SizeInMBs and',
    ],
    ['a compression in small letters', extended({ CompressionFormat: 'gzip' }), 'Member must satisfy enum value set'],
    ['a time zone that is none', extended({ CustomTimeZone: 'Mars/Olympus' }), 'CustomTimeZone Mars/Olympus is not'],
    [
      'a prefix with expressions and no error prefix',
      prefixes('!{timestamp:yyyy}/', ''),
      'ErrorOutputPrefix cannot be null',
    ],
    ['an error prefix without the type', prefixes('a/', '!{timestamp:yyyy}/'), 'at least one instance'],
    ['the error type in a prefix', prefixes('!{firehose:error-output-type}/'), 'for ErrorOutputPrefix alone'],
    ['an unknown namespace', prefixes('!{aws:region}/'), 'the expression !{aws:region} is none of'],
    ['an expression that is not closed', prefixes('!{timestamp:yyyy'), 'is never closed'],
    ['the name of a month', prefixes('!{timestamp:MMM}/'), 'the letters MMM'],
    ['a partition key', prefixes('!{partitionKeyFromQuery:id}/'), 'can only be part of a prefix expression when'],
    ['a prefix that gets too long', prefixes('x'.repeat(513)), 'more than 512 bytes'],
    [
      'a decompression',
      processor('Decompression'),
      'The processor Decompression (ProcessingConfiguration) is not built',
    ],
    ['a backup nowhere', extended({ S3BackupMode: 'Enabled' }), 'S3BackupConfiguration is needed'],
    [
      'Iceberg',
      { IcebergDestinationConfiguration: { RoleARN, CatalogConfiguration: {}, S3Configuration: s3 } },
      'InvalidArgumentException: The destination IcebergDestinationConfiguration is not built in this reference yet.',
    ],
    [
      'a source of Kafka',
      { DeliveryStreamType: 'MSKAsSource', S3DestinationConfiguration: s3 },
      'The source MSKAsSource is not built',
    ],
    [
      'a Kinesis source of Direct PUT',
      {
        S3DestinationConfiguration: s3,
        KinesisStreamSourceConfiguration: {
          KinesisStreamARN: 'arn:aws:kinesis:us-east-1:000000000000:stream/s',
          RoleARN,
        },
      },
      'KinesisStreamSourceConfiguration does not go with the delivery stream type DirectPut',
    ],
    [
      'a key that AWS owns, by its ARN',
      {
        S3DestinationConfiguration: s3,
        DeliveryStreamEncryptionConfigurationInput: {
          KeyType: 'AWS_OWNED_CMK',
          KeyARN: 'arn:aws:kms:us-east-1:000000000000:key/k',
        },
      },
      'KeyARN cannot be given',
    ],
  ])('%s', async (_what, input, text) => {
    expect(await created(input)).toContain(text);
  });

  test.each([
    [1, 0],
    [128, 900],
  ])('and hints of %i MB and %i s are taken', async (SizeInMBs, IntervalInSeconds) => {
    expect(await created(extended({ BufferingHints: { SizeInMBs, IntervalInSeconds } }))).toBe('created');
  });
});

describe('UpdateDestination', () => {
  const update = (CurrentDeliveryStreamVersionId: string, more: object) => ({
    DeliveryStreamName: D,
    CurrentDeliveryStreamVersionId,
    DestinationId,
    ExtendedS3DestinationUpdate: more,
  });

  test('changes what is named, keeps the rest, and counts versions', async () => {
    const { firehose, clock } = virtualEndpoint();
    await firehose.create(D, { Prefix: 'a/', CompressionFormat: 'GZIP' });
    await firehose.must('UpdateDestination', update('1', { Prefix: 'b/' }));
    const { DeliveryStreamDescription: after } = await firehose.must('DescribeDeliveryStream', {
      DeliveryStreamName: D,
    });
    expect(after).toMatchObject({ VersionId: '2', LastUpdateTimestamp: clock.now() / 1000 });
    expect(after.Destinations[0]!.ExtendedS3DestinationDescription).toMatchObject({
      Prefix: 'b/',
      CompressionFormat: 'GZIP',
      BufferingHints: { SizeInMBs: 5, IntervalInSeconds: 300 },
    });
  });

  test('of two who saw the same version the second is refused', async () => {
    const { firehose } = virtualEndpoint();
    await firehose.create(D);
    await firehose.must('UpdateDestination', update('1', { Prefix: 'a/' }));
    expect(await firehose.call('UpdateDestination', update('1', { Prefix: 'b/' }))).toMatchObject({
      name: 'ConcurrentModificationException',
    });
  });

  test('refuses what a new delivery stream is refused, and another destination', async () => {
    const { firehose } = virtualEndpoint();
    await firehose.create(D);
    const { ExtendedS3DestinationUpdate: _none, ...bare } = update('1', {});
    const wrong = [
      update('1', { BufferingHints: { SizeInMBs: 1 } }),
      { ...update('1', {}), DestinationId: 'destinationId-2' },
      bare,
      { ...update('1', {}), S3DestinationUpdate: {} },
    ];
    for (const input of wrong) {
      const outcome = await firehose.call('UpdateDestination', input);
      expect(outcome).toMatchObject({ name: 'InvalidArgumentException' });
    }
    expect(
      (await firehose.must('DescribeDeliveryStream', { DeliveryStreamName: D })).DeliveryStreamDescription.VersionId,
    ).toBe('1');
  });
});

test('tags are set, replaced, listed in pages, taken away, and fifty at the most', async () => {
  const { firehose } = virtualEndpoint();
  await firehose.create(D);
  const input = { DeliveryStreamName: D };
  await firehose.must('TagDeliveryStream', { ...input, Tags: [{ Key: 'b', Value: '1' }, { Key: 'a' }] });
  await firehose.must('TagDeliveryStream', { ...input, Tags: [{ Key: 'b', Value: '2' }] });
  expect(await firehose.must('ListTagsForDeliveryStream', { ...input, Limit: 1 })).toEqual({
    Tags: [{ Key: 'a' }],
    HasMoreTags: true,
  });
  expect(await firehose.must('ListTagsForDeliveryStream', { ...input, ExclusiveStartTagKey: 'a' })).toEqual({
    Tags: [{ Key: 'b', Value: '2' }],
    HasMoreTags: false,
  });
  await firehose.must('UntagDeliveryStream', { ...input, TagKeys: ['a'] });
  const Tags = Array.from({ length: 50 }, (_, index) => ({ Key: `k${index}` }));
  expect(await firehose.call('TagDeliveryStream', { ...input, Tags })).toMatchObject({
    name: 'LimitExceededException',
  });
  expect((await firehose.must('ListTagsForDeliveryStream', input)).Tags).toEqual([{ Key: 'b', Value: '2' }]);
});

describe('encryption', () => {
  const input = { DeliveryStreamName: D };
  const KeyARN = 'arn:aws:kms:us-east-1:000000000000:key/k';
  const mine = { DeliveryStreamEncryptionConfigurationInput: { KeyType: 'CUSTOMER_MANAGED_CMK', KeyARN } } as const;
  const record = { ...input, Record: { Data: 'AAAA' } };

  test('takes a while, and puts say when it is done', async () => {
    const { firehose, clock } = virtualEndpoint({ encryptDeliveryStreamMs: 2000 });
    await firehose.create(D);
    const shown = async () =>
      (await firehose.must('DescribeDeliveryStream', input)).DeliveryStreamDescription
        .DeliveryStreamEncryptionConfiguration;
    await firehose.must('StartDeliveryStreamEncryption', { ...input, ...mine });
    expect(await shown()).toEqual({ Status: 'ENABLING', KeyType: 'CUSTOMER_MANAGED_CMK', KeyARN });
    expect(await firehose.must('PutRecord', record)).toMatchObject({ Encrypted: false });
    expect(await firehose.call('StopDeliveryStreamEncryption', input)).toMatchObject({
      name: 'ResourceInUseException',
    });
    await clock.advance(2 * NS_PER_S);
    expect(await shown()).toMatchObject({ Status: 'ENABLED' });
    expect(await firehose.must('PutRecord', record)).toMatchObject({ Encrypted: true });
    await firehose.must('StopDeliveryStreamEncryption', input);
    expect(await shown()).toEqual({ Status: 'DISABLING' });
    await clock.advance(2 * NS_PER_S);
    expect(await shown()).toEqual({ Status: 'DISABLED' });
  });

  test('a key that cannot be used refuses the start, and puts once it is so', async () => {
    const { firehose, endpoint, clock } = virtualEndpoint({ kmsKeys: { [KeyARN]: 'disabled' } });
    await firehose.create(D);
    expect(await firehose.call('StartDeliveryStreamEncryption', { ...input, ...mine })).toMatchObject({
      name: 'InvalidKMSResourceException',
      body: { code: 'KMSDisabledException' },
    });
    endpoint.keys.set(KeyARN, 'enabled');
    await firehose.must('StartDeliveryStreamEncryption', { ...input, ...mine });
    await clock.advance(NS_PER_S);
    endpoint.keys.set(KeyARN, 'denied');
    expect(await firehose.call('PutRecord', record)).toMatchObject({ body: { code: 'KMSAccessDeniedException' } });
  });

  test('changes 25 times a day, both ways together', async () => {
    const { firehose, clock } = virtualEndpoint();
    await firehose.create(D);
    for (let change = 0; change < 25; change += 1) {
      await firehose.must(change % 2 === 0 ? 'StartDeliveryStreamEncryption' : 'StopDeliveryStreamEncryption', input);
      await clock.advance(NS_PER_S);
    }
    expect(await firehose.call('StopDeliveryStreamEncryption', input)).toMatchObject({
      name: 'LimitExceededException',
    });
    await clock.advance(86_400 * NS_PER_S);
    expect((await firehose.call('StopDeliveryStreamEncryption', input)).ok).toBe(true);
  });
});

test('delivery streams are listed by name, ten to a page, and by type', async () => {
  const { firehose } = virtualEndpoint();
  for (let index = 0; index < 12; index += 1) await firehose.create(`d${String(index).padStart(2, '0')}`);
  const first = await firehose.must('ListDeliveryStreams', {});
  expect(first.DeliveryStreamNames).toHaveLength(10);
  expect(first.HasMoreDeliveryStreams).toBe(true);
  const rest = { ExclusiveStartDeliveryStreamName: 'd09', Limit: 100 };
  expect(await firehose.must('ListDeliveryStreams', rest)).toEqual({
    DeliveryStreamNames: ['d10', 'd11'],
    HasMoreDeliveryStreams: false,
  });
  expect(await firehose.must('ListDeliveryStreams', { DeliveryStreamType: 'KinesisStreamAsSource' })).toEqual({
    DeliveryStreamNames: [],
    HasMoreDeliveryStreams: false,
  });
});

describe('limits', () => {
  test('of the control plane: five calls of each operation at once', async () => {
    const { firehose } = virtualEndpoint({ limits: 'aws' });
    const names = [];
    for (let index = 0; index < 6; index += 1) {
      const outcome = await firehose.call('ListDeliveryStreams', {});
      names.push(outcome.ok || outcome.name);
    }
    expect(names).toEqual([true, true, true, true, true, 'ThrottlingException']);
    expect((await firehose.call('DescribeDeliveryStream', { DeliveryStreamName: D })).ok).toBe(false);
  });

  test('of delivery streams', async () => {
    const limits = { ...awsLimits, firehose: { ...awsLimits.firehose, deliveryStreamsMax: 1 } };
    const { firehose } = virtualEndpoint({ limits });
    await firehose.create('one');
    const two = { DeliveryStreamName: 'two', S3DestinationConfiguration: s3 };
    expect(await firehose.call('CreateDeliveryStream', two)).toMatchObject({ name: 'LimitExceededException' });
  });
});
