/**
 * What is in the records of a fleet, resolved: bytes, a JSON template, or a file, which is read through once so that whatever is
 * wrong with it shows before anything runs; and how the ledger tells the records apart.
 */
import { createHash } from 'node:crypto';
import { readSync, openSync, closeSync } from 'node:fs';
import type { Cursor } from './cursor.ts';
import { columnsOf, fieldOf, RowFault, rowsOf } from './data-rows.ts';
import { suggestion } from '../nearest.ts';
import {
  type DataPlan,
  type FieldPlan,
  type FileData,
  type IdentifyPlan,
  type JsonValue,
  type RowFormat,
  rowFormats,
} from './put-plan.ts';
import { partsOf, textsOf } from './template.ts';
import { timeNsOf } from './row-time.ts';
import { TextFault } from './text-fault.ts';

/** Keys are at most so long (source: PartitionKey in the service model). */
const KEY_CHARS_MAX = 256;

/** The data, and the field that the partition keys come from where they come from one. */
export function resolveData(
  record: Cursor,
  keyField: string | null,
  recordBytesMax: number,
): { data: DataPlan; key: FieldPlan | null } {
  const at = record.at('data');
  if (at.at('json').present) return { data: resolveJson(at.at('json')), key: null };
  const text = at.at('text').text();
  if (text !== undefined) {
    at.at('text').parse(partsOf);
    return { data: { kind: 'text', template: text }, key: null };
  }
  if (at.at('file').present) return resolveFile(at, record.at('key'), keyField, recordBytesMax);
  return { data: { kind: at.word(['random', 'zeros'], 'random') }, key: null };
}

function resolveJson(at: Cursor): DataPlan {
  const template = at.value as JsonValue;
  for (const { text, path } of textsOf(template))
    path.reduce((cursor, step) => cursor.step(step), at).parse(() => partsOf(text));
  return { kind: 'json', template };
}

const formatsByEnding: Readonly<Record<string, RowFormat>> = { jsonl: 'jsonl', ndjson: 'jsonl', csv: 'csv' };

function resolveFile(
  at: Cursor,
  keyAt: Cursor,
  keyField: string | null,
  recordBytesMax: number,
): { data: DataPlan; key: FieldPlan | null } {
  const path = at.at('file').text() ?? '';
  const ending = /\.(\w+)$/.exec(path)?.[1] ?? '';
  const format = at.at('format').word(rowFormats, formatsByEnding[ending] ?? 'lines');
  const empty: FileData = {
    kind: 'file',
    path,
    format,
    sha256: '',
    rows: 0,
    bytes: 0,
    bytesMax: 0,
    loop: at.at('loop').flag(false),
    timing: null,
  };
  const absolute = at.source.pathBeside(path);
  let columns: string[] | null;
  let sha256: string;
  try {
    sha256 = sha256Of(absolute);
    columns = format === 'csv' ? columnsOf(absolute) : null;
  } catch (error) {
    const why = error instanceof RowFault ? error.message : String((error as NodeJS.ErrnoException).code);
    at.at('file').fault(`${path} cannot be read: ${why}`, 'give a path from the scenario’s folder');
    return { data: empty, key: null };
  }
  const field = (where: Cursor, name: string | null) =>
    name === null ? null : fieldPlan(where, name, format, columns);
  const time = field(at.at('time'), at.at('time').text() ?? null);
  const key = field(keyAt, keyField);
  const speed = resolveSpeed(at.at('speed'), time !== null);
  const scanned = scan(at.at('file'), { path, absolute, format, time, key, recordBytesMax });
  if (!scanned) return { data: empty, key };
  const { firstNs, lastNs, ...found } = scanned;
  const timing = time && { field: time, firstNs, spanNs: lastNs - firstNs, speed };
  return { data: { ...empty, ...found, sha256, timing }, key };
}

/** A field by name: of CSV a column, of JSON a path; a fault where the format has none. */
export function fieldPlan(
  at: Cursor,
  name: string,
  format: RowFormat,
  columns: readonly string[] | null,
): FieldPlan | null {
  if (format === 'jsonl') return { name, column: null };
  if (!columns) {
    at.fault(`rows of ${format} have no fields`, 'format: jsonl or csv');
    return null;
  }
  if (!columns.includes(name)) at.fault(`there is no column "${name}"`, suggestion(name, columns));
  return { name, column: columns.indexOf(name) };
}

function resolveSpeed(at: Cursor, timed: boolean): number {
  if (!at.present) return 1;
  if (!timed) at.faultAtKey('the fleet’s rate says how fast rows go', 'name the field of their time, time:');
  const speed = Number(at.value);
  if (!(speed > 0)) at.fault(`${String(at.value)} is no speed`, 'such as 10 for ten times as fast, 0.5 for half');
  return speed;
}

