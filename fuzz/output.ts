/**
 * The answers of the operations as data, to hold real ones against: members and their kinds. Typed over the outputs of
 * `protocol`, so the compiler counts operations and members.
 */
import type { Operations, OperationName, Output } from '../src/protocol/operations.ts';
import type { Form } from './encoding.ts';

/** Says what is wrong with a value, or nothing. */
type Check = (value: unknown, form: Form, path: string) => string | undefined;

/** A check of a member; one that may be absent says so. */
interface Member {
  readonly check: Check;
  readonly optional: boolean;
}
type MembersOf<T> = { readonly [M in keyof Required<T>]: Member };

const is =
  (what: string, holds: (value: unknown, form: Form) => boolean): Check =>
  (value, form, path) =>
    holds(value, form) ? undefined : `${path} is no ${what}: ${JSON.stringify(value)?.slice(0, 200)}`;
const must = (check: Check): Member => ({ check, optional: false });
const may = (check: Check): Member => ({ check, optional: true });

const text = is('text', (value) => typeof value === 'string' && value !== '');
const anyText = is('text', (value) => typeof value === 'string');
const count = is('count', (value) => Number.isSafeInteger(value) && Number(value) >= 0);
const flag = is('flag', (value) => typeof value === 'boolean');
const nothing = is('null', (value) => value === null);
const sequenceNumber = is('sequence number', (value) => typeof value === 'string' && /^[1-9]\d{55}$/.test(value));
const hashKey = is('hash key', (value) => typeof value === 'string' && /^(?:0|[1-9]\d{0,38})$/.test(value));
const shardId = is('shard id', (value) => typeof value === 'string' && /^shardId-\d{12}$/.test(value));
const blob = is('blob', (value, form) =>
  form === 'cbor' ? value instanceof Uint8Array : typeof value === 'string' && /^[\w+/]*={0,2}$/.test(value),
);
const time = is('time', (value, form) =>
  form === 'cbor' ? value instanceof Date && !Number.isNaN(value.getTime()) : Number.isFinite(value),
);
const oneOf = (...values: readonly string[]) =>
  is(values.join(' or '), (value) => typeof value === 'string' && values.includes(value));
const either =
  (first: Check, second: Check): Check =>
  (value, form, path) =>
    first(value, form, path) === undefined ? undefined : second(value, form, path);

function list(check: Check): Check {
  return (value, form, path) => {
    if (!Array.isArray(value)) return `${path} is no list`;
    for (const [index, each] of value.entries()) {
      const wrong = check(each, form, `${path}[${index}]`);
      if (wrong !== undefined) return wrong;
    }
    return undefined;
  };
}

function structure<T>(members: MembersOf<T>): Check {
  const table: Readonly<Record<string, Member>> = members;
  return (value, form, path) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return `${path} is no structure`;
    const given = new Map<string, unknown>(Object.entries(value));
    for (const name of given.keys()) if (!Object.hasOwn(table, name)) return `${path}.${name} is not of the model`;
    for (const [name, { check, optional }] of Object.entries(table)) {
      if (!given.has(name) && optional) continue;
      const wrong = check(given.get(name), form, `${path}.${name}`);
      if (wrong !== undefined) return wrong;
    }
    return undefined;
  };
}

const encryption = oneOf('KMS', 'NONE');
const streamStatus = oneOf('CREATING', 'DELETING', 'ACTIVE', 'UPDATING');
type O<N extends OperationName> = Output<N>;
type Item<T> = T extends readonly (infer E)[] ? E : never;
type Part<T> = Exclude<T, undefined | null>;
type ChannelS3 = Part<O<'DescribeChannel'>['ChannelDescription']['S3DestinationConfiguration']>;

