import type { Policy } from '../policy.ts';
import { Refusal } from '../refusal.ts';
import type { Service } from '../service.ts';
import type { Arrival } from '../arrival.ts';
import type { Stream } from '../stream.ts';
import { findConsumer } from './consumer-ref.ts';

/** A stream or a consumer, as tags and policies see it. */
export interface Resource {
  readonly tags: Map<string, string>;
  /** For messages. */
  readonly subject: string;
  /** Itself, or the consumer's. */
  readonly stream: Stream;
  policy: Policy | undefined;
}

/** The stream or consumer that an ARN names. */
export function findResource(service: Service, arn: string, arrival: Arrival): Resource | Refusal {
  if (arn.includes('/consumer/')) {
    const found = findConsumer(service, { ConsumerARN: arn }, arrival);
    if (found instanceof Refusal) return found;
    const { stream, consumer } = found;
    const { tags, subject } = consumer;
    return {
      tags,
      subject,
      stream,
      get policy() {
        return consumer.policy;
      },
      set policy(policy: Policy | undefined) {
        consumer.policy = policy;
      },
    };
  }
  const stream = service.find({ StreamARN: arn }, arrival);
  return stream instanceof Refusal ? stream : stream.resource;
}
