import { LIST_CHANNELS_PAGE } from '../../protocol/limits.ts';
import type { StreamFilter } from '../../protocol/operations.ts';
import type { Channel } from '../channels/channel.ts';
import { Refusal } from '../refusal.ts';
import type { Handler } from './operation.ts';

/**
 * A page of the account's channels, those of some streams where a filter names them, in the order of their creation. A stream that
 * is not there has none. A filter may stand beside a token, as paginators send it, and holds for that page (all assumed).
 */
export const listChannels: Handler<'ListChannels'> = (service, input, arrival) => {
  const token = input.NextToken === undefined ? undefined : service.seal.open('channels', input.NextToken, arrival);
  if (token instanceof Refusal) return token;
  const after = token?.position ?? 0;
  const channels = service
    .account(arrival.caller)
    .channels.list(arrival)
    .filter((channel) => channel.number > after && passes(channel, input.StreamFilter));
  const page = channels.slice(0, Math.min(input.MaxResults ?? LIST_CHANNELS_PAGE, LIST_CHANNELS_PAGE));
  const last = page.at(-1);
  const atNs = service.answerAtNs(arrival);
  const next = last && { streamNumber: last.stream.number, position: last.number, detail: 0 };
  return {
    atNs,
    value: {
      ChannelSummaries: page.map((channel) => channel.summary(arrival.nowNs)),
      ...(next && page.length < channels.length && { NextToken: service.seal.seal('channels', next, arrival, atNs) }),
    },
  };
};

function passes({ stream }: Channel, filter: readonly StreamFilter[] | undefined): boolean {
  if (!filter) return true;
  return filter.some((each) => each.StreamARN === stream.arn && stream.createdIn(each.StreamCreationTimestamp));
}
