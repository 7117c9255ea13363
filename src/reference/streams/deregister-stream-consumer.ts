import { NS_PER_MS } from '../../clock.ts';
import { Refusal } from '../refusal.ts';
import { findConsumer } from './consumer-ref.ts';
import type { Handler } from './operation.ts';

/** Begins to delete a consumer: its subscriptions end, it is DELETING, then gone. */
export const deregisterStreamConsumer: Handler<'DeregisterStreamConsumer'> = (service, input, arrival) => {
  const found = findConsumer(service, input, arrival);
  if (found instanceof Refusal) return found;
  found.consumer.deleteAt(arrival.nowNs + service.options.deleteConsumerMs * NS_PER_MS);
  return { atNs: service.answerAtNs(arrival), value: undefined };
};
