/** What a scenario says of Data Firehose, as a type: the part of the scenario language that makes, finds and watches delivery streams. */
import type { DeliveryCompression, DeliveryDestination, Rotation } from './delivery-plan.ts';
import type { Duration } from './units.ts';

/** A delivery stream of Data Firehose, made for the run and removed after it. */
export interface DeliveryStream {
  /** `direct`, or alias of the Kinesis stream that is delivered. Default direct. */
  source?: string;
  /** Where it delivers to. */
  destination: DeliveryDestination;
  /** An object is written when the buffer has this size or this age. */
  buffer?: {
    /** Before compression, whole MiB from 1 MiB to 128 MiB (http 64, splunk 5, opensearch 100). Default 5 MiB. */
    size?: string;
    /** Whole seconds from 0s to 900s (splunk 60). Default 300s (splunk 60s). */
    interval?: Duration;
  };
  /** Of objects; of requests to http none or gzip. Default none. */
  compression?: DeliveryCompression;
  /** http, splunk, opensearch: for how long what is not taken is tried again, whole seconds up to 2h. Default 300s. */
  retry?: Duration;
  /** opensearch: name of the index, behind the prefix of the run. Default the alias. */
  index?: string;
  /** opensearch: how often a new index begins. Default day. */
  rotation?: Rotation;
  /** opensearch: origin of a cluster that is there already. Default one that the run itself is. */
  cluster?: string;
  /** Of keys, behind the prefix of the run; with `partition`, `key=value/` of each unless said. */
  prefix?: string;
  /** A function that every record goes through: its name or place, or more of it. */
  lambda?: string | LambdaFunction;
  /** A line feed behind each record. Default false. */
  delimiter?: boolean;
  /** Partition keys, each with what jq reads it off by. */
  partition?: Record<string, string>;
  /** JSON becomes rows of Parquet. */
  parquet?: Parquet;
  /** The text that was put, with `{fields}` of what is delivered of it: `{device},{celsius},{at}`. */
  original?: string;
}

/** A delivery stream that is there already: never altered, never deleted. */
export interface ExistingDelivery {
  /** Its name. */
  use: string;
  /** The text that was put, with `{fields}` of what is delivered of it. */
  original?: string;
}

/** A function that every record goes through. */
interface LambdaFunction {
  /** A shipped one, `./module.mjs`, `http://127.0.0.1:9001/name`, or an ARN. */
  function: string;
  /** It is invoked when its buffer has this size or this age. */
  buffer?: {
    /** 0.2 MiB to 3 MiB. Default 1 MiB. */
    size?: string;
    /** Whole seconds from 0s to 900s. Default 60s. */
    interval?: Duration;
  };
  /** Invocations after one that failed. Default 3. */
  retries?: number;
}

/** JSON becomes rows of Parquet. */
interface Parquet {
  /** In order, with types as Hive writes them. */
  columns: Record<string, string>;
  /** In the data catalog, which the reference is given. Default `kinebench.<alias>`. */
  table?: string;
  /** Inside the file. Default snappy. */
  compression?: 'snappy' | 'gzip' | 'none';
}

/** A fleet that watches where Data Firehose delivers. */
export interface Watcher {
  /** The fleet may be missing where this does not hold: `target.has(firehose)`. */
  when?: string;
  watch: DeliveryDestination;
  /** Alias of the delivery stream; may be left out where there is only one. */
  of?: string;
  /** s3, opensearch: time between two listings or queries, delays are known no better. Default 1s. */
  every?: Duration;
}
