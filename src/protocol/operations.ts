/**
 * The operations of Kinesis Data Streams: what each takes and gives, as AWS spells it (source:
 * the service model 2013-12-02 as of 2026-10-01; operations.test.ts holds them against the SDK). Client and reference both
 * import these types and nothing else of each other.
 */
import type { ChannelOperations } from './operations/channels.ts';
import type { ConsumerOperations } from './operations/consumers.ts';
import type { RecordOperations } from './operations/records.ts';
import type { ResourceOperations } from './operations/resources.ts';
import type { SettingOperations } from './operations/settings.ts';
import type { ShardOperations } from './operations/shards.ts';
import type { StreamOperations } from './operations/streams.ts';

export type * from './operations/channels.ts';
export type * from './operations/consumers.ts';
export type * from './operations/naming.ts';
export type * from './operations/records.ts';
export type * from './operations/resources.ts';
export type * from './operations/settings.ts';
export type * from './operations/shards.ts';
export type * from './operations/streams.ts';

/** HTTP target prefix of Kinesis Data Streams: `X-Amz-Target: Kinesis_20131202.<Operation>`. */
export const KINESIS_TARGET_PREFIX = 'Kinesis_20131202';

/** What each operation takes and gives. The compiler counts: a table over `OperationName` must have them all. */
export interface Operations
  extends
    StreamOperations,
    ShardOperations,
    RecordOperations,
    ConsumerOperations,
    SettingOperations,
    ResourceOperations,
    ChannelOperations {}

export type OperationName = keyof Operations;
export type Input<O extends OperationName> = Operations[O]['input'];
export type Output<O extends OperationName> = Operations[O]['output'];

/** The operations that answer 200 with an empty body. */
export type OperationWithoutOutput = { [O in OperationName]: [Output<O>] extends [void] ? O : never }[OperationName];

/**
 * The members that are timestamps on the wire, of requests and of answers, at any depth: epoch seconds in JSON, a tagged
 * integer of milliseconds in CBOR. A name is a timestamp everywhere or nowhere.
 */
export const timestampMembers: ReadonlySet<string> = new Set([
  'ApproximateArrivalTimestamp',
  'ChannelCreationTimestamp',
  'ConsumerCreationTimestamp',
  'EarliestAllowedEndAt',
  'EndedAt',
  'StartedAt',
  'StreamCreationTimestamp',
  'Timestamp',
]);
