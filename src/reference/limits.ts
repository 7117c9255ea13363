/**
 * Every figure of the limits that the reference enforces, each with its source. "assumed" means that AWS does not publish
 * it. AWS publishes rates and no burst sizes, so every capacity is assumed: one second of the rate.
 *
 * Rules around the figures:
 * - A write needs a record token and its byte tokens together; it takes both or neither (assumed). A refused record or
 *   call takes nothing (assumed).
 * - A record larger than the byte bucket is let through when the bucket is full and leaves a debt (see token-bucket.ts).
 * - A read is admitted while the byte bucket is not in debt, since its size is not known before; it takes what it answers,
 *   into debt if need be. One that leaves a debt shuts the shard for 1 s and until the debt is paid; a full answer of
 *   10 MiB for 5 s, which is what 10 MiB cost at 2 MiB/s.
 * - A push waits until the bucket of its consumer and shard has the bytes of the whole event.
 */
import { NS_PER_S } from '../clock.ts';
import {
  awsShardLimits,
  CONSUMERS_CREATING_MAX,
  CONSUMERS_MAX,
  CONSUMERS_MAX_COMMITTED,
  FAN_OUT_BYTES_PER_S,
} from '../protocol/limits.ts';
import type { OperationName } from '../protocol/operations.ts';
import type { BucketFigures } from './token-bucket.ts';

/** The figures of an endpoint's limits. */
export interface Limits {
  /** Per shard, records. */
  readonly writeRecords: BucketFigures;
  /** Per shard, bytes of data and partition key. */
  readonly writeBytes: BucketFigures;
  /** Per shard, GetRecords calls of all consumers together. */
  readonly readCalls: BucketFigures;
  /** Per shard, bytes answered to all consumers together. */
  readonly readBytes: BucketFigures;
  /** Per shard, GetShardIterator calls. */
  readonly iteratorCalls: BucketFigures;
  /** How long a shard refuses reads after an answer of the greatest size. */
  readonly readFullPenaltyNs: number;
  /** How long at least it refuses them after any other answer that left the byte bucket in debt. */
  readonly readStarvedPenaltyNs: number;
  /** Calls per account (ListShards: per stream in AWS's text, per account here). */
  readonly controlCalls: Partial<Record<OperationName, BucketFigures>>;
  /** Per consumer and shard, SubscribeToShard calls. */
  readonly subscribeCalls: BucketFigures;
  /** Per consumer and shard, bytes of data and partition key that are pushed. */
  readonly pushBytes: BucketFigures;
  /** Consumers of a stream. */
  readonly consumersMax: number;
  /** The same in an account with a minimum throughput billing commitment. */
  readonly consumersMaxCommitted: number;
  /** Consumers of a stream that are CREATING at once. */
  readonly consumersCreatingMax: number;
  readonly streamsCreatingMax: number;
  readonly shardsMax: number;
}

/** One second of the rate, the assumed capacity. */
function perSecond(perS: number): BucketFigures {
  return { perS, capacity: perS };
}

/** What AWS publishes for a provisioned stream in a large region. */
export const awsLimits: Limits = {
  // CreateStream in the service model, developer guide.
  writeRecords: perSecond(awsShardLimits.writeRecordsPerS),
  // The same; AWS mixes MB and MiB, read here as MiB.
  writeBytes: perSecond(awsShardLimits.writeBytesPerS),
  // GetRecords in the service model.
  readCalls: perSecond(awsShardLimits.readCallsPerS),
  // GetRecords in the service model.
  readBytes: perSecond(awsShardLimits.readBytesPerS),
  // GetShardIterator in the service model: five per second per account per open shard.
  iteratorCalls: perSecond(5),
  // GetRecords in the service model: after 10 MiB, calls within the next 5 seconds throw.
  readFullPenaltyNs: 5 * NS_PER_S,
  // GetRecords in the service model: with too little throughput left, calls within the next second throw.
  readStarvedPenaltyNs: NS_PER_S,
  // The operations' texts in the service model; the tag operations 5 as well.
  controlCalls: {
    AddTagsToStream: perSecond(5),
    CreateStream: perSecond(5),
    DeleteStream: perSecond(5),
    DeregisterStreamConsumer: perSecond(5),
    DescribeStream: perSecond(10),
    DescribeStreamConsumer: perSecond(20),
    DescribeStreamSummary: perSecond(20),
    ListShards: perSecond(1000),
    ListStreamConsumers: perSecond(5),
    ListStreams: perSecond(5),
    ListTagsForStream: perSecond(5),
    RegisterStreamConsumer: perSecond(5),
  },
  // SubscribeToShard in the service model.
  subscribeCalls: perSecond(1),
  // RegisterStreamConsumer in the service model.
  pushBytes: perSecond(FAN_OUT_BYTES_PER_S),
  // The same: Standard and Provisioned, On-demand Advantage, and those in CREATING.
  consumersMax: CONSUMERS_MAX,
  consumersMaxCommitted: CONSUMERS_MAX_COMMITTED,
  consumersCreatingMax: CONSUMERS_CREATING_MAX,
  // CreateStream in the service model.
  streamsCreatingMax: 5,
  // Quota page, for the three large regions.
  shardsMax: 20_000,
};

/** Limits by name; `off` enforces none (sizes and counts of one call are part of the protocol and stay). */
export const limitsByName = { aws: awsLimits, off: undefined } as const;
