/**
 * The limits that the reference enforces. Their figures stand in `limits/aws.yaml`, each with its source or the word
 * "assumed"; a file of one's own names what differs from it. The rules around the figures:
 * - A write needs a record token and its byte tokens together; it takes both or neither (assumed). A refused record or
 *   call takes nothing (assumed).
 * - A record larger than the byte bucket is let through when the bucket is full and leaves a debt (see token-bucket.ts).
 * - A read is admitted while the byte bucket is not in debt, since its size is not known before; it takes what it answers,
 *   into debt if need be. One that leaves a debt shuts the shard for `readStarvedPenaltyMs` and until the debt is paid; a
 *   full answer of 10 MiB for `readFullPenaltyMs`, which is what 10 MiB cost at 2 MiB/s.
 * - Direct PUT into Data Firehose: firehose/put-budget.ts.
 * - A push waits until the bucket of its consumer and shard has the bytes of the whole event.
 */
import { z } from 'zod';
import type { OperationName } from '../protocol/operations.ts';
import { inputShapes } from '../protocol/shapes.ts';
import { type FiguresKind, readFigures, shipped } from './figures-file.ts';

/** The greatest rate or capacity: beyond it a bucket's level would be rounded by more than a thousandth of a token. */
const TOKENS_MAX = 2 ** 40;

const amount = z.number().positive().max(TOKENS_MAX);
const bucket = z.strictObject({ perS: amount, capacity: amount });
const duration = z.number().min(0);
const count = z.int().min(0);

const dataOperations = ['GetRecords', 'GetShardIterator', 'PutRecord', 'PutRecords', 'SubscribeToShard'] as const;

/** An operation of the control plane: all but those whose limits are a shard's. */
export type ControlOperation = Exclude<OperationName, (typeof dataOperations)[number]>;

const controlOperations = Object.keys(inputShapes).filter(isControlOperation);

/** Whether the calls of an operation are limited by the control plane. */
export function isControlOperation(name: string): name is ControlOperation {
  return dataOperations.every((data) => data !== name);
}

/** Calls of an operation of the control plane. */
const calls = z.strictObject({ perS: amount, capacity: amount, per: z.enum(['account', 'stream']) });

/** What on-demand streams begin with, and how they grow (see scaler.ts). */
const onDemand = {
  /** Shards of a new stream. */
  shardsDefault: z.int().min(1),
  /** Shards that a stream grows to by what is written. */
  shardsMax: count,
  /** Length of a window. */
  windowS: amount,
  /** More than that in the mean of a window, and a shard is split. */
  splitBytesPerS: amount,
  splitRecordsPerS: amount,
  /** From the end of the window to the split. */
  splitAfterS: duration,
  /** How many splits are made one after the other whose other half stays quiet. */
  unevenSplitsMax: count,
} as const;

/** Direct PUT into one delivery stream of Data Firehose. */
const directPut = z.strictObject({ records: bucket, requests: bucket, bytes: bucket });

/** How the buffers of a delivery stream grow while delivery lags. */
const lag = { factorMax: z.number().min(1).max(1024), afterMs: duration } as const;

/** How a delivery stream scales into buffers side by side. */
const scaling = { buffersMax: z.int().min(1).max(1024), bytesPerS: amount, windowS: amount } as const;

/** What Data Firehose limits; of these the counts hold without limits too. */
const firehose = {
  /** The regions with the larger quota. */
  largeRegions: z.array(z.string()),
  large: directPut,
  other: directPut,
  /** Calls of each operation of its control plane, per account and region. */
  controlCalls: bucket,
  /** Delivery streams of an account in a region. */
  deliveryStreamsMax: count,
  /** Starts and stops of a delivery stream's encryption in rolling 24 hours. */
  encryptionChangesPerDay: count,
  /** Partitions of a delivery stream that have something to deliver. */
  activePartitionsMax: count,
  /** How long records wait where the hints ask for no buffering. */
  zeroBufferingMs: duration,
  lag: z.strictObject(lag),
  scaling: z.strictObject(scaling),
} as const;

/** What Channels have; all of it holds without limits too. */
const channels = {
  /** Channels of an account in a region. */
  perAccountMax: count,
  /** Channels of a stream that deliver to S3. */
  perStreamMax: count,
  /** What the data freshness can be set to, both ends included. */
  freshnessSMin: duration,
  freshnessSMax: duration,
  /** Bytes before compression after which an object is written whatever its age. */
  objectBytesMax: amount,
} as const;

