/**
 * How streams are named and what several groups of operations say of them. All types under `operations/` are the shapes as
 * AWS spells them (source: the service model 2013-12-02 as of 2026-10-01); timestamps are epoch seconds, fractions allowed.
 */

/** A stream is named by name, by ARN, or by both agreeing; `StreamId` is "not implemented, reserved for future use" (the model). */
export interface StreamRef {
  StreamName?: string;
  StreamARN?: string;
  StreamId?: string;
}

/** Where the model knows the ARN alone. */
export interface StreamArnRef {
  StreamARN: string;
  StreamId?: string;
}

/** A stream or a consumer of one, for tags and policies. */
export interface ResourceRef {
  ResourceARN: string;
  StreamId?: string;
}

/** Tags by key. */
export type TagMap = Record<string, string>;

export type StreamMode = 'PROVISIONED' | 'ON_DEMAND';
export interface StreamModeDetails {
  StreamMode: StreamMode;
}
export type StreamStatus = 'CREATING' | 'DELETING' | 'ACTIVE' | 'UPDATING';
export type EncryptionType = 'NONE' | 'KMS';
/** Who decides on a record's shard: its partition key, or (AUTO, on-demand streams only) the service. */
export type RecordDistributionStrategy = 'AUTO' | 'USER_PARTITION_KEY';

/** Both ends are decimal and included. */
export interface HashKeyRange {
  StartingHashKey: string;
  EndingHashKey: string;
}
