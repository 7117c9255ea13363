import { NS_PER_MS } from '../../clock.ts';
import { Refusal } from '../refusal.ts';
import { capital } from '../subject.ts';
import type { Handler } from './operation.ts';

/**
 * Begins to delete a stream: DELETING, then gone. Registered consumers hold it, unless the request says otherwise; then
 * they go with it, and their subscriptions end at once. Channels hold it in any case, unless they are being deleted themselves
 * (source: DeleteChannel in the service model, "active channels"; that UPDATING ones do is assumed). The texts are assumed.
 */
export const deleteStream: Handler<'DeleteStream'> = (service, input, arrival) => {
  const stream = service.find(input, arrival);
  if (stream instanceof Refusal) return stream;
  const held = input.EnforceConsumerDeletion !== true && stream.consumers.list(arrival).length > 0;
  if (held && !stream.faults.fires('life.delete-ignores-consumers')) {
    return new Refusal('ResourceInUseException', `${capital(stream.subject)} has registered consumers.`);
  }
  const account = service.account(arrival.caller);
  const channels = account.channelsOf(stream, arrival).filter((each) => each.status(arrival.nowNs) !== 'DELETING');
  if (channels.length > 0 && !stream.faults.fires('life.delete-ignores-channels')) {
    return new Refusal('ResourceInUseException', `${capital(stream.subject)} has active channels.`);
  }
  account.delete(stream, arrival);
  stream.consumers.deleteAllAt(arrival.nowNs + service.options.deleteStreamMs * NS_PER_MS);
  return { atNs: service.answerAtNs(arrival), value: undefined };
};
