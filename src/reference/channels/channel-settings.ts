/**
 * What a channel to a general purpose bucket is asked to do, with AWS's defaults filled in and its rules checked (source: the service
 * model and the developer guide on data delivery; texts assumed). Roles, owners of buckets, storage classes and logs are described and
 * not looked at.
 */
import { zstdCompressSync } from 'node:zlib';
import type {
  ChannelLoggingConfiguration,
  CreateChannelInput,
  RecordFormatType,
  S3CompressionType,
  S3DestinationConfiguration,
  S3DestinationDescription,
} from '../../protocol/operations.ts';
import { compressions, type Compression } from '../firehose/compression.ts';
import type { Quotas } from '../limits.ts';
import { invalid, type Refusal } from '../refusal.ts';
import { OUTPUT_KEY_TEMPLATE_DEFAULT, wrongTemplate, type KeyOwner } from './output-key-template.ts';

/** What is checked of a record before it is delivered. */
export type RecordFormat = Exclude<RecordFormatType, 'GSR_JSON'>;

/** Objects of channels have no content encoding (assumed: no page says one). */
export const channelCompressions: Readonly<Record<S3CompressionType, Compression>> = {
  NONE: compressions.UNCOMPRESSED,
  GZIP: { ...compressions.GZIP, contentEncoding: undefined },
  ZSTD: { extension: '.zst', contentEncoding: undefined, compress: (body) => zstdCompressSync(body) },
};

/** The destination of a new channel, or why it cannot have it. */
export function describeDestination(
  given: S3DestinationConfiguration,
  owner: KeyOwner,
  quotas: Quotas,
): S3DestinationDescription | Refusal {
  const { StorageConfiguration: storage, DeadLetterQueueS3Configuration: dead } = given;
  const { freshnessSMin } = quotas.channels;
  const DataFreshnessInSeconds = given.DataFreshnessInSeconds ?? freshnessSMin;
  const refused = refuseFreshness(DataFreshnessInSeconds, quotas);
  if (refused) return refused;
  const OutputKeyTemplate = storage.OutputKeyTemplate ?? OUTPUT_KEY_TEMPLATE_DEFAULT;
  const wrong = wrongTemplate(OutputKeyTemplate, owner, channelCompressions[storage.CompressionType]);
  if (wrong !== undefined) return invalid(`The key template of the channel cannot be used: ${wrong}.`);
  const { BucketARN, ExpectedBucketOwner } = dead ?? storage;
  return {
    DataFreshnessInSeconds,
    DeadLetterQueueS3Configuration: {
      BucketARN,
      ExpectedBucketOwner,
      ErrorOutputPrefix: dead?.ErrorOutputPrefix ?? `kinesis-channel/errors/${owner.name}/${owner.id}/`,
    },
    StorageConfiguration: { StorageClass: 'STANDARD', ...storage, OutputKeyTemplate },
  };
}

/** The refusal of a data freshness that there is not. */
export function refuseFreshness(seconds: number, { channels }: Quotas): Refusal | undefined {
  const { freshnessSMin: min, freshnessSMax: max } = channels;
  if (seconds >= min && seconds <= max) return undefined;
  return invalid(`The data freshness of a channel is from ${min} to ${max} seconds; ${seconds} was asked for.`);
}

/** How a channel logs; not at all where nothing is said (assumed). */
export function describeLogging(
  given: ChannelLoggingConfiguration | undefined,
  { name, id }: KeyOwner,
): ChannelLoggingConfiguration {
  const logs = given?.CloudWatchLogs ?? { Enabled: false };
  const names = { LogGroupName: `/aws/kinesis/${name}/${id}`, LogStreamName: 'DestinationDelivery' };
  return { CloudWatchLogs: logs.Enabled ? { ...names, ...logs } : logs };
}

/** The bucket destination that a request asks for: one, and of one stream. */
export function askedFor(input: CreateChannelInput): S3DestinationConfiguration | Refusal {
  const { S3DestinationConfiguration: s3, S3TablesDestinationConfiguration: tables } = input;
  if ((s3 === undefined) === (tables === undefined))
    return invalid(
      'Either S3DestinationConfiguration or S3TablesDestinationConfiguration must be given, and not both.',
    );
  if (!s3) return invalid('S3TablesDestinationConfiguration is not built in this reference yet.');
  const [stream, ...others] = input.StreamConfigurationList;
  if (others.length > 0) return invalid('A channel has one stream.');
  const { RecordFormatType, GSRSchemaARN } = stream!.RecordConfiguration;
  if (RecordFormatType === 'GSR_JSON' || GSRSchemaARN !== undefined)
    return invalid('Records with a schema are delivered to tables only.');
  return s3;
}

/** Whether a key is that which AWS manages for the service: neither a stream with a channel nor its objects may have it. */
export function isServiceKey(keyId: string | undefined): boolean {
  return keyId !== undefined && /(^|:)alias\/aws\/kinesis$/.test(keyId);
}
