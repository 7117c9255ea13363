/** Input shapes: S3 as a destination, as the backup of another one, and the extended form. */
import { pattern } from '../../shapes/shape.ts';
import { conversion } from './conversion.ts';
import { anything, buffering, flag, logging, processing, required, retryOptions, roleArn } from './member.ts';

const bucketArn = { type: 'string', min: 1, max: 2048, pattern: pattern('arn:.*:s3:::[\\w\\.\\-]{1,255}') } as const;
const prefix = { type: 'string', min: 0, max: 1024, pattern: anything } as const;

const update = {
  RoleARN: roleArn,
  BucketARN: bucketArn,
  Prefix: prefix,
  ErrorOutputPrefix: prefix,
  BufferingHints: buffering(128, 900),
  CompressionFormat: { type: 'string', values: ['UNCOMPRESSED', 'GZIP', 'ZIP', 'Snappy', 'HADOOP_SNAPPY'] },
  EncryptionConfiguration: {
    type: 'structure',
    members: {
      NoEncryptionConfig: { type: 'string', values: ['NoEncryption'] },
      KMSEncryptionConfig: {
        type: 'structure',
        members: {
          AWSKMSKeyARN: {
            type: 'string',
            required: true,
            min: 1,
            max: 512,
            pattern: pattern('arn:.*:kms:[a-zA-Z0-9\\-]+:\\d{12}:(key|alias)/[a-zA-Z_0-9+=,.@\\-_/]+'),
          },
        },
      },
    },
  },
  CloudWatchLoggingOptions: logging,
} as const;

const configuration = { ...update, RoleARN: required(roleArn), BucketARN: required(bucketArn) } as const;

export const s3Configuration = { type: 'structure', members: configuration } as const;
export const s3Update = { type: 'structure', members: update } as const;
export const errorOutputPrefix = prefix;

const extension = {
  ProcessingConfiguration: processing,
  S3BackupMode: { type: 'string', values: ['Disabled', 'Enabled'] },
  DataFormatConversionConfiguration: conversion,
  DynamicPartitioningConfiguration: { type: 'structure', members: { RetryOptions: retryOptions, Enabled: flag } },
  FileExtension: { type: 'string', min: 0, max: 128, pattern: pattern("^$|\\.[0-9a-z!\\-_.*'()]+") },
  CustomTimeZone: { type: 'string', min: 0, max: 50, pattern: pattern('^$|[a-zA-Z/_]+') },
} as const;

export const extendedS3Configuration = {
  type: 'structure',
  members: { ...configuration, ...extension, S3BackupConfiguration: s3Configuration },
} as const;
export const extendedS3Update = {
  type: 'structure',
  members: { ...update, ...extension, S3BackupUpdate: s3Update },
} as const;
