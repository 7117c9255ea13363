/**
 * One object that Data Firehose delivered, opened and read: bytes, texts or rows, whatever the delivery stream makes of records; and objects of
 * errors, in which each record that could not be processed stands as it came.
 */
import { fieldOf, RowFault } from '../scenario/data-rows.ts';
import { rowsOf } from '../wire/object-rows.ts';
import { openBody } from '../wire/object-body.ts';
import type {
  DeliveredObject,
  DeliveredReader,
  DeliveredRecord,
  FailedRecord,
  OnDelivered,
} from '../verify/delivered-reader.ts';
import type { FoundDocument } from '../wire/search-client.ts';
import { textsIn } from '../verify/delivered-texts.ts';
import { originalText, textAt } from '../verify/original.ts';
import { valueId } from '../verify/unnamed.ts';
import type { DeliveryPlace } from './context.ts';
import { placeCheck } from './partition-place.ts';

/** What an object held. */
export interface OpenedObject extends DeliveredObject {
  /** As its buffer counted them: before compression, and of rows the texts that they were made of, as far as these are known. */
  readonly bytes: number;
}

/** Reads an object. Rejects with an Error that says why it cannot be opened. */
export async function readDelivered(
  reader: DeliveredReader,
  place: DeliveryPlace,
  key: string,
  body: Buffer,
  each?: OnDelivered,
): Promise<OpenedObject> {
  const { plan, form } = place;
  if (form.framing === 'parquet') {
    const isPlaced = placeCheck(place, key);
    const records = (await rowsOf(body)).map((row, at) => ({ ...recordOf(row, at, place), placed: isPlaced?.(row) }));
    const bytes = records.reduce((sum, { data, original }) => sum + (original ?? data).length, 0);
    return { ...reader.readTexts(key, records, 0, each), bytes };
  }
  return readPlain(reader, place, key, openBody(body, plan.compression), each);
}

/** Reads bytes or texts that stand one behind the other, as in an object that was opened or in a request. */
export function readPlain(
  reader: DeliveredReader,
  place: DeliveryPlace,
  key: string,
  plain: Buffer,
  each?: OnDelivered,
): OpenedObject {
  const { form } = place;
  const { length: bytes } = plain;
  if (form.framing === 'tagged') return { ...reader.read(key, plain, each, form.feeds === 'after'), bytes };
  const { texts, strays } = textsIn(plain, form.feeds, reader.mark);
  const isPlaced = placeCheck(place, key);
  const records = texts.map(({ at, data }) => ({
    at,
    data,
    placed: isPlaced?.(parsed(data)),
    original: originalOf(data, form.original),
    id: idOf(place, data, form.feeds !== 'any'),
  }));
  return { ...reader.readTexts(key, records, strays, each), bytes };
}

/**
 * Reads documents that were found together. A cluster gives values, and may write them anew: a document is what JSON makes of them, which
 * is what was put where that was written so. The order of documents is that of one shard's writings, and nobody's promise.
 */
export function readDocuments(
  reader: DeliveredReader,
  place: DeliveryPlace,
  key: string,
  documents: readonly FoundDocument[],
  each?: OnDelivered,
): OpenedObject {
  const { original } = place.form;
  const records = documents.map(({ index, id, seq: at, version, source }): DeliveredRecord => {
    const data = Buffer.from(JSON.stringify(source));
    const known = { original: originalOf(data, original), id: idOf(place, data, false) };
    return { at, key: `${index}/${id}`, data, ...known, rewritten: version > 1 };
  });
  const bytes = records.reduce((sum, { data, original: put }) => sum + (put ?? data).length, 0);
  return { ...reader.readTexts(key, records, 0, each), outOfOrder: 0, bytes };
}

/** Whether an object holds what was not delivered: by the place of errors, where nothing else stands there, or by the name of an error in its key. */
export function holdsErrors({ prefix, errorPrefix }: DeliveryPlace, key: string): boolean {
  return (
    (errorPrefix !== null && !prefix.startsWith(errorPrefix) && key.startsWith(errorPrefix)) ||
    isUnprocessed(key) ||
    /s3-failed[/.-]/.test(key)
  );
}

/** Whether an object of errors holds what could not be processed, and not what a destination did not take. */
export function isUnprocessed(key: string): boolean {
  return /(processing-failed|format-conversion-failed|metadata-extraction-failed|activePartitionExceeded)[/.-]/.test(
    key,
  );
}

/** Reads an object of errors, a JSON document a line. Throws an Error that says why it cannot be opened. */
export function readErrors(
  reader: DeliveredReader,
  place: DeliveryPlace,
  key: string,
  body: Buffer,
  each?: OnDelivered,
): void {
  const plain = body[0] === OPEN ? body : openBody(body, place.plan.compression);
  const lines = plain
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '');
  reader.readFailed(
    key,
    lines.map((line, at) => failedRecord(line, at, place)),
    each,
  );
}

const OPEN = 0x7b;
const LINE_FEED = 0x0a;

/** As it came, with the delimiter that would have stood behind it, or as a function made it of what came. */
function failedRecord(line: string, at: number, place: DeliveryPlace): FailedRecord {
  const { original } = place.form;
  const { rawData, ...rest }: Record<string, unknown> = Object(JSON.parse(line));
  if (typeof rawData !== 'string') throw new Error('a line without rawData');
  const data = Buffer.from(rawData, 'base64');
  const bare = data.at(-1) === LINE_FEED ? [data.subarray(0, -1)] : [];
  const restored = original.kind === 'same' ? null : originalOf(data, original);
  const why = [rest['errorCode'], rest['lastErrorCode']].find((code) => typeof code === 'string') ?? 'no code';
  const texts = [data, ...bare, ...(restored ? [restored] : [])];
  return { at, texts, certain: original.kind !== 'unknown', why, id: idOf(place, data, true) };
}

type Form = DeliveryPlace['form'];

function originalOf(data: Buffer, original: Form['original']): Buffer | null {
  if (original.kind === 'same') return data;
  if (original.kind === 'unknown') return null;
  return Buffer.from(originalText(original, parsed(data)) ?? '');
}

/** The number of the field that tells a record apart; of CSV it is a column, as long as it is `asPut`. */
function idOf({ name, form: { field } }: DeliveryPlace, data: Buffer, asPut: boolean): number | undefined {
  if (!field) return undefined;
  const value =
    fieldOf(data, { ...field, column: null }) ?? (asPut && field.column !== null ? cellOf(data, field) : undefined);
  return value === undefined ? undefined : valueId(name, value);
}

function cellOf(data: Buffer, field: NonNullable<Form['field']>): string | undefined {
  try {
    return fieldOf(data, field);
  } catch (error) {
    if (error instanceof RowFault) return undefined;
    throw error;
  }
}

function recordOf(row: Record<string, unknown>, at: number, { name, form }: DeliveryPlace): DeliveredRecord {
  const { original, field } = form;
  const data = Buffer.from(Object.values(row).map(String).join(' '));
  const text = originalText(original, row);
  const value = field ? textAt(row, field.name) : '';
  const id = value === '' ? undefined : valueId(name, value);
  return { at, data, original: text === null ? null : Buffer.from(text), id };
}

/** A text that is no JSON has no fields. */
function parsed(data: Buffer): unknown {
  try {
    return JSON.parse(data.toString('utf8'));
  } catch {
    return undefined;
  }
}
