import { NS_PER_MS } from '../../clock.ts';
import type { StreamEncryptionInput } from '../../protocol/operations.ts';
import { invalid, Refusal } from '../refusal.ts';
import type { Service } from '../service.ts';
import type { Arrival } from '../arrival.ts';
import type { Handler } from './operation.ts';

/** Begins to encrypt new records with a key, or with another one; what is stored stays as it is. */
export const startStreamEncryption: Handler<'StartStreamEncryption'> = (service, input, arrival) =>
  change(service, input, arrival, 'StartStreamEncryption');

/** Begins to store new records without encryption; what is stored stays as it is. */
export const stopStreamEncryption: Handler<'StopStreamEncryption'> = (service, input, arrival) =>
  change(service, input, arrival, 'StopStreamEncryption');

/** Records are encrypted from the moment the stream is ACTIVE again (AWS: up to 5 s after it). Texts assumed. */
function change(
  service: Service,
  { EncryptionType: type, KeyId, ...ref }: StreamEncryptionInput,
  arrival: Arrival,
  operation: 'StartStreamEncryption' | 'StopStreamEncryption',
) {
  const stream = service.findChangeable(ref, arrival);
  if (stream instanceof Refusal) return stream;
  const { options } = service;
  const { encryptionChangesPerDay } = options.quotas;
  const { faults } = stream;
  if (type !== 'KMS') return invalid(`EncryptionType ${type} is invalid: ${operation} takes KMS.`);
  const starts = operation === 'StartStreamEncryption';
  const present = stream.settings.keyId(arrival.nowNs);
  if (starts && present === KeyId) return invalid(`Stream ${stream.name} is already encrypted with ${KeyId}.`);
  if (!starts && present === undefined) return invalid(`Stream ${stream.name} is not encrypted.`);
  const refused = starts ? options.keys.refuse(KeyId, faults) : undefined;
  if (refused) return refused;
  if (stream.changes.inLastDay(operation, arrival.nowMs) >= encryptionChangesPerDay) {
    return new Refusal(
      'LimitExceededException',
      `${operation} was called ${encryptionChangesPerDay} times for stream ${stream.name} in the last 24 hours, which is the most there may be.`,
    );
  }
  stream.changes.note(operation, arrival.nowMs);
  stream.settings.encrypt(starts ? KeyId : undefined, arrival.nowNs + options.updateStreamMs * NS_PER_MS);
  for (const shard of stream.topology.shards) {
    const { log } = shard;
    if (log.end > log.horizon && shard.faults.fires('enc.old-unreadable')) log.trimTo(log.end);
    if (shard.faults.has('imm.reencrypt-corrupts')) shard.reencryptedTo = log.end;
  }
  service.beginUpdate(stream, arrival);
  return { atNs: service.answerAtNs(arrival), value: undefined };
}
