/** Where texts end that stand one behind the other, and what of a text can be written again from what was made of it. */
import { describe, expect, test } from 'vitest';
import { fieldsOf } from '../scenario/delivered-form.ts';
import { textsIn } from './delivered-texts.ts';
import { originalText } from './original.ts';

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
    ['a brace in a line is no record', 'any', 'kbt1run-1 {"x":1}', ['kbt1run-1 {"x":1}'], 0],
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
  });

  test('is written again from the columns of a row, in the order of the template', () => {
    const row = { id: 'a"b', n: 12n, x: 1.5, ok: true, at: new Date('2026-01-01T00:00:00.123Z') };
    expect(originalText(json, row)).toBe('{"id":"a\\"b","N":12,"x":1.5,"ok":true,"at":"2026-01-01T00:00:00.123Z"}');
    expect(originalText(json, { ...row, n: null })).toContain('"N":,');
  });

  test('is not known where nobody says it', () => {
    expect(originalText({ kind: 'unknown', why: 'w' }, {})).toBeNull();
  });
});
