import { Refusal } from '../refusal.ts';
import type { Handler } from './operation.ts';

/** Begins to delete a stream: DELETING, then gone. There are no registered consumers yet that could hold it. */
export const deleteStream: Handler<'DeleteStream'> = (service, input, arrival) => {
  const stream = service.find(input, arrival);
  if (stream instanceof Refusal) return stream;
  service.account(arrival.caller).delete(stream, arrival);
  return { atNs: service.answerAtNs(arrival), value: undefined };
};