const range = structure<O<'ListShards'>['Shards'][number]['HashKeyRange']>({
  StartingHashKey: must(hashKey),
  EndingHashKey: must(hashKey),
});
const shard = structure<Item<O<'ListShards'>['Shards']>>({
  ShardId: must(shardId),
  ParentShardId: may(shardId),
  AdjacentParentShardId: may(shardId),
  HashKeyRange: must(range),
  SequenceNumberRange: must(
    structure<O<'ListShards'>['Shards'][number]['SequenceNumberRange']>({
      StartingSequenceNumber: must(sequenceNumber),
      EndingSequenceNumber: may(sequenceNumber),
    }),
  ),
});
const record = structure<Item<O<'GetRecords'>['Records']>>({
  SequenceNumber: must(sequenceNumber),
  ApproximateArrivalTimestamp: must(time),
  Data: must(blob),
  PartitionKey: may(text),
  EncryptionType: may(encryption),
});
const childShards = list(
  structure<Item<Part<O<'GetRecords'>['ChildShards']>>>({
    ShardId: must(shardId),
    ParentShards: must(list(shardId)),
    HashKeyRange: must(range),
  }),
);
const mode = structure<{ StreamMode: string }>({ StreamMode: must(oneOf('PROVISIONED', 'ON_DEMAND')) });
const monitoring = list(
  structure<Item<O<'DescribeStream'>['StreamDescription']['EnhancedMonitoring']>>({
    ShardLevelMetrics: may(list(text)),
  }),
);
const warm = structure<Part<O<'UpdateStreamWarmThroughput'>['WarmThroughput']>>({
  TargetMiBps: may(count),
  CurrentMiBps: may(count),
});
const consumerMembers: MembersOf<O<'RegisterStreamConsumer'>['Consumer']> = {
  ConsumerName: must(text),
  ConsumerARN: must(text),
  ConsumerStatus: must(oneOf('CREATING', 'DELETING', 'ACTIVE')),
  ConsumerCreationTimestamp: must(time),
};
const tags = list(structure<Item<O<'ListTagsForStream'>['Tags']>>({ Key: must(text), Value: may(anyText) }));
const accountSettings = structure<O<'DescribeAccountSettings'>>({
  MinimumThroughputBillingCommitment: may(
    structure<Part<O<'DescribeAccountSettings'>['MinimumThroughputBillingCommitment']>>({
      Status: must(oneOf('ENABLED', 'DISABLED', 'ENABLED_UNTIL_EARLIEST_ALLOWED_END')),
      StartedAt: may(time),
      EndedAt: may(time),
      EarliestAllowedEndAt: may(time),
    }),
  ),
});
const enhancedMonitoring = structure<O<'EnableEnhancedMonitoring'>>({
  StreamName: may(text),
  StreamARN: may(text),
  CurrentShardLevelMetrics: may(list(text)),
  DesiredShardLevelMetrics: may(list(text)),
});
const described = {
  StreamName: must(text),
  StreamARN: must(text),
  StreamStatus: must(streamStatus),
  StreamModeDetails: may(mode),
  RetentionPeriodHours: must(count),
  StreamCreationTimestamp: must(time),
  EnhancedMonitoring: must(monitoring),
  EncryptionType: may(encryption),
  KeyId: may(text),
};

