/** The data plane: records in and out. SubscribeToShard stands with the consumers. */
import type { EncryptionType, HashKeyRange, StreamRef } from './naming.ts';

/** Bytes in a request: base64 text in JSON, the bytes themselves in CBOR. */
export type Blob = string | Uint8Array;

/** `DryRun` asks whether the call would succeed; nothing is read or written. */
interface DryRunnable {
  DryRun?: boolean;
}

/** The partition key may be missing only where the stream's distribution is AUTO. */
export interface PutRecordsRequestEntry {
  Data: Blob;
  PartitionKey?: string;
  ExplicitHashKey?: string;
}
export interface PutRecordInput extends StreamRef, DryRunnable, PutRecordsRequestEntry {
  SequenceNumberForOrdering?: string;
}
export interface PutRecordOutput {
  ShardId: string;
  SequenceNumber: string;
  EncryptionType?: EncryptionType;
}

export interface PutRecordsInput extends StreamRef, DryRunnable {
  Records: PutRecordsRequestEntry[];
}
export interface PutRecordsResultEntry {
  SequenceNumber?: string;
  ShardId?: string;
  ErrorCode?: string;
  ErrorMessage?: string;
}
export interface PutRecordsOutput {
  FailedRecordCount?: number;
  Records: PutRecordsResultEntry[];
  EncryptionType?: EncryptionType;
}

export type ShardIteratorType =
  | 'AT_SEQUENCE_NUMBER'
  | 'AFTER_SEQUENCE_NUMBER'
  | 'TRIM_HORIZON'
  | 'LATEST'
  | 'AT_TIMESTAMP';

export interface GetShardIteratorInput extends StreamRef, DryRunnable {
  ShardId: string;
  ShardIteratorType: ShardIteratorType;
  StartingSequenceNumber?: string;
  Timestamp?: number;
}
export interface GetShardIteratorOutput {
  ShardIterator?: string;
}

export interface GetRecordsInput extends DryRunnable {
  ShardIterator: string;
  Limit?: number;
  StreamARN?: string;
  StreamId?: string;
}
/** The model's `Record`. `Data` is base64; the key may be absent where the stream's distribution is AUTO. */
export interface KinesisRecord {
  SequenceNumber: string;
  ApproximateArrivalTimestamp?: number;
  Data: string;
  PartitionKey?: string;
  EncryptionType?: EncryptionType;
}
export interface ChildShard {
  ShardId: string;
  ParentShards: string[];
  HashKeyRange: HashKeyRange;
}
/** `NextShardIterator` is null or absent, and the children are named, once a closed shard is read to its end. */
export interface GetRecordsOutput {
  Records: KinesisRecord[];
  NextShardIterator?: string | null;
  MillisBehindLatest?: number;
  ChildShards?: ChildShard[];
}

/** The operations of this group. */
export interface RecordOperations {
  GetRecords: { input: GetRecordsInput; output: GetRecordsOutput };
  GetShardIterator: { input: GetShardIteratorInput; output: GetShardIteratorOutput };
  PutRecord: { input: PutRecordInput; output: PutRecordOutput };
  PutRecords: { input: PutRecordsInput; output: PutRecordsOutput };
}
