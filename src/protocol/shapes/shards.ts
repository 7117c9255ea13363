/** Input shapes: the shards of a stream. */
import type { ShardOperations } from '../operations.ts';
import { hashKey, limit, name, nextToken, required, stream, timestamp } from './member.ts';
import type { InputShapes } from './shape.ts';

/** What the operations of this group accept. */
export const shardShapes: InputShapes<ShardOperations> = {
  ListShards: {
    type: 'structure',
    members: {
      ...stream,
      NextToken: nextToken,
      ExclusiveStartShardId: name,
      MaxResults: limit,
      StreamCreationTimestamp: timestamp,
      ShardFilter: {
        type: 'structure',
        members: {
          Type: {
            type: 'string',
            required: true,
            values: [
              'AFTER_SHARD_ID',
              'AT_TRIM_HORIZON',
              'FROM_TRIM_HORIZON',
              'AT_LATEST',
              'AT_TIMESTAMP',
              'FROM_TIMESTAMP',
            ],
          },
          ShardId: name,
          Timestamp: timestamp,
        },
      },
    },
  },
  MergeShards: {
    type: 'structure',
    members: { ...stream, ShardToMerge: required(name), AdjacentShardToMerge: required(name) },
  },
  SplitShard: {
    type: 'structure',
    members: { ...stream, ShardToSplit: required(name), NewStartingHashKey: required(hashKey) },
  },
  UpdateShardCount: {
    type: 'structure',
    members: {
      ...stream,
      TargetShardCount: { type: 'integer', required: true, min: 1 },
      ScalingType: { type: 'string', required: true, values: ['UNIFORM_SCALING'] },
    },
  },
};
