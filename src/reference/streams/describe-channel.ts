import { Refusal } from '../refusal.ts';
import { findChannel } from './channel-ref.ts';
import type { Handler } from './operation.ts';

/** A channel: its configuration and its status. */
export const describeChannel: Handler<'DescribeChannel'> = (service, input, arrival) => {
  const channel = findChannel(service, input, arrival);
  if (channel instanceof Refusal) return channel;
  return { atNs: service.answerAtNs(arrival), value: { ChannelDescription: channel.describe(arrival.nowNs) } };
};
