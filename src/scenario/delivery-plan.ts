/** Delivery streams of Data Firehose as a run makes them. Parts of the plan. */

export const firehoseOperations = ['Firehose.PutRecord', 'Firehose.PutRecordBatch'] as const;
export type FirehoseOperation = (typeof firehoseOperations)[number];

/** Where delivery streams deliver to: objects, or a receiver that kinebench runs. */
export const deliveryDestinations = ['s3', 'http', 'splunk'] as const;
export type DeliveryDestination = (typeof deliveryDestinations)[number];

export const deliveryCompressions = ['none', 'gzip', 'zip', 'snappy', 'hadoop-snappy'] as const;
export type DeliveryCompression = (typeof deliveryCompressions)[number];

/** Made for the run and removed after it. */
export interface DeliveryPlan {
  readonly alias: string;
  /** Alias of the Kinesis stream that is delivered; null for what is put directly. */
  readonly source: string | null;
  readonly destination: DeliveryDestination;
  /** Before compression, whole MiB. */
  readonly bufferBytes: number;
  /** Whole seconds; 0 for zero buffering. */
  readonly intervalNs: number;
  readonly compression: DeliveryCompression;
  /** Behind the prefix of the run. */
  readonly prefix: string;
  /** For how long what a receiver does not take is tried again; absent where a destination has no such setting. */
  readonly retryNs?: number;
}
