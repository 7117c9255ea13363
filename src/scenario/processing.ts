/**
 * What a scenario says of the way of records through Data Firehose, resolved: a function, a delimiter, partitions, Parquet. A function
 * is only named here: who can be given one, and who has to have it already, shows when the target is known.
 */
import type { Cursor } from './cursor.ts';
import {
  type DeliveryPlan,
  type LambdaPlan,
  parquetCompressions,
  type ParquetPlan,
  type ProcessingPlan,
} from './delivery-plan.ts';
import { formatDuration, parseBytes, parseDurationNs } from './units.ts';

const MIB = 2 ** 20;
/** Bounds and defaults of the Lambda processor (source: the developer guide). */
const LAMBDA_MIB = { min: 0.2, max: 3, default: 1 };
const LAMBDA_S = { max: 900, default: 60 };
const LAMBDA_RETRIES = { max: 300, default: 3 };
/** The least size of a buffer whose records are converted or partitioned, in MiB (source: the developer guide). */
const LARGE_MIB_MIN = 64;
/** Its size where none is written. */
export const LARGE_MIB_DEFAULT = 128;

/** undefined where records go through nothing. */
export function resolveProcessing(at: Cursor): ProcessingPlan | undefined {
  const lambda = at.at('lambda').present ? resolveLambda(at.at('lambda')) : undefined;
  const partition = at.at('partition').present ? resolvePartition(at) : undefined;
  const parquet = at.at('parquet').present ? resolveParquet(at) : undefined;
  const delimiter = at.at('delimiter').flag(false);
  if (parquet && delimiter) at.at('delimiter').faultAtKey('a row of Parquet has no end', 'take it away');
  if (!lambda && !partition && !parquet && !delimiter) return undefined;
  return {
    ...(lambda && { lambda }),
    ...(delimiter && { delimiter: true as const }),
    ...(partition && { partition }),
    ...(parquet && { parquet }),
  };
}

/** Faults of hints that do not go with conversion or partitions. */
export function checkHints(
  at: Cursor,
  processing: ProcessingPlan | undefined,
  bufferBytes: number,
  intervalNs: number,
): void {
  if (!processing?.partition && !processing?.parquet) return;
  const what = processing.parquet ? 'converted' : 'partitioned';
  if (bufferBytes < LARGE_MIB_MIN * MIB)
    at.at('buffer')
      .at('size')
      .fault(`a buffer whose records are ${what} has ${LARGE_MIB_MIN} MiB or more`, `${LARGE_MIB_MIN} MiB`);
  if (processing.partition && intervalNs === 0)
    at.at('buffer').at('interval').fault('a buffer of a partition waits for some time', '60s');
}

/** The prefix of partitions, where none is written: `key=value/` for each key. */
export function prefixOf(partition: Readonly<Record<string, string>>): string {
  return Object.keys(partition)
    .map((key) => `${key}=!{partitionKeyFromQuery:${key}}/`)
    .join('');
}

/**
 * Partition keys with the members that they are read off, where the prefix is the rule's and every query is a path of members
 * (`.customer.id`): then a record says itself where it must stand. undefined where it does not.
 */
export function partitionPaths({
  prefix,
  processing,
}: Pick<DeliveryPlan, 'prefix' | 'processing'>): readonly (readonly [key: string, path: string])[] | undefined {
  const { partition } = processing ?? {};
  if (!partition || prefix !== prefixOf(partition)) return undefined;
  const simple = Object.values(partition).every((query) => /^(\.[A-Za-z_]\w*)+$/.test(query.trim()));
  return simple ? Object.entries(partition).map(([key, query]) => [key, query.trim().slice(1)] as const) : undefined;
}

function resolveLambda(at: Cursor): LambdaPlan {
  const buffer = at.at('buffer');
  const size = buffer.at('size');
  const bufferMiB = (size.parse(parseBytes) ?? LAMBDA_MIB.default * MIB) / MIB;
  if (bufferMiB < LAMBDA_MIB.min || bufferMiB > LAMBDA_MIB.max)
    size.fault(`no function gets ${size.text()} at once`, `${LAMBDA_MIB.min} MiB to ${LAMBDA_MIB.max} MiB`);
  const interval = buffer.at('interval');
  const intervalNs = interval.parse(parseDurationNs) ?? LAMBDA_S.default * 1e9;
  if (intervalNs % 1e9 !== 0 || intervalNs > LAMBDA_S.max * 1e9)
    interval.fault(`no function waits for ${formatDuration(intervalNs)}`, `whole seconds from 0s to ${LAMBDA_S.max}s`);
  const retries = at.at('retries').integer(LAMBDA_RETRIES.default);
  if (retries > LAMBDA_RETRIES.max)
    at.at('retries').fault(`${retries} retries are too many`, `${LAMBDA_RETRIES.max} at the most`);
  const named = at.isMapping ? at.at('function') : at;
  const text = named.text() ?? '';
  if (text !== '' && !isFunction(text))
    named.fault(
      `"${text}" names no function`,
      'a shipped one such as csv-to-json, ./module.mjs, http://127.0.0.1:9001/name, or arn:aws:lambda:…',
    );
  return { function: text, bufferMiB, intervalNs, retries };
}

/** A name, a path of a module, an endpoint with the name of a function, or an ARN. */
function isFunction(text: string): boolean {
  if (text.startsWith('arn:')) return /^arn:[^:]+:lambda:[^:]+:\d{12}:function:[^:]+(:[^:]+)?$/.test(text);
  if (/^https?:/.test(text)) return /^https?:\/\/[^/\s]+\/[\w-]+$/.test(text);
  return /^[\w-]+$/.test(text) || /\.m?js$/.test(text);
}

function resolvePartition(at: Cursor): Readonly<Record<string, string>> {
  const keys = at.at('partition').entries();
  if (keys.length === 0) at.at('partition').faultAtKey('there is no key', 'partition: { customer: .customer.id }');
  const prefix = at.at('prefix');
  for (const { name } of keys)
    if (prefix.present && !prefix.text()?.includes(`!{partitionKeyFromQuery:${name}}`))
      prefix.fault(
        `the prefix does not have the partition key ${name}`,
        `!{partitionKeyFromQuery:${name}}, or no prefix`,
      );
  return Object.fromEntries(keys.map((key) => [key.name, key.text() ?? '']));
}

function resolveParquet(at: Cursor): ParquetPlan {
  const parquet = at.at('parquet');
  const columns = parquet.at('columns').entries();
  if (parquet.at('columns').present && columns.length === 0)
    parquet.at('columns').faultAtKey('there is no column', 'columns: { id: string }');
  const table = parquet.at('table').text() ?? `kinebench.${at.name.replaceAll('-', '_')}`;
  if (!/^[^\s.]+\.[^\s.]+$/.test(table)) parquet.at('table').fault(`"${table}" is no table`, 'database.table');
  if (at.at('compression').present && at.at('compression').value !== 'none')
    at.at('compression').fault(
      'Parquet compresses inside its files',
      'take it away, or parquet: { compression: gzip }',
    );
  return {
    table,
    columns: Object.fromEntries(columns.map((column) => [column.name, column.text() ?? ''])),
    compression: parquet.at('compression').word(parquetCompressions, 'snappy'),
  };
}
