import { expect, test } from 'vitest';
import { takeApart, type Deaggregation } from './deaggregation.ts';

const parts = (text: string, how: Deaggregation) =>
  takeApart(Buffer.from(text), how).map((part) => Buffer.from(part).toString());
const json: Deaggregation = { type: 'JSON' };
const delimited: Deaggregation = { type: 'DELIMITED', delimiter: Buffer.from('##') };

test.each([
  ['{"a":1}{"a":2}', ['{"a":1}', '{"a":2}']],
  ['{"a":{"b":1}}\n{"c":"}{"} \r\n', ['{"a":{"b":1}}', '{"c":"}{"}']],
  ['{"a":"\\"}{"}{}', ['{"a":"\\"}{"}', '{}']],
])('%j is taken apart into its objects', (text, objects) => {
  expect(parts(text, json)).toEqual(objects);
});

test.each(['[{"a":1},{"a":2}]', '{"a":1}, {"a":2}', '{"a":1', '{"a":"', 'text', '', '}', '{"a":1}}'])(
  '%j goes on as it is',
  (text) => {
    expect(parts(text, json)).toEqual([text]);
  },
);

test('texts with a delimiter go without it, and empty ones are left out', () => {
  expect(parts('a##b####c#d##', delimited)).toEqual(['a', 'b', 'c#d']);
  expect(parts('alone', delimited)).toEqual(['alone']);
  expect(parts('##', delimited)).toEqual(['##']);
});

test('no more than 500 are taken apart', () => {
  expect(parts('{}'.repeat(500), json)).toHaveLength(500);
  expect(parts('{}'.repeat(501), json)).toHaveLength(1);
});
