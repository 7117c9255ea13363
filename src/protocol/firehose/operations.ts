/**
 * The operations of Data Firehose: what each takes, read off its shape, and what it gives (source: the service model
 * 2015-08-04 as of 2026-10-01; operations.test.ts holds both against the SDK). Timestamps are epoch seconds, blobs base64.
 */
import type { Shape } from '../shapes/shape.ts';
import type { firehoseShapes } from './shapes.ts';

/** HTTP target prefix of Data Firehose: `X-Amz-Target: Firehose_20150804.<Operation>`. */
export const FIREHOSE_TARGET_PREFIX = 'Firehose_20150804';

/** The value that a shape admits. */
type ValueOf<S> = S extends { readonly type: 'structure'; readonly members: infer M }
  ? { [K in keyof M as M[K] extends Needed ? K : never]: ValueOf<M[K]> } & {
      [K in keyof M as M[K] extends Needed ? never : K]?: ValueOf<M[K]>;
    }
  : S extends { readonly type: 'list'; readonly member: infer E }
    ? ValueOf<E>[]
    : S extends { readonly type: 'map' }
      ? Record<string, string>
      : S extends { readonly type: 'string'; readonly values: readonly (infer V)[] }
        ? V
        : S extends { readonly type: infer T extends keyof Scalars }
          ? Scalars[T]
          : never;
type Needed = { readonly required: true };
type Scalars = { [T in Exclude<Shape['type'], 'structure' | 'list' | 'map'>]: ScalarOf<T> };
type ScalarOf<T> = T extends 'boolean' ? boolean : T extends 'string' | 'blob' ? string : number;

/** The name of an operation. The compiler counts: a table over it must have them all. */
export type FirehoseOperation = keyof typeof firehoseShapes;
export type FirehoseInput<O extends FirehoseOperation> = ValueOf<(typeof firehoseShapes)[O]>;
export type FirehoseOutput<O extends FirehoseOperation> = FirehoseOutputs[O];

export type CreateDeliveryStreamInput = FirehoseInput<'CreateDeliveryStream'>;
export type UpdateDestinationInput = FirehoseInput<'UpdateDestination'>;
export type DeliveryStreamType = Exclude<CreateDeliveryStreamInput['DeliveryStreamType'], undefined>;
export type EncryptionInput = Exclude<
  CreateDeliveryStreamInput['DeliveryStreamEncryptionConfigurationInput'],
  undefined
>;
export type DeliveryStreamTag = FirehoseInput<'TagDeliveryStream'>['Tags'][number];

/** The configuration that CreateDeliveryStream takes under a member. */
type Configuration<M extends keyof CreateDeliveryStreamInput> = Exclude<CreateDeliveryStreamInput[M], undefined>;
export type S3Configuration = Configuration<'S3DestinationConfiguration'>;
export type ExtendedS3Configuration = Configuration<'ExtendedS3DestinationConfiguration'>;
export type ExtendedS3Update = Exclude<UpdateDestinationInput['ExtendedS3DestinationUpdate'], undefined>;
export type HttpEndpointConfiguration = Configuration<'HttpEndpointDestinationConfiguration'>;
export type HttpEndpointUpdate = Exclude<UpdateDestinationInput['HttpEndpointDestinationUpdate'], undefined>;
export type SplunkConfiguration = Configuration<'SplunkDestinationConfiguration'>;
export type SplunkUpdate = Exclude<UpdateDestinationInput['SplunkDestinationUpdate'], undefined>;
export type OpenSearchConfiguration = Configuration<'AmazonopensearchserviceDestinationConfiguration'>;
export type OpenSearchUpdate = Exclude<UpdateDestinationInput['AmazonopensearchserviceDestinationUpdate'], undefined>;
export type ServerlessConfiguration = Configuration<'AmazonOpenSearchServerlessDestinationConfiguration'>;
export type ServerlessUpdate = Exclude<
  UpdateDestinationInput['AmazonOpenSearchServerlessDestinationUpdate'],
  undefined
>;
export type RedshiftConfiguration = Configuration<'RedshiftDestinationConfiguration'>;
export type RedshiftUpdate = Exclude<UpdateDestinationInput['RedshiftDestinationUpdate'], undefined>;
export type ProcessingConfiguration = Exclude<ExtendedS3Configuration['ProcessingConfiguration'], undefined>;
export type CompressionFormat = Exclude<S3Configuration['CompressionFormat'], undefined>;
export type BufferingHints = Exclude<S3Configuration['BufferingHints'], undefined>;

/** What is given where a configuration left it out. */
interface Filled {
  BufferingHints: BufferingHints;
  CompressionFormat: CompressionFormat;
  EncryptionConfiguration: Exclude<S3Configuration['EncryptionConfiguration'], undefined>;
}
export type S3DestinationDescription = Omit<S3Configuration, keyof Filled> & Filled;
export type ExtendedS3DestinationDescription = Omit<ExtendedS3Configuration, keyof Filled | 'S3BackupConfiguration'> &
  Filled & { S3BackupDescription?: S3DestinationDescription };

/** A configuration as it is described: without its secrets, and with descriptions of what lies within. */
type Described<C, Secret extends string = never> = Omit<
  C,
  Secret | 'S3Configuration' | 'S3BackupConfiguration' | 'VpcConfiguration'
> & {
  S3DestinationDescription?: S3DestinationDescription;
} & ('S3BackupConfiguration' extends keyof C ? { S3BackupDescription?: S3DestinationDescription } : unknown) &
  ('VpcConfiguration' extends keyof C
    ? { VpcConfigurationDescription?: Exclude<C['VpcConfiguration'], undefined> & { VpcId: string } }
    : unknown);