const stored = structure<ChannelS3['StorageConfiguration']>({
  BucketARN: must(text),
  ExpectedBucketOwner: must(text),
  OutputKeyTemplate: may(text),
  StorageClass: may(oneOf('STANDARD', 'INTELLIGENT_TIERING', 'GLACIER_IR')),
  CompressionType: must(oneOf('NONE', 'GZIP', 'ZSTD')),
});
const deadLetters = structure<ChannelS3['DeadLetterQueueS3Configuration']>({
  BucketARN: must(text),
  ExpectedBucketOwner: must(text),
  ErrorOutputPrefix: may(text),
});
const channelMembers = {
  ChannelName: must(text),
  ChannelARN: must(text),
  ChannelId: must(text),
  ChannelStatus: must(oneOf('CREATING', 'ACTIVE', 'UPDATING', 'DELETING')),
  ChannelStatusReason: may(text),
  ChannelCreationTimestamp: must(time),
};
const channelStream = { StreamARN: must(text), StreamCreationTimestamp: must(time) };
const never = is('member that nothing here has', () => false);
const channel = structure<O<'DescribeChannel'>>({
  ChannelDescription: must(
    structure<O<'DescribeChannel'>['ChannelDescription']>({
      ...channelMembers,
      ServiceExecutionRoleARN: must(text),
      StreamConfigurationList: must(
        list(
          structure<Item<O<'DescribeChannel'>['ChannelDescription']['StreamConfigurationList']>>({
            ...channelStream,
            RecordConfiguration: must(
              structure<{ RecordFormatType: string; GSRSchemaARN?: string }>({
                RecordFormatType: must(oneOf('JSON', 'STRING', 'BYTE_ARRAY')),
                GSRSchemaARN: may(never),
              }),
            ),
          }),
        ),
      ),
      S3DestinationConfiguration: may(
        structure<ChannelS3>({
          DataFreshnessInSeconds: must(count),
          DeadLetterQueueS3Configuration: must(deadLetters),
          StorageConfiguration: must(stored),
        }),
      ),
      S3TablesDestinationConfiguration: may(never),
      EncryptionConfiguration: may(
        structure<{ EncryptionType: string; KeyId: string }>({ EncryptionType: must(oneOf('KMS')), KeyId: must(text) }),
      ),
      LoggingConfiguration: must(
        structure<O<'DescribeChannel'>['ChannelDescription']['LoggingConfiguration']>({
          CloudWatchLogs: must(
            structure<O<'DescribeChannel'>['ChannelDescription']['LoggingConfiguration']['CloudWatchLogs']>({
              Enabled: must(flag),
              LogGroupName: may(text),
              LogStreamName: may(anyText),
            }),
          ),
        }),
      ),
    }),
  ),
});

type Answers = {
  readonly [N in keyof Operations]: [Output<N>] extends [void] ? 'empty' : Check;
};

