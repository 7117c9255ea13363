/** Where texts end that stand one behind the other, and what of a text can be written again from what was made of it. */
import { describe, expect, test } from 'vitest';
import { fieldsOf } from '../scenario/delivered-form.ts';
import type { JsonValue } from '../scenario/put-plan.ts';
import { textsIn } from './delivered-texts.ts';
import { originalText } from './original.ts';
import { openTag, sealTag } from './text-tag.ts';

/** A comment as it was put. */
const left = (counter: number) => {
  const open = openTag('run', { producer: 0, counter, dueNs: 1, key: 0 });
  const data = Buffer.from(`# ${open}`);
  sealTag(data, open);
  return data.toString();
};

const read = (text: string, feeds: Parameters<typeof textsIn>[1]) => {
  const { texts, strays } = textsIn(Buffer.from(text), feeds, 'kbt1run');
  return [texts.map(({ data }) => data.toString()), strays];
};

describe('texts', () => {
  test.each([
    ['objects end with their brace', 'none', '{"a":"}\\""}{"b":{}}', ['{"a":"}\\""}', '{"b":{}}'], 0],
    ['what is put between them is counted', 'none', '{}\n{}\n', ['{}', '{}'], 2],
    ['lines of their own keep their end', 'own', 'a\nb\n', ['a\n', 'b\n'], 0],
    ['an empty line is nobody’s', 'own', 'a\n\nb\n', ['a\n', 'b\n'], 1],
    ['a delimiter is no part of them', 'after', '{}\nb\n', ['{}', 'b'], 0],
    ['one that is missing is counted', 'after', '{}{}\n', ['{}', '{}'], 1],
    ['both', 'both', 'a\n\nb\n\n', ['a\n', 'b\n'], 0],
    ['a function may put what it likes', 'any', '{}\n\n{}x', ['{}', '{}', 'x'], 0],
    ['an object cut off goes to the end', 'none', '{"a":{}', ['{"a":{}'], 0],
    [
      'what a function left has no end',
      'any',
      '# kbt1run-1{"id":"kbt1run-2"}',
      ['# kbt1run-1', '{"id":"kbt1run-2"}'],
      0,
    ],
    [
      'nor has one in front of another',
      'any',
      `${left(1)}${left(2)}{"id":"kbt1run-3"}`,
      [left(1), left(2), '{"id":"kbt1run-3"}'],
      0,
    ],
    ['a brace in a line is no record', 'any', 'kbt1run-1 {"x":1}', ['kbt1run-1 {"x":1}'], 0],
    ['nor is one behind several tags', 'any', 'kbt1run-1 kbt1run-2 {"x":1}', ['kbt1run-1 kbt1run-2 {"x":1}'], 0],
    ['what a function put behind a text is its own', 'any', `${left(1)} late`, [`${left(1)} late`], 0],
    [
      'nor is what lies in an object',
      'any',
      '{"a":"kbt1run-1","b":{"c":"kbt1run-2"}}',
      ['{"a":"kbt1run-1","b":{"c":"kbt1run-2"}}'],
      0,
    ],
    [
      'what was left may begin with its tag',
      'any',
      'kbt1run-1{"id":"kbt1run-2"}',
      ['kbt1run-1', '{"id":"kbt1run-2"}'],
      0,
    ],
    [
      'a line that a function never saw is whole',
      'own',
      'kbt1run-1{"id":"kbt1run-2"}\n',
      ['kbt1run-1{"id":"kbt1run-2"}\n'],
      0,
    ],
    ['objects may lack the end that is their own', 'own', '{"a":1}{"a":2}\n', ['{"a":1}', '{"a":2}\n'], 0],
    ['a brace in a string opens nothing', 'none', '{"a":"{"}{}', ['{"a":"{"}', '{}'], 0],
  ] as const)('%s', (_, feeds, text, texts, strays) => {
    expect(read(text, feeds)).toEqual([texts, strays]);
  });
});

describe('the text that was put', () => {
  const csv = { kind: 'text', parts: fieldsOf('{{{device},{place.room}\n') } as const;
  const json = { kind: 'json', template: { id: '{id}', N: '{counter}', x: 1.5, ok: true, at: '{time}' } } as const;

  test('is written again from fields', () => {
    expect(originalText(csv, { device: 'd', place: { room: 7 } })).toBe('{d,7\n');
  });

  test('is another one where a field is missing or null', () => {
    expect(originalText(csv, { place: null })).toBe('{,\n');
    expect(originalText(csv, undefined)).toBe('{,\n');
    expect(originalText(csv, { other: 'd', place: 'room' })).toBe('{,\n');
  });

  test('is written again from the columns of a row, in the order of the template', () => {
    const row = { id: 'a"b', n: 12n, x: 1.5, ok: true, at: new Date('2026-01-01T00:00:00.123Z') };
    expect(originalText(json, row)).toBe('{"id":"a\\"b","N":12,"x":1.5,"ok":true,"at":"2026-01-01T00:00:00.123Z"}');
    expect(originalText(json, { ...row, n: null })).toContain('"N":,');
  });

  test('has the column of its very name, and one in small letters only where there is none', () => {
    const of = (row: object) => originalText({ kind: 'json', template: { N: '{counter}' } }, row);
    expect([of({ n: 1, N: 2 }), of({ m: 3, n: 1 })]).toEqual(['{"N":2}', '{"N":1}']);
  });

  test('has quotes around what is no number by its value or by its template', () => {
    const of = (written: JsonValue, value: unknown) =>
      originalText({ kind: 'json', template: { a: written } }, { a: value });
    for (const value of [7, 7n, true]) expect(of('{id}', value)).toBe(`{"a":${String(value)}}`);
    for (const written of [1.5, '{counter}', '{time-ms}']) expect(of(written, '1.5')).toBe('{"a":1.5}');
    for (const written of ['{id}', '{counter}x', '{counter}{counter}', 'word'])
      expect(of(written, '1.5')).toBe('{"a":"1.5"}');
    expect(originalText({ kind: 'json', template: null }, {})).toBe('{}');
  });

  test('is not known where nobody says it, and where it is what was delivered', () => {
    expect(originalText({ kind: 'unknown', why: 'w' }, {})).toBeNull();
    expect(originalText({ kind: 'same' }, {})).toBeNull();
  });
});
