/**
 * JSON as the deserializers of Data Firehose read it: an object → the values of a table's columns. A member that is missing or null
 * is null; one that its column cannot hold fails the record; members that no column asks for are left out (source: the developer
 * guide, format conversion). Numbers in texts are read as numbers (observed); what is assumed beside it stands in docs/firehose.md.
 */
import type { HiveField, HiveType } from './hive-type.ts';

/** How names and times are read. */
export interface JsonReading {
  /** Keys in any case. */
  readonly caseInsensitive: boolean;
  /** A dot in a key is an underscore in the name of a column. */
  readonly dotsToUnderscores: boolean;
  /** Keys by the names of columns. */
  readonly keyOf: Readonly<Record<string, string>>;
  /** `openx`: ISO, SQL and epoch times; `sql`: those of java.sql.Timestamp; `millis`: ms since the epoch. */
  readonly times: 'openx' | 'sql' | 'millis';
}

/** Values by the names of columns, as the writer of Parquet takes them. */
export type Row = Readonly<Record<string, unknown>>;

/** A value that its column cannot hold. */
export class Mismatch extends Error {
  override readonly name = 'Mismatch';

  constructor(value: unknown) {
    const shown = typeof value === 'string' ? value : JSON.stringify(value, (_key, each: unknown) => plain(each));
    super(`Data does not match the schema. For input string: "${shown.slice(0, SHOWN_MAX)}"`);
  }
}

const SHOWN_MAX = 200;
/** Text as JSON writes it; the types of the language have it not yet. */
const { rawJSON }: { readonly rawJSON: (text: string) => unknown } = globalThis.JSON as typeof JSON & {
  readonly rawJSON: (text: string) => unknown;
};
/** Numbers from there on count milliseconds, those below seconds (assumed; twelve digits were observed to be seconds). */
const EPOCH_MS_MIN = 1e12;
/** As many seconds as 64 bits of microseconds hold. */
const EPOCH_S_MAX = 9e12;
const US_PER_S = 1_000_000n;
const DAY_MS = 86_400_000;

/** Reads a document; integers beyond the safe ones are bigints. Throws a SyntaxError for what is no JSON. */
export function parseJson(text: string): unknown {
  return /\d{16}/.test(text) ? JSON.parse(text, exactly) : JSON.parse(text);
}

function exactly(...[, value, context]: unknown[]): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
  const source = typeof context === 'object' && context && 'source' in context ? String(context.source) : '';
  return /^-?\d+$/.test(source) ? BigInt(source) : value;
}

/** The values of the columns in an object. Throws a Mismatch. */
export function readRow(columns: readonly HiveField[], object: Row, reading: JsonReading): Row {
  const row: Record<string, unknown> = {};
  for (const { name, type } of columns) row[name] = read(type, member(object, name, reading), reading);
  return row;
}

function member(object: Row, name: string, { caseInsensitive, dotsToUnderscores, keyOf }: JsonReading): unknown {
  const key = Object.hasOwn(keyOf, name) ? keyOf[name]! : name;
  if (Object.hasOwn(object, key)) return object[key];
  const plainly = (text: string) => {
    const written = dotsToUnderscores ? text.replaceAll('.', '_') : text;
    return caseInsensitive ? written.toLowerCase() : written;
  };
  const wanted = plainly(key);
  const found = Object.keys(object).find((each) => plainly(each) === wanted);
  return found === undefined ? null : object[found];
}

function read(type: HiveType, value: unknown, reading: JsonReading): unknown {
  if (value === null || value === undefined) return null;
  switch (type.kind) {
    case 'boolean':
      return booleanOf(value);
    case 'int':
      return integerOf(value, type.bits);
    case 'float':
    case 'double':
      return numberOf(value);
    case 'decimal':
      return decimalOf(value, type.precision, type.scale);
    case 'string':
      return typeof value === 'string' ? value : JSON.stringify(value, (_key, each: unknown) => plain(each));
    case 'date':
      return dayOf(value);
    case 'timestamp':
      return microsecondsOf(value, reading.times);
    case 'array':
      if (!Array.isArray(value)) throw new Mismatch(value);
      return value.map((each) => read(type.element, each, reading));
    case 'map':
      return Object.entries(objectOf(value)).map(([key, each]) => ({ key, value: read(type.value, each, reading) }));
    case 'struct':
      return readRow(type.fields, objectOf(value), reading);
  }
}

