/**
 * The scenario language as a type: what stands in a scenario file, as written, before defaults and units are resolved. This
 * interface is the reference; the schema beside it is checked against it, and docs/scenario-language.md explains it.
 */
import type { DeliveryStream, ExistingDelivery, Watcher } from './delivery-scenario.ts';
import type { ClientName, FirehoseOperation, Pacing, VerifyName } from './plan.ts';
import type { JsonValue, RowFormat } from './put-plan.ts';
import type { Duration } from './units.ts';

/** `1500 records/s total`, `2 MiB/s each`, `10 calls/s`. */
export type Rate = string;

export interface Scenario {
  /** Names the runs and the report; kebab-case, as the file. */
  name: string;
  /** What the scenario answers, as a question. */
  question: string;
  /** What the author expects to see, and what would prove it wrong. */
  expected: string;
  /** The streams by alias; may be left out where there are delivery streams. */
  streams?: Record<string, CreatedStream | ExistingStream>;
  /** Delivery streams of Data Firehose by alias. */
  delivery?: Record<string, DeliveryStream | ExistingDelivery>;
  /** The fleets by name. */
  fleets: Record<string, Producer | Consumer | Watcher>;
  /** How fleets that do not say it themselves keep their due times. Default timer. */
  pacing?: Pacing;
  /** One after the other. */
  phases: (LoadPhase | Drain)[];
  /** What the ledger must prove after the run. */
  verify?: VerifyName[];
  /** What must have been measured, one sentence each. */
  expect?: string[];
  /** What is done to streams, fleets and the target while they are under load. */
  steps?: Step[];
  /**
   * One run for each combination of these values: `1..5`, `10..50 by 10`, or a list. In other fields `{name}` stands for the
   * value, also in arithmetic (`200ms * {name}`).
   */
  matrix?: Record<string, string | (string | number)[]>;
  /** Each run is made several times. */
  repeat?: Repeat;
  /** Runs that close in on the highest value of one parameter at which something still holds. */
  search?: Search;
  /** What a matrix shows over its values: `metric.statistic{label=value} over phase`. Default: the metrics of `expect`. */
  curve?: string[];
}

/** Made for the run and removed after it. */
export interface CreatedStream {
  /** Open shards from the start; left out where `mode` is on-demand. */
  shards?: number;
  /** How long records stay readable, 24h to 8760h. Default 24h. */
  retention?: Duration;
  /** Who decides on the number of shards: the scenario, or the service by what is written. Default provisioned. */
  mode?: 'provisioned' | 'on-demand';
  /** Data and key of a record at the most, 1 MiB to 10 MiB. Default 1 MiB. */
  'max-record-size'?: string;
}

/** A stream that is there already: never altered, never deleted. */
export interface ExistingStream {
  /** Its name or ARN. */
  use: string;
}

/** A fleet that puts records, in an open loop. */
export interface Producer {
  /** The fleet may be missing where this does not hold: `target.has(fan-out)`. */
  when?: string;
  /** The operation: of Kinesis, or of Data Firehose. */
  produce: 'PutRecord' | 'PutRecords' | FirehoseOperation;
  /** Firehose: alias of the delivery stream; may be left out where there is only one. */
  to?: string;
  /** Alias of the stream; may be left out where there is only one. */
  stream?: string;
  /** Identical producers. Default 1. */
  agents?: number;
  /** Offered load: constant, in stages, in bursts, or by a schedule; left out where a file brings its own timing. */
  rate?: Rate | StagedRate | BurstRate | ScheduledRate;
  /** When calls are due within the rate. Default poisson. */
  arrivals?: 'poisson' | 'uniform';
  /** How due times are kept: by timers, or precisely at the price of a core. Default timer. */
  pacing?: Pacing;
  /** For PutRecords: records that are due together and leave as one call, or how calls are gathered of single records. */
  batch?: number | Gathering;
  /** What is done about calls and records that fail: nothing (default), what the AWS SDKs do, or what the KPL does. */
  retry?: RetryName | Retry;
  /** Puts of one key follow one another, each naming the sequence number of the one before. For PutRecord. Default false. */
  chain?: boolean;
  /** Puts user records together into records of the stream, in the KPL's format. Needs a batch that gathers. */
  aggregate?: Aggregation;
  /** Firehose: the function drops these records, and none of them may be delivered. Default false. */
  dropped?: boolean;
  record: {
    /** Bytes of data, random or zeros: `1 KiB` or `uniform(100 B, 2 KiB)`. */
    size?: string;
    /** Distribution of partition keys, which Firehose has none of: `uniform(1000)`, `round-robin(10)`, `zipf(1.1)`, `hot(1%, 90%)`, `shard(0)`; of rows also `field(name)`. */
    key?: string;
    /** What is in them. Default random. */
    data?: 'random' | 'zeros' | JsonData | TextData | DataFile;
  };
  /** How the ledger tells records apart: by a tag that is put into them (default), by their sequence number (default of files), or by a field. */
  identify?: 'tag' | 'sequence-number' | { field: string };
  /** What happens to a call that is due while `in-flight` calls of its agent are open. Default queue. */
  late?: 'skip' | 'queue';
  /** Open calls of one agent at the most. Default 64. */
  'in-flight'?: number;
  /** Calls of one agent on the wire at once at the most; over HTTP/1.1 each has a connection. Default no cap but in-flight. */
  connections?: number;
  /** With `late: queue`, calls of one agent that wait at the most; what is due beyond is skipped. Default 1000. */
  waiting?: number;
  /** After which a call is given up and counted as a timeout. Default 10s. */
  timeout?: Duration;
  /** What calls are made with. Default wire. */
  client?: ClientName;
}

