/** What a producer sends: user records, and the records of the stream that carry them (one each, unless they are aggregated). */
import type { Placed } from './key-order.ts';
import type { Payload } from './payload.ts';
import type { Refusal } from './put-answer.ts';

/** A user record on its way, with what has happened to it so far. */
export interface PutRecord extends Payload {
  readonly counter: number;
  readonly dueNs: number;
  readonly explicitHashKey: string | undefined;
  /** Times it was handed to the wire. */
  attempts: number;
  /** An earlier attempt had no certain answer: it may be stored already. */
  uncertain: boolean;
  /** The acknowledged put of its key that it must stand after. */
  before: Placed | undefined;
  /** The last refusal, and its time in ns. */
  refusal: Refusal | undefined;
  refusedNs: number;
}

/** A record of the stream. */
export interface PutEntry {
  readonly records: readonly PutRecord[];
  readonly partitionKey: string;
  readonly explicitHashKey: string | undefined;
  readonly data: Buffer;
}

/** A user record as a record of the stream of its own. */
export function entryOf(record: PutRecord): PutEntry {
  const { partitionKey, explicitHashKey, data } = record;
  return { records: [record], partitionKey, explicitHashKey, data };
}

/** Bytes that count: data and partition key. */
export function bytesOf({ data, partitionKey }: { readonly data: Buffer; readonly partitionKey: string }): number {
  return data.length + partitionKey.length;
}

export function bytesOfAll(records: readonly Payload[]): number {
  return records.reduce((sum, record) => sum + bytesOf(record), 0);
}