/** What JSON cannot write: integers with all their digits. */
function plain(value: unknown): unknown {
  return typeof value === 'bigint' ? rawJSON(String(value)) : value;
}

function objectOf(value: unknown): Row {
  if (!isObject(value)) throw new Mismatch(value);
  return value;
}

/** Whether a value is an object of JSON. */
export function isObject(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function booleanOf(value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  if (value === 'true' || value === 'false') return value === 'true';
  throw new Mismatch(value);
}

function integerOf(value: unknown, bits: 8 | 16 | 32 | 64): number | bigint {
  const text = typeof value === 'number' || typeof value === 'bigint' ? String(value) : value;
  if (typeof text !== 'string' || !/^[+-]?\d{1,20}$/.test(text)) throw new Mismatch(value);
  const whole = BigInt(text.replace('+', ''));
  if (BigInt.asIntN(bits, whole) !== whole) throw new Mismatch(value);
  return bits === 64 ? whole : Number(whole);
}

function numberOf(value: unknown): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'string' || !/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value)) throw new Mismatch(value);
  return Number(value);
}

/** The value without its point. Digits behind the scale are cut off (assumed). */
function decimalOf(value: unknown, precision: number, scale: number): bigint {
  const text = typeof value === 'number' || typeof value === 'bigint' ? String(value) : value;
  const [, sign, whole, fraction = '', exponent = '0'] =
    (typeof text === 'string' && /^([+-]?)(\d+)(?:\.(\d+))?(?:e([+-]?\d{1,3}))?$/i.exec(text)) || [];
  if (whole === undefined) throw new Mismatch(value);
  // Numbers of JSON that are very small or large have an exponent here, however they were written.
  const shown = whole + fraction;
  const places = whole.length + Number(exponent) + scale;
  const digits = BigInt(shown.slice(0, Math.max(0, places)).padEnd(places, '0') || '0');
  if (digits >= 10n ** BigInt(precision)) throw new Mismatch(value);
  return sign === '-' ? -digits : digits;
}

/** Days since the epoch. */
function dayOf(value: unknown): number {
  const [, year, month, day] = (typeof value === 'string' && /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(value)) || [];
  // Date.UTC takes the first hundred years for those of the last century.
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  if (date.getUTCMonth() !== Number(month) - 1 || date.getUTCDate() !== Number(day)) throw new Mismatch(value);
  return date.getTime() / DAY_MS;
}

const sqlTime = /^(\d{4}-\d{1,2}-\d{1,2}) (\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?$/;
const isoTime = /^(\d{4}-\d{1,2}-\d{1,2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?Z$/;

/** Microseconds since the epoch; finer digits are cut off. */
function microsecondsOf(value: unknown, times: JsonReading['times']): bigint {
  if (typeof value === 'bigint') throw new Mismatch(value);
  const counted = typeof value === 'number' || (typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value));
  if (times === 'millis' || (times === 'openx' && counted)) {
    const epoch = numberOf(value);
    const seconds = times === 'millis' || Math.abs(epoch) >= EPOCH_MS_MIN ? epoch / 1000 : epoch;
    if (!(Math.abs(seconds) <= EPOCH_S_MAX)) throw new Mismatch(value);
    const whole = Math.trunc(seconds);
    return BigInt(whole) * US_PER_S + BigInt(Math.round((seconds - whole) * 1e6));
  }
  const text = typeof value === 'string' ? value : '';
  const match = sqlTime.exec(text) ?? (times === 'openx' ? isoTime.exec(text) : null);
  if (!match) throw new Mismatch(value);
  const [, day, hours, minutes, seconds, fraction = ''] = match;
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) throw new Mismatch(value);
  const secondsOfDay = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  return BigInt(dayOf(day) * 86_400 + secondsOfDay) * US_PER_S + BigInt(fraction.slice(0, 6).padEnd(6, '0'));
}
