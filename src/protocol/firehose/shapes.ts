/**
 * What each operation of Data Firehose accepts, as data (source: the service model 2015-08-04 as of 2026-10-01). The types of
 * inputs are read off it (operations.ts): ten destinations, each to create and to update, would be a thousand lines twice.
 */
import { pattern, type StructureShape } from '../shapes/shape.ts';
import { FIREHOSE_RECORD_BYTES_MAX, LIST_DELIVERY_STREAM_TAGS_PAGE, PUT_RECORD_BATCH_MAX } from './limits.ts';
import { httpConfiguration, httpUpdate, splunkConfiguration, splunkUpdate } from './shapes/endpoint.ts';
import { flag, required, streamName } from './shapes/member.ts';
import { extendedS3Configuration, extendedS3Update, s3Configuration, s3Update } from './shapes/s3.ts';
import {
  openSearchConfiguration,
  openSearchUpdate,
  serverlessConfiguration,
  serverlessUpdate,
} from './shapes/search.ts';
import { databaseSource, directPutSource, kinesisSource, mskSource } from './shapes/source.ts';
import {
  icebergConfiguration,
  icebergUpdate,
  redshiftConfiguration,
  redshiftUpdate,
  snowflakeConfiguration,
  snowflakeUpdate,
} from './shapes/warehouse.ts';

const name = required(streamName);
const streamType = {
  type: 'string',
  values: ['DirectPut', 'KinesisStreamAsSource', 'MSKAsSource', 'DatabaseAsSource'],
} as const;

const encryption = {
  type: 'structure',
  members: {
    KeyARN: {
      type: 'string',
      min: 1,
      max: 512,
      pattern: pattern('arn:.*:kms:[a-zA-Z0-9\\-]+:\\d{12}:key/[a-zA-Z_0-9+=,.@\\-_/]+'),
    },
    KeyType: { type: 'string', required: true, values: ['AWS_OWNED_CMK', 'CUSTOMER_MANAGED_CMK'] },
  },
} as const;

const tagCharacters = '[\\p{L}\\p{Z}\\p{N}_.:\\/=+\\-@%]*$';
const tagKey = { type: 'string', min: 1, max: 128, pattern: pattern(`^(?!aws:)${tagCharacters}`) } as const;
const tags = {
  type: 'list',
  min: 1,
  max: 50,
  member: {
    type: 'structure',
    members: {
      Key: required(tagKey),
      Value: { type: 'string', min: 0, max: 256, pattern: pattern(`^${tagCharacters}`) },
    },
  },
} as const;

const record = {
  type: 'structure',
  required: true,
  members: { Data: { type: 'blob', required: true, max: FIREHOSE_RECORD_BYTES_MAX } },
} as const;

const destinationId = { type: 'string', min: 1, max: 100, pattern: pattern('[a-zA-Z0-9-]+') } as const;
const page = { type: 'integer', min: 1, max: 10_000 } as const;

/** What each operation accepts. Members that are not listed are ignored, as AWS ignores them. */
export const firehoseShapes = {
  CreateDeliveryStream: {
    type: 'structure',
    members: {
      DeliveryStreamName: name,
      DeliveryStreamType: streamType,
      DirectPutSourceConfiguration: directPutSource,
      KinesisStreamSourceConfiguration: kinesisSource,
      DeliveryStreamEncryptionConfigurationInput: encryption,
      S3DestinationConfiguration: s3Configuration,
      ExtendedS3DestinationConfiguration: extendedS3Configuration,
      RedshiftDestinationConfiguration: redshiftConfiguration,
      ElasticsearchDestinationConfiguration: openSearchConfiguration,
      AmazonopensearchserviceDestinationConfiguration: openSearchConfiguration,
      SplunkDestinationConfiguration: splunkConfiguration,
      HttpEndpointDestinationConfiguration: httpConfiguration,
      Tags: tags,
      AmazonOpenSearchServerlessDestinationConfiguration: serverlessConfiguration,
      MSKSourceConfiguration: mskSource,
      SnowflakeDestinationConfiguration: snowflakeConfiguration,
      IcebergDestinationConfiguration: icebergConfiguration,
      DatabaseSourceConfiguration: databaseSource,
    },
  },
  DeleteDeliveryStream: { type: 'structure', members: { DeliveryStreamName: name, AllowForceDelete: flag } },
  DescribeDeliveryStream: {
    type: 'structure',
    members: { DeliveryStreamName: name, Limit: page, ExclusiveStartDestinationId: destinationId },
  },
  ListDeliveryStreams: {
    type: 'structure',
    members: { Limit: page, DeliveryStreamType: streamType, ExclusiveStartDeliveryStreamName: streamName },
  },
  ListTagsForDeliveryStream: {
    type: 'structure',
    members: {
      DeliveryStreamName: name,
      ExclusiveStartTagKey: tagKey,
      Limit: { type: 'integer', min: 1, max: LIST_DELIVERY_STREAM_TAGS_PAGE },
    },
  },
  PutRecord: { type: 'structure', members: { DeliveryStreamName: name, Record: record } },
  PutRecordBatch: {
    type: 'structure',
    members: {
      DeliveryStreamName: name,
      Records: { type: 'list', required: true, min: 1, max: PUT_RECORD_BATCH_MAX, member: record },
    },
  },
  StartDeliveryStreamEncryption: {
    type: 'structure',
    members: { DeliveryStreamName: name, DeliveryStreamEncryptionConfigurationInput: encryption },
  },
  StopDeliveryStreamEncryption: { type: 'structure', members: { DeliveryStreamName: name } },
  TagDeliveryStream: { type: 'structure', members: { DeliveryStreamName: name, Tags: required(tags) } },
  UntagDeliveryStream: {
    type: 'structure',
    members: {
      DeliveryStreamName: name,
      TagKeys: { type: 'list', required: true, min: 1, max: 50, member: tagKey },
    },
  },
  UpdateDestination: {
    type: 'structure',
    members: {
      DeliveryStreamName: name,
      CurrentDeliveryStreamVersionId: {
        type: 'string',
        required: true,
        min: 1,
        max: 50,
        pattern: pattern('[0-9]+'),
      },
      DestinationId: required(destinationId),
      S3DestinationUpdate: s3Update,
      ExtendedS3DestinationUpdate: extendedS3Update,
      RedshiftDestinationUpdate: redshiftUpdate,
      ElasticsearchDestinationUpdate: openSearchUpdate,
      AmazonopensearchserviceDestinationUpdate: openSearchUpdate,
      SplunkDestinationUpdate: splunkUpdate,
      HttpEndpointDestinationUpdate: httpUpdate,
      AmazonOpenSearchServerlessDestinationUpdate: serverlessUpdate,
      SnowflakeDestinationUpdate: snowflakeUpdate,
      IcebergDestinationUpdate: icebergUpdate,
    },
  },
} as const satisfies Readonly<Record<string, StructureShape>>;
