/**
 * CreateDeliveryStream: exactly one destination, a source that goes with the type, and then what the destination says of itself.
 * The text about destinations was observed, the others are assumed. Destinations and sources that the reference does not have yet
 * are refused by name.
 */
import type { CreateDeliveryStreamInput, EncryptionInput } from '../../protocol/firehose/operations.ts';
import type { Arrival } from '../arrival.ts';
import type { StreamFaults } from '../faults.ts';
import { Refusal } from '../refusal.ts';
import type { Stream } from '../stream.ts';
import { refuseKey } from './delivery-stream-encryption.ts';
import type { FirehoseHandler } from './operation.ts';
import { describeS3 } from './s3-settings.ts';
import type { DeliveryService } from './service.ts';
import { StreamSource } from './stream-source.ts';

/** The members that name a destination, and those of them that can be delivered to. */
const built = ['S3DestinationConfiguration', 'ExtendedS3DestinationConfiguration'] as const;
const unbuilt = [
  'RedshiftDestinationConfiguration',
  'ElasticsearchDestinationConfiguration',
  'AmazonopensearchserviceDestinationConfiguration',
  'SplunkDestinationConfiguration',
  'HttpEndpointDestinationConfiguration',
  'AmazonOpenSearchServerlessDestinationConfiguration',
  'SnowflakeDestinationConfiguration',
  'IcebergDestinationConfiguration',
] as const;

export const createDeliveryStream: FirehoseHandler<'CreateDeliveryStream'> = (service, input, arrival) => {
  const named = [...built, ...unbuilt].filter((member) => input[member] !== undefined);
  if (named.length !== 1) return invalid('Exactly one destination configuration is supported for a Firehose');
  const converted = named.find((member) => Object.hasOwn(input[member] ?? {}, 'DataFormatConversionConfiguration'));
  if (converted !== undefined && converted !== 'ExtendedS3DestinationConfiguration')
    return invalid('DataFormatConversionConfiguration is for ExtendedS3DestinationConfiguration alone.');
  const other = unbuilt.find((member) => input[member] !== undefined);
  if (other !== undefined) return invalid(`The destination ${other} is not built in this reference yet.`);
  const source = sourceOf(service, input, arrival);
  if (source instanceof Refusal) return source;
  const encryption = input.DeliveryStreamEncryptionConfigurationInput;
  const faults = service.options.faults.at({ stream: input.DeliveryStreamName });
  const refused = encryption && refuseEncryption(service, encryption, source, faults);
  if (refused) return refused;
  const configuration = input.ExtendedS3DestinationConfiguration ?? input.S3DestinationConfiguration!;
  const s3 = describeS3(configuration, faults, service.options.tables);
  if (s3 instanceof Refusal) return s3;
  const created = service.create(input, s3, arrival);
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
  return found instanceof Refusal ? invalid(found.message ?? '') : found;
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

function invalid(message: string): Refusal {
  return new Refusal('InvalidArgumentException', message);
}
