/**
 * The operations of Kinesis Data Streams that kinebench speaks, with the members it uses: the shapes as AWS spells them
 * (source: the service model 2013-12-02). Client and reference both import these types and nothing else of each other.
 */

/** HTTP target prefix of Kinesis Data Streams: `X-Amz-Target: Kinesis_20131202.<Operation>`. */
export const KINESIS_TARGET_PREFIX = 'Kinesis_20131202';

/** A stream is named by name, by ARN, or by both agreeing. */
export interface StreamRef {
  StreamName?: string;
  StreamARN?: string;
}

export interface CreateStreamInput {
  StreamName: string;
  ShardCount?: number;
  StreamModeDetails?: { StreamMode: StreamMode };
  Tags?: Record<string, string>;
}
export type StreamMode = 'PROVISIONED' | 'ON_DEMAND';
export type StreamStatus = 'CREATING' | 'DELETING' | 'ACTIVE' | 'UPDATING';

export interface DeleteStreamInput extends StreamRef {
  EnforceConsumerDeletion?: boolean;
}

export interface Shard {
  ShardId: string;
  ParentShardId?: string;
  AdjacentParentShardId?: string;
  HashKeyRange: { StartingHashKey: string; EndingHashKey: string };
  SequenceNumberRange: { StartingSequenceNumber: string; EndingSequenceNumber?: string };
}

export interface DescribeStreamInput extends StreamRef {
  Limit?: number;
  ExclusiveStartShardId?: string;
}
export interface DescribeStreamOutput {
  StreamDescription: {
    StreamName: string;
    StreamARN: string;
    StreamStatus: StreamStatus;
    StreamModeDetails?: { StreamMode: StreamMode };
    Shards: Shard[];
    HasMoreShards: boolean;
    RetentionPeriodHours: number;
    StreamCreationTimestamp: number;
    EnhancedMonitoring: { ShardLevelMetrics?: string[] }[];
    EncryptionType?: string;
  };
}

export interface DescribeStreamSummaryOutput {
  StreamDescriptionSummary: {
    StreamName: string;
    StreamARN: string;
    StreamStatus: StreamStatus;
    StreamModeDetails?: { StreamMode: StreamMode };
    RetentionPeriodHours: number;
    StreamCreationTimestamp: number;
    EnhancedMonitoring: { ShardLevelMetrics?: string[] }[];
    EncryptionType?: string;
    OpenShardCount: number;
    ConsumerCount?: number;
  };
}

export interface ListStreamsInput {
  Limit?: number;
  ExclusiveStartStreamName?: string;
  NextToken?: string;
}
export interface StreamSummary {
  StreamName: string;
  StreamARN: string;
  StreamStatus: StreamStatus;
  StreamModeDetails?: { StreamMode: StreamMode };
  StreamCreationTimestamp?: number;
}
export interface ListStreamsOutput {
  StreamNames: string[];
  HasMoreStreams: boolean;
  NextToken?: string;
  StreamSummaries?: StreamSummary[];
}

export interface ListShardsInput extends StreamRef {
  NextToken?: string;
  ExclusiveStartShardId?: string;
  MaxResults?: number;
  StreamCreationTimestamp?: number;
}
export interface ListShardsOutput {
  Shards: Shard[];
  NextToken?: string;
}

export interface ListTagsForStreamInput extends StreamRef {
  ExclusiveStartTagKey?: string;
  Limit?: number;
}
export interface ListTagsForStreamOutput {
  Tags: { Key: string; Value?: string }[];
  HasMoreTags: boolean;
}

export interface AddTagsToStreamInput extends StreamRef {
  Tags: Record<string, string>;
}

/** `Data` is base64 in JSON; typed as the encoded string here, since every transport of this version speaks JSON. */
export interface PutRecordInput extends StreamRef {
  Data: string;
  PartitionKey: string;
  ExplicitHashKey?: string;
  SequenceNumberForOrdering?: string;
}
export interface PutRecordOutput {
  ShardId: string;
  SequenceNumber: string;
  EncryptionType?: string;
}

export interface PutRecordsEntry {
  Data: string;
  PartitionKey: string;
  ExplicitHashKey?: string;
}
export interface PutRecordsInput extends StreamRef {
  Records: PutRecordsEntry[];
}
export interface PutRecordsResultEntry {
  SequenceNumber?: string;
  ShardId?: string;
  ErrorCode?: string;
  ErrorMessage?: string;
}
export interface PutRecordsOutput {
  FailedRecordCount?: number;
  Records: PutRecordsResultEntry[];
  EncryptionType?: string;
}

export type ShardIteratorType =
  | 'AT_SEQUENCE_NUMBER'
  | 'AFTER_SEQUENCE_NUMBER'
  | 'TRIM_HORIZON'
  | 'LATEST'
  | 'AT_TIMESTAMP';

export interface GetShardIteratorInput extends StreamRef {
  ShardId: string;
  ShardIteratorType: ShardIteratorType;
  StartingSequenceNumber?: string;
  /** Epoch seconds, fractions allowed. */
  Timestamp?: number;
}
export interface GetShardIteratorOutput {
  ShardIterator?: string;
}

export interface GetRecordsInput {
  ShardIterator: string;
  Limit?: number;
  StreamARN?: string;
}
export interface KinesisRecord {
  SequenceNumber: string;
  ApproximateArrivalTimestamp?: number;
  Data: string;
  PartitionKey: string;
  EncryptionType?: string;
}
export interface ChildShard {
  ShardId: string;
  ParentShards: string[];
  HashKeyRange: { StartingHashKey: string; EndingHashKey: string };
}
export interface GetRecordsOutput {
  Records: KinesisRecord[];
  NextShardIterator?: string | null;
  MillisBehindLatest?: number;
  ChildShards?: ChildShard[];
}

/** What each operation takes and gives. The compiler counts: a table over `OperationName` must have them all. */
export interface Operations {
  AddTagsToStream: { input: AddTagsToStreamInput; output: void };
  CreateStream: { input: CreateStreamInput; output: void };
  DeleteStream: { input: DeleteStreamInput; output: void };
  DescribeStream: { input: DescribeStreamInput; output: DescribeStreamOutput };
  DescribeStreamSummary: { input: StreamRef; output: DescribeStreamSummaryOutput };
  GetRecords: { input: GetRecordsInput; output: GetRecordsOutput };
  GetShardIterator: { input: GetShardIteratorInput; output: GetShardIteratorOutput };
  ListShards: { input: ListShardsInput; output: ListShardsOutput };
  ListStreams: { input: ListStreamsInput; output: ListStreamsOutput };
  ListTagsForStream: { input: ListTagsForStreamInput; output: ListTagsForStreamOutput };
  PutRecord: { input: PutRecordInput; output: PutRecordOutput };
  PutRecords: { input: PutRecordsInput; output: PutRecordsOutput };
}

export type OperationName = keyof Operations;
export type Input<O extends OperationName> = Operations[O]['input'];
export type Output<O extends OperationName> = Operations[O]['output'];
