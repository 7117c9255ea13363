import { LIST_STREAMS_PAGE } from '../../protocol/limits.ts';
import { Refusal } from '../refusal.ts';
import type { Handler } from './operation.ts';

/** A page of the account's streams, sorted by name. */
export const listStreams: Handler<'ListStreams'> = (service, input, arrival) => {
  let after = input.ExclusiveStartStreamName;
  if (input.NextToken !== undefined) {
    const token = service.seal.open('streams', input.NextToken, arrival);
    if (token instanceof Refusal) return token;
    after = service.nameOf(token.streamNumber);
  }
  const streams = service
    .account(arrival.caller)
    .streams(arrival)
    .filter(({ name }) => after === undefined || name > after);
  const page = streams.slice(0, Math.min(input.Limit ?? LIST_STREAMS_PAGE, LIST_STREAMS_PAGE));
  const more = page.length < streams.length;
  const atNs = service.answerAtNs(arrival);
  // What a token leaves out is a stream too.
  const skipped =
    more && streams[page.length]!.faults.fires('list.page-drop-boundary') ? streams[page.length] : undefined;
  const last = skipped ?? page.at(-1);
  const token = { streamNumber: last?.number ?? 0, position: 0, detail: 0 };
  return {
    atNs,
    value: {
      StreamNames: page.map(({ name }) => name),
      HasMoreStreams: more,
      ...(more && { NextToken: service.seal.seal('streams', token, arrival, atNs) }),
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