/** A JSON text for each record: values as written, with placeholders in texts, such as `{counter}` or `{int(1, 100)}`. */
export interface JsonData {
  json: Record<string, JsonValue>;
}

/** A text for each record, with placeholders: a line of CSV, say. */
export interface TextData {
  text: string;
}

/** Rows of a data set, put as they are. */
export interface DataFile {
  /** Path from the scenario's folder. */
  file: string;
  /** Default by the file's ending: jsonl, csv, else lines. */
  format?: RowFormat;
  /** Field of a row that says when it is due: the file is replayed with its own timing, and the fleet has no rate. */
  time?: string;
  /** The file's time goes so many times as fast. Default 1. */
  speed?: number;
  /** Begins anew at its end. Default false: the fleet then has nothing more to send. */
  loop?: boolean;
}

/** Records fall due one by one; a call leaves when it is full by records or bytes, or when its oldest record has lingered. */
export interface Gathering {
  /** Records of a call at the most (of the stream, where user records are aggregated). Default 500. */
  records?: number;
  /** Data and keys of a call at the most. Default 5 MiB. */
  bytes?: string;
  /** How long a record waits for others at the most. Default 100ms. */
  linger?: Duration;
}

export type RetryName = 'none' | 'sdk' | 'kpl';

export interface Retry {
  policy: RetryName;
  /** sdk: attempts of one call at the most, the first included. Default 3. */
  attempts?: number;
  /** kpl: share of a shard's limits that one agent sends to it at the most. Default 150%. */
  'rate-limit'?: string;
  /** kpl: after which a record is given up, counted from when it was due. Default 30s. */
  'time-to-live'?: Duration;
}

export interface Aggregation {
  /** User records in one record of the stream at the most. Default 10000. */
  records?: number;
  /** Bytes of a record of the stream at the most. Default 50 KiB. */
  bytes?: string;
}

/** A rate that changes over time; the last stage goes on until the end. */
export interface StagedRate {
  stages: RateStage[];
  /** Whether the rates are those of the whole fleet or of every agent. */
  share?: 'total' | 'each';
}

/** `at` alone: constant. `to` alone: a ramp from where the stage before ended (0 for the first). Both: a ramp between them. */
export interface RateStage {
  for: Duration;
  at?: Rate;
  to?: Rate;
}

/** So much at once, again and again. */
export interface BurstRate {
  bursts: {
    /** `500 records` or `20 calls`. */
    of: string;
    every: Duration;
  };
  /** What goes on between them. Default nothing. */
  between?: Rate;
  /** Whether the numbers are those of the whole fleet or of every agent. */
  share?: 'total' | 'each';
}

/** Every time by itself, from a file of lines such as `1.5s` or `1.5s 20`. */
export interface ScheduledRate {
  /** Path from the scenario's folder. */
  file: string;
}

