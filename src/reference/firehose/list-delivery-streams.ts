import { LIST_DELIVERY_STREAMS_PAGE } from '../../protocol/firehose/limits.ts';
import type { FirehoseHandler } from './operation.ts';

/** A page of the caller's delivery streams, sorted by name (the order assumed). */
export const listDeliveryStreams: FirehoseHandler<'ListDeliveryStreams'> = (service, input, arrival) => {
  const { DeliveryStreamType: type, ExclusiveStartDeliveryStreamName: after, Limit: limit } = input;
  const streams = service
    .list(arrival)
    .filter((stream) => (type === undefined || stream.type === type) && (after === undefined || stream.name > after));
  const page = streams.slice(0, limit ?? LIST_DELIVERY_STREAMS_PAGE);
  const value = {
    DeliveryStreamNames: page.map(({ name }) => name),
    HasMoreDeliveryStreams: page.length < streams.length,
  };
  return { atNs: service.answerAtNs(arrival), value };
};
