/** GetShardIterator: the place where a reader begins, sealed in a string that it hands back with its first read. */
import { Refusal } from '../refusal.ts';
import { dryRunSucceeded } from './dry-run.ts';
import { iteratorAt } from './iterator.ts';
import type { Handler } from './operation.ts';
import { ordinalOf, refuseStart, shardToRead, type Start } from './starting-position.ts';

/** An iterator for a shard: one of the five kinds of beginning. */
export const getShardIterator: Handler<'GetShardIterator'> = (service, input, arrival) => {
  const stream = service.find(input, arrival);
  if (stream instanceof Refusal) return stream;
  const shard = shardToRead(stream, input.ShardId, arrival);
  if (shard instanceof Refusal) return shard;
  const start: Start = {
    operation: 'GetShardIterator',
    type: input.ShardIteratorType,
    number: input.StartingSequenceNumber,
    timestamp: input.Timestamp,
  };
  const refused = refuseStart(start, arrival, shard);
  if (refused) return refused;
  if (input.DryRun !== true) {
    if (shard.iteratorCalls?.has(arrival.nowNs, 1) === false) {
      return new Refusal('ProvisionedThroughputExceededException', service.rateExceeded(shard, stream));
    }
    shard.iteratorCalls?.take(arrival.nowNs, 1);
  }
  shard.settle();
  stream.trim(shard, arrival.nowMs);
  const position = ordinalOf(start, stream, shard, arrival);
  if (position instanceof Refusal) return position;
  if (input.DryRun === true) return dryRunSucceeded();
  const atNs = service.answerAtNs(arrival);
  return { atNs, value: { ShardIterator: iteratorAt(service, stream, shard, position, arrival, atNs) } };
};
