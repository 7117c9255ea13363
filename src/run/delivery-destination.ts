/** A destination as CreateDeliveryStream takes it: objects under the prefix of the run, or the receiver of the run with a backup there. */
import type { DeliveryPlace } from '../fleet/context.ts';
import type {
  CompressionFormat,
  CreateDeliveryStreamInput,
  OpenSearchConfiguration,
} from '../protocol/firehose/operations.ts';
import type { DeliveryCompression, DeliveryPlan, Rotation } from '../scenario/plan.ts';
import type { DeliveryEndpoint } from '../target/target.ts';
import { processingOf } from './processing.ts';

/** Compressions by the words of a scenario. */
export const formats: Readonly<Record<DeliveryCompression, CompressionFormat>> = {
  none: 'UNCOMPRESSED',
  gzip: 'GZIP',
  zip: 'ZIP',
  snappy: 'Snappy',
  'hadoop-snappy': 'HADOOP_SNAPPY',
};

/** Rotations by the words of a scenario. */
const rotationPeriods: Readonly<Record<Rotation, NonNullable<OpenSearchConfiguration['IndexRotationPeriod']>>> = {
  none: 'NoRotation',
  hour: 'OneHour',
  day: 'OneDay',
  week: 'OneWeek',
  month: 'OneMonth',
};

/** What a receiver does not take is put into the backup soon: the run is not to wait for it. */
const backupHints = { SizeInMBs: 1, IntervalInSeconds: 60 };

/** Whether a destination is given a place for errors: a receiver may refuse, processing may fail, and a prefix with expressions needs one. */
export function hasErrors({ destination, processing, prefix }: DeliveryPlan): boolean {
  return destination !== 's3' || processing !== undefined || prefix.includes('!{');
}

/** The part of the input that says where to. Throws OperatorError `target-lacks` for a function that the target cannot be given. */
export function destinationOf(
  place: DeliveryPlace,
  region: string,
  endpoint: DeliveryEndpoint,
): Partial<CreateDeliveryStreamInput> {
  const { roleArn } = endpoint;
  const { plan, bucket, prefix, errorPrefix, receiver, search } = place;
  const { bufferBytes, intervalNs, compression, retryNs = 0 } = plan;
  const BufferingHints = { SizeInMBs: bufferBytes / 2 ** 20, IntervalInSeconds: intervalNs / 1e9 };
  const objects = {
    RoleARN: roleArn,
    BucketARN: `arn:aws:s3:::${bucket}`,
    ...(errorPrefix !== null && { ErrorOutputPrefix: `${errorPrefix}!{firehose:error-output-type}/` }),
  };
  const processed = plan.processing && processingOf(plan.processing, region, endpoint);
  const common = {
    BufferingHints,
    RetryOptions: { DurationInSeconds: retryNs / 1e9 },
    S3Configuration: { ...objects, Prefix: prefix, BufferingHints: backupHints },
    ...(processed?.ProcessingConfiguration && { ProcessingConfiguration: processed.ProcessingConfiguration }),
  };
  if (search)
    return {
      AmazonopensearchserviceDestinationConfiguration: {
        ...common,
        RoleARN: roleArn,
        ClusterEndpoint: search.origin,
        IndexName: search.index,
        IndexRotationPeriod: rotationPeriods[plan.search!.rotation],
      },
    };
  if (!receiver)
    return {
      ExtendedS3DestinationConfiguration: {
        ...objects,
        Prefix: `${prefix}${plan.prefix}`,
        BufferingHints,
        CompressionFormat: formats[compression],
        ...processed,
      },
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
