/** A list of calls over every operation, each of which succeeds when all are made in this order, some time apart. */
import type { Input, OperationName } from '../protocol/operations.ts';

export const StreamName = 'orders';
export const StreamARN = `arn:aws:kinesis:us-east-1:000000000000:stream/${StreamName}`;

/** What calls need to know of the answers before them. */
export interface Known {
  readonly consumerArn: string;
  readonly iterator: string;
}

/** A call: an operation and its input, without data, which each way of sending writes in its own form. */
export interface ListedCall {
  readonly operation: OperationName;
  readonly input: object;
}

const call = <O extends OperationName>(operation: O, input: Input<O>): ListedCall => ({ operation, input });
const key = { StreamName, EncryptionType: 'KMS', KeyId: 'alias/aws/kinesis' } as const;
const policy = JSON.stringify({ Statement: [{ Effect: 'Allow', Principal: '*', Action: 'kinesis:*', Resource: '*' }] });

/** The calls; SubscribeToShard, whose answer is a stream, has tests of its own. */
export const everyCall = ({ consumerArn, iterator }: Known): readonly ListedCall[] => [
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
  call('DescribeStreamSummary', { StreamName }),
  call('DeregisterStreamConsumer', { ConsumerARN: consumerArn }),
  call('DeleteStream', { StreamName, EnforceConsumerDeletion: true }),
];