interface Rows {
  readonly path: string;
  readonly absolute: string;
  readonly format: RowFormat;
  readonly time: FieldPlan | null;
  readonly key: FieldPlan | null;
  readonly recordBytesMax: number;
}

/** Reads all rows and notes the first fault; undefined then. */
function scan(at: Cursor, { path, absolute, format, time, key, recordBytesMax }: Rows) {
  let rows = 0;
  let bytes = 0;
  let bytesMax = 0;
  let firstNs = 0;
  let lastNs = -Infinity;
  try {
    for (const row of rowsOf(absolute, format)) {
      rows += 1;
      bytes += row.length;
      bytesMax = Math.max(bytesMax, row.length + (key ? checkKey(row, key) : 0));
      if (row.length > recordBytesMax) throw new RowFault(`${row.length} B, a record takes ${recordBytesMax}`);
      if (!time) continue;
      const atNs = timeNsOf(fieldOf(row, time), time.name);
      if (rows === 1) firstNs = atNs;
      if (atNs < lastNs) throw new RowFault('earlier than the row before: put the rows in the order of their time');
      lastNs = atNs;
    }
    if (rows > 0) return { rows, bytes, bytesMax, firstNs, lastNs: rows === 0 ? 0 : lastNs };
    at.fault(`${path} has no rows`, 'some records to replay');
  } catch (error) {
    if (!(error instanceof RowFault)) throw error;
    at.fault(`${path}, row ${rows}: ${error.message}`, `mend the file, or say its format: ${rowFormats.join(', ')}`);
  }
  return undefined;
}

function checkKey(row: Buffer, key: FieldPlan): number {
  const value = fieldOf(row, key);
  if (value === undefined) throw new RowFault(`no field ${key.name} for its partition key`);
  if (value === '' || value.length > KEY_CHARS_MAX)
    throw new RowFault(`a partition key of ${value.length} characters, 1 to ${KEY_CHARS_MAX} are possible`);
  return Buffer.byteLength(value);
}

/** How records are told apart: as written, else by their tag where there is room for one, and by sequence number in files. */
export function resolveIdentify(fleet: Cursor, data: DataPlan, bytesMin: number, room: number): IdentifyPlan {
  const at = fleet.at('identify');
  const name = at.at('field').text();
  if (name !== undefined) {
    if (data.kind !== 'json' && data.kind !== 'file')
      at.fault('these records have no fields', 'data: { json: … } or { file: … }');
    const column = data.kind === 'file' && data.format === 'csv' ? columnOf(at, name, fleet, data.path) : null;
    if (data.kind === 'file' && data.format !== 'csv' && data.format !== 'jsonl')
      at.fault(`rows of ${data.format} have no fields`, 'format: jsonl or csv, or identify: sequence-number');
    if (data.kind === 'file' && data.loop)
      at.fault('a file that begins anew repeats its fields', 'loop: false, or identify: sequence-number');
    return { by: 'field', field: { name, column } };
  }
  const by = at.word(['tag', 'sequence-number'], data.kind === 'file' ? 'sequence-number' : 'tag');
  if (by === 'sequence-number') return { by };
  if (data.kind === 'file') at.fault('rows are put as they are and carry no tag', 'sequence-number or { field: … }');
  if (
    (data.kind === 'json' || data.kind === 'text') &&
    ![...textsOf(data.template)].some(({ text }) => text.includes('{id}'))
  )
    fleet
      .at('record')
      .at('data')
      .fault(
        'nothing in this template identifies a record',
        'write "{id}" in a field, or say identify: sequence-number',
      );
  if ((data.kind === 'random' || data.kind === 'zeros') && bytesMin < room)
    fleet
      .at('record')
      .at('size')
      .fault(
        `records of ${bytesMin} B cannot hold the tag that identifies them`,
        `at least ${room} B, or identify: sequence-number`,
      );
  return { by };
}

function columnOf(at: Cursor, name: string, fleet: Cursor, path: string): number | null {
  try {
    return fieldPlan(at.at('field'), name, 'csv', columnsOf(fleet.source.pathBeside(path)))?.column ?? null;
  } catch {
    // The fault of a file that cannot be read is noted where it is named.
    return null;
  }
}

function sha256Of(path: string): string {
  const file = openSync(path, 'r');
  try {
    const digest = createHash('sha256');
    const piece = Buffer.allocUnsafe(1 << 18);
    for (;;) {
      const length = readSync(file, piece, 0, piece.length, null);
      if (length === 0) return digest.digest('hex');
      digest.update(piece.subarray(0, length));
    }
  } finally {
    closeSync(file);
  }
}

/** A field name of `field(name)` as a key, or null for a distribution. Throws TextFault for an empty name. */
export function keyFieldOf(text: string | undefined): string | null {
  const name = /^\s*field\((.*)\)\s*$/s.exec(text ?? '')?.[1]?.trim();
  if (name === '') throw new TextFault('field() names no field', 'such as field(user)');
  return name ?? null;
}
