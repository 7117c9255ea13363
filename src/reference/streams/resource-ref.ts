import type { Policy } from '../policy.ts';
import { Refusal } from '../refusal.ts';
import type { Service } from '../service.ts';
import type { Arrival } from '../arrival.ts';
import type { Stream } from '../stream.ts';
import { findChannel } from './channel-ref.ts';
import { findConsumer } from './consumer-ref.ts';

/** A stream, a consumer or a channel, as tags and policies see it. */
export interface Resource {
  readonly tags: Map<string, string>;
  /** For messages. */
  readonly subject: string;
  /** Itself, or that of the consumer or channel. */
  readonly stream: Stream;
  policy: Policy | undefined;
  /** Whether it can have no policy. */
  readonly private?: true;
}

/** The stream, consumer or channel that an ARN names. */
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
  if (arn.includes(':channel/')) {
    const channel = findChannel(service, { ChannelARN: arn }, arrival);
    if (channel instanceof Refusal) return channel;
    const { tags, subject, stream } = channel;
    return { tags, subject, stream, policy: undefined, private: true };
  }
  const stream = service.find({ StreamARN: arn }, arrival);
  return stream instanceof Refusal ? stream : stream.resource;
}
