import { DESCRIBE_STREAM_PAGE } from '../../protocol/limits.ts';
import { Refusal } from '../refusal.ts';
import type { Handler } from './operation.ts';
import { shardIndexOf } from './shard-id.ts';

/** A stream with a page of its shards. */
export const describeStream: Handler<'DescribeStream'> = (service, input, arrival) => {
  const stream = service.find(input, arrival);
  if (stream instanceof Refusal) return stream;
  const after = input.ExclusiveStartShardId === undefined ? -1 : shardIndexOf(input.ExclusiveStartShardId);
  if (after === undefined) {
    return new Refusal('InvalidArgumentException', `ExclusiveStartShardId ${input.ExclusiveStartShardId} is invalid.`);
  }
  const shards = stream.shardsShown(arrival).filter(({ index }) => index > after);
  const page = shards.slice(0, Math.min(input.Limit ?? DESCRIBE_STREAM_PAGE, DESCRIBE_STREAM_PAGE));
  return {
    atNs: service.answerAtNs(arrival),
    value: {
      StreamDescription: {
        StreamName: stream.name,
        StreamARN: stream.arn,
        StreamStatus: stream.status(arrival.nowNs),
        StreamModeDetails: { StreamMode: stream.mode },
        Shards: page.map((shard) => shard.describe()),
        HasMoreShards: page.length < shards.length,
        RetentionPeriodHours: stream.retentionHours,
        StreamCreationTimestamp: stream.createdMs / 1000,
        ...stream.settings.describe(arrival.nowNs),
      },
    },
  };
};
