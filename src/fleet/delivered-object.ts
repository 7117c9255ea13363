/**
 * One object that Data Firehose delivered, opened and read: bytes, texts or rows, whatever the delivery stream makes of records; and objects of
 * errors, in which each record that could not be processed stands as it came.
 */
import type { DeliveredForm } from '../scenario/delivered-form.ts';
import { rowsOf } from '../wire/object-rows.ts';
import { openBody } from '../wire/object-body.ts';
import type { FoundDocument } from '../wire/search-client.ts';
import type { DeliveredObject, DeliveredReader, DeliveredRecord, OnDelivered } from '../verify/delivered-reader.ts';
import { textsIn } from '../verify/delivered-texts.ts';
import { originalText } from '../verify/original.ts';
import type { DeliveryPlace } from './context.ts';

/** What an object held. */
export interface OpenedObject extends DeliveredObject {
  /** As its buffer counted them: before compression, and of rows the texts that they were made of, as far as these are known. */
  readonly bytes: number;
}

/** Reads an object. Rejects with an Error that says why it cannot be opened. */
export async function readDelivered(
  reader: DeliveredReader,
  { plan, form }: DeliveryPlace,
  key: string,
  body: Buffer,
  each?: OnDelivered,
): Promise<OpenedObject> {
  if (form.framing === 'parquet') {
    const records = (await rowsOf(body)).map((row, at) => recordOf(row, at, form.original));
    const bytes = records.reduce((sum, { data, original }) => sum + (original ?? data).length, 0);
    return { ...reader.readTexts(key, records, 0, each), bytes };
  }
  return readPlain(reader, form, key, openBody(body, plan.compression), each);
}

/** Reads bytes or texts that stand one behind the other, as in an object that was opened or in a request. */
export function readPlain(
  reader: DeliveredReader,
  form: DeliveredForm,
  key: string,
  plain: Buffer,
  each?: OnDelivered,
): OpenedObject {
  const { length: bytes } = plain;
  if (form.framing === 'tagged') return { ...reader.read(key, plain, each, form.feeds === 'after'), bytes };
  const { texts, strays } = textsIn(plain, form.feeds, reader.mark);
  const records = texts.map(({ at, data }) => ({ at, data, original: originalOf(data, form.original) }));
  return { ...reader.readTexts(key, records, strays, each), bytes };
}

/**
 * Reads documents that were found together. A cluster gives values, and may write them anew: a document is what JSON makes of them, which
 * is what was put where that was written so. The order of documents is that of one shard's writings, and nobody's promise.
 */
export function readDocuments(
  reader: DeliveredReader,
  { original }: DeliveredForm,
  key: string,
  documents: readonly FoundDocument[],
  each?: OnDelivered,
): OpenedObject {
  const records = documents.map(({ index, id, seq: at, version, source }): DeliveredRecord => {
    const data = Buffer.from(JSON.stringify(source));
    return { at, key: `${index}/${id}`, data, original: originalOf(data, original), rewritten: version > 1 };
  });
  const bytes = records.reduce((sum, { data, original: put }) => sum + (put ?? data).length, 0);
  return { ...reader.readTexts(key, records, 0, each), outOfOrder: 0, bytes };
}

/** Whether an object holds what could not be processed: by the place of errors, where nothing else stands there, or by the name of an error in its key. */
export function holdsErrors({ prefix, errorPrefix }: DeliveryPlace, key: string): boolean {
  return (
    (errorPrefix !== null && !prefix.startsWith(errorPrefix) && key.startsWith(errorPrefix)) ||
    /(processing-failed|format-conversion-failed|metadata-extraction-failed|activePartitionExceeded|s3-failed)[/.-]/.test(
      key,
    )
  );
}

/** Reads an object of errors, a JSON document a line. Throws an Error that says why it cannot be opened. */
export function readErrors(
  reader: DeliveredReader,
  { plan, form }: DeliveryPlace,
  key: string,
  body: Buffer,
  each?: OnDelivered,
): DeliveredObject {
  const plain = body[0] === OPEN ? body : openBody(body, plan.compression);
  const raw = plain
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map(rawDataOf);
  if (form.framing === 'tagged') return reader.read(key, Buffer.concat(raw), each);
  const records = raw.map((data, at) => ({ at, data, original: data }));
  return reader.readTexts(key, records, 0, each);
}

const OPEN = 0x7b;

function rawDataOf(line: string): Buffer {
  const document: unknown = JSON.parse(line);
  const raw = typeof document === 'object' && document !== null && 'rawData' in document ? document.rawData : undefined;
  if (typeof raw !== 'string') throw new Error('a line without rawData');
  return Buffer.from(raw, 'base64');
}

type Form = DeliveryPlace['form'];

function originalOf(data: Buffer, original: Form['original']): Buffer | null {
  if (original.kind === 'same') return data;
  if (original.kind === 'unknown') return null;
  return Buffer.from(originalText(original, parsed(data)) ?? '');
}

function recordOf(row: Record<string, unknown>, at: number, original: Form['original']): DeliveredRecord {
  const data = Buffer.from(Object.values(row).map(String).join(' '));
  const text = originalText(original, row);
  return { at, data, original: text === null ? null : Buffer.from(text) };
}

/** A text that is no JSON has no fields. */
function parsed(data: Buffer): unknown {
  try {
    return JSON.parse(data.toString('utf8'));
  } catch {
    return undefined;
  }
}
