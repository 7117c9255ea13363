import { LIST_STREAM_CONSUMERS_PAGE } from '../../protocol/limits.ts';
import type { ListStreamConsumersInput } from '../../protocol/operations.ts';
import type { Arrival } from '../arrival.ts';
import { Refusal } from '../refusal.ts';
import { invalid } from '../seal.ts';
import { notFound, type Service } from '../service.ts';
import type { Stream } from '../stream.ts';
import type { Handler } from './operation.ts';

/** A page of a stream's consumers, in the order of their registration (assumed). */
export const listStreamConsumers: Handler<'ListStreamConsumers'> = (service, input, arrival) => {
  const stream = service.find(input, arrival);
  if (stream instanceof Refusal) return stream;
  const after = numberBefore(service, stream, input, arrival);
  if (after instanceof Refusal) return after;
  const consumers = stream.consumers.list(arrival).filter(({ number }) => number > after);
  const page = consumers.slice(0, Math.min(input.MaxResults ?? LIST_STREAM_CONSUMERS_PAGE, LIST_STREAM_CONSUMERS_PAGE));
  const atNs = service.answerAtNs(arrival);
  const token = { streamNumber: stream.number, position: page.at(-1)?.number ?? after, detail: 0 };
  return {
    atNs,
    value: {
      Consumers: page.map((consumer) => consumer.describe(arrival.nowNs)),
      ...(page.length < consumers.length ? { NextToken: service.seal.seal('consumers', token, arrival, atNs) } : {}),
    },
  };
};

/** The number of the last consumer of the page before; -1 before the first page. */
function numberBefore(
  service: Service,
  stream: Stream,
  { NextToken, StreamCreationTimestamp: createdS }: ListStreamConsumersInput,
  arrival: Arrival,
): number | Refusal {
  if (NextToken === undefined) {
    return stream.createdIn(createdS) ? -1 : notFound(stream.name, stream.accountId);
  }
  if (createdS !== undefined) {
    return new Refusal(
      'InvalidArgumentException',
      'NextToken and StreamCreationTimestamp cannot be provided together.',
    );
  }
  const token = service.seal.open('consumers', NextToken, arrival);
  if (token instanceof Refusal) return token;
  return token.streamNumber === stream.number ? token.position : invalid('consumers');
}
