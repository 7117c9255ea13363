/**
 * CreateDeliveryStream: exactly one destination, a source that goes with the type, and then what the destination says of itself.
 * The text about destinations was observed, the others are assumed. Destinations and sources that the reference does not have yet
 * are refused by name.
 */
import type {
  CreateDeliveryStreamInput,
  EncryptionInput,
  ExtendedS3Configuration,
} from '../../protocol/firehose/operations.ts';
import type { Arrival } from '../arrival.ts';
import type { StreamFaults } from '../faults.ts';
import { invalid, Refusal } from '../refusal.ts';
import type { Stream } from '../stream.ts';
import type { Tables } from './conversion.ts';
import { refuseKey } from './delivery-stream-encryption.ts';
import { httpDestination } from './http-endpoint.ts';
import { s3Destination, type KeptDestination } from './kept-destination.ts';
import type { FirehoseHandler } from './operation.ts';
import { redshiftDestination } from './redshift.ts';
import { describeS3 } from './s3-settings.ts';
import { elasticsearchDestination, openSearchDestination, serverlessDestination } from './search.ts';
import type { DeliveryService } from './service.ts';
import { splunkDestination } from './splunk.ts';
import { StreamSource } from './stream-source.ts';

/** The destinations that can be delivered to, by the members that name them, and the others. */
const built = {
  S3DestinationConfiguration: ({ S3DestinationConfiguration: given }, faults, tables) =>
    given && s3Of(given, faults, tables),
  ExtendedS3DestinationConfiguration: ({ ExtendedS3DestinationConfiguration: given }, faults, tables) =>
    given && s3Of(given, faults, tables),
  HttpEndpointDestinationConfiguration: ({ HttpEndpointDestinationConfiguration: given }, faults) =>
    given && httpDestination(given, faults),
  SplunkDestinationConfiguration: ({ SplunkDestinationConfiguration: given }, faults) =>
    given && splunkDestination(given, faults),
  ElasticsearchDestinationConfiguration: ({ ElasticsearchDestinationConfiguration: given }, faults) =>
    given && elasticsearchDestination(given, faults),
  AmazonopensearchserviceDestinationConfiguration: (
    { AmazonopensearchserviceDestinationConfiguration: given },
    faults,
  ) => given && openSearchDestination(given, faults),
  AmazonOpenSearchServerlessDestinationConfiguration: (
    { AmazonOpenSearchServerlessDestinationConfiguration: given },
    faults,
  ) => given && serverlessDestination(given, faults),
  RedshiftDestinationConfiguration: ({ RedshiftDestinationConfiguration: given }, faults) =>
    given && redshiftDestination(given, faults),
} satisfies Partial<Record<keyof CreateDeliveryStreamInput, Maker>>;
type Maker = (
  input: CreateDeliveryStreamInput,
  faults: StreamFaults,
  tables: Tables,
) => KeptDestination | Refusal | undefined;
const unbuilt = ['SnowflakeDestinationConfiguration', 'IcebergDestinationConfiguration'] as const;

export const createDeliveryStream: FirehoseHandler<'CreateDeliveryStream'> = (service, input, arrival) => {
  const others = unbuilt.filter((member) => input[member] !== undefined);
  const faults = service.options.faults.at({ stream: input.DeliveryStreamName });
  const made = Object.values(built).flatMap((make) => make(input, faults, service.options.tables) ?? []);
  if (made.length + others.length !== 1)
    return invalid('Exactly one destination configuration is supported for a Firehose');
  if (convertsElsewhere(input))
    return invalid('DataFormatConversionConfiguration is for ExtendedS3DestinationConfiguration alone.');
  const [other] = others;
  if (other !== undefined) return invalid(`The destination ${other} is not built in this reference yet.`);
  const source = sourceOf(service, input, arrival);
  if (source instanceof Refusal) return source;
  const encryption = input.DeliveryStreamEncryptionConfigurationInput;
  const refused = encryption && refuseEncryption(service, encryption, source, faults);
  if (refused) return refused;
  const destination = made[0]!;
  if (destination instanceof Refusal) return destination;
  if (destination.spoken && !service.options.sender)
    return invalid('This endpoint was made without a way to send requests (`sender` of createEndpoint).');
  if (destination.load && !service.options.sql)
    return invalid('This endpoint was made without a way to send SQL (`sql` of createEndpoint).');
  const created = service.create(input, destination, arrival);
  if (created instanceof Refusal) return created;
  if (encryption) created.encrypt(encryption, created.activeAtNs);
  if (source) {
    const { clock, kinesis } = service.options;
    const { delivery } = created;
    const parts = { clock, kinesis, stream: source, caller: arrival.caller };
    created.source = new StreamSource(
      { ...parts, ready: () => delivery.admits(0), accept: (data, at) => delivery.accept(data, at) },
      arrival,
    );
  }
  return { atNs: service.answerAtNs(arrival), value: { DeliveryStreamARN: created.arn } };
};

/** The Kinesis stream that is to be read; undefined for Direct PUT. */
function sourceOf(
  { options }: DeliveryService,
  input: CreateDeliveryStreamInput,
  arrival: Arrival,
): Stream | undefined | Refusal {
  const type = input.DeliveryStreamType ?? 'DirectPut';
  const { KinesisStreamSourceConfiguration: kinesis, DirectPutSourceConfiguration: direct } = input;
  if (type === 'MSKAsSource' || type === 'DatabaseAsSource')
    return invalid(`The source ${type} is not built in this reference yet.`);
  const stranger =
    (input.MSKSourceConfiguration && 'MSKSourceConfiguration') ??
    (input.DatabaseSourceConfiguration && 'DatabaseSourceConfiguration') ??
    (type === 'DirectPut' && kinesis ? 'KinesisStreamSourceConfiguration' : undefined) ??
    (type === 'KinesisStreamAsSource' && direct ? 'DirectPutSourceConfiguration' : undefined);
  if (stranger !== undefined) return invalid(`${stranger} does not go with the delivery stream type ${type}.`);
  if (type === 'DirectPut') return undefined;
  if (!kinesis) return invalid('KinesisStreamSourceConfiguration is needed for the type KinesisStreamAsSource.');
  const found = options.kinesis.find({ StreamARN: kinesis.KinesisStreamARN }, arrival);
  if (found instanceof Refusal) return invalid(found.message ?? '');
  // There are no shards to begin with before it is ACTIVE (that AWS refuses it is assumed, text too).
  return options.kinesis.refuseUnready(found, arrival) ?? found;
}

/** Whether a destination that has no such member is to convert records. */
function convertsElsewhere(input: CreateDeliveryStreamInput): boolean {
  const { ExtendedS3DestinationConfiguration: _extended, ...others } = input;
  return Object.values(others).some(
    (given) => typeof given === 'object' && given !== null && Object.hasOwn(given, 'DataFormatConversionConfiguration'),
  );
}

function s3Of(configuration: ExtendedS3Configuration, faults: StreamFaults, tables: Tables): KeptDestination | Refusal {
  const described = describeS3(configuration, faults, tables);
  return described instanceof Refusal ? described : s3Destination(described, faults, tables);
}

function refuseEncryption(
  service: DeliveryService,
  key: EncryptionInput,
  source: Stream | undefined,
  faults: StreamFaults,
): Refusal | undefined {
  if (source) return invalid('Server-side encryption is that of the Kinesis stream where one is the source.');
  return refuseKey(service, key, faults);
}
