/** Input shapes: streams come and go. */
import { RECORD_KIB_SETTABLE_MAX, RECORD_KIB_SETTABLE_MIN } from '../limits.ts';
import type { StreamOperations } from '../operations.ts';
import {
  distribution,
  flag,
  limit,
  name,
  nextToken,
  required,
  stream,
  streamModeDetails,
  tags,
  warmThroughput,
} from './member.ts';
import type { InputShapes } from './shape.ts';

/** What the operations of this group accept. */
export const streamShapes: InputShapes<StreamOperations> = {
  CreateStream: {
    type: 'structure',
    members: {
      StreamName: required(name),
      ShardCount: { type: 'integer', min: 1 },
      StreamModeDetails: streamModeDetails,
      Tags: tags,
      WarmThroughputMiBps: warmThroughput,
      MaxRecordSizeInKiB: { type: 'integer', min: RECORD_KIB_SETTABLE_MIN, max: RECORD_KIB_SETTABLE_MAX },
      RecordDistributionStrategy: distribution,
    },
  },
  DeleteStream: { type: 'structure', members: { ...stream, EnforceConsumerDeletion: flag } },
  DescribeLimits: { type: 'structure', members: {} },
  DescribeStream: { type: 'structure', members: { ...stream, Limit: limit, ExclusiveStartShardId: name } },
  DescribeStreamSummary: { type: 'structure', members: stream },
  ListStreams: {
    type: 'structure',
    members: { Limit: limit, ExclusiveStartStreamName: name, NextToken: nextToken },
  },
};
