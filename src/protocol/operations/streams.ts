/** Streams come and go, and say what they are; and what the account has of them. */
import type {
  EncryptionType,
  RecordDistributionStrategy,
  StreamModeDetails,
  StreamRef,
  StreamStatus,
  TagMap,
} from './naming.ts';
import type { EnhancedMetrics, WarmThroughputObject } from './settings.ts';
import type { Shard } from './shards.ts';

export interface CreateStreamInput {
  StreamName: string;
  ShardCount?: number;
  StreamModeDetails?: StreamModeDetails;
  Tags?: TagMap;
  WarmThroughputMiBps?: number;
  MaxRecordSizeInKiB?: number;
  RecordDistributionStrategy?: RecordDistributionStrategy;
}

export interface DeleteStreamInput extends StreamRef {
  EnforceConsumerDeletion?: boolean;
}

export interface DescribeStreamInput extends StreamRef {
  Limit?: number;
  ExclusiveStartShardId?: string;
}
export interface StreamDescription {
  StreamName: string;
  StreamARN: string;
  StreamStatus: StreamStatus;
  StreamModeDetails?: StreamModeDetails;
  Shards: Shard[];
  HasMoreShards: boolean;
  RetentionPeriodHours: number;
  StreamCreationTimestamp: number;
  EnhancedMonitoring: EnhancedMetrics[];
  EncryptionType?: EncryptionType;
  KeyId?: string;
}
export interface DescribeStreamOutput {
  StreamDescription: StreamDescription;
}

export interface StreamDescriptionSummary {
  StreamName: string;
  StreamARN: string;
  StreamId?: string;
  StreamStatus: StreamStatus;
  StreamModeDetails?: StreamModeDetails;
  RetentionPeriodHours: number;
  StreamCreationTimestamp: number;
  EnhancedMonitoring: EnhancedMetrics[];
  EncryptionType?: EncryptionType;
  KeyId?: string;
  OpenShardCount: number;
  ConsumerCount?: number;
  WarmThroughput?: WarmThroughputObject;
  MaxRecordSizeInKiB?: number;
  ChannelCount?: number;
  RecordDistributionStrategy?: RecordDistributionStrategy;
}
export interface DescribeStreamSummaryOutput {
  StreamDescriptionSummary: StreamDescriptionSummary;
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
  StreamModeDetails?: StreamModeDetails;
  StreamCreationTimestamp?: number;
}
export interface ListStreamsOutput {
  StreamNames: string[];
  HasMoreStreams: boolean;
  NextToken?: string;
  StreamSummaries?: StreamSummary[];
}

export interface DescribeLimitsOutput {
  ShardLimit: number;
  OpenShardCount: number;
  OnDemandStreamCount: number;
  OnDemandStreamCountLimit: number;
  ChannelCount?: number;
  ChannelCountLimit?: number;
}

/** The operations of this group. */
export interface StreamOperations {
  CreateStream: { input: CreateStreamInput; output: void };
  DeleteStream: { input: DeleteStreamInput; output: void };
  DescribeLimits: { input: object; output: DescribeLimitsOutput };
  DescribeStream: { input: DescribeStreamInput; output: DescribeStreamOutput };
  DescribeStreamSummary: { input: StreamRef; output: DescribeStreamSummaryOutput };
  ListStreams: { input: ListStreamsInput; output: ListStreamsOutput };
}