/** One destination; the member that is there says of which kind. */
export interface DestinationDescription {
  DestinationId: string;
  S3DestinationDescription?: S3DestinationDescription;
  ExtendedS3DestinationDescription?: ExtendedS3DestinationDescription;
  RedshiftDestinationDescription?: Described<RedshiftConfiguration, 'Password'>;
  ElasticsearchDestinationDescription?: Described<OpenSearchConfiguration>;
  AmazonopensearchserviceDestinationDescription?: Described<OpenSearchConfiguration>;
  SplunkDestinationDescription?: Described<SplunkConfiguration>;
  HttpEndpointDestinationDescription?: Described<Omit<HttpEndpointConfiguration, 'EndpointConfiguration'>> & {
    EndpointConfiguration?: Omit<HttpEndpointConfiguration['EndpointConfiguration'], 'AccessKey'>;
  };
  SnowflakeDestinationDescription?: Described<
    Configuration<'SnowflakeDestinationConfiguration'>,
    'PrivateKey' | 'KeyPassphrase'
  >;
  AmazonOpenSearchServerlessDestinationDescription?: Described<ServerlessConfiguration>;
  IcebergDestinationDescription?: Described<Configuration<'IcebergDestinationConfiguration'>>;
}

type Msk = Configuration<'MSKSourceConfiguration'>;
type Database = Configuration<'DatabaseSourceConfiguration'>;

/** Where the records come from. */
export interface SourceDescription {
  DirectPutSourceDescription?: Configuration<'DirectPutSourceConfiguration'>;
  KinesisStreamSourceDescription?: Configuration<'KinesisStreamSourceConfiguration'> & {
    DeliveryStartTimestamp?: number;
  };
  MSKSourceDescription?: Msk & { DeliveryStartTimestamp?: number };
  DatabaseSourceDescription?: Database & { SnapshotInfo?: SnapshotInfo[] };
}
interface SnapshotInfo {
  Id: string;
  Table: string;
  RequestTimestamp: number;
  RequestedBy: 'USER' | 'FIREHOSE';
  Status: 'IN_PROGRESS' | 'COMPLETE' | 'SUSPENDED';
  FailureDescription?: FailureDescription;
}

export type DeliveryStreamStatus = 'CREATING' | 'CREATING_FAILED' | 'DELETING' | 'DELETING_FAILED' | 'ACTIVE';
export type EncryptionStatus =
  | 'ENABLED'
  | 'ENABLING'
  | 'ENABLING_FAILED'
  | 'DISABLED'
  | 'DISABLING'
  | 'DISABLING_FAILED';
interface FailureDescription {
  Type:
    | 'VPC_ENDPOINT_SERVICE_NAME_NOT_FOUND'
    | 'VPC_INTERFACE_ENDPOINT_SERVICE_ACCESS_DENIED'
    | 'RETIRE_KMS_GRANT_FAILED'
    | 'CREATE_KMS_GRANT_FAILED'
    | 'KMS_ACCESS_DENIED'
    | 'DISABLED_KMS_KEY'
    | 'INVALID_KMS_KEY'
    | 'KMS_KEY_NOT_FOUND'
    | 'KMS_OPT_IN_REQUIRED'
    | 'CREATE_ENI_FAILED'
    | 'DELETE_ENI_FAILED'
    | 'SUBNET_NOT_FOUND'
    | 'SECURITY_GROUP_NOT_FOUND'
    | 'ENI_ACCESS_DENIED'
    | 'SUBNET_ACCESS_DENIED'
    | 'SECURITY_GROUP_ACCESS_DENIED'
    | 'UNKNOWN_ERROR';
  Details: string;
}

export interface DeliveryStreamDescription {
  DeliveryStreamName: string;
  DeliveryStreamARN: string;
  DeliveryStreamStatus: DeliveryStreamStatus;
  FailureDescription?: FailureDescription;
  DeliveryStreamEncryptionConfiguration?: Partial<EncryptionInput> & {
    Status?: EncryptionStatus;
    FailureDescription?: FailureDescription;
  };
  DeliveryStreamType: DeliveryStreamType;
  VersionId: string;
  CreateTimestamp?: number;
  LastUpdateTimestamp?: number;
  Source?: SourceDescription;
  Destinations: DestinationDescription[];
  HasMoreDestinations: boolean;
}

/** The fate of one record of a batch: an id, or an error. */
export interface PutRecordBatchResponseEntry {
  RecordId?: string;
  ErrorCode?: string;
  ErrorMessage?: string;
}

/** What each operation gives. */
interface FirehoseOutputs {
  CreateDeliveryStream: { DeliveryStreamARN?: string };
  DeleteDeliveryStream: object;
  DescribeDeliveryStream: { DeliveryStreamDescription: DeliveryStreamDescription };
  ListDeliveryStreams: { DeliveryStreamNames: string[]; HasMoreDeliveryStreams: boolean };
  ListTagsForDeliveryStream: { Tags: DeliveryStreamTag[]; HasMoreTags: boolean };
  PutRecord: { RecordId: string; Encrypted?: boolean };
  PutRecordBatch: {
    FailedPutCount: number;
    Encrypted?: boolean;
    RequestResponses: PutRecordBatchResponseEntry[];
  };
  StartDeliveryStreamEncryption: object;
  StopDeliveryStreamEncryption: object;
  TagDeliveryStream: object;
  UntagDeliveryStream: object;
  UpdateDestination: object;
}
