/** A destination as CreateDeliveryStream takes it: objects under the prefix of the run, or the receiver of the run with a backup there. */
import type { DeliveryPlace } from '../fleet/context.ts';
import type { CompressionFormat, CreateDeliveryStreamInput } from '../protocol/firehose/operations.ts';
import type { DeliveryCompression } from '../scenario/plan.ts';

const formats: Readonly<Record<DeliveryCompression, CompressionFormat>> = {
  none: 'UNCOMPRESSED',
  gzip: 'GZIP',
  zip: 'ZIP',
  snappy: 'Snappy',
  'hadoop-snappy': 'HADOOP_SNAPPY',
};

/** What a receiver does not take is put into the backup soon: the run is not to wait for it. */
const backupHints = { SizeInMBs: 1, IntervalInSeconds: 60 };

/** The part of the input that says where to. */
export function destinationOf(place: DeliveryPlace, roleArn: string): Partial<CreateDeliveryStreamInput> {
  const { plan, bucket, prefix, errorPrefix, receiver } = place;
  const { bufferBytes, intervalNs, compression, retryNs = 0 } = plan;
  const BufferingHints = { SizeInMBs: bufferBytes / 2 ** 20, IntervalInSeconds: intervalNs / 1e9 };
  const objects = { RoleARN: roleArn, BucketARN: `arn:aws:s3:::${bucket}` };
  if (!receiver)
    return {
      ExtendedS3DestinationConfiguration: {
        ...objects,
        Prefix: `${prefix}${plan.prefix}`,
        // A prefix with expressions needs one for errors, too.
        ...(plan.prefix.includes('!{') && { ErrorOutputPrefix: `${errorPrefix}!{firehose:error-output-type}/` }),
        BufferingHints,
        CompressionFormat: formats[compression],
      },
    };
  const common = {
    BufferingHints,
    RetryOptions: { DurationInSeconds: retryNs / 1e9 },
    S3Configuration: { ...objects, Prefix: prefix, ErrorOutputPrefix: errorPrefix, BufferingHints: backupHints },
  };
  if (plan.destination === 'splunk')
    return {
      SplunkDestinationConfiguration: {
        ...common,
        HECEndpoint: receiver.origin,
        HECEndpointType: 'Raw',
        HECToken: receiver.secret,
      },
    };
  return {
    HttpEndpointDestinationConfiguration: {
      ...common,
      EndpointConfiguration: { Url: `${receiver.origin}/`, Name: 'kinebench', AccessKey: receiver.secret },
      RequestConfiguration: { ContentEncoding: compression === 'gzip' ? 'GZIP' : 'NONE' },
      RoleARN: roleArn,
    },
  };
}
