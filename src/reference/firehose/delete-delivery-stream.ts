import { NS_PER_MS } from '../../clock.ts';
import { Refusal } from '../refusal.ts';
import type { FirehoseHandler } from './operation.ts';

/** Begins to delete a delivery stream. AllowForceDelete matters where a key cannot be given back, which never happens here. */
export const deleteDeliveryStream: FirehoseHandler<'DeleteDeliveryStream'> = (service, input, arrival) => {
  const stream = service.findActive(input.DeliveryStreamName, arrival);
  if (stream instanceof Refusal) return stream;
  stream.deleteAt(arrival.nowNs + service.options.deleteDeliveryStreamMs * NS_PER_MS);
  return { atNs: service.answerAtNs(arrival), value: {} };
};
