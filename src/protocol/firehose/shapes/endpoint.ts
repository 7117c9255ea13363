/** Input shapes: Splunk and HTTP endpoints as destinations. */
import { pattern } from '../../shapes/shape.ts';
import {
  anything,
  backup,
  buffering,
  label,
  logging,
  processing,
  required,
  retryOptions,
  roleArn,
  secrets,
} from './member.ts';
import { s3Configuration, s3Update } from './s3.ts';

const hecText = { type: 'string', min: 0, max: 2048, pattern: anything } as const;
const hecType = { type: 'string', values: ['Raw', 'Event'] } as const;

const splunk = {
  HECEndpoint: hecText,
  HECEndpointType: hecType,
  HECToken: hecText,
  HECAcknowledgmentTimeoutInSeconds: { type: 'integer', min: 180, max: 600 },
  RetryOptions: retryOptions,
  S3BackupMode: backup(['FailedEventsOnly', 'AllEvents']),
  ProcessingConfiguration: processing,
  CloudWatchLoggingOptions: logging,
  BufferingHints: buffering(5, 60),
  SecretsManagerConfiguration: secrets,
} as const;

export const splunkConfiguration = {
  type: 'structure',
  members: {
    ...splunk,
    HECEndpoint: required(hecText),
    HECEndpointType: required(hecType),
    S3Configuration: required(s3Configuration),
  },
} as const;
export const splunkUpdate = { type: 'structure', members: { ...splunk, S3Update: s3Update } } as const;

const httpEndpoint = {
  type: 'structure',
  members: {
    // An endpoint on this machine may be spoken to without TLS; the destination itself looks at the host.
    Url: { type: 'string', required: true, min: 1, max: 1000, pattern: pattern('https://.*', 'https?://.*') },
    Name: label,
    AccessKey: { type: 'string', min: 0, max: 4096, pattern: anything },
  },
} as const;

const http = {
  EndpointConfiguration: httpEndpoint,
  BufferingHints: buffering(64, 900),
  CloudWatchLoggingOptions: logging,
  RequestConfiguration: {
    type: 'structure',
    members: {
      ContentEncoding: { type: 'string', values: ['NONE', 'GZIP'] },
      CommonAttributes: {
        type: 'list',
        min: 0,
        max: 50,
        member: {
          type: 'structure',
          members: {
            AttributeName: required(label),
            AttributeValue: { type: 'string', required: true, min: 0, max: 1024, pattern: anything },
          },
        },
      },
    },
  },
  ProcessingConfiguration: processing,
  RoleARN: roleArn,
  RetryOptions: retryOptions,
  S3BackupMode: backup(['FailedDataOnly', 'AllData']),
  SecretsManagerConfiguration: secrets,
} as const;

export const httpConfiguration = {
  type: 'structure',
  members: { ...http, EndpointConfiguration: required(httpEndpoint), S3Configuration: required(s3Configuration) },
} as const;
export const httpUpdate = { type: 'structure', members: { ...http, S3Update: s3Update } } as const;