/** A fleet that reads. */
export interface Consumer {
  /** The fleet may be missing where this does not hold: `target.has(fan-out)`. */
  when?: string;
  /** polling: GetRecords; fan-out: each agent is registered with the stream, and is pushed to. */
  consume: 'polling' | 'fan-out';
  /** Alias of the stream; may be left out where there is only one. */
  stream?: string;
  /** Independent applications, each of which reads every shard. Default 1. */
  agents?: number;
  /** Where reading begins: LATEST (default), TRIM_HORIZON or AT_TIMESTAMP(start - 10s). */
  from?: string;
  /** Time between two polls of one shard by one application. Default 200ms. */
  every?: Duration;
  /** How poll times are kept. Default timer. */
  pacing?: Pacing;
  /** Records a poll at the most. Default 10000. */
  limit?: number;
  /** polling: whether every poll waits for its time, or only those of a consumer that has caught up. Default always. */
  idle?: 'always' | 'caught-up';
  /** polling: what the application does with an answer before it polls again: `5ms/record` or `50ms/page`. Default nothing. */
  processing?: string;
  /** polling: time between two checkpoints at the least. Default every answer is one. */
  checkpoint?: Duration;
  /** polling: what is done about a poll that is throttled or fails in passing. Default none. */
  retry?: 'none' | 'sdk';
  /** fan-out: age at which a subscription is replaced by a new one; or the word `when-ended`. Default 290s. */
  renew?: Duration;
  /** fan-out: what one agent takes at the most, of all shards together: `500 KiB/s`. Default as fast as it comes. */
  slow?: Rate;
  /** After which a poll is given up. Default 10s. */
  timeout?: Duration;
  /** What calls are made with. Default wire. */
  client?: ClientName;
}

/** A span of load. */
export interface LoadPhase {
  name: string;
  for: Duration;
  /** Whether what is due in it is measured. Default true. */
  measure?: boolean;
}

/** Producers stop and consumers read what is left. */
export interface Drain {
  name: string;
  until: 'drained';
  /** Given up after this time. */
  within: Duration;
}

/** One thing done at one time: `at` or `in` (or both), and exactly one action. */
export interface Step {
  /** From the start of the load; with `in`, from the start of that phase. */
  at?: Duration;
  /** Name of a phase; without `at` its very start. */
  in?: string;
  /** Alias of a stream: one of its shards is split, the widest one unless `shard` says which. */
  split?: string;
  /** Alias of a stream: two neighbouring shards become one, the narrowest two unless `shard` names the first. */
  merge?: string;
  /** Alias of a stream: UpdateShardCount, `to` a number of shards. */
  reshard?: string;
  /** Alias of a stream: its retention is changed, `to` a duration in whole hours. */
  retention?: string;
  /** Alias of a stream: its mode is changed, `to` on-demand or provisioned. */
  mode?: string;
  /** Name of a fleet that holds still from now on: nothing is due while it does. */
  pause?: string;
  /** Name of a paused fleet that goes on. */
  resume?: string;
  /** Name of a consuming fleet whose agents die, one of them where `agent` says which. */
  kill?: string;
  /** Name of a killed fleet whose agents start again, each from its last checkpoint. */
  start?: string;
  /** Alias of a delivery stream, or name of who watches or receives what it delivers: its destination answers 503 from now on. */
  down?: string;
  /** The same: its destination takes what is delivered again. */
  up?: string;
  /** A fault that the reference is given, such as `log.ack-then-drop{p=0.1}`. */
  arm?: string;
  /** The name of a fault that is taken away again. */
  disarm?: string;
  /** The target is ended and started again, where we started it. */
  restart?: 'target';
  /** Index of an open shard at that time, in the order of hash keys, from 0. */
  shard?: number;
  /** Where a shard is split, decimal. Default: its middle. */
  'hash-key'?: string;
  /** Index of an agent in its fleet, from 0. */
  agent?: number;
  /** Where a change leads to. */
  to?: string | number;
}

export interface Repeat {
  /** How often each run is made. */
  times: number;
  /** Whether targets take turns, so that drift of the machine hits all alike. Default targets. */
  interleave?: 'targets' | 'nothing';
}

/** Bisection: each probe is a run of its own with another value of the parameter. */
export interface Search {
  /** Name of the parameter, `{name}` in other fields. */
  parameter: string;
  /** Where the knee lies: `100..5000`. */
  between: string;
  /** What must hold for a value to count as low enough, as in `expect`. */
  holds: string[];
  /** How close is close enough, as a share of the value. Default 5%. */
  within?: string;
  /** Probes at the most. Default 12. */
  probes?: number;
  /** Time between two probes, for buckets to fill and queues to empty. Default 5s. */
  rest?: Duration;
}
