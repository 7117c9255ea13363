import { Refusal } from '../refusal.ts';
import type { FirehoseHandler } from './operation.ts';

/** A delivery stream with its one destination; the members for pages are reserved for when there are more (source: the service model). */
export const describeDeliveryStream: FirehoseHandler<'DescribeDeliveryStream'> = (service, input, arrival) => {
  const stream = service.find(input.DeliveryStreamName, arrival);
  if (stream instanceof Refusal) return stream;
  return { atNs: service.answerAtNs(arrival), value: { DeliveryStreamDescription: stream.describe(arrival) } };
};
