/** What a consumer application gets of a record of a stream: the record itself, or the user records aggregated in it. */
import { deaggregate } from '../protocol/aggregation.ts';

export interface ReadRecord {
  readonly SequenceNumber: string;
  readonly PartitionKey?: string;
  readonly ApproximateArrivalTimestamp?: number;
}

export interface ReadUserRecord {
  readonly record: ReadRecord;
  readonly data: Buffer;
  /** Place inside an aggregated record, from 0. */
  readonly sub: number;
}

/** The user records of a record of the stream, in their order. */
export function userRecordsOf(record: ReadRecord, data: Buffer): readonly ReadUserRecord[] {
  const inside = deaggregate(data);
  if (!inside) return [{ record, data, sub: 0 }];
  return inside.map((user, sub) => ({
    record: { ...record, PartitionKey: user.partitionKey },
    data: user.data,
    sub,
  }));
}
