/** Delivery streams of Data Firehose as a run makes them, or finds them. Parts of the plan. */

export const firehoseOperations = ['Firehose.PutRecord', 'Firehose.PutRecordBatch'] as const;
export type FirehoseOperation = (typeof firehoseOperations)[number];

/** Where delivery streams deliver to: objects, a receiver that kinebench runs, or a search cluster. */
export const deliveryDestinations = ['s3', 'http', 'splunk', 'opensearch'] as const;
export type DeliveryDestination = (typeof deliveryDestinations)[number];

export const deliveryCompressions = ['none', 'gzip', 'zip', 'snappy', 'hadoop-snappy'] as const;
export type DeliveryCompression = (typeof deliveryCompressions)[number];

/** How often a new index begins. */
export const rotations = ['none', 'hour', 'day', 'week', 'month'] as const;
export type Rotation = (typeof rotations)[number];

/** Where documents go. */
export interface SearchPlan {
  /** Behind the prefix of the run; Data Firehose puts the time behind it where it rotates. */
  readonly index: string;
  readonly rotation: Rotation;
  /** Origin of one that is there already; absent where the run itself stands in. */
  readonly cluster?: string;
}

/** Made for the run and removed after it, but for one with `use`. */
export interface DeliveryPlan {
  readonly alias: string;
  /** Name of one that is there already: never altered, never deleted. What stands below of its destination is then read off it when the run begins. */
  readonly use?: string;
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
  /** Of opensearch. */
  readonly search?: SearchPlan;
  /** What records go through on their way; absent where they do not change. */
  readonly processing?: ProcessingPlan;
  /** The text that was put, written with `{fields}` of what is delivered of it; absent where the scenario does not say. */
  readonly original?: string;
}

/** Each is absent where it is not asked for. */
export interface ProcessingPlan {
  readonly lambda?: LambdaPlan;
  /** A line feed behind each record. */
  readonly delimiter?: true;
  /** Names of partition keys → what jq reads them off by. */
  readonly partition?: Readonly<Record<string, string>>;
  readonly parquet?: ParquetPlan;
}

export interface LambdaPlan {
  /** As written: the name of a shipped function, the path of a module, the URL of an endpoint and function, or an ARN. */
  readonly function: string;
  /** Of the buffer before the function. */
  readonly bufferMiB: number;
  /** Whole seconds. */
  readonly intervalNs: number;
  readonly retries: number;
}

export const parquetCompressions = ['snappy', 'gzip', 'none'] as const;

export interface ParquetPlan {
  /** In the data catalog, `database.table`: the reference is given it, any other target has it. */
  readonly table: string;
  /** Columns in order, with their types as Hive writes them. */
  readonly columns: Readonly<Record<string, string>>;
  readonly compression: (typeof parquetCompressions)[number];
}
