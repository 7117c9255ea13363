/** The shards of a stream: listing, splitting, merging, counting. */
import type { HashKeyRange, StreamRef } from './naming.ts';

export interface SequenceNumberRange {
  StartingSequenceNumber: string;
  /** Closed shards only. */
  EndingSequenceNumber?: string;
}
export interface Shard {
  ShardId: string;
  ParentShardId?: string;
  AdjacentParentShardId?: string;
  HashKeyRange: HashKeyRange;
  SequenceNumberRange: SequenceNumberRange;
}

export type ShardFilterType =
  | 'AFTER_SHARD_ID'
  | 'AT_TRIM_HORIZON'
  | 'FROM_TRIM_HORIZON'
  | 'AT_LATEST'
  | 'AT_TIMESTAMP'
  | 'FROM_TIMESTAMP';
export interface ShardFilter {
  Type: ShardFilterType;
  ShardId?: string;
  Timestamp?: number;
}
export interface ListShardsInput extends StreamRef {
  NextToken?: string;
  ExclusiveStartShardId?: string;
  MaxResults?: number;
  StreamCreationTimestamp?: number;
  ShardFilter?: ShardFilter;
}
/** `Shards` may be absent by the model; every answer seen has it. */
export interface ListShardsOutput {
  Shards: Shard[];
  NextToken?: string;
}

export interface MergeShardsInput extends StreamRef {
  ShardToMerge: string;
  AdjacentShardToMerge: string;
}

export interface SplitShardInput extends StreamRef {
  ShardToSplit: string;
  NewStartingHashKey: string;
}

export type ScalingType = 'UNIFORM_SCALING';
export interface UpdateShardCountInput extends StreamRef {
  TargetShardCount: number;
  ScalingType: ScalingType;
}
export interface UpdateShardCountOutput {
  StreamName?: string;
  CurrentShardCount?: number;
  TargetShardCount?: number;
  StreamARN?: string;
}

/** The operations of this group. */
export interface ShardOperations {
  ListShards: { input: ListShardsInput; output: ListShardsOutput };
  MergeShards: { input: MergeShardsInput; output: void };
  SplitShard: { input: SplitShardInput; output: void };
  UpdateShardCount: { input: UpdateShardCountInput; output: UpdateShardCountOutput };
}
