import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { cellsOf, columnsOf, fieldOf, RowFault, rowsOf } from './data-rows.ts';
import type { RowFormat } from './put-plan.ts';
import { timeNsOf } from './row-time.ts';

const folder = mkdtempSync(join(tmpdir(), 'kinebench-rows-'));
afterAll(() => rmSync(folder, { recursive: true }));

function rows(format: RowFormat, content: string | Buffer): string[] {
  const path = join(folder, 'rows');
  writeFileSync(path, content);
  return [...rowsOf(path, format)].map(String);
}

const delimited = (...parts: readonly string[]) =>
  Buffer.concat(
    parts.flatMap((part) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(Buffer.byteLength(part));
      return [length, Buffer.from(part)];
    }),
  );

describe('rows', () => {
  test('stand between line breaks of either kind; empty ones are left out, the last needs none', () => {
    expect(rows('lines', 'a\r\n\nb\n c \r\nd')).toEqual(['a', 'b', ' c ', 'd']);
    expect(rows('jsonl', '{"a":1}\n')).toEqual(['{"a":1}']);
    expect(rows('lines', '')).toEqual([]);
  });

  test('of CSV may have line breaks in quotes, and the first names the columns', () => {
    expect(rows('csv', 'id,note\n1,"two\nlines, and ""quotes"""\r\n2,plain')).toEqual([
      '1,"two\nlines, and ""quotes"""',
      '2,plain',
    ]);
    expect(columnsOf(join(folder, 'rows'))).toEqual(['id', 'note']);
  });

  test('are whole where the file is read in pieces', () => {
    const long = Array.from({ length: 3000 }, (_, index) => `${index}:${'x'.repeat(index % 977)}`);
    expect(rows('lines', long.join('\r\n'))).toEqual(long);
    expect(rows('length-delimited', delimited(...long))).toEqual(long);
  });

  test.each<[string, RowFormat, string | Buffer]>([
    ['a length beyond every record', 'length-delimited', Buffer.from('ffffffff00', 'hex')],
    ['a row that is cut off', 'length-delimited', delimited('abc').subarray(0, 6)],
    ['a quote that stays open', 'csv', 'a,b\n1,"2\n'],
    ['a line without end', 'lines', 'x'.repeat(17 * 2 ** 20)],
  ])('%s is a fault', (_, format, content) => {
    expect(() => rows(format, content)).toThrow(RowFault);
  });
});

describe('fields', () => {
  const json = (path: string, row: string) => fieldOf(Buffer.from(row), { name: path, column: null });

  test('of JSON are texts, numbers and booleans, by a path of dots', () => {
    expect(json('a', '{"a":"x"}')).toBe('x');
    expect(json('a.b', '{"a":{"b":1.5}}')).toBe('1.5');
    expect(json('a', '{"a":true}')).toBe('true');
    for (const row of ['{"b":1}', '{"a":null}', '{"a":{}}', '[1]', 'nonsense']) expect(json('a', row)).toBeUndefined();
    expect(json('toString', '{}')).toBeUndefined();
  });

  test('of CSV are cells', () => {
    expect(cellsOf('a,"b, ""c""",,d')).toEqual(['a', 'b, "c"', '', 'd']);
    expect(cellsOf('a,')).toEqual(['a', '']);
    expect(() => cellsOf('"a"b')).toThrow(RowFault);
    expect(fieldOf(Buffer.from('x,y'), { name: 'second', column: 1 })).toBe('y');
  });

  test.each([
    ['2026-01-05T09:00:00.250Z', 1767603600250e6],
    ['1767603600', 1767603600e9],
    ['1767603600250', 1767603600250e6],
    ['1767603600250000', 1767603600250e6],
    ['1767603600250000000', 1767603600250e6],
  ])('time %s', (text, ns) => {
    expect(timeNsOf(text, 'at')).toBeCloseTo(ns, -3);
  });

  test.each([undefined, '', 'soon'])('%s is no time', (text) => {
    expect(() => timeNsOf(text, 'at')).toThrow(RowFault);
  });
});