/** The quotas that hold without limits too. */
const quotas = {
  /** Open shards of the provisioned streams of an account in a region. */
  shardsMax: count,
  /** On-demand streams of an account in a region. */
  onDemandStreamsMax: count,
  /** Shards that UpdateShardCount leads to. */
  updateShardCountMax: count,
  /** UpdateShardCount calls of a stream in rolling 24 hours. */
  updateShardCountPerDay: count,
  /** Switches of a stream's mode in rolling 24 hours. */
  modeSwitchesPerDay: count,
  /** Successful calls of a stream in rolling 24 hours, of StartStreamEncryption and of StopStreamEncryption each. */
  encryptionChangesPerDay: count,
  /** Warm throughput of a stream. */
  warmThroughputMiBpsMax: count,
  /** How long a minimum throughput billing commitment lasts at least. */
  commitmentHoursMin: duration,
  /** Tags of a stream or a consumer. */
  tagsMax: count,
  /** On-demand streams. */
  onDemand: z.strictObject(onDemand),
  /** Data Firehose. */
  firehose: z.strictObject(firehose),
  /** Channels. */
  channels: z.strictObject(channels),
} as const;

/** The keys of a limits file; units are in the names, buckets count what their line says. */
const figures = {
  /** Per shard, records. */
  writeRecords: bucket,
  /** Per shard, bytes of data and partition key. */
  writeBytes: bucket,
  /** The same where records may be larger than 1 MiB. */
  largeWriteBytes: bucket,
  /** Per shard, GetRecords calls of all consumers together. */
  readCalls: bucket,
  /** Per shard, bytes answered to all consumers together. */
  readBytes: bucket,
  /** Per shard, GetShardIterator calls. */
  iteratorCalls: bucket,
  /** How long a shard refuses reads after an answer of the greatest size. */
  readFullPenaltyMs: duration,
  /** How long at least it refuses them after any other answer that left the byte bucket in debt. */
  readStarvedPenaltyMs: duration,
  /** Per consumer and shard, SubscribeToShard calls. */
  subscribeCalls: bucket,
  /** Per consumer and shard, bytes of data and partition key that are pushed. */
  pushBytes: bucket,
  /** Calls of the control plane. */
  controlCalls: z.partialRecord(z.enum(controlOperations), calls),
  streamsCreatingMax: count,
  /** Consumers of a stream. */
  consumersMax: count,
  /** The same in an account with a minimum throughput billing commitment. */
  consumersMaxCommitted: count,
  /** Consumers of a stream that are CREATING at once. */
  consumersCreatingMax: count,
  ...quotas,
} as const;

const whole = z.strictObject(figures);
const differences = whole.partial().extend({
  onDemand: z.strictObject(onDemand).partial().optional(),
  firehose: z.strictObject(firehose).partial().optional(),
  channels: z.strictObject(channels).partial().optional(),
});

const kind: FiguresKind = {
  name: 'limits',
  names: ['aws', 'off'],
  keysAt(path) {
    if (path.length === 0) return Object.keys(figures);
    if (path[0] === 'onDemand') return Object.keys(onDemand);
    if (path[0] === 'firehose' && path.length === 1) return Object.keys(firehose);
    if (path[0] === 'firehose' && path[1] === 'lag') return Object.keys(lag);
    if (path[0] === 'firehose' && path[1] === 'scaling') return Object.keys(scaling);
    if (path[0] === 'channels') return Object.keys(channels);
    if (path[0] === 'firehose' && path.length === 2 && path[1] !== 'controlCalls') return Object.keys(directPut.shape);
    if (path[0] !== 'controlCalls') return ['perS', 'capacity'];
    return path.length === 1 ? controlOperations : ['perS', 'capacity', 'per'];
  },
};

/** The figures of an endpoint's limits. */
export type Limits = Readonly<z.infer<typeof whole>>;

/** Those of them that hold without limits too. */
export type Quotas = Pick<Limits, keyof typeof quotas>;

/** What AWS publishes for a provisioned stream in a large region. */
export const awsLimits: Limits = readFigures(shipped(kind), whole, kind);

/** `aws`; `off` for none (sizes and counts of one call are part of the protocol and stay, and so do the `Quotas`); or figures of one's own. */
export type LimitsChoice = 'aws' | 'off' | Limits;

/** Limits as a user names them: `aws`, `off`, or a file. Throws an OperatorError for a file that cannot be used. */
export function limitsNamed(name: string): LimitsChoice {
  if (name === 'aws' || name === 'off') return name;
  const own = readFigures(name, differences, kind);
  return whole.parse({
    ...awsLimits,
    ...own,
    controlCalls: { ...awsLimits.controlCalls, ...own.controlCalls },
    onDemand: { ...awsLimits.onDemand, ...own.onDemand },
    firehose: { ...awsLimits.firehose, ...own.firehose },
    channels: { ...awsLimits.channels, ...own.channels },
  });
}

/** The figures of a choice; undefined: there are no limits. */
export function limitsOf(choice: LimitsChoice): Limits | undefined {
  if (choice === 'off') return undefined;
  return choice === 'aws' ? awsLimits : choice;
}

/** The quotas of an endpoint: AWS's where it has no limits. */
export function quotasOf(limits: Limits | undefined): Quotas {
  return limits ?? awsLimits;
}
