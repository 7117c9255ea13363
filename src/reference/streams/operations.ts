import type { OperationName } from '../../protocol/operations.ts';
import { addTagsToStream } from './add-tags-to-stream.ts';
import { createStream } from './create-stream.ts';
import { deleteStream } from './delete-stream.ts';
import { describeStreamSummary } from './describe-stream-summary.ts';
import { describeStream } from './describe-stream.ts';
import { getRecords } from './get-records.ts';
import { getShardIterator } from './get-shard-iterator.ts';
import { listShards } from './list-shards.ts';
import { listStreams } from './list-streams.ts';
import { listTagsForStream } from './list-tags-for-stream.ts';
import type { Handler } from './operation.ts';
import { putRecord } from './put-record.ts';
import { putRecords } from './put-records.ts';

/** The operations that are declared and not there yet: unknown to a caller, as Channels are. The list shrinks to `never`. */
type Pending =
  | 'DecreaseStreamRetentionPeriod'
  | 'DeleteResourcePolicy'
  | 'DeregisterStreamConsumer'
  | 'DescribeAccountSettings'
  | 'DescribeLimits'
  | 'DescribeStreamConsumer'
  | 'DisableEnhancedMonitoring'
  | 'EnableEnhancedMonitoring'
  | 'GetResourcePolicy'
  | 'IncreaseStreamRetentionPeriod'
  | 'ListStreamConsumers'
  | 'ListTagsForResource'
  | 'MergeShards'
  | 'PutResourcePolicy'
  | 'RegisterStreamConsumer'
  | 'RemoveTagsFromStream'
  | 'SplitShard'
  | 'StartStreamEncryption'
  | 'StopStreamEncryption'
  | 'SubscribeToShard'
  | 'TagResource'
  | 'UntagResource'
  | 'UpdateAccountSettings'
  | 'UpdateMaxRecordSize'
  | 'UpdateShardCount'
  | 'UpdateStreamMode'
  | 'UpdateStreamRecordDistributionStrategy'
  | 'UpdateStreamWarmThroughput';

/** The operations that the reference has. */
export type PresentOperation = Exclude<OperationName, Pending>;

/** What does the work of each; the compiler counts. */
export const operations: { readonly [O in PresentOperation]: Handler<O> } = {
  AddTagsToStream: addTagsToStream,
  CreateStream: createStream,
  DeleteStream: deleteStream,
  DescribeStream: describeStream,
  DescribeStreamSummary: describeStreamSummary,
  GetRecords: getRecords,
  GetShardIterator: getShardIterator,
  ListShards: listShards,
  ListStreams: listStreams,
  ListTagsForStream: listTagsForStream,
  PutRecord: putRecord,
  PutRecords: putRecords,
};
