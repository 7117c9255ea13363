/** A list of calls over every operation, each of which succeeds when all are made in this order, some time apart. */
import type { Input, OperationName } from '../protocol/operations.ts';
import { inputShapes } from '../protocol/shapes.ts';

export const StreamName = 'orders';
export const StreamARN = `arn:aws:kinesis:us-east-1:000000000000:stream/${StreamName}`;

/** What calls need to know of the answers before them. */
export interface Known {
  readonly consumerArn: string;
  readonly channelArn: string;
  readonly iterator: string;
}

/** A call: an operation and its input, without data, which each way of sending writes in its own form. */
export interface ListedCall {
  readonly operation: OperationName;
  readonly input: object;
}

const call = <O extends OperationName>(operation: O, input: Input<O>): ListedCall => ({ operation, input });
const key = { StreamName, EncryptionType: 'KMS', KeyId: 'alias/aws/kinesis' } as const;
const channel: Input<'CreateChannel'> = {
  ChannelName: 'lake',
  ServiceExecutionRoleARN: 'arn:aws:iam::000000000000:role/channel',
  StreamConfigurationList: [{ StreamARN, RecordConfiguration: { RecordFormatType: 'BYTE_ARRAY' } }],
  S3DestinationConfiguration: {
    StorageConfiguration: {
      BucketARN: 'arn:aws:s3:::lake',
      ExpectedBucketOwner: '000000000000',
      CompressionType: 'ZSTD',
    },
  },
  LoggingConfiguration: { CloudWatchLogs: { Enabled: true } },
  Tags: { team: 'Zürich' },
};
const policy = JSON.stringify({ Statement: [{ Effect: 'Allow', Principal: '*', Action: 'kinesis:*', Resource: '*' }] });

/** The calls; SubscribeToShard, whose answer is a stream, has tests of its own. */
export const everyCall = ({ consumerArn, channelArn, iterator }: Known): readonly ListedCall[] => [
  call('CreateStream', { StreamName, ShardCount: 2, Tags: { team: 'Zürich' } }),
  call('PutRecord', { StreamName, Data: 'AAECAw==', PartitionKey: 'kéy', ExplicitHashKey: '0' }),
  call('PutRecords', {
    StreamName,
    Records: [
      { Data: '/w==', PartitionKey: 'a' },
      { Data: '', PartitionKey: 'b' },
    ],
  }),
  call('GetShardIterator', { StreamName, ShardId: 'shardId-0', ShardIteratorType: 'TRIM_HORIZON' }),
  call('GetRecords', { ShardIterator: iterator }),
  call('DescribeStream', { StreamName }),
  call('DescribeStreamSummary', { StreamARN }),
  call('ListStreams', { Limit: 5 }),
  call('ListShards', { StreamName, MaxResults: 1 }),
  call('DescribeLimits', {}),
  call('DescribeAccountSettings', {}),
  call('UpdateAccountSettings', { MinimumThroughputBillingCommitment: { Status: 'ENABLED' } }),
  call('RegisterStreamConsumer', { StreamARN, ConsumerName: 'c' }),
  call('DescribeStreamConsumer', { ConsumerARN: consumerArn }),
  call('ListStreamConsumers', { StreamARN }),
  call('AddTagsToStream', { StreamName, Tags: { a: '1', b: '2' } }),
  call('TagResource', { ResourceARN: StreamARN, Tags: { c: '3' } }),
  call('ListTagsForStream', { StreamName }),
  call('ListTagsForResource', { ResourceARN: StreamARN }),
  call('RemoveTagsFromStream', { StreamName, TagKeys: ['a'] }),
  call('UntagResource', { ResourceARN: StreamARN, TagKeys: ['b'] }),
  call('PutResourcePolicy', { ResourceARN: StreamARN, Policy: policy }),
  call('GetResourcePolicy', { ResourceARN: StreamARN }),
  call('DeleteResourcePolicy', { ResourceARN: StreamARN }),
  call('EnableEnhancedMonitoring', { StreamName, ShardLevelMetrics: ['ALL'] }),
  call('DisableEnhancedMonitoring', { StreamName, ShardLevelMetrics: ['IncomingBytes'] }),
  call('StartStreamEncryption', key),
  call('StopStreamEncryption', key),
  call('IncreaseStreamRetentionPeriod', { StreamName, RetentionPeriodHours: 48 }),
  call('DecreaseStreamRetentionPeriod', { StreamName, RetentionPeriodHours: 24 }),
  call('UpdateMaxRecordSize', { StreamARN, MaxRecordSizeInKiB: 2048 }),
  call('SplitShard', { StreamName, ShardToSplit: 'shardId-000000000000', NewStartingHashKey: '1000' }),
  call('MergeShards', {
    StreamName,
    ShardToMerge: 'shardId-000000000002',
    AdjacentShardToMerge: 'shardId-000000000003',
  }),
  call('UpdateShardCount', { StreamName, TargetShardCount: 4, ScalingType: 'UNIFORM_SCALING' }),
  call('ListShards', { StreamName, ShardFilter: { Type: 'AT_LATEST' } }),
  call('UpdateStreamMode', { StreamARN, StreamModeDetails: { StreamMode: 'ON_DEMAND' } }),
  call('UpdateStreamWarmThroughput', { StreamName, WarmThroughputMiBps: 100 }),
  call('UpdateStreamRecordDistributionStrategy', { StreamARN, RecordDistributionStrategy: 'AUTO' }),
  call('CreateChannel', channel),
  call('DescribeChannel', { ChannelARN: channelArn }),
  call('ListChannels', { StreamFilter: [{ StreamARN }] }),
  call('UpdateChannel', { ChannelARN: channelArn, S3DestinationConfiguration: { DataFreshnessInSeconds: 600 } }),
  call('TagResource', { ResourceARN: channelArn, Tags: { c: '3' } }),
  call('ListTagsForResource', { ResourceARN: channelArn }),
  call('DescribeStreamSummary', { StreamName }),
  call('DeleteChannel', { ChannelARN: channelArn }),
  call('DeregisterStreamConsumer', { ConsumerARN: consumerArn }),
  call('DeleteStream', { StreamName, EnforceConsumerDeletion: true }),
];

