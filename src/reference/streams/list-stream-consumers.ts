import { LIST_STREAM_CONSUMERS_PAGE, NEXT_TOKEN_LIFE_MS } from '../../protocol/limits.ts';
import type { ListStreamConsumersInput } from '../../protocol/operations.ts';
import type { Arrival } from '../arrival.ts';
import { Refusal } from '../refusal.ts';
import type { Service } from '../service.ts';
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
  const token = {
    streamNumber: stream.number,
    shardIndex: 0,
    position: page.at(-1)?.number ?? after,
    issuedMs: arrival.nowMs + (atNs - arrival.nowNs) / 1e6,
  };
  return {
    atNs,
    value: {
      Consumers: page.map((consumer) => consumer.describe(arrival.nowNs)),
      ...(page.length < consumers.length ? { NextToken: service.seal.seal('consumers', token) } : {}),
    },
  };
};

/** The number of the last consumer of the page before; -1 before the first page. */
function numberBefore(
  service: Service,
  stream: Stream,
  { NextToken, StreamCreationTimestamp: createdS }: ListStreamConsumersInput,
  { nowMs }: Arrival,
): number | Refusal {
  if (NextToken === undefined) {
    if (stream.createdIn(createdS)) return -1;
    return new Refusal(
      'ResourceNotFoundException',
      `Stream ${stream.name} under account ${stream.accountId} not found.`,
    );
  }
  if (createdS !== undefined) {
    return new Refusal(
      'InvalidArgumentException',
      'NextToken and StreamCreationTimestamp cannot be provided together.',
    );
  }
  const token = service.seal.open('consumers', NextToken);
  if (token?.streamNumber !== stream.number) return new Refusal('InvalidArgumentException', 'Invalid NextToken.');
  if (nowMs - token.issuedMs >= NEXT_TOKEN_LIFE_MS) {
    return new Refusal('ExpiredNextTokenException', 'The NextToken has expired.');
  }
  return token.position;
}
