/** StartDeliveryStreamEncryption and StopDeliveryStreamEncryption: it takes a while, and puts are encrypted when it is done. */
import { NS_PER_MS } from '../../clock.ts';
import type { EncryptionInput } from '../../protocol/firehose/operations.ts';
import type { Arrival } from '../arrival.ts';
import type { StreamFaults } from '../faults.ts';
import { Refusal } from '../refusal.ts';
import type { DeliveryStream } from './delivery-stream.ts';
import type { FirehoseHandler } from './operation.ts';
import type { DeliveryService } from './service.ts';

export const startDeliveryStreamEncryption: FirehoseHandler<'StartDeliveryStreamEncryption'> = (
  service,
  input,
  arrival,
) => {
  const stream = findChangeable(service, input.DeliveryStreamName, arrival);
  if (stream instanceof Refusal) return stream;
  const key = input.DeliveryStreamEncryptionConfigurationInput ?? { KeyType: 'AWS_OWNED_CMK' };
  return refuseKey(service, key, stream.faults) ?? change(service, stream, key, arrival);
};

export const stopDeliveryStreamEncryption: FirehoseHandler<'StopDeliveryStreamEncryption'> = (
  service,
  input,
  arrival,
) => {
  const stream = findChangeable(service, input.DeliveryStreamName, arrival);
  return stream instanceof Refusal ? stream : change(service, stream, undefined, arrival);
};

/** The refusal of a key that does not fit its type, or that cannot be used (texts assumed). */
export function refuseKey(
  { options }: DeliveryService,
  { KeyType, KeyARN }: EncryptionInput,
  faults: StreamFaults,
): Refusal | undefined {
  if (KeyType === 'CUSTOMER_MANAGED_CMK' && KeyARN === undefined)
    return new Refusal('InvalidArgumentException', 'KeyARN must be given for the key type CUSTOMER_MANAGED_CMK.');
  if (KeyType === 'AWS_OWNED_CMK' && KeyARN !== undefined)
    return new Refusal('InvalidArgumentException', 'KeyARN cannot be given for the key type AWS_OWNED_CMK.');
  return refuseUnusable({ options }, KeyARN, faults);
}

/** The refusal of what needs a key that cannot be used: what KMS says is its `code` (source: the service model). */
export function refuseUnusable(
  { options }: Pick<DeliveryService, 'options'>,
  keyId: string | undefined,
  faults: StreamFaults,
): Refusal | undefined {
  const refused = options.keys.refuse(keyId, faults);
  return refused && new Refusal('InvalidKMSResourceException', refused.message, { extra: { code: refused.name } });
}

function findChangeable(service: DeliveryService, name: string, arrival: Arrival): DeliveryStream | Refusal {
  const stream = service.findActive(name, arrival);
  if (stream instanceof Refusal) return stream;
  if (stream.type !== 'DirectPut')
    return new Refusal(
      'InvalidArgumentException',
      'Server-side encryption is that of the Kinesis stream where one is the source.',
    );
  const status = stream.encryptionStatus(arrival.nowNs);
  if (status === 'ENABLING' || status === 'DISABLING')
    return new Refusal('ResourceInUseException', `The encryption of Firehose ${name} is ${status}.`);
  return stream;
}

/** Begins a change, of which there may be so many in rolling 24 hours, both kinds together (source: the quota page). */
function change(service: DeliveryService, stream: DeliveryStream, key: EncryptionInput | undefined, arrival: Arrival) {
  const { quotas, encryptDeliveryStreamMs } = service.options;
  const { encryptionChangesPerDay } = quotas.firehose;
  if (stream.changes.inLastDay('DeliveryStreamEncryption', arrival.nowMs) >= encryptionChangesPerDay)
    return new Refusal(
      'LimitExceededException',
      `Encryption can be changed ${encryptionChangesPerDay} times in 24 hours.`,
    );
  stream.changes.note('DeliveryStreamEncryption', arrival.nowMs);
  stream.encrypt(key, arrival.nowNs + encryptDeliveryStreamMs * NS_PER_MS);
  return { atNs: service.answerAtNs(arrival), value: {} };
}
