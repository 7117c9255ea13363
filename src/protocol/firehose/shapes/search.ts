/** Input shapes: OpenSearch, Elasticsearch and OpenSearch Serverless as destinations. */
import { pattern } from '../../shapes/shape.ts';
import {
  anything,
  backup,
  buffering,
  domainArn,
  logging,
  processing,
  required,
  retryOptions,
  roleArn,
  vpc,
} from './member.ts';
import { s3Configuration, s3Update } from './s3.ts';

/** A cluster on this machine may be spoken to without TLS; the destination itself looks at the host. */
const endpoint = { type: 'string', min: 1, max: 512, pattern: pattern('https:.*', 'https?:.*') } as const;
const indexName = { type: 'string', min: 1, max: 80, pattern: anything } as const;

const update = {
  RoleARN: roleArn,
  IndexName: indexName,
  BufferingHints: buffering(100, 900),
  RetryOptions: retryOptions,
  ProcessingConfiguration: processing,
  CloudWatchLoggingOptions: logging,
} as const;
const configuration = {
  ...update,
  RoleARN: required(roleArn),
  IndexName: required(indexName),
  S3BackupMode: backup(['FailedDocumentsOnly', 'AllDocuments']),
  S3Configuration: required(s3Configuration),
  VpcConfiguration: vpc,
} as const;

const cluster = {
  DomainARN: domainArn,
  ClusterEndpoint: endpoint,
  TypeName: { type: 'string', min: 0, max: 100, pattern: anything },
  IndexRotationPeriod: { type: 'string', values: ['NoRotation', 'OneHour', 'OneDay', 'OneWeek', 'OneMonth'] },
  DocumentIdOptions: {
    type: 'structure',
    members: {
      DefaultDocumentIdFormat: { type: 'string', required: true, values: ['FIREHOSE_DEFAULT', 'NO_DOCUMENT_ID'] },
    },
  },
} as const;

export const openSearchConfiguration = { type: 'structure', members: { ...configuration, ...cluster } } as const;
export const openSearchUpdate = { type: 'structure', members: { ...update, ...cluster, S3Update: s3Update } } as const;

const collection = { CollectionEndpoint: endpoint } as const;

export const serverlessConfiguration = { type: 'structure', members: { ...configuration, ...collection } } as const;
export const serverlessUpdate = {
  type: 'structure',
  members: { ...update, ...collection, S3Update: s3Update },
} as const;
