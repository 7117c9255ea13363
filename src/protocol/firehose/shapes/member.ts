/**
 * The shapes that several destinations and sources of Data Firehose share (source: the service model 2015-08-04 as of
 * 2026-10-01). Where two of the model's shapes differ by name alone they are one here.
 */
import { pattern, type Shape } from '../../shapes/shape.ts';

/** Where the model bounds no length. */
export const unbounded = { min: 0, max: Number.MAX_SAFE_INTEGER } as const;

export const flag = { type: 'boolean' } as const;
export const anything = pattern('.*');
const notBlank = pattern('^(?!\\s*$).+');
export const nonEmpty = { type: 'string', min: 1, max: 1024, pattern: notBlank } as const;
export const word = { type: 'string', min: 1, max: 1024, pattern: pattern('^\\S+$') } as const;
export const label = { type: 'string', min: 1, max: 256, pattern: notBlank } as const;

export const streamName = { type: 'string', min: 1, max: 64, pattern: pattern('[a-zA-Z0-9_.-]+') } as const;
export const roleArn = {
  type: 'string',
  min: 1,
  max: 512,
  pattern: pattern('arn:.*:iam::\\d{12}:role/[a-zA-Z_0-9+=,.@\\-_/]+'),
} as const;
export const domainArn = {
  type: 'string',
  min: 1,
  max: 512,
  pattern: pattern('arn:.*:es:[a-zA-Z0-9\\-]+:\\d{12}:domain/[a-z][-0-9a-z]{2,27}'),
} as const;

/** Hints of one destination: MB before compression, and seconds. */
export function buffering<S extends number, I extends number>(sizeMax: S, intervalMax: I) {
  return {
    type: 'structure',
    members: {
      SizeInMBs: { type: 'integer', min: 1, max: sizeMax },
      IntervalInSeconds: { type: 'integer', min: 0, max: intervalMax },
    },
  } as const;
}

/** How long a destination is tried again. */
export const retryOptions = {
  type: 'structure',
  members: { DurationInSeconds: { type: 'integer', min: 0, max: 7200 } },
} as const;

export const logging = {
  type: 'structure',
  members: {
    Enabled: flag,
    LogGroupName: { type: 'string', min: 0, max: 512, pattern: pattern('[\\.\\-_/#A-Za-z0-9]*') },
    LogStreamName: { type: 'string', min: 0, max: 512, pattern: pattern('[^:*]*') },
  },
} as const;

export const processing = {
  type: 'structure',
  members: {
    Enabled: flag,
    Processors: {
      type: 'list',
      ...unbounded,
      member: {
        type: 'structure',
        members: {
          Type: {
            type: 'string',
            required: true,
            values: [
              'RecordDeAggregation',
              'Decompression',
              'CloudWatchLogProcessing',
              'Lambda',
              'MetadataExtraction',
              'AppendDelimiterToRecord',
            ],
          },
          Parameters: {
            type: 'list',
            ...unbounded,
            member: {
              type: 'structure',
              members: {
                ParameterName: {
                  type: 'string',
                  required: true,
                  values: [
                    'LambdaArn',
                    'NumberOfRetries',
                    'MetadataExtractionQuery',
                    'JsonParsingEngine',
                    'RoleArn',
                    'BufferSizeInMBs',
                    'BufferIntervalInSeconds',
                    'SubRecordType',
                    'Delimiter',
                    'CompressionFormat',
                    'DataMessageExtraction',
                  ],
                },
                ParameterValue: { type: 'string', required: true, min: 1, max: 5120, pattern: notBlank },
              },
            },
          },
        },
      },
    },
  },
} as const;

export const secrets = {
  type: 'structure',
  members: {
    SecretARN: {
      type: 'string',
      min: 1,
      max: 2048,
      pattern: pattern('arn:.*:secretsmanager:[a-zA-Z0-9\\-]+:\\d{12}:secret:[a-zA-Z0-9\\-/_+=.@!]+'),
    },
    RoleARN: roleArn,
    Enabled: required(flag),
  },
} as const;

/** The name of a service that is reached through a VPC endpoint. */
export const vpcEndpointService = {
  type: 'string',
  min: 47,
  max: 255,
  pattern: pattern('([a-zA-Z0-9\\-\\_]+\\.){2,3}vpce\\.[a-zA-Z0-9\\-]*\\.vpce-svc\\-[a-zA-Z0-9\\-]{17}$'),
} as const;

export const vpc = {
  type: 'structure',
  members: {
    SubnetIds: { type: 'list', required: true, min: 1, max: 16, member: word },
    RoleARN: required(roleArn),
    SecurityGroupIds: { type: 'list', required: true, min: 1, max: 5, member: word },
  },
} as const;

/** What several destinations call their backup of all documents, data or events, or of failed ones alone. */
export function backup<const V extends string>(values: readonly [V, V]) {
  return { type: 'string', values } as const;
}

/** The same shape, and it must be there. */
export function required<const S extends Shape>(shape: S): S & { readonly required: true } {
  return { ...shape, required: true };
}
