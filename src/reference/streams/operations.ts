import type { OperationName } from '../../protocol/operations.ts';
import { addTagsToStream } from './add-tags-to-stream.ts';
import { createStream } from './create-stream.ts';
import { deleteStream } from './delete-stream.ts';
import { deregisterStreamConsumer } from './deregister-stream-consumer.ts';
import { describeLimits } from './describe-limits.ts';
import { describeStreamConsumer } from './describe-stream-consumer.ts';
import { describeStreamSummary } from './describe-stream-summary.ts';
import { describeStream } from './describe-stream.ts';
import { getRecords } from './get-records.ts';
import { getShardIterator } from './get-shard-iterator.ts';
import { listShards } from './list-shards.ts';
import { listStreamConsumers } from './list-stream-consumers.ts';
import { listStreams } from './list-streams.ts';
import { listTagsForStream } from './list-tags-for-stream.ts';
import { mergeShards } from './merge-shards.ts';
import type { Handler } from './operation.ts';
import { putRecord } from './put-record.ts';
import { putRecords } from './put-records.ts';
import { registerStreamConsumer } from './register-stream-consumer.ts';
import { decreaseStreamRetentionPeriod, increaseStreamRetentionPeriod } from './retention-period.ts';
import { splitShard } from './split-shard.ts';
import { subscribeToShard } from './subscribe-to-shard.ts';
import { updateShardCount } from './update-shard-count.ts';

/** The operations that are declared and not there yet: unknown to a caller, as Channels are. The list shrinks to `never`. */
type Pending =
  | 'DeleteResourcePolicy'
  | 'DescribeAccountSettings'
  | 'DisableEnhancedMonitoring'
  | 'EnableEnhancedMonitoring'
  | 'GetResourcePolicy'
  | 'ListTagsForResource'
  | 'PutResourcePolicy'
  | 'RemoveTagsFromStream'
  | 'StartStreamEncryption'
  | 'StopStreamEncryption'
  | 'TagResource'
  | 'UntagResource'
  | 'UpdateAccountSettings'
  | 'UpdateMaxRecordSize'
  | 'UpdateStreamMode'
  | 'UpdateStreamRecordDistributionStrategy'
  | 'UpdateStreamWarmThroughput';

/** The operations that the reference has. */
export type PresentOperation = Exclude<OperationName, Pending>;

/** What does the work of each; the compiler counts. */
export const operations: { readonly [O in PresentOperation]: Handler<O> } = {
  AddTagsToStream: addTagsToStream,
  CreateStream: createStream,
  DecreaseStreamRetentionPeriod: decreaseStreamRetentionPeriod,
  DeleteStream: deleteStream,
  DeregisterStreamConsumer: deregisterStreamConsumer,
  DescribeLimits: describeLimits,
  DescribeStream: describeStream,
  DescribeStreamConsumer: describeStreamConsumer,
  DescribeStreamSummary: describeStreamSummary,
  GetRecords: getRecords,
  GetShardIterator: getShardIterator,
  IncreaseStreamRetentionPeriod: increaseStreamRetentionPeriod,
  ListShards: listShards,
  ListStreamConsumers: listStreamConsumers,
  ListStreams: listStreams,
  ListTagsForStream: listTagsForStream,
  MergeShards: mergeShards,
  PutRecord: putRecord,
  PutRecords: putRecords,
  RegisterStreamConsumer: registerStreamConsumer,
  SplitShard: splitShard,
  SubscribeToShard: subscribeToShard,
  UpdateShardCount: updateShardCount,
};
