/** Enhanced fan-out: consumers of a stream, and the subscription that pushes records to them. */
import type { StreamArnRef, TagMap } from './naming.ts';
import type { ChildShard, KinesisRecord, ShardIteratorType } from './records.ts';

export type ConsumerStatus = 'CREATING' | 'DELETING' | 'ACTIVE';
export interface Consumer {
  ConsumerName: string;
  ConsumerARN: string;
  ConsumerStatus: ConsumerStatus;
  ConsumerCreationTimestamp: number;
}
export interface ConsumerDescription extends Consumer {
  StreamARN: string;
}

export interface RegisterStreamConsumerInput extends StreamArnRef {
  ConsumerName: string;
  Tags?: TagMap;
}
export interface RegisterStreamConsumerOutput {
  Consumer: Consumer;
}

/** A consumer is named by its ARN, by its stream and name, or by all three agreeing. */
export interface ConsumerRef {
  StreamARN?: string;
  ConsumerName?: string;
  ConsumerARN?: string;
  StreamId?: string;
}
export interface DescribeStreamConsumerOutput {
  ConsumerDescription: ConsumerDescription;
}

export interface ListStreamConsumersInput extends StreamArnRef {
  NextToken?: string;
  MaxResults?: number;
  StreamCreationTimestamp?: number;
}
/** `Consumers` may be absent by the model; here it is always there. */
export interface ListStreamConsumersOutput {
  Consumers: Consumer[];
  NextToken?: string;
}

export interface StartingPosition {
  Type: ShardIteratorType;
  SequenceNumber?: string;
  Timestamp?: number;
}
export interface SubscribeToShardInput {
  ConsumerARN: string;
  ShardId: string;
  StartingPosition: StartingPosition;
  StreamId?: string;
  DryRun?: boolean;
}
/** One event of a subscription; at a shard's end it names the children and has no continuation (observed; required by the model). */
export interface SubscribeToShardEvent {
  Records: KinesisRecord[];
  ContinuationSequenceNumber?: string | null;
  MillisBehindLatest: number;
  ChildShards?: ChildShard[];
}

/** The operations of this group. The answer to SubscribeToShard is a stream of the events named as its output. */
export interface ConsumerOperations {
  DeregisterStreamConsumer: { input: ConsumerRef; output: void };
  DescribeStreamConsumer: { input: ConsumerRef; output: DescribeStreamConsumerOutput };
  ListStreamConsumers: { input: ListStreamConsumersInput; output: ListStreamConsumersOutput };
  RegisterStreamConsumer: { input: RegisterStreamConsumerInput; output: RegisterStreamConsumerOutput };
  SubscribeToShard: { input: SubscribeToShardInput; output: SubscribeToShardEvent };
}
