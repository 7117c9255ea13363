/**
 * UpdateDestination: what is named changes, everything else stays, and the destination has a new version. Who comes with the
 * version of before is refused (source: the service model; texts assumed).
 */
import { invalid, Refusal } from '../refusal.ts';
import type { FirehoseHandler } from './operation.ts';

const built = [
  'S3DestinationUpdate',
  'ExtendedS3DestinationUpdate',
  'HttpEndpointDestinationUpdate',
  'SplunkDestinationUpdate',
  'ElasticsearchDestinationUpdate',
  'AmazonopensearchserviceDestinationUpdate',
  'AmazonOpenSearchServerlessDestinationUpdate',
  'RedshiftDestinationUpdate',
] as const;
const unbuilt = ['SnowflakeDestinationUpdate', 'IcebergDestinationUpdate'] as const;

export const updateDestination: FirehoseHandler<'UpdateDestination'> = (service, input, arrival) => {
  const stream = service.findActive(input.DeliveryStreamName, arrival);
  if (stream instanceof Refusal) return stream;
  const other = unbuilt.find((member) => input[member] !== undefined);
  if (other !== undefined) return invalid(`The destination ${other} is not built in this reference yet.`);
  const named = built.filter((member) => input[member] !== undefined);
  const [update] = named;
  if (update === undefined || named.length > 1)
    return invalid('Exactly one destination configuration is supported for a Firehose');
  if (!stream.destination.updates.includes(update))
    return invalid(`${update} does not go with the destination of ${stream.name}: its kind cannot be changed.`);
  if (!stream.hasDestination(input.DestinationId)) return invalid(`Destination Id ${input.DestinationId} not found`);
  const given = input.CurrentDeliveryStreamVersionId;
  if (given !== String(stream.version) && !stream.faults.fires('fh.version-unchecked')) {
    return new Refusal(
      'ConcurrentModificationException',
      `Cannot update firehose: ${stream.name} since the current version id: ${stream.version} and specified version id: ${given} do not match`,
    );
  }
  const destination = stream.destination.updated(input, stream.faults, service.options.tables);
  if (destination instanceof Refusal) return destination;
  stream.update(destination, arrival);
  return { atNs: service.answerAtNs(arrival), value: {} };
};
