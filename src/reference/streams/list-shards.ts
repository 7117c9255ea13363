import { LIST_SHARDS_PAGE, NEXT_TOKEN_LIFE_MS } from '../../protocol/limits.ts';
import type { ListShardsInput } from '../../protocol/operations.ts';
import { Refusal } from '../refusal.ts';
import type { Service } from '../service.ts';
import type { Arrival } from '../arrival.ts';
import type { Stream } from '../stream.ts';
import type { Handler } from './operation.ts';
import { shardIndexOf } from './shard-id.ts';

/** A page of a stream's shards, from the stream's name or from the token of the page before. */
export const listShards: Handler<'ListShards'> = (service, input, arrival) => {
  const from = start(service, input, arrival);
  if (from instanceof Refusal) return from;
  const { stream, position } = from;
  const shards = stream.shardsShown(arrival.nowNs).slice(position);
  const page = shards.slice(0, Math.min(input.MaxResults ?? LIST_SHARDS_PAGE, LIST_SHARDS_PAGE));
  const atNs = service.answerAtNs(arrival);
  const token = {
    streamNumber: stream.number,
    shardIndex: 0,
    position: position + page.length,
    issuedMs: arrival.nowMs + (atNs - arrival.nowNs) / 1e6,
  };
  return {
    atNs,
    value: {
      Shards: page.map((shard) => shard.describe()),
      ...(page.length < shards.length ? { NextToken: service.seal.seal('shards', token) } : {}),
    },
  };
};

function start(
  service: Service,
  input: ListShardsInput,
  arrival: Arrival,
): { stream: Stream; position: number } | Refusal {
  if (input.NextToken === undefined) {
    if (input.StreamName === undefined && input.StreamARN === undefined) {
      return new Refusal('InvalidArgumentException', 'Either NextToken or StreamName should be provided.');
    }
    const stream = service.find(input, arrival);
    if (stream instanceof Refusal) return stream;
    const after = input.ExclusiveStartShardId === undefined ? -1 : shardIndexOf(input.ExclusiveStartShardId);
    if (after !== undefined) return { stream, position: after + 1 };
    return new Refusal('InvalidArgumentException', `ExclusiveStartShardId ${input.ExclusiveStartShardId} is invalid.`);
  }
  if (input.StreamName !== undefined || input.StreamARN !== undefined) {
    return new Refusal('InvalidArgumentException', 'NextToken and StreamName cannot be provided together.');
  }
  const token = service.seal.open('shards', input.NextToken);
  if (!token) return new Refusal('InvalidArgumentException', 'Invalid NextToken.');
  if (arrival.nowMs - token.issuedMs >= NEXT_TOKEN_LIFE_MS) {
    return new Refusal('ExpiredNextTokenException', 'The NextToken has expired.');
  }
  const stream = service.byNumber(token.streamNumber, arrival);
  return stream instanceof Refusal ? stream : { stream, position: token.position };
}
