import { Refusal } from '../refusal.ts';
import { findConsumer } from './consumer-ref.ts';
import type { Handler } from './operation.ts';

/** A consumer and the ARN of its stream. */
export const describeStreamConsumer: Handler<'DescribeStreamConsumer'> = (service, input, arrival) => {
  const found = findConsumer(service, input, arrival);
  if (found instanceof Refusal) return found;
  const { stream, consumer } = found;
  return {
    atNs: service.answerAtNs(arrival),
    value: { ConsumerDescription: { ...consumer.describe(arrival.nowNs), StreamARN: stream.arn } },
  };
};
