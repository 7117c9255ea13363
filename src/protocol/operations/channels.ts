/** Channels: delivery of a stream's records to S3, or to tables in it, by the service itself. */
import type { TagMap } from './naming.ts';

export type ChannelStatus = 'CREATING' | 'ACTIVE' | 'UPDATING' | 'DELETING' | 'FAILED';
export type ChannelDestinationType = 'S3' | 'S3_TABLES';
export type RecordFormatType = 'GSR_JSON' | 'JSON' | 'STRING' | 'BYTE_ARRAY';
export type S3StorageClass = 'STANDARD' | 'INTELLIGENT_TIERING' | 'GLACIER_IR';
export type S3CompressionType = 'NONE' | 'GZIP' | 'ZSTD';
export type S3TablesCompressionType = 'NONE' | 'ZSTD' | 'SNAPPY';

export interface ChannelEncryptionConfiguration {
  EncryptionType: 'KMS';
  KeyId: string;
}
export interface CloudWatchLogs {
  Enabled: boolean;
  LogGroupName?: string;
  LogStreamName?: string;
}
export interface ChannelLoggingConfiguration {
  CloudWatchLogs: CloudWatchLogs;
}
export interface DeadLetterQueueS3Configuration {
  BucketARN: string;
  ExpectedBucketOwner: string;
  ErrorOutputPrefix?: string;
}
export interface S3StorageConfiguration {
  BucketARN: string;
  ExpectedBucketOwner: string;
  OutputKeyTemplate?: string;
  StorageClass?: S3StorageClass;
  CompressionType: S3CompressionType;
}
export interface S3DestinationConfiguration {
  DataFreshnessInSeconds?: number;
  DeadLetterQueueS3Configuration?: DeadLetterQueueS3Configuration;
  StorageConfiguration: S3StorageConfiguration;
}
export interface S3DestinationDescription extends S3DestinationConfiguration {
  DataFreshnessInSeconds: number;
  DeadLetterQueueS3Configuration: DeadLetterQueueS3Configuration;
}
export interface PartitionSpec {
  PartitionFields: { Transform: 'TIME_HOUR'; SourceName: string }[];
}
export interface S3TablesConfiguration {
  TableBucketARN: string;
  Namespace: string;
  TableName: string;
  CompressionType: S3TablesCompressionType;
  PartitionSpec?: PartitionSpec;
}
export interface S3TablesDestinationConfiguration {
  DataFreshnessInSeconds?: number;
  DeadLetterQueueS3Configuration: DeadLetterQueueS3Configuration;
  S3TablesConfigurationList: S3TablesConfiguration[];
}
export interface S3TablesDestinationDescription extends S3TablesDestinationConfiguration {
  DataFreshnessInSeconds: number;
}
export interface RecordConfiguration {
  RecordFormatType: RecordFormatType;
  GSRSchemaARN?: string;
}
export interface ChannelStreamConfiguration {
  StreamARN: string;
  RecordConfiguration: RecordConfiguration;
}
export interface ChannelStreamIdentifier {
  StreamARN: string;
  StreamCreationTimestamp: number;
}
export interface ChannelStreamDescription extends ChannelStreamIdentifier {
  RecordConfiguration: RecordConfiguration;
}

export interface ChannelDescription {
  ChannelName: string;
  ChannelARN: string;
  ChannelId: string;
  ChannelStatus: ChannelStatus;
  ChannelStatusReason?: string;
  ChannelCreationTimestamp: number;
  ServiceExecutionRoleARN: string;
  StreamConfigurationList: ChannelStreamDescription[];
  S3DestinationConfiguration?: S3DestinationDescription;
  S3TablesDestinationConfiguration?: S3TablesDestinationDescription;
  EncryptionConfiguration?: ChannelEncryptionConfiguration;
  LoggingConfiguration: ChannelLoggingConfiguration;
}
export interface ChannelDescriptionOutput {
  ChannelDescription: ChannelDescription;
}

export interface CreateChannelInput {
  ChannelName: string;
  ServiceExecutionRoleARN: string;
  /** One stream, so far. */
  StreamConfigurationList: ChannelStreamConfiguration[];
  S3DestinationConfiguration?: S3DestinationConfiguration;
  S3TablesDestinationConfiguration?: S3TablesDestinationConfiguration;
  EncryptionConfiguration?: ChannelEncryptionConfiguration;
  Tags?: TagMap;
  LoggingConfiguration?: ChannelLoggingConfiguration;
}

/** Where a channel is named. */
export interface ChannelRef {
  ChannelARN: string;
}

export interface UpdateChannelInput extends ChannelRef {
  S3DestinationConfiguration?: { DataFreshnessInSeconds: number };
  S3TablesDestinationConfiguration?: { DataFreshnessInSeconds: number };
  LoggingConfiguration?: ChannelLoggingConfiguration;
}

export interface StreamFilter {
  StreamARN: string;
  StreamCreationTimestamp?: number;
}
export interface ListChannelsInput {
  StreamFilter?: StreamFilter[];
  MaxResults?: number;
  NextToken?: string;
}
export interface ChannelSummary {
  ChannelName: string;
  ChannelARN: string;
  ChannelId: string;
  ChannelStatus: ChannelStatus;
  ChannelStatusReason?: string;
  ChannelCreationTimestamp: number;
  ChannelDestinationType: ChannelDestinationType;
  Streams: ChannelStreamIdentifier[];
}
export interface ListChannelsOutput {
  ChannelSummaries: ChannelSummary[];
  NextToken?: string;
}

/** The operations of this group. */
export interface ChannelOperations {
  CreateChannel: { input: CreateChannelInput; output: ChannelDescriptionOutput };
  DeleteChannel: { input: ChannelRef; output: void };
  DescribeChannel: { input: ChannelRef; output: ChannelDescriptionOutput };
  ListChannels: { input: ListChannelsInput; output: ListChannelsOutput };
  UpdateChannel: { input: UpdateChannelInput; output: ChannelDescriptionOutput };
}
