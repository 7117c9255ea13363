/**
 * Conversion of JSON to Parquet (source: the service model and the developer guide, format conversion). A record is read when it
 * comes, so one that does not fit the table is known then; what fits is buffered as it came, a line for each object in it, and is
 * read again when the buffer is written. There is no Glue here: tables are given to the endpoint.
 */
import type { ExtendedS3Configuration } from '../../protocol/firehose/operations.ts';
import type { StreamFaults } from '../faults.ts';
import type { Compression } from './compression.ts';
import { objectsIn } from './deaggregation.ts';
import type { HiveField } from './hive-type.ts';
import { isObject, Mismatch, parseJson, readRow, type JsonReading, type Row } from './json-row.ts';
import { writeParquet, type ParquetWriting } from './parquet-file.ts';

/** Columns by `database.table`. */
export type Tables = Readonly<Record<string, readonly HiveField[]>>;

/** What a record that cannot be converted is told. */
export interface Unconvertible {
  readonly code: string;
  readonly message: string;
}

/** A conversion that has been checked. */
export interface Conversion {
  /** Tells it from another one. */
  readonly key: string;
  /** The lines of the objects in a record, or why there are none. */
  readonly lines: (data: Uint8Array) => readonly Buffer[] | Unconvertible;
  /** Writes lines as a file. */
  readonly format: Compression;
  /** The table, as error records name it. */
  readonly table: Readonly<Record<string, string | undefined>>;
}

type Configuration = NonNullable<ExtendedS3Configuration['DataFormatConversionConfiguration']>;

const PAGE_BYTES_DEFAULT = 1_048_576;
const GROUP_BYTES_DEFAULT = 268_435_456;
/** The least size of the buffer, in MB. */
const SIZE_MIB_MIN = 64;
const LINE_FEED = 0x0a;
const SPACE = 0x20;

/** Whether records are converted; given and not switched off counts as on (source: the structure in the service model). */
export function isConverted({ DataFormatConversionConfiguration: given }: ExtendedS3Configuration): boolean {
  return given !== undefined && given.Enabled !== false;
}

/** What is wrong with the conversion of a configuration (texts assumed, unless said otherwise). */
export function wrongConversion(
  configuration: ExtendedS3Configuration,
  tables: Tables,
  faults: StreamFaults,
): string | undefined {
  const { DataFormatConversionConfiguration: given, BufferingHints: hints, CompressionFormat } = configuration;
  if (!given || !isConverted(configuration)) return undefined;
  const { SchemaConfiguration, InputFormatConfiguration, OutputFormatConfiguration } = given;
  if (!SchemaConfiguration || !InputFormatConfiguration || !OutputFormatConfiguration)
    return 'SchemaConfiguration, InputFormatConfiguration and OutputFormatConfiguration are required when data format conversion is enabled.';
  const { DatabaseName, TableName, RoleARN } = SchemaConfiguration;
  if (DatabaseName === undefined || TableName === undefined || RoleARN === undefined)
    return 'RoleARN, DatabaseName and TableName are required in SchemaConfiguration when data format conversion is enabled.';
  const wrong = wrongSerDe(given);
  if (wrong !== undefined) return wrong;
  if (!Object.hasOwn(tables, `${DatabaseName}.${TableName}`))
    return `The table ${DatabaseName}.${TableName} is not among those that the reference was told of (--tables); it has no Glue Data Catalog.`;
  // Text observed.
  if ((hints?.SizeInMBs ?? SIZE_MIB_MIN) < SIZE_MIB_MIN)
    return 'BufferingHints.SizeInMBs must be at least 64 when data format conversion is enabled.';
  if ((CompressionFormat ?? 'UNCOMPRESSED') !== 'UNCOMPRESSED' && !faults.fires('fh.conv-gzip'))
    return 'CompressionFormat must be UNCOMPRESSED when data format conversion is enabled. Compression is chosen in OutputFormatConfiguration.';
  return undefined;
}

function wrongSerDe({ InputFormatConfiguration: input, OutputFormatConfiguration: output }: Configuration) {
  const { OpenXJsonSerDe: openx, HiveJsonSerDe: hive } = input?.Deserializer ?? {};
  if ((openx === undefined) === (hive === undefined))
    return 'Exactly one of OpenXJsonSerDe and HiveJsonSerDe is required in Deserializer.';
  const { ParquetSerDe: parquet, OrcSerDe: orc } = output?.Serializer ?? {};
  if ((parquet === undefined) === (orc === undefined))
    return 'Exactly one of ParquetSerDe and OrcSerDe is required in Serializer.';
  if (orc) return 'The serializer OrcSerDe is not built in this reference yet: no maintained library writes ORC here.';
  const formats = hive?.TimestampFormats ?? [];
  return formats.length > 1 || (formats[0] ?? 'millis') !== 'millis'
    ? 'TimestampFormats other than millis are not built in this reference yet.'
    : undefined;
}

