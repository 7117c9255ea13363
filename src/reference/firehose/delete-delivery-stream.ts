import { NS_PER_MS } from '../../clock.ts';
import { Refusal } from '../refusal.ts';
import type { FirehoseHandler } from './operation.ts';

/**
 * Begins to delete a delivery stream; one that is on its way already may be deleted again, and goes no later (source: the
 * operation's text). AllowForceDelete matters where a key cannot be given back, which never happens here.
 */
export const deleteDeliveryStream: FirehoseHandler<'DeleteDeliveryStream'> = (service, input, arrival) => {
  const { nowNs } = arrival;
  const found = service.find(input.DeliveryStreamName, arrival);
  if (found instanceof Refusal) return found;
  if (found.status(nowNs) !== 'DELETING') {
    const stream = service.findActive(input.DeliveryStreamName, arrival);
    if (stream instanceof Refusal) return stream;
    stream.deleteAt(nowNs + service.options.deleteDeliveryStreamMs * NS_PER_MS);
  }
  return { atNs: service.answerAtNs(arrival), value: {} };
};
