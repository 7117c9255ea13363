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

/** Bytes of one record's data and partition key at the most, unless the stream's own limit was raised (1 MiB). */
export const RECORD_BYTES_MAX = 1_048_576;
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
/** Retention of a new stream, in hours. */
export const RETENTION_HOURS_DEFAULT = 24;