/** What is kept of the conversion, where an update names a part of it (observed: members are merged, however deep). */
export function mergeConversion(present: Configuration | undefined, update: Configuration): Configuration {
  const SchemaConfiguration = update.SchemaConfiguration && {
    ...present?.SchemaConfiguration,
    ...update.SchemaConfiguration,
  };
  return { ...present, ...update, ...(SchemaConfiguration && { SchemaConfiguration }) };
}

/** The conversion of a configuration that has been checked; undefined where there is none. */
export function conversionOf(
  configuration: ExtendedS3Configuration,
  tables: Tables,
  faults: StreamFaults,
): Conversion | undefined {
  const given = configuration.DataFormatConversionConfiguration;
  if (!given || !isConverted(configuration)) return undefined;
  const { CatalogId, DatabaseName, TableName, Region, VersionId = 'LATEST' } = given.SchemaConfiguration!;
  const columns = tables[`${DatabaseName}.${TableName}`]!;
  const reading = readingOf(given);
  return {
    key: JSON.stringify(given),
    lines: (data) => linesOf(Buffer.from(data.buffer, data.byteOffset, data.byteLength), columns, reading),
    format: formatOf(given, columns, reading, faults),
    table: {
      catalogId: CatalogId,
      databaseName: DatabaseName,
      tableName: TableName,
      region: Region,
      versionId: VersionId,
    },
  };
}

function readingOf({ InputFormatConfiguration: input }: Configuration): JsonReading {
  const { OpenXJsonSerDe: openx, HiveJsonSerDe: hive } = input?.Deserializer ?? {};
  const times = openx ? 'openx' : hive?.TimestampFormats?.length ? 'millis' : 'sql';
  return {
    caseInsensitive: openx?.CaseInsensitive ?? true,
    dotsToUnderscores: openx?.ConvertDotsInJsonKeysToUnderscores ?? false,
    keyOf: openx?.ColumnToJsonKeyMappings ?? {},
    times,
  };
}

function formatOf(
  { OutputFormatConfiguration: output }: Configuration,
  columns: readonly HiveField[],
  reading: JsonReading,
  faults: StreamFaults,
): Compression {
  const parquet = output?.Serializer?.ParquetSerDe;
  const codec = parquet?.Compression ?? 'SNAPPY';
  const groupBytes = parquet?.BlockSizeBytes ?? GROUP_BYTES_DEFAULT;
  return {
    extension: '.parquet',
    // So observed, although the file is plain Parquet; of the other codecs nothing was (assumed).
    contentEncoding: codec === 'SNAPPY' ? 'hadoop-snappy' : undefined,
    compress(body) {
      const rows = rowsIn(body, columns, reading);
      const groupRows = Math.max(1, Math.floor((rows.length * groupBytes) / Math.max(1, body.length)));
      const writing: ParquetWriting = { codec, pageBytes: parquet?.PageSizeBytes ?? PAGE_BYTES_DEFAULT, groupRows };
      const last = faults.has('fh.schema-null') ? lastHeld(columns, rows) : undefined;
      const blank = last !== undefined && faults.fires('fh.schema-null') ? last : undefined;
      return writeParquet(columns, rows, writing, blank);
    },
  };
}

/** The last column that has a value. */
function lastHeld(columns: readonly HiveField[], rows: readonly Row[]): string | undefined {
  return columns.findLast(({ name }) => rows.some((row) => row[name] !== null))?.name;
}

function rowsIn(body: Buffer, columns: readonly HiveField[], reading: JsonReading): Row[] {
  const rows: Row[] = [];
  for (let at = 0; at < body.length;) {
    const found = body.indexOf(LINE_FEED, at);
    const end = found === -1 ? body.length : found;
    const document = parseJson(body.toString('utf8', at, end));
    if (isObject(document)) rows.push(readRow(columns, document, reading));
    at = end + 1;
  }
  return rows;
}

/** Objects of a record, each on a line: a line feed within is white space, since a text of JSON holds none. */
function linesOf(whole: Buffer, columns: readonly HiveField[], reading: JsonReading): Buffer[] | Unconvertible {
  const text = whole.toString().trim();
  if (text === '') return malformed('The record was empty or contained only whitespace.');
  try {
    const objects = objectsIn(whole);
    if (!objects) {
      parseJson(text);
      return malformed(
        'The input JSON contained a primitive at the top level. The top level must be an object or array.',
      );
    }
    return objects.map((object) => {
      const document = parseJson(object.toString());
      if (!isObject(document)) throw new Mismatch(document);
      readRow(columns, document, reading);
      return Buffer.from(object.map((byte) => (byte === LINE_FEED ? SPACE : byte)));
    });
  } catch (error) {
    if (error instanceof Mismatch) return malformed(error.message);
    return { code: 'DataFormatConversion.ParseError', message: 'Encountered malformed JSON.' };
  }
}

function malformed(message: string): Unconvertible {
  return { code: 'DataFormatConversion.MalformedData', message };
}
