/** Delivery streams of Data Firehose as a run makes them. Parts of the plan. */

export const firehoseOperations = ['Firehose.PutRecord', 'Firehose.PutRecordBatch'] as const;
export type FirehoseOperation = (typeof firehoseOperations)[number];

export const deliveryCompressions = ['none', 'gzip', 'zip', 'snappy', 'hadoop-snappy'] as const;
export type DeliveryCompression = (typeof deliveryCompressions)[number];

/** Made for the run and removed after it. */
export interface DeliveryPlan {
  readonly alias: string;
  /** Alias of the Kinesis stream that is delivered; null for what is put directly. */
  readonly source: string | null;
  readonly destination: 's3';
  /** Before compression, whole MiB. */
  readonly bufferBytes: number;
  /** Whole seconds; 0 for zero buffering. */
  readonly intervalNs: number;
  readonly compression: DeliveryCompression;
  /** Behind the prefix of the run. */
  readonly prefix: string;
}
