import { LIST_STREAMS_PAGE, NEXT_TOKEN_LIFE_MS } from '../../protocol/limits.ts';
import { Refusal } from '../refusal.ts';
import type { Handler } from './operation.ts';

/** A page of the account's streams, sorted by name. */
export const listStreams: Handler<'ListStreams'> = (service, input, arrival) => {
  let after = input.ExclusiveStartStreamName;
  if (input.NextToken !== undefined) {
    const token = service.seal.open('streams', input.NextToken);
    if (!token) return new Refusal('InvalidArgumentException', 'Invalid NextToken.');
    if (arrival.nowMs - token.issuedMs >= NEXT_TOKEN_LIFE_MS && !service.faults.fires('list.token-immortal')) {
      return new Refusal('ExpiredNextTokenException', 'The NextToken has expired.');
    }
    after = service.nameOf(token.streamNumber);
  }
  const streams = service
    .account(arrival.caller)
    .streams(arrival)
    .filter(({ name }) => after === undefined || name > after);
  const page = streams.slice(0, Math.min(input.Limit ?? LIST_STREAMS_PAGE, LIST_STREAMS_PAGE));
  const more = page.length < streams.length;
  const atNs = service.answerAtNs(arrival);
  const issuedMs = arrival.nowMs + (atNs - arrival.nowNs) / 1e6;
  const last = page.at(-1);
  return {
    atNs,
    value: {
      StreamNames: page.map(({ name }) => name),
      HasMoreStreams: more,
      ...(more && last
        ? {
            NextToken: service.seal.seal('streams', {
              streamNumber: last.number,
              shardIndex: 0,
              position: 0,
              issuedMs,
            }),
          }
        : {}),
      StreamSummaries: page.map((stream) => ({
        StreamName: stream.name,
        StreamARN: stream.arn,
        StreamStatus: stream.status(arrival.nowNs),
        StreamModeDetails: { StreamMode: stream.mode },
        StreamCreationTimestamp: stream.createdMs / 1000,
      })),
    },
  };
};
