/**
 * What AWS asks for Kinesis and Data Firehose in us-east-1, in USD and without transfer, KMS and S3. For estimates before a run:
 * AWS changes prices, other regions have others, and a bill is AWS's alone.
 */

/** Where the figures were read. */
export const pricesFrom =
  'us-east-1, as listed on 2026-05-05 by the plans of api-evangelist/kinesis, a third party that reads the price pages of AWS';

/** A kilobyte and a gigabyte of AWS's price pages are taken as the smaller ones: an estimate is to be an upper bound. */
export const GB = 1e9;

/** A put is billed by units of so many bytes (25 KB), each begun one in full. */
export const PAYLOAD_UNIT_BYTES = 25_000;

/** In USD. */
export const prices = {
  /** A provisioned shard for an hour. */
  shardHour: 0.015,
  /** The same for retention above 24 hours, on top. */
  extendedShardHour: 0.02,
  payloadUnit: 0.014 / 1e6,
  /** A shard that a registered consumer may subscribe to, for an hour. */
  consumerShardHour: 0.015,
  consumerGb: 0.013,
  onDemandStreamHour: 0.04,
  onDemandGbIn: 0.08,
  onDemandGbOut: 0.04,
  /** A gigabyte put into Data Firehose, where each record counts as a multiple of 5 KB. */
  deliveryGb: 0.029,
} as const;
