/** Input shapes: Redshift, Snowflake and Iceberg tables as destinations. */
import { pattern } from '../../shapes/shape.ts';
import {
  anything,
  backup,
  buffering,
  flag,
  logging,
  processing,
  required,
  retryOptions,
  roleArn,
  secrets,
  unbounded,
  word,
  vpcEndpointService,
} from './member.ts';
import { errorOutputPrefix, s3Configuration, s3Update } from './s3.ts';

const jdbcUrl = {
  type: 'string',
  min: 1,
  max: 512,
  pattern: pattern(
    'jdbc:(redshift|postgresql)://((?!-)[A-Za-z0-9-]{1,63}(?<!-)\\.)+(redshift(-serverless)?)\\.([a-zA-Z0-9\\.\\-]+):\\d{1,5}/[a-zA-Z0-9_$-]+',
  ),
} as const;
const options = { type: 'string', min: 0, max: 10_240, pattern: anything } as const;
const copyCommand = {
  type: 'structure',
  members: {
    DataTableName: { type: 'string', required: true, min: 1, max: 512, pattern: anything },
    DataTableColumns: options,
    CopyOptions: options,
  },
} as const;

const redshift = {
  RoleARN: roleArn,
  ClusterJDBCURL: jdbcUrl,
  CopyCommand: copyCommand,
  Username: { type: 'string', min: 1, max: 512, pattern: anything },
  Password: { type: 'string', min: 6, max: 512, pattern: anything },
  RetryOptions: retryOptions,
  ProcessingConfiguration: processing,
  S3BackupMode: { type: 'string', values: ['Disabled', 'Enabled'] },
  CloudWatchLoggingOptions: logging,
  SecretsManagerConfiguration: secrets,
} as const;

export const redshiftConfiguration = {
  type: 'structure',
  members: {
    ...redshift,
    RoleARN: required(roleArn),
    ClusterJDBCURL: required(jdbcUrl),
    CopyCommand: required(copyCommand),
    S3Configuration: required(s3Configuration),
    S3BackupConfiguration: s3Configuration,
  },
} as const;
export const redshiftUpdate = {
  type: 'structure',
  members: { ...redshift, S3Update: s3Update, S3BackupUpdate: s3Update },
} as const;

const identifier = { type: 'string', min: 1, max: 255 } as const;
const accountUrl = { type: 'string', min: 24, max: 2048, pattern: pattern('.+?\\.snowflakecomputing\\.com') } as const;

const snowflake = {
  AccountUrl: accountUrl,
  PrivateKey: {
    type: 'string',
    min: 256,
    max: 4096,
    pattern: pattern('^(?:[A-Za-z0-9+\\/]{4})*(?:[A-Za-z0-9+\\/]{2}==|[A-Za-z0-9+\\/]{3}=)?$'),
  },
  KeyPassphrase: { type: 'string', min: 7, max: 255 },
  User: identifier,
  Database: identifier,
  Schema: identifier,
  Table: identifier,
  SnowflakeRoleConfiguration: { type: 'structure', members: { Enabled: flag, SnowflakeRole: identifier } },
  DataLoadingOption: {
    type: 'string',
    values: ['JSON_MAPPING', 'VARIANT_CONTENT_MAPPING', 'VARIANT_CONTENT_AND_METADATA_MAPPING'],
  },
  MetaDataColumnName: identifier,
  ContentColumnName: identifier,
  CloudWatchLoggingOptions: logging,
  ProcessingConfiguration: processing,
  RoleARN: roleArn,
  RetryOptions: retryOptions,
  S3BackupMode: backup(['FailedDataOnly', 'AllData']),
  SecretsManagerConfiguration: secrets,
  BufferingHints: buffering(128, 900),
} as const;

export const snowflakeConfiguration = {
  type: 'structure',
  members: {
    ...snowflake,
    AccountUrl: required(accountUrl),
    Database: required(identifier),
    Schema: required(identifier),
    Table: required(identifier),
    RoleARN: required(roleArn),
    S3Configuration: required(s3Configuration),
    SnowflakeVpcConfiguration: {
      type: 'structure',
      members: {
        PrivateLinkVpceId: required(vpcEndpointService),
      },
    },
  },
} as const;
export const snowflakeUpdate = { type: 'structure', members: { ...snowflake, S3Update: s3Update } } as const;

const tableName = { type: 'string', required: true, min: 1, max: 255, pattern: pattern('[a-zA-Z0-9\\.\\_]+') } as const;
const enabled = { type: 'structure', members: { Enabled: required(flag) } } as const;
const catalog = {
  type: 'structure',
  members: {
    CatalogARN: {
      type: 'string',
      min: 1,
      max: 512,
      pattern: pattern('arn:.*:glue:.*:\\d{12}:catalog(?:(/[a-z0-9_-]+){1,2})?'),
    },
    WarehouseLocation: { type: 'string', min: 1, max: 2048, pattern: pattern('s3:\\/\\/.*') },
  },
} as const;

const iceberg = {
  DestinationTableConfigurationList: {
    type: 'list',
    ...unbounded,
    member: {
      type: 'structure',
      members: {
        DestinationTableName: tableName,
        DestinationDatabaseName: tableName,
        UniqueKeys: { type: 'list', ...unbounded, member: word },
        PartitionSpec: {
          type: 'structure',
          members: {
            Identity: {
              type: 'list',
              ...unbounded,
              member: { type: 'structure', members: { SourceName: required(word) } },
            },
          },
        },
        S3ErrorOutputPrefix: errorOutputPrefix,
      },
    },
  },
  SchemaEvolutionConfiguration: enabled,
  TableCreationConfiguration: enabled,
  BufferingHints: buffering(128, 900),
  CloudWatchLoggingOptions: logging,
  ProcessingConfiguration: processing,
  S3BackupMode: backup(['FailedDataOnly', 'AllData']),
  RetryOptions: retryOptions,
  RoleARN: roleArn,
  AppendOnly: flag,
  CatalogConfiguration: catalog,
  S3Configuration: s3Configuration,
} as const;

export const icebergConfiguration = {
  type: 'structure',
  members: {
    ...iceberg,
    RoleARN: required(roleArn),
    CatalogConfiguration: required(catalog),
    S3Configuration: required(s3Configuration),
  },
} as const;
export const icebergUpdate = { type: 'structure', members: iceberg } as const;
