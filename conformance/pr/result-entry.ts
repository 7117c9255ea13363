/** The entries of an answer of PutRecords, as emulators write them too: a member that is null or empty is not there. */
import type { PutRecordsResultEntry } from '../../src/protocol/operations.ts';
import type { Acknowledged } from '../records.ts';

/** Whether an entry names an error. */
export function hasFailed({ ErrorCode }: PutRecordsResultEntry): boolean {
  return isText(ErrorCode);
}

/** The record of an entry that was stored; undefined for any other. */
export function acknowledgedBy(
  { ShardId, SequenceNumber }: PutRecordsResultEntry,
  { partitionKey, data }: { readonly partitionKey: string; readonly data: string },
): Acknowledged | undefined {
  return isText(ShardId) && isText(SequenceNumber)
    ? { partitionKey, data, shardId: ShardId, sequenceNumber: SequenceNumber }
    : undefined;
}

/** Whether a member is there, and says something. */
export function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