/** What each operation answers; `empty` is a body of no bytes. Of SubscribeToShard it is one event. */
const answers: Answers = {
  AddTagsToStream: 'empty',
  CreateChannel: channel,
  CreateStream: 'empty',
  DecreaseStreamRetentionPeriod: 'empty',
  DeleteChannel: 'empty',
  DeleteResourcePolicy: 'empty',
  DeleteStream: 'empty',
  DeregisterStreamConsumer: 'empty',
  DescribeAccountSettings: accountSettings,
  DescribeChannel: channel,
  DescribeLimits: structure<O<'DescribeLimits'>>({
    ShardLimit: must(count),
    OpenShardCount: must(count),
    OnDemandStreamCount: must(count),
    OnDemandStreamCountLimit: must(count),
    ChannelCount: may(count),
    ChannelCountLimit: may(count),
  }),
  DescribeStream: structure<O<'DescribeStream'>>({
    StreamDescription: must(
      structure<O<'DescribeStream'>['StreamDescription']>({
        ...described,
        Shards: must(list(shard)),
        HasMoreShards: must(flag),
      }),
    ),
  }),
  DescribeStreamConsumer: structure<O<'DescribeStreamConsumer'>>({
    ConsumerDescription: must(
      structure<O<'DescribeStreamConsumer'>['ConsumerDescription']>({ ...consumerMembers, StreamARN: must(text) }),
    ),
  }),
  DescribeStreamSummary: structure<O<'DescribeStreamSummary'>>({
    StreamDescriptionSummary: must(
      structure<O<'DescribeStreamSummary'>['StreamDescriptionSummary']>({
        ...described,
        StreamId: may(text),
        OpenShardCount: must(count),
        ConsumerCount: may(count),
        WarmThroughput: may(warm),
        MaxRecordSizeInKiB: may(count),
        ChannelCount: may(count),
        RecordDistributionStrategy: may(oneOf('AUTO', 'USER_PARTITION_KEY')),
      }),
    ),
  }),
  DisableEnhancedMonitoring: enhancedMonitoring,
  EnableEnhancedMonitoring: enhancedMonitoring,
  GetRecords: structure<O<'GetRecords'>>({
    Records: must(list(record)),
    NextShardIterator: may(either(nothing, text)),
    MillisBehindLatest: may(count),
    ChildShards: may(childShards),
  }),
  GetResourcePolicy: structure<O<'GetResourcePolicy'>>({ Policy: must(text) }),
  GetShardIterator: structure<O<'GetShardIterator'>>({ ShardIterator: may(text) }),
  IncreaseStreamRetentionPeriod: 'empty',
  ListChannels: structure<O<'ListChannels'>>({
    ChannelSummaries: must(
      list(
        structure<Item<O<'ListChannels'>['ChannelSummaries']>>({
          ...channelMembers,
          ChannelDestinationType: must(oneOf('S3')),
          Streams: must(list(structure<Item<Item<O<'ListChannels'>['ChannelSummaries']>['Streams']>>(channelStream))),
        }),
      ),
    ),
    NextToken: may(text),
  }),
  ListShards: structure<O<'ListShards'>>({ Shards: must(list(shard)), NextToken: may(text) }),
  ListStreamConsumers: structure<O<'ListStreamConsumers'>>({
    Consumers: must(list(structure<Item<O<'ListStreamConsumers'>['Consumers']>>(consumerMembers))),
    NextToken: may(text),
  }),
  ListStreams: structure<O<'ListStreams'>>({
    StreamNames: must(list(text)),
    HasMoreStreams: must(flag),
    NextToken: may(text),
    StreamSummaries: may(
      list(
        structure<Item<Part<O<'ListStreams'>['StreamSummaries']>>>({
          StreamName: must(text),
          StreamARN: must(text),
          StreamStatus: must(streamStatus),
          StreamModeDetails: may(mode),
          StreamCreationTimestamp: may(time),
        }),
      ),
    ),
  }),
  ListTagsForResource: structure<O<'ListTagsForResource'>>({ Tags: must(tags) }),
  ListTagsForStream: structure<O<'ListTagsForStream'>>({ Tags: must(tags), HasMoreTags: must(flag) }),
  MergeShards: 'empty',
  PutRecord: structure<O<'PutRecord'>>({
    ShardId: must(shardId),
    SequenceNumber: must(sequenceNumber),
    EncryptionType: may(encryption),
  }),
  PutRecords: structure<O<'PutRecords'>>({
    FailedRecordCount: may(count),
    Records: must(
      list(
        structure<Item<O<'PutRecords'>['Records']>>({
          SequenceNumber: may(sequenceNumber),
          ShardId: may(shardId),
          ErrorCode: may(oneOf('ProvisionedThroughputExceededException', 'InternalFailure')),
          ErrorMessage: may(text),
        }),
      ),
    ),
    EncryptionType: may(encryption),
  }),
  PutResourcePolicy: 'empty',
  RegisterStreamConsumer: structure<O<'RegisterStreamConsumer'>>({
    Consumer: must(structure<O<'RegisterStreamConsumer'>['Consumer']>(consumerMembers)),
  }),
  RemoveTagsFromStream: 'empty',
  SplitShard: 'empty',
  StartStreamEncryption: 'empty',
  StopStreamEncryption: 'empty',
  SubscribeToShard: structure<O<'SubscribeToShard'>>({
    Records: must(list(record)),
    ContinuationSequenceNumber: may(either(nothing, sequenceNumber)),
    MillisBehindLatest: must(count),
    ChildShards: may(childShards),
  }),
  TagResource: 'empty',
  UntagResource: 'empty',
  UpdateAccountSettings: accountSettings,
  UpdateChannel: channel,
  UpdateMaxRecordSize: 'empty',
  UpdateShardCount: structure<O<'UpdateShardCount'>>({
    StreamName: may(text),
    StreamARN: may(text),
    CurrentShardCount: may(count),
    TargetShardCount: may(count),
  }),
  UpdateStreamMode: 'empty',
  UpdateStreamRecordDistributionStrategy: 'empty',
  UpdateStreamWarmThroughput: structure<O<'UpdateStreamWarmThroughput'>>({
    StreamARN: may(text),
    StreamName: may(text),
    WarmThroughput: may(warm),
  }),
};

/** Every operation, by name. */
export const operationNames = Object.keys(answers).filter((name): name is OperationName => name in answers);

/** What is wrong with an answer; undefined where the body was empty. */
export function outputFault(operation: OperationName, value: unknown, form: Form): string | undefined {
  const check = answers[operation];
  if (check === 'empty') return value === undefined ? undefined : `${operation} has a body`;
  return check(value, form, operation);
}
