import type { ConsumerRef } from '../../protocol/operations.ts';
import type { Arrival } from '../arrival.ts';
import { consumerNotFound, type Consumer } from '../consumer.ts';
import { invalid, Refusal } from '../refusal.ts';
import type { Service } from '../service.ts';
import type { Stream } from '../stream.ts';

/** A consumer with its stream. */
export interface ConsumerFound {
  readonly stream: Stream;
  readonly consumer: Consumer;
}

/** The consumer that a request names: by its ARN, by its stream's ARN and its name, or by all of them agreeing (texts assumed). */
export function findConsumer(service: Service, ref: ConsumerRef, arrival: Arrival): ConsumerFound | Refusal {
  const { ConsumerARN: arn, StreamARN, ConsumerName } = ref;
  if (arn === undefined && (StreamARN === undefined || ConsumerName === undefined)) {
    return invalid('Either ConsumerARN or both StreamARN and ConsumerName should be provided.');
  }
  const [, streamArn = StreamARN, name = ConsumerName] = /^(.*)\/consumer\/([^/:]*):\d+$/.exec(arn ?? '') ?? [];
  if (streamArn === undefined || name === undefined) return invalid(`ConsumerARN ${arn} is invalid.`);
  const agree = (StreamARN ?? streamArn) === streamArn && (ConsumerName ?? name) === name;
  if (!agree) return invalid('ConsumerARN does not agree with StreamARN and ConsumerName.');
  const stream = service.find({ StreamARN: streamArn }, arrival);
  if (stream instanceof Refusal) return stream;
  const consumer = stream.consumers.find(name, arrival);
  // A name registered anew has another ARN: the old one names nothing.
  if (!consumer || (arn !== undefined && arn !== consumer.arn)) {
    return consumerNotFound(name, stream.name, stream.accountId);
  }
  return { stream, consumer };
}
