/**
 * Where in a shard's log a reader begins, for GetShardIterator and SubscribeToShard alike. The place is an ordinal, decided
 * on arrival.
 *
 * LATEST is exact in what a client can know: it leaves out every record whose put was acknowledged before the call and
 * takes in every one acknowledged after it, readable yet or not. Puts of one stream are acknowledged in the order of
 * storing, so one ordinal divides the two.
 */
import type { OperationName, ShardIteratorType } from '../../protocol/operations.ts';
import { Refusal } from '../refusal.ts';
import { streamSubject } from '../subject.ts';
import { parseSequenceNumber } from '../sequence-number.ts';
import type { Arrival } from '../arrival.ts';
import type { Shard } from '../shard.ts';
import type { Stream } from '../stream.ts';
import { deliveredTo } from '../faulty-sharing.ts';
import { shardIdShown, shardIndexOf } from './shard-id.ts';

/** Records of a block, for `replay.from-block-start`. */
const BLOCK = 16;

/** A beginning as a request names it, and the request, for messages. */
export interface Start {
  readonly operation: OperationName;
  readonly type: ShardIteratorType;
  readonly number: string | undefined;
  /** Epoch seconds. */
  readonly timestamp: number | undefined;
}

/** The shard that a reader names. */
export function shardToRead(stream: Stream, shardId: string, arrival: Arrival): Shard | Refusal {
  const shard = stream.shardShown(shardIndexOf(shardId) ?? -1, arrival);
  if (shard && !(shard.closedMs !== undefined && shard.faults.fires('reshard.closed-404'))) return shard;
  return noShard(stream, shardId);
}

/** The refusal of a read of a shard that is not there (text observed). */
export function noShard({ name, accountId }: Stream, shardId: string): Refusal {
  const message = `Shard ${shardIdShown(shardId)} in ${streamSubject(name, accountId)} does not exist`;
  return new Refusal('ResourceNotFoundException', message);
}

/** The rules between the arguments (texts observed at GetShardIterator). */
export function refuseStart(
  { type, number, timestamp }: Start,
  { nowMs }: Arrival,
  { faults }: Shard,
): Refusal | undefined {
  const needsNumber = type === 'AT_SEQUENCE_NUMBER' || type === 'AFTER_SEQUENCE_NUMBER';
  if (needsNumber !== (number !== undefined) && !faults.fires('iter.lenient-combo')) {
    return new Refusal(
      'InvalidArgumentException',
      `Must either specify (1) AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER and StartingSequenceNumber or (2) TRIM_HORIZON or LATEST and no StartingSequenceNumber. Request specified ${type} and ${needsNumber ? 'no' : 'also a'} StartingSequenceNumber.`,
    );
  }
  if (type !== 'AT_TIMESTAMP') return undefined;
  if (timestamp === undefined) {
    if (faults.fires('iter.lenient-combo')) return undefined;
    return new Refusal(
      'InvalidArgumentException',
      'Must specify timestampInMillis parameter for iterator of type AT_TIMESTAMP. Current request has no timestamp parameter.',
    );
  }
  const atMs = Math.round(timestamp * 1000);
  if (atMs <= nowMs || faults.fires('iter.future-ok')) return undefined;
  return new Refusal(
    'InvalidArgumentException',
    `The timestampInMillis parameter cannot be greater than the currentTimestampInMillis. timestampInMillis: ${atMs}, currentTimestampInMillis: ${nowMs}`,
  );
}

/** The ordinal to begin at, in a shard that has been trimmed. */
export function ordinalOf(start: Start, stream: Stream, shard: Shard, { nowNs }: Arrival): number | Refusal {
  const { log, faults } = shard;
  switch (start.type) {
    case 'TRIM_HORIZON':
      return log.horizon < log.end && faults.fires('iter.horizon-skips-first') ? log.horizon + 1 : log.horizon;
    case 'LATEST': {
      const latest = log.firstAbove('acknowledgedAtNs', nowNs);
      return latest > log.horizon && faults.fires('iter.latest-includes-last') ? latest - 1 : latest;
    }
    case 'AT_TIMESTAMP':
      // Only a fault lets a call come without its time.
      return start.timestamp === undefined ? log.horizon : atTimestamp(shard, Math.round(start.timestamp * 1000));
    case 'AT_SEQUENCE_NUMBER':
    case 'AFTER_SEQUENCE_NUMBER':
      break;
  }
  return atNumber(start, stream, shard);
}

function atTimestamp({ log, faults }: Shard, atMs: number): number {
  const at = log.firstAtLeast('arrivalMs', atMs);
  const nextSecond = faults.has('iter.ts-seconds-floor')
    ? log.firstAtLeast('arrivalMs', Math.ceil(atMs / 1000) * 1000)
    : at;
  if (nextSecond !== at && faults.fires('iter.ts-seconds-floor')) return nextSecond;
  const exact = at < log.end && log.at('arrivalMs', at) === atMs;
  return exact && faults.fires('iter.ts-strict') ? log.firstAtLeast('arrivalMs', atMs + 1) : at;
}

function atNumber(start: Start, stream: Stream, shard: Shard): number | Refusal {
  const { log, faults } = shard;
  const { number } = start;
  // Only a fault lets a call come without its number.
  if (number === undefined) return log.horizon;
  const parts = parseSequenceNumber(number);
  if (!parts) {
    return new Refusal(
      'InvalidArgumentException',
      `StartingSequenceNumber ${number} used in ${start.operation} on shard ${shard.id} in ${stream.subject} is invalid.`,
    );
  }
  if (parts.shardIndex !== shard.index) {
    if (faults.fires('iter.foreign-seq')) return log.horizon;
    const encoded = `shardId-${String(parts.shardIndex).padStart(12, '0')}`;
    return new Refusal(
      'InvalidArgumentException',
      `Invalid StartingSequenceNumber. It encodes ${encoded}, while it was used in a call to a shard with ${shard.id}`,
    );
  }
  if (parts.createdS !== shard.createdS) {
    return new Refusal(
      'InvalidArgumentException',
      `StartingSequenceNumber ${number} used in ${start.operation} on shard ${shard.id} in ${stream.subject} is invalid because it did not come from this stream.`,
    );
  }
  const at = log.firstAtLeast('index', parts.index);
  const found = at < log.end && log.at('index', at) === parts.index;
  const trimmed = !found && at === log.horizon && at > 0 && parts.index > 0;
  if (trimmed && faults.fires('ret.trimmed-seq-error')) {
    return new Refusal('InvalidArgumentException', `StartingSequenceNumber ${number} is no longer in ${shard.id}`);
  }
  // An idle subscription continues from a number that has its last record's index and a later time: it lies behind it.
  const behind = found && parts.putS > Math.floor(log.at('arrivalMs', at) / 1000);
  let skip = start.type === 'AFTER_SEQUENCE_NUMBER';
  if (found && !behind && faults.fires(skip ? 'iter.after-is-at' : 'iter.at-is-after')) skip = !skip;
  const position = found && (behind || skip) ? at + 1 : at;
  const ahead = found && skip && faults.has('mc.checkpoint-ahead') ? deliveredTo(shard) : position;
  if (ahead > position && faults.fires('mc.checkpoint-ahead')) return ahead;
  const block = Math.max(log.horizon, position - (position % BLOCK));
  return block !== position && faults.fires('replay.from-block-start') ? block : position;
}
