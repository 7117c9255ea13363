/** Published limits of Data Firehose that are part of its protocol (source: the service model, the quota page). */

/** Bytes of a record before base64 at the most: 1,000 KiB. */
export const FIREHOSE_RECORD_BYTES_MAX = 1_024_000;
/** Records of one PutRecordBatch call at the most. */
export const PUT_RECORD_BATCH_MAX = 500;
/** Bytes of one PutRecordBatch call at the most: 4 MiB. */
export const PUT_RECORD_BATCH_BYTES_MAX = 4_194_304;
/** Delivery streams of one ListDeliveryStreams answer unless it asks for another number (source: the operation's text). */
export const LIST_DELIVERY_STREAMS_PAGE = 10;
/** Tags of one ListTagsForDeliveryStream answer at the most, and its default. */
export const LIST_DELIVERY_STREAM_TAGS_PAGE = 50;
/** How long Data Firehose keeps records that S3 does not take, in ms: 24 hours (source: the developer guide). */
export const DELIVERY_LIFE_MS = 86_400_000;
