/** The published limits of one shard (source: CreateStream and GetRecords in the service model, developer guide). */
export interface ShardLimits {
  readonly writeRecordsPerS: number;
  /** 1 MiB; AWS mixes MB and MiB. Partition key bytes count. */
  readonly writeBytesPerS: number;
  readonly readCallsPerS: number;
  readonly readBytesPerS: number;
}

/** What AWS publishes for a shard in provisioned mode. */
export const awsShardLimits: ShardLimits = {
  writeRecordsPerS: 1000,
  writeBytesPerS: 1_048_576,
  readCallsPerS: 5,
  readBytesPerS: 2_097_152,
};

/** The same for one consumer of enhanced fan-out, untouched by other consumers, in bytes (source: SubscribeToShard). */
export const FAN_OUT_BYTES_PER_S = 2_097_152;

/** Bytes of one record's data and partition key at the most, unless the stream's own limit was raised (1 MiB). */
export const RECORD_BYTES_MAX = 1_048_576;
/** What a stream's limit can be set to, in KiB, both ends included (source: MaxRecordSizeInKiB in the service model). */
export const RECORD_KIB_SETTABLE_MIN = 1024;
export const RECORD_KIB_SETTABLE_MAX = 10_240;
/** The same in bytes: no record of any stream is larger (source: Data in the service model). */
export const RECORD_BYTES_SETTABLE_MAX = 10_485_760;
/** Records of one PutRecords call at the most. */
export const PUT_RECORDS_MAX = 500;
/** Bytes of one PutRecords call at the most, keys included (10 MiB since 2025-10-28, 5 MiB before). */
export const PUT_RECORDS_BYTES_MAX = 10_485_760;
/** Records of one GetRecords answer at the most, and its default. */
export const GET_RECORDS_MAX = 10_000;
/** Bytes of one GetRecords answer at the most. */
export const GET_RECORDS_BYTES_MAX = 10_485_760;

/** Life of a shard iterator after it is returned, in ms. */
export const ITERATOR_LIFE_MS = 300_000;
/** Life of a NextToken, in ms (source: ListShards, ListStreamConsumers in the service model). */
export const NEXT_TOKEN_LIFE_MS = 300_000;

/** Retention of a new stream and the least there is, in hours. */
export const RETENTION_HOURS_DEFAULT = 24;
/** The longest retention, in hours: 365 days (source: IncreaseStreamRetentionPeriod in the service model). */
export const RETENTION_HOURS_MAX = 8760;

/** Shards of one DescribeStream answer at the most, and its default (source: the service model). */
export const DESCRIBE_STREAM_PAGE = 100;
/** Streams of one ListStreams answer at the most, and its default (source: the service model). */
export const LIST_STREAMS_PAGE = 100;
/** Shards of one ListShards answer at the most, and its default (source: the service model). */
export const LIST_SHARDS_PAGE = 1000;
/** Consumers of one ListStreamConsumers answer at the most, and its default (source: the service model). */
export const LIST_STREAM_CONSUMERS_PAGE = 100;
/** Channels of one ListChannels answer at the most, and its default (source: the service model). */
export const LIST_CHANNELS_PAGE = 100;
/** Tags of one ListTagsForStream answer at the most, and its default (source: the service model; the default assumed). */
export const LIST_TAGS_PAGE = 50;

/** Consumers of a stream at the most (source: RegisterStreamConsumer in the service model). */
export const CONSUMERS_MAX = 20;
/** Life of a subscription, in ms (source: SubscribeToShard in the service model). */
export const SUBSCRIPTION_LIFE_MS = 300_000;
/** A second subscription of a consumer to a shard sooner than this after the first is refused, later it takes over; in ms (source: the same). */
export const RESUBSCRIBE_MS = 5000;
