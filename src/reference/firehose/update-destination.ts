/**
 * UpdateDestination: what is named changes, everything else stays, and the destination has a new version. Who comes with the
 * version of before is refused (source: the service model; texts assumed).
 */
import { Refusal } from '../refusal.ts';
import type { FirehoseHandler } from './operation.ts';
import { updateS3 } from './s3-settings.ts';

const unbuilt = [
  'RedshiftDestinationUpdate',
  'ElasticsearchDestinationUpdate',
  'AmazonopensearchserviceDestinationUpdate',
  'SplunkDestinationUpdate',
  'HttpEndpointDestinationUpdate',
  'AmazonOpenSearchServerlessDestinationUpdate',
  'SnowflakeDestinationUpdate',
  'IcebergDestinationUpdate',
] as const;

export const updateDestination: FirehoseHandler<'UpdateDestination'> = (service, input, arrival) => {
  const stream = service.findActive(input.DeliveryStreamName, arrival);
  if (stream instanceof Refusal) return stream;
  const invalid = (message: string) => new Refusal('InvalidArgumentException', message);
  const other = unbuilt.find((member) => input[member] !== undefined);
  if (other !== undefined) return invalid(`The destination ${other} is not built in this reference yet.`);
  const { S3DestinationUpdate: plain, ExtendedS3DestinationUpdate: extended } = input;
  const update = extended ?? plain;
  if (!update || (plain && extended))
    return invalid('Exactly one destination configuration is supported for a Firehose');
  if (!stream.hasDestination(input.DestinationId)) return invalid(`Destination Id ${input.DestinationId} not found`);
  const given = input.CurrentDeliveryStreamVersionId;
  if (given !== String(stream.version) && !stream.faults.fires('fh.version-unchecked')) {
    return new Refusal(
      'ConcurrentModificationException',
      `Cannot update firehose: ${stream.name} since the current version id: ${stream.version} and specified version id: ${given} do not match`,
    );
  }
  const s3 = updateS3(stream.s3, update, stream.faults, service.options.tables);
  if (s3 instanceof Refusal) return s3;
  stream.update(s3, arrival);
  return { atNs: service.answerAtNs(arrival), value: {} };
};
