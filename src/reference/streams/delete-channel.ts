import { Refusal } from '../refusal.ts';
import { findChannel } from './channel-ref.ts';
import type { Handler } from './operation.ts';

/** Begins to delete a channel: DELETING, then gone. What is delivered stays. */
export const deleteChannel: Handler<'DeleteChannel'> = (service, input, arrival) => {
  const channel = findChannel(service, input, arrival);
  if (channel instanceof Refusal) return channel;
  channel.delete(arrival);
  return { atNs: service.answerAtNs(arrival), value: undefined };
};
