/**
 * Rows of a data set, one after another, read in pieces: a file may be larger than memory. A row is the bytes of a record as
 * they stand in the file, without what parts them.
 *
 *   jsonl, lines      what stands between line breaks (\n or \r\n); empty lines are left out
 *   csv               the same, but a line break inside "quotes" belongs to the row (RFC 4180); the first row names the columns
 *   length-delimited  a length (u32, big-endian), then so many bytes
 */
import { closeSync, openSync, readSync } from 'node:fs';
import type { FieldPlan, RowFormat } from './put-plan.ts';

const PIECE_BYTES = 1 << 18;
/** A row longer than this is no record of any stream. */
const ROW_BYTES_MAX = 16 * 2 ** 20;
const NEWLINE = 0x0a;
const RETURN = 0x0d;
const QUOTE = 0x22;

/** A file that does not hold what its format says. */
export class RowFault extends Error {}

/** The rows of a file, the names of CSV's columns left out. Throws RowFault, and what the file system says. */
export function* rowsOf(path: string, format: RowFormat): Generator<Buffer> {
  const file = openSync(path, 'r');
  try {
    const rows = format === 'length-delimited' ? prefixed(piecesOf(file)) : lines(piecesOf(file), format === 'csv');
    if (format === 'csv') rows.next();
    yield* rows;
  } finally {
    closeSync(file);
  }
}

/** The names of the columns of a CSV file. */
export function columnsOf(path: string): string[] {
  const file = openSync(path, 'r');
  try {
    const first = lines(piecesOf(file), true).next();
    return first.done ? [] : cellsOf(first.value.toString('utf8'));
  } finally {
    closeSync(file);
  }
}

/** The value of a field as text: of a JSON string itself, of a number or boolean its JSON; undefined where there is none. */
export function fieldOf(row: Buffer, { name, column }: FieldPlan): string | undefined {
  const text = row.toString('utf8');
  if (column !== null) return cellsOf(text)[column];
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  for (const step of name.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[step];
  }
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

/** The cells of a row of CSV. */
export function cellsOf(row: string): string[] {
  const cells: string[] = [];
  let at = 0;
  for (;;) {
    if (row[at] === '"') {
      const cell = /^"((?:[^"]|"")*)"/.exec(row.slice(at));
      if (!cell) throw new RowFault('a quote that is not closed');
      cells.push(cell[1]!.replaceAll('""', '"'));
      at += cell[0].length;
    } else {
      const end = row.indexOf(',', at);
      cells.push(row.slice(at, end === -1 ? row.length : end));
      at = end === -1 ? row.length : end;
    }
    if (at >= row.length) return cells;
    if (row[at] !== ',') throw new RowFault('text after a closing quote');
    at += 1;
  }
}

function* piecesOf(file: number): Generator<Buffer> {
  for (;;) {
    const piece = Buffer.allocUnsafe(PIECE_BYTES);
    const length = readSync(file, piece, 0, PIECE_BYTES, null);
    if (length === 0) return;
    yield piece.subarray(0, length);
  }
}

function* lines(pieces: Iterable<Buffer>, quoted: boolean): Generator<Buffer> {
  let open: Buffer[] = [];
  let openBytes = 0;
  let inQuotes = false;
  const take = (last: Buffer): Buffer => {
    const whole = open.length === 0 ? last : Buffer.concat([...open, last]);
    open = [];
    openBytes = 0;
    return whole.at(-1) === RETURN ? whole.subarray(0, -1) : whole;
  };
  for (const piece of pieces) {
    let from = 0;
    for (let at = 0; at < piece.length; at += 1) {
      if (quoted && piece[at] === QUOTE) inQuotes = !inQuotes;
      if (piece[at] !== NEWLINE || inQuotes) continue;
      const row = take(piece.subarray(from, at));
      from = at + 1;
      if (row.length > 0) yield row;
    }
    open.push(piece.subarray(from));
    openBytes += piece.length - from;
    if (openBytes > ROW_BYTES_MAX) throw new RowFault(`a row of more than ${ROW_BYTES_MAX} B`);
  }
  if (inQuotes) throw new RowFault('a quote that is not closed');
  const rest = take(Buffer.alloc(0));
  if (rest.length > 0) yield rest;
}

function* prefixed(pieces: Iterable<Buffer>): Generator<Buffer> {
  let held: Buffer = Buffer.alloc(0);
  for (const piece of pieces) {
    held = held.length === 0 ? piece : Buffer.concat([held, piece]);
    let at = 0;
    while (held.length - at >= 4) {
      const length = held.readUInt32BE(at);
      if (length > ROW_BYTES_MAX) throw new RowFault(`a length of ${length} B`);
      if (held.length - at < 4 + length) break;
      yield held.subarray(at + 4, at + 4 + length);
      at += 4 + length;
    }
    held = held.subarray(at);
  }
  if (held.length > 0) throw new RowFault('the last row is cut off');
}
