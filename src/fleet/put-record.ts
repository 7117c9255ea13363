/** What a producer sends: user records, and the records of the stream that carry them (one each, unless they are aggregated). */
import type { Input } from '../protocol/operations.ts';
import type { Placed } from './key-order.ts';
import type { Draft } from './payload.ts';
import type { Refusal } from './put-answer.ts';

/** A call as the client takes it. */
export type PutInput = Input<'PutRecord'> | Input<'PutRecords'>;

/** A user record on its way, with what has happened to it so far. */
export interface PutRecord extends Draft {
  readonly counter: number;
  readonly dueNs: number;
  readonly explicitHashKey: string | undefined;
  /** Made as it leaves for the first time, so that what waits takes no room. */
  data: Buffer | undefined;
  /** The call that it is the first record of, where that was written ahead. */
  written: PutInput | undefined;
  /** Times it was handed to the client. */
  attempts: number;
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
  readonly dataBytes: number;
  /** Of an aggregated record; that of any other is made as it leaves. */
  readonly data: Buffer | undefined;
}

/** Makes the data of a record, once. */
export type DataOf = (record: PutRecord) => Buffer;

/** A user record as a record of the stream of its own. */
export function entryOf(record: PutRecord): PutEntry {
  const { partitionKey, explicitHashKey, dataBytes } = record;
  return { records: [record], partitionKey, explicitHashKey, dataBytes, data: undefined };
}

/** Bytes that count: data and partition key. */
export function bytesOf({
  dataBytes,
  partitionKey,
}: {
  readonly dataBytes: number;
  readonly partitionKey: string;
}): number {
  return dataBytes + Buffer.byteLength(partitionKey);
}

/** All user records of some records of the stream. */
export function* recordsOf(entries: readonly PutEntry[]): Generator<PutRecord> {
  for (const entry of entries) yield* entry.records;
}

/** When the first of them was due. */
export function firstDueNs(entries: readonly PutEntry[]): number {
  let dueNs = Infinity;
  for (const record of recordsOf(entries)) dueNs = Math.min(dueNs, record.dueNs);
  return dueNs;
}
