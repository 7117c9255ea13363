import { Refusal } from '../refusal.ts';
import type { FirehoseHandler } from './operation.ts';
import { bytesOf, findPuttable, put } from './put.ts';

/** Takes one record. */
export const putRecord: FirehoseHandler<'PutRecord'> = (service, input, arrival) => {
  const found = findPuttable(service, input.DeliveryStreamName, arrival);
  if (found instanceof Refusal) return found;
  const { stream, encrypted } = found;
  const stored = put(service, stream, bytesOf(input.Record.Data), arrival);
  if (stored instanceof Refusal) return stored;
  const atNs = stream.acknowledgement.readyAtNs(arrival.nowNs);
  return { atNs, value: { RecordId: stored, Encrypted: encrypted } };
};