/** A call that a type would not let pass. */
const wrong = (operation: OperationName, input: object): ListedCall => ({ operation, input });
const record = { Data: '', PartitionKey: 'k' };
const none = { StreamName: 'none' };
const first = { StreamName, ShardId: 'shardId-0' };
const noKey = { ...key, KeyId: 'off' };

/**
 * Calls that are refused where `StreamName` has one shard and is ACTIVE: each operation without anything, and each kind of error
 * with its text. The key `off` is disabled, and there are limits.
 */
export const everyRefusal: readonly ListedCall[] = [
  ...Object.keys(inputShapes)
    .filter(isOperation)
    .map((operation) => wrong(operation, {})),
  wrong('PutRecord', { ...none, ...record }),
  wrong('PutRecord', { StreamName: 7, ...record }),
  wrong('PutRecord', { StreamName, Data: 7, PartitionKey: 'k' }),
  wrong('PutRecord', { StreamName, Data: '', PartitionKey: ['k'] }),
  wrong('PutRecord', { StreamName, Data: 'A'.repeat(1_500_000), PartitionKey: 'k' }),
  wrong('PutRecord', { StreamName: 'ü', Data: '', PartitionKey: '', ExplicitHashKey: '-1' }),
  wrong('PutRecord', { StreamName, ...record, ExplicitHashKey: '9'.repeat(39) }),
  wrong('PutRecord', { StreamName, ...record, SequenceNumberForOrdering: '7' }),
  wrong('PutRecord', { StreamName, ...record, DryRun: true }),
  wrong('PutRecords', { StreamName, Records: record }),
  wrong('PutRecords', { StreamName, Records: [{}, { Data: '' }, record] }),
  wrong('PutRecords', { StreamName, Records: Array.from({ length: 501 }, () => record) }),
  wrong('GetRecords', { ShardIterator: 'garbage', Limit: 0 }),
  wrong('GetRecords', { ShardIterator: 'garbage' }),
  wrong('GetShardIterator', { ...first, ShardIteratorType: 'LATEST', StartingSequenceNumber: '7' }),
  wrong('GetShardIterator', { ...first, ShardIteratorType: 'AT_TIMESTAMP', Timestamp: 1e10 }),
  wrong('GetShardIterator', { ...first, ShardIteratorType: 'AT_TIMESTAMP', Timestamp: 'now' }),
  wrong('GetShardIterator', { ...first, ShardIteratorType: 'SOMEWHERE' }),
  wrong('GetShardIterator', { StreamName, ShardId: 'shardId-7', ShardIteratorType: 'LATEST' }),
  wrong('CreateStream', { StreamName, ShardCount: 1 }),
  wrong('CreateStream', { StreamName, ShardCount: 1.5e10 }),
  wrong('CreateStream', { StreamName: 'big', ShardCount: 30_000 }),
  wrong('DescribeStream', { ...none, Limit: 'many' }),
  wrong('DescribeStream', none),
  wrong('SplitShard', { StreamName, ShardToSplit: 'shardId-0', NewStartingHashKey: '0' }),
  wrong('SplitShard', { StreamName, ShardToSplit: 'shardId-9', NewStartingHashKey: '7' }),
  wrong('UpdateShardCount', { StreamName, TargetShardCount: 9, ScalingType: 'UNIFORM_SCALING' }),
  wrong('IncreaseStreamRetentionPeriod', { StreamName, RetentionPeriodHours: 1 }),
  wrong('AddTagsToStream', { StreamName, Tags: { ['k'.repeat(200)]: 'v' } }),
  wrong('AddTagsToStream', { StreamName, Tags: { '<': '>' } }),
  wrong('ListStreams', { Limit: 0 }),
  wrong('ListStreams', { NextToken: 'x' }),
  wrong('ListShards', { StreamName, NextToken: 'x' }),
  wrong('StartStreamEncryption', noKey),
  wrong('UpdateStreamWarmThroughput', { StreamName, WarmThroughputMiBps: 10 }),
  wrong('PutResourcePolicy', { ResourceARN: StreamARN, Policy: 'none' }),
  wrong('CreateChannel', channel),
  wrong('CreateChannel', { ...channel, S3TablesDestinationConfiguration: channel.S3DestinationConfiguration }),
  wrong('CreateChannel', { ...channel, StreamConfigurationList: [] }),
  wrong('CreateChannel', { ...channel, StreamConfigurationList: [null] }),
  wrong('ListChannels', { StreamFilter: [null] }),
  wrong('ListChannels', { NextToken: 'x' }),
  wrong('UpdateChannel', { ChannelARN: 'arn:aws:kinesis:us-east-1:000000000000:channel/none' }),
  wrong('SubscribeToShard', {
    ConsumerARN: `${StreamARN}/consumer/none:1767225600`,
    ShardId: 'shardId-0',
    StartingPosition: { Type: 'LATEST' },
  }),
  ...Array.from({ length: 6 }, () => wrong('GetShardIterator', { ...first, ShardIteratorType: 'LATEST' })),
];

function isOperation(name: string): name is OperationName {
  return Object.hasOwn(inputShapes, name);
}
