import { NS_PER_MS } from '../../clock.ts';
import { Refusal } from '../refusal.ts';
import { capital } from '../subject.ts';
import type { Handler } from './operation.ts';

/**
 * Begins to delete a stream: DELETING, then gone. Registered consumers hold it, unless the request says otherwise; then
 * they go with it, and their subscriptions end at once. The text of the refusal is assumed.
 */
export const deleteStream: Handler<'DeleteStream'> = (service, input, arrival) => {
  const stream = service.find(input, arrival);
  if (stream instanceof Refusal) return stream;
  const held = input.EnforceConsumerDeletion !== true && stream.consumers.list(arrival).length > 0;
  if (held && !stream.faults.fires('life.delete-ignores-consumers')) {
    return new Refusal('ResourceInUseException', `${capital(stream.subject)} has registered consumers.`);
  }
  service.account(arrival.caller).delete(stream, arrival);
  stream.consumers.deleteAllAt(arrival.nowNs + service.options.deleteStreamMs * NS_PER_MS);
  return { atNs: service.answerAtNs(arrival), value: undefined };
};
