/**
 * Rows → a Parquet file, by a library. All at once and on the thread that answers, as compressions are. Columns may all be null; lists
 * and maps have the three levels of the format; times are microseconds in 64 bits (AWS's writer has 96 bits, assumed).
 */
import { createRequire } from 'node:module';
import { gzipSync } from 'node:zlib';
import type * as hyparquet from 'hyparquet-writer';
import type { HiveField, HiveType } from './hive-type.ts';
import type { Row } from './json-row.ts';

/** How a file is written. */
export interface ParquetWriting {
  readonly codec: 'SNAPPY' | 'GZIP' | 'UNCOMPRESSED';
  readonly pageBytes: number;
  /** The most rows in a row group. */
  readonly groupRows: number;
}

type Schema = NonNullable<Parameters<typeof hyparquet.parquetWriteBuffer>[0]['schema']>;
type Element = Schema[number];

/** Loaded when a delivery stream asks for it. */
const load = createRequire(import.meta.url);

/** A file of these rows; a column of `blank` is null in all of them. */
export function writeParquet(
  columns: readonly HiveField[],
  rows: readonly Row[],
  { codec, pageBytes, groupRows }: ParquetWriting,
  blank?: string,
): Buffer {
  const { parquetWriteBuffer }: typeof hyparquet = load('hyparquet-writer');
  const columnData = columns.map(({ name }) => ({
    name,
    data: rows.map((row) => (name === blank ? null : (row[name] ?? null))),
  }));
  const root: Element = { name: 'root', num_children: columns.length };
  const written = parquetWriteBuffer({
    columnData,
    schema: [root, ...columns.flatMap(({ name, type }) => elementsOf(name, type))],
    codec,
    compressors: { GZIP: (input) => gzipSync(input) },
    pageSize: pageBytes,
    rowGroupSize: groupRows,
    createdBy: 'kinebench',
  });
  return Buffer.from(written);
}

/** A type as the format says it, depth first. */
function elementsOf(name: string, type: HiveType): Element[] {
  const optional = { name, repetition_type: 'OPTIONAL' } as const;
  switch (type.kind) {
    case 'boolean':
      return [{ ...optional, type: 'BOOLEAN' }];
    case 'int':
      return [{ ...optional, type: type.bits === 64 ? 'INT64' : 'INT32', ...sized[type.bits] }];
    case 'float':
      return [{ ...optional, type: 'FLOAT' }];
    case 'double':
      return [{ ...optional, type: 'DOUBLE' }];
    case 'string':
      return [{ ...optional, type: 'BYTE_ARRAY', converted_type: 'UTF8' }];
    case 'date':
      return [{ ...optional, type: 'INT32', converted_type: 'DATE' }];
    case 'timestamp':
      return [
        {
          ...optional,
          type: 'INT64',
          converted_type: 'TIMESTAMP_MICROS',
          logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MICROS' },
        },
      ];
    case 'decimal': {
      const { precision, scale } = type;
      const type_length = decimalBytes(precision);
      return [{ ...optional, type: 'FIXED_LEN_BYTE_ARRAY', type_length, converted_type: 'DECIMAL', precision, scale }];
    }
    case 'array':
      return [
        { ...optional, converted_type: 'LIST', num_children: 1 },
        { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
        ...elementsOf('element', type.element),
      ];
    case 'map':
      return [
        { ...optional, converted_type: 'MAP', num_children: 1 },
        { name: 'key_value', repetition_type: 'REPEATED', num_children: 2 },
        { name: 'key', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' },
        ...elementsOf('value', type.value),
      ];
    case 'struct':
      return [
        { ...optional, num_children: type.fields.length },
        ...type.fields.flatMap((field) => elementsOf(field.name, field.type)),
      ];
  }
}

const sized = {
  8: { converted_type: 'INT_8' },
  16: { converted_type: 'INT_16' },
  32: {},
  64: {},
} as const;

/** Bytes of a number of so many digits and its sign. */
function decimalBytes(precision: number): number {
  return Math.ceil((Math.log2(10 ** precision) + 1) / 8);
}
