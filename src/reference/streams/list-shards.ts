import { LIST_SHARDS_PAGE } from '../../protocol/limits.ts';
import type { ListShardsInput } from '../../protocol/operations.ts';
import { invalid, Refusal } from '../refusal.ts';
import { notFound, type Service } from '../service.ts';
import type { Arrival } from '../arrival.ts';
import type { Shard } from '../shard.ts';
import type { Stream } from '../stream.ts';
import type { Handler } from './operation.ts';
import { shardIndexOf } from './shard-id.ts';

/** A page of a stream's shards, from the stream's name or from the token of the page before. */
export const listShards: Handler<'ListShards'> = (service, input, arrival) => {
  const from = start(service, input, arrival);
  if (from instanceof Refusal) return from;
  const { stream, position, filter } = from;
  const shards = stream.shardsShown(arrival).filter((shard) => shard.index >= position && passes(shard, filter));
  const page = shards.slice(0, Math.min(input.MaxResults ?? LIST_SHARDS_PAGE, LIST_SHARDS_PAGE));
  const atNs = service.answerAtNs(arrival);
  const dropped = page.length < shards.length && stream.faults.fires('list.page-drop-boundary');
  const next = (page.at(-1)?.index ?? 0) + (dropped ? 2 : 1);
  const token = { streamNumber: stream.number, position: next, detail: filter };
  return {
    atNs,
    value: {
      Shards: page.map((shard) => shard.describe()),
      ...(page.length < shards.length ? { NextToken: service.seal.seal('shards', token, arrival, atNs) } : {}),
    },
  };
};

/** What a call lists: the shards of a stream from an index on that pass the filter. */
interface From {
  readonly stream: Stream;
  readonly position: number;
  readonly filter: Filter;
}

/**
 * Which shards pass, as one number, so that a token carries it: all (0), those that are open (1), those that were open at a
 * time (its ms since the epoch), those that were open then or later (the same, negative).
 */
type Filter = number;
const ALL = 0;
const OPEN = 1;

function passes({ openedMs, closedMs = Number.POSITIVE_INFINITY, faults }: Shard, filter: Filter): boolean {
  if (filter === ALL) return true;
  if (filter === OPEN) return closedMs === Number.POSITIVE_INFINITY || faults.fires('list.filter-includes-closed');
  return closedMs >= Math.abs(filter) && (filter < 0 || openedMs <= filter);
}

/** The filter of a request (texts assumed). A time before the horizon is the horizon. */
function filterOf({ ShardFilter: asked }: ListShardsInput, stream: Stream, { nowMs }: Arrival): Filter | Refusal {
  if (!asked) return ALL;
  const { Type: type, Timestamp: timestamp } = asked;
  const horizonMs = Math.max(stream.createdMs, nowMs - stream.retentionHours * 3_600_000);
  const timed = type === 'AT_TIMESTAMP' || type === 'FROM_TIMESTAMP';
  if (timed !== (timestamp !== undefined)) {
    return invalid(`ShardFilter of type ${type} ${timed ? 'needs' : 'does not take'} a Timestamp.`);
  }
  if ((type === 'AFTER_SHARD_ID') !== (asked.ShardId !== undefined)) {
    return invalid(`ShardFilter of type ${type} ${asked.ShardId === undefined ? 'needs' : 'does not take'} a ShardId.`);
  }
  if (timestamp !== undefined && timestamp * 1000 > nowMs) {
    return invalid(`The Timestamp of a ShardFilter cannot lie in the future.`);
  }
  const atMs = Math.max(horizonMs, Math.round((timestamp ?? 0) * 1000));
  if (type === 'AT_LATEST') return OPEN;
  if (type === 'AT_TIMESTAMP' || type === 'AT_TRIM_HORIZON') return atMs;
  return type === 'FROM_TIMESTAMP' ? -atMs : ALL;
}

function start(service: Service, input: ListShardsInput, arrival: Arrival): From | Refusal {
  if (input.NextToken === undefined) {
    if (input.StreamName === undefined && input.StreamARN === undefined) {
      return new Refusal('InvalidArgumentException', 'Either NextToken or StreamName should be provided.');
    }
    const stream = service.find(input, arrival);
    if (stream instanceof Refusal) return stream;
    if (!stream.createdIn(input.StreamCreationTimestamp)) return notFound(stream.name, stream.accountId);
    const filter = filterOf(input, stream, arrival);
    if (filter instanceof Refusal) return filter;
    const position = positionIn(input);
    return position instanceof Refusal ? position : { stream, position, filter };
  }
  const beside = besideToken(input);
  if (beside !== undefined) return invalid(`NextToken and ${beside} cannot be provided together.`);
  const opened = service.open('shards', input.NextToken, arrival);
  return opened instanceof Refusal ? opened : { ...opened, filter: opened.detail };
}

/** The index of the first shard. Both ways to name the one before it may be given, and then both hold (assumed). */
function positionIn({ ExclusiveStartShardId, ShardFilter }: ListShardsInput): number | Refusal {
  let position = 0;
  for (const [member, id] of Object.entries({ ExclusiveStartShardId, ShardId: ShardFilter?.ShardId })) {
    if (id === undefined) continue;
    const after = shardIndexOf(id);
    if (after === undefined) return invalid(`${member} ${id} is invalid.`);
    position = Math.max(position, after + 1);
  }
  return position;
}

/**
 * What a request names beside a token and may not (source: the service model; the first text observed). A ShardFilter may be
 * repeated; that of the token holds (assumed).
 */
function besideToken(input: ListShardsInput): string | undefined {
  if (input.StreamName !== undefined || input.StreamARN !== undefined) return 'StreamName';
  if (input.ExclusiveStartShardId !== undefined) return 'ExclusiveStartShardId';
  return input.StreamCreationTimestamp === undefined ? undefined : 'StreamCreationTimestamp';
}
