/** Input shapes: enhanced fan-out. */
import type { ConsumerOperations } from '../operations.ts';
import {
  consumerArn,
  flag,
  iteratorType,
  limit,
  name,
  nextToken,
  required,
  sequenceNumber,
  streamArn,
  streamByArn,
  streamId,
  tags,
  timestamp,
} from './member.ts';
import type { InputShapes } from './shape.ts';

const consumer = {
  type: 'structure',
  members: { StreamARN: streamArn, ConsumerName: name, ConsumerARN: consumerArn, StreamId: streamId },
} as const;

/** What the operations of this group accept. */
export const consumerShapes: InputShapes<ConsumerOperations> = {
  DeregisterStreamConsumer: consumer,
  DescribeStreamConsumer: consumer,
  ListStreamConsumers: {
    type: 'structure',
    members: { ...streamByArn, NextToken: nextToken, MaxResults: limit, StreamCreationTimestamp: timestamp },
  },
  RegisterStreamConsumer: {
    type: 'structure',
    members: { ...streamByArn, ConsumerName: required(name), Tags: tags },
  },
  SubscribeToShard: {
    type: 'structure',
    members: {
      ConsumerARN: required(consumerArn),
      ShardId: required(name),
      StartingPosition: {
        type: 'structure',
        required: true,
        members: { Type: iteratorType, SequenceNumber: sequenceNumber, Timestamp: timestamp },
      },
      StreamId: streamId,
      DryRun: flag,
    },
  },
};
