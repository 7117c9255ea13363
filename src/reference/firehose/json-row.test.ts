import { expect, test } from 'vitest';
import { readHiveType } from './hive-type.ts';
import { isObject, Mismatch, parseJson, readRow, type JsonReading } from './json-row.ts';

const openx: JsonReading = { caseInsensitive: true, dotsToUnderscores: false, keyOf: {}, times: 'openx' };

function value(type: string, json: string, reading: Partial<JsonReading> = {}): unknown {
  const document = parseJson(json);
  if (!isObject(document)) throw new Error('no object');
  return readRow([{ name: 'v', type: readHiveType(type)! }], document, { ...openx, ...reading })['v'];
}

test.each([
  ['int', '{"v":1}', 1],
  ['int', '{"v":"-7"}', -7],
  ['tinyint', '{"v":127}', 127],
  ['bigint', '{"v":9223372036854775807}', 9_223_372_036_854_775_807n],
  ['bigint', '{"v":"9223372036854775807"}', 9_223_372_036_854_775_807n],
  ['double', '{"v":"1e3"}', 1000],
  ['double', '{"v":12345678901234567890}', 12_345_678_901_234_567_168],
  ['boolean', '{"v":"true"}', true],
  ['string', '{"v":{"a":[1]}}', '{"a":[1]}'],
  ['string', '{"v":1.5}', '1.5'],
  ['string', '{"v":12345678901234567890}', '12345678901234567890'],
  ['string', '{"v":{"a":[12345678901234567890]}}', '{"a":[12345678901234567890]}'],
  ['decimal(5,2)', '{"v":-12.345}', -1234n],
  ['decimal(5,2)', '{"v":0.0000001}', 0n],
  ['decimal(38,0)', '{"v":1e21}', 10n ** 21n],
  ['decimal(10,4)', '{"v":"-1.5E-3"}', -15n],
  ['date', '{"v":"0099-01-01"}', -683_368],
  ['date', '{"v":"1970-02-01"}', 31],
  ['timestamp', '{"v":"1970-01-01T00:00:01.5Z"}', 1_500_000n],
  ['timestamp', '{"v":"1970-1-2 00:00:00.123456789"}', 86_400_123_456n],
  ['timestamp', '{"v":1518033528}', 1_518_033_528_000_000n],
  ['timestamp', '{"v":1518033528123}', 1_518_033_528_123_000n],
  ['timestamp', '{"v":999999999999}', 999_999_999_999_000_000n],
  ['timestamp', '{"v":1.25}', 1_250_000n],
  ['timestamp', '{"v":"1518033528"}', 1_518_033_528_000_000n],
  ['array<int>', '{"v":[1,null,"2"]}', [1, null, 2]],
  ['map<string,int>', '{"v":{"a":1}}', [{ key: 'a', value: 1 }]],
  ['struct<a:int,b:string>', '{"v":{"A":1,"c":2}}', { a: 1, b: null }],
  ['int', '{}', null],
  ['int', '{"v":null}', null],
])('a column of %s reads %s', (type, json, expected) => {
  expect(value(type, json)).toEqual(expected);
});

test.each([
  ['int', '{"v":"oops"}'],
  ['int', '{"v":1.5}'],
  ['int', '{"v":2147483648}'],
  ['int', '{"v":true}'],
  ['tinyint', '{"v":128}'],
  ['bigint', '{"v":9223372036854775808}'],
  ['double', '{"v":"NaN"}'],
  ['boolean', '{"v":1}'],
  ['decimal(3,1)', '{"v":100}'],
  ['decimal(3,1)', '{"v":1e21}'],
  ['date', '{"v":"2026-13-01"}'],
  ['date', '{"v":"2026-00-01"}'],
  ['timestamp', '{"v":"2026-13-01 00:00:00"}'],
  ['date', '{"v":"2026-02-30"}'],
  ['timestamp', '{"v":"2026-05-21T14:00:00+00:00"}'],
  ['timestamp', '{"v":"2026-05-21 24:00:00"}'],
  ['timestamp', '{"v":1e300}'],
  ['array<int>', '{"v":{"a":1}}'],
  ['map<string,int>', '{"v":[1]}'],
  ['struct<a:int>', '{"v":42}'],
])('a column of %s cannot hold %s', (type, json) => {
  expect(() => value(type, json)).toThrow(Mismatch);
});

test('keys are found in any case, by their mapping, and with dots where that is asked for', () => {
  expect(value('int', '{"V":1}')).toBe(1);
  expect(value('int', '{"V":1}', { caseInsensitive: false })).toBeNull();
  expect(value('int', '{"other":1,"v":2}', { keyOf: { v: 'other' } })).toBe(1);
  const dotted = { name: 'a_b', type: readHiveType('int')! };
  expect(readRow([dotted], { 'a.b': 1 }, { ...openx, dotsToUnderscores: true })).toEqual({ a_b: 1 });
  expect(readRow([dotted], { 'a.b': 1 }, openx)).toEqual({ a_b: null });
});

test('times of Hive are those of SQL, or milliseconds', () => {
  expect(value('timestamp', '{"v":"1970-01-01 00:00:01"}', { times: 'sql' })).toBe(1_000_000n);
  expect(() => value('timestamp', '{"v":1}', { times: 'sql' })).toThrow(Mismatch);
  expect(value('timestamp', '{"v":1500}', { times: 'millis' })).toBe(1_500_000n);
});
