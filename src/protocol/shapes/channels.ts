/** Input shapes: Channels. The bounds are those of the API reference (2026-10); that of the data freshness is in the guide alone. */
import type { ChannelOperations } from '../operations.ts';
import { limit, name, nextToken, required, streamArn, tags, timestamp } from './member.ts';
import { type InputShapes, pattern } from './shape.ts';

const channel = {
  type: 'structure',
  members: {
    ChannelARN: {
      type: 'string',
      required: true,
      min: 1,
      max: 2048,
      pattern: pattern('arn:aws.*:kinesis:.*:\\d{12}:channel/\\S+'),
    },
  },
} as const;

const seconds = { type: 'integer' } as const;
const bucketArn = {
  type: 'string',
  required: true,
  min: 1,
  max: 2048,
  pattern: pattern('arn:aws[-a-z0-9]*:s3:::[a-z0-9._-]{3,63}'),
} as const;
const owner = { type: 'string', required: true, min: 12, max: 12, pattern: pattern('\\d{12}') } as const;
const tableName = { type: 'string', required: true, min: 1, max: 255, pattern: pattern('[0-9a-z_]+') } as const;

const deadLetters = {
  type: 'structure',
  members: {
    BucketARN: bucketArn,
    ExpectedBucketOwner: owner,
    ErrorOutputPrefix: { type: 'string', min: 1, max: 512, pattern: pattern("[0-9A-Za-z!\\-_'.*()\\/]+") },
  },
} as const;

const s3 = {
  type: 'structure',
  members: {
    DataFreshnessInSeconds: seconds,
    DeadLetterQueueS3Configuration: deadLetters,
    StorageConfiguration: {
      type: 'structure',
      required: true,
      members: {
        BucketARN: bucketArn,
        ExpectedBucketOwner: owner,
        OutputKeyTemplate: { type: 'string', min: 1, max: 1024, pattern: pattern("[0-9A-Za-z!\\-_'.*()\\/=:{}]+") },
        StorageClass: { type: 'string', values: ['STANDARD', 'INTELLIGENT_TIERING', 'GLACIER_IR'] },
        CompressionType: { type: 'string', required: true, values: ['NONE', 'GZIP', 'ZSTD'] },
      },
    },
  },
} as const;

const tables = {
  type: 'structure',
  members: {
    DataFreshnessInSeconds: seconds,
    DeadLetterQueueS3Configuration: { ...deadLetters, required: true },
    S3TablesConfigurationList: {
      type: 'list',
      required: true,
      min: 1,
      max: 10_000,
      member: {
        type: 'structure',
        required: true,
        members: {
          TableBucketARN: {
            type: 'string',
            required: true,
            min: 1,
            max: 2048,
            pattern: pattern('arn:aws[-a-z0-9]*:s3tables:[-a-z0-9]+:[0-9]{12}:bucket/[a-z0-9_-]{3,63}'),
          },
          Namespace: tableName,
          TableName: tableName,
          CompressionType: { type: 'string', required: true, values: ['NONE', 'ZSTD', 'SNAPPY'] },
          PartitionSpec: {
            type: 'structure',
            members: {
              PartitionFields: {
                type: 'list',
                required: true,
                min: 1,
                max: 10,
                member: {
                  type: 'structure',
                  required: true,
                  members: {
                    Transform: { type: 'string', required: true, values: ['TIME_HOUR'] },
                    SourceName: {
                      type: 'string',
                      required: true,
                      min: 1,
                      max: 255,
                      pattern: pattern('[a-zA-Z0-9\\.\\_]+'),
                    },
                  },
                },
              },
            },
          },
        },
      },
    },
  },
} as const;

const streams = {
  type: 'list',
  required: true,
  min: 1,
  max: 10_000,
  member: {
    type: 'structure',
    required: true,
    members: {
      StreamARN: required(streamArn),
      RecordConfiguration: {
        type: 'structure',
        required: true,
        members: {
          RecordFormatType: { type: 'string', required: true, values: ['GSR_JSON', 'JSON', 'STRING', 'BYTE_ARRAY'] },
          GSRSchemaARN: {
            type: 'string',
            min: 1,
            max: 512,
            pattern: pattern('arn:aws[-a-z0-9]*:glue:[-a-z0-9]+:\\d{12}:schema/[-a-zA-Z0-9_$#.]+/[-a-zA-Z0-9_$#.]+'),
          },
        },
      },
    },
  },
} as const;

const logging = {
  type: 'structure',
  members: {
    CloudWatchLogs: {
      type: 'structure',
      required: true,
      members: {
        Enabled: { type: 'boolean', required: true },
        LogGroupName: { type: 'string', min: 1, max: 512, pattern: pattern('[\\.\\-_/#A-Za-z0-9]+') },
        LogStreamName: { type: 'string', min: 1, max: 512, pattern: pattern('[^:*]*') },
      },
    },
  },
} as const;

const encryption = {
  type: 'structure',
  members: {
    EncryptionType: { type: 'string', required: true, values: ['KMS'] },
    KeyId: { type: 'string', required: true, min: 1, max: 2048 },
  },
} as const;

const freshness = {
  type: 'structure',
  members: { DataFreshnessInSeconds: { type: 'integer', required: true } },
} as const;

/** What the operations of this group accept. */
export const channelShapes: InputShapes<ChannelOperations> = {
  CreateChannel: {
    type: 'structure',
    members: {
      ChannelName: required(name),
      ServiceExecutionRoleARN: {
        type: 'string',
        required: true,
        min: 1,
        max: 512,
        pattern: pattern('arn:aws[-a-z0-9]*:iam::\\d{12}:role/[a-zA-Z_0-9+=,.@\\-_/]+'),
      },
      StreamConfigurationList: streams,
      S3DestinationConfiguration: s3,
      S3TablesDestinationConfiguration: tables,
      EncryptionConfiguration: encryption,
      Tags: tags,
      LoggingConfiguration: logging,
    },
  },
  DeleteChannel: channel,
  DescribeChannel: channel,
  ListChannels: {
    type: 'structure',
    members: {
      StreamFilter: {
        type: 'list',
        min: 1,
        max: 10_000,
        member: {
          type: 'structure',
          required: true,
          members: { StreamARN: required(streamArn), StreamCreationTimestamp: timestamp },
        },
      },
      MaxResults: limit,
      NextToken: nextToken,
    },
  },
  UpdateChannel: {
    type: 'structure',
    members: {
      ...channel.members,
      S3DestinationConfiguration: freshness,
      S3TablesDestinationConfiguration: freshness,
      LoggingConfiguration: logging,
    },
  },
};
