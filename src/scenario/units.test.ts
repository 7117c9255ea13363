import { describe, expect, test } from 'vitest';
import { TextFault } from './text-fault.ts';
import { formatDuration, parseBytes, parseBytesPerS, parseDurationNs, parseRate, parseShare } from './units.ts';

test.each([
  ['200ms', 200e6],
  ['5s', 5e9],
  ['1.5m', 90e9],
  ['24 h', 86_400e9],
  ['7d', 604_800e9],
])('%s is %d ns', (text, ns) => expect(parseDurationNs(text)).toBe(ns));

test.each([
  ['48 B', 48],
  ['1 KiB', 1024],
  ['1.5 KiB', 1536],
  ['1MiB', 1_048_576],
])('%s is %d bytes', (text, bytes) => expect(parseBytes(text)).toBe(bytes));

test.each([
  ['1500 records/s total', { amount: 1500, of: 'records', share: 'total' }],
  ['2 MiB/s each', { amount: 2_097_152, of: 'bytes', share: 'each' }],
  ['0.5 calls/s', { amount: 0.5, of: 'calls', share: null }],
])('%s is a rate', (text, rate) => expect(parseRate(text)).toEqual(rate));

test('shares and throughputs', () => {
  expect(parseShare('5%')).toBeCloseTo(0.05);
  expect(parseBytesPerS('1 MiB/s')).toBe(1_048_576);
});

test.each([
  [0, '0s'],
  [200e6, '200ms'],
  [42e9, '42s'],
  [90e9, '90s'],
  [150e9, '2.5m'],
  [121e9, '121s'],
  [1000.5e9, '1000.5s'],
])('%d ns prints as %s', (ns, text) => expect(formatDuration(ns)).toBe(text));

describe('what is refused, where, and with which way out', () => {
  test.each([
    [() => parseDurationNs('5'), '"5" has no unit', 'such as 5s', 0],
    [() => parseDurationNs('5 sec'), '"sec" is not a unit of duration', 'did you mean s?', 2],
    [() => parseDurationNs('5ns'), '"ns" is not a unit of duration', '', 1],
    [() => parseDurationNs('soon'), '"soon" is not a duration', 'write a number and a unit', 0],
    [() => parseDurationNs('-5s'), '"-5s" is not a duration', 'write a number', 0],
    [() => parseDurationNs('1m30s'), '"m30s" is not a unit', 'units are us, µs, ms, s, m, h, d', 1],
    [() => parseBytes('1 KB'), '"KB" may mean 1000 or 1024', 'write 1 KiB or 1000 B', 2],
    [() => parseBytes('2 kib'), '"kib" is not a unit of size', 'did you mean KiB?', 2],
    [() => parseBytesPerS('2 MB/s'), '"MB/s" may mean', 'write 2 MiB/s or 2000000 B/s', 2],
    [() => parseRate('100 record/s total'), '"record/s" is not a unit of rate', 'did you mean records/s?', 4],
    [() => parseRate('100 records/s altogether'), '"altogether" says neither', 'total', 14],
    [() => parseRate('100'), '"100" has no unit', '1000 records/s total', 0],
  ])('case %#', (parse, what, wayOut, offset) => {
    const fault = thrownBy(parse);
    expect(fault.message).toContain(what);
    expect(fault.wayOut).toContain(wayOut);
    expect(fault.offset).toBe(offset);
  });
});

function thrownBy(parse: () => unknown): TextFault {
  try {
    parse();
  } catch (error) {
    if (error instanceof TextFault) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}
