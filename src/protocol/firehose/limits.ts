/** Published limits of Data Firehose that are part of its protocol (source: the service model, the quota page). */

/** Bytes of a record before base64 at the most: 1,000 KiB. */
export const FIREHOSE_RECORD_BYTES_MAX = 1_024_000;
/** Records of one PutRecordBatch call at the most. */
export const PUT_RECORD_BATCH_MAX = 500;
/** Tags of one ListTagsForDeliveryStream answer at the most, and its default. */
export const LIST_DELIVERY_STREAM_TAGS_PAGE = 50;
