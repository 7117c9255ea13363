import { describe, expect, test } from 'vitest';
import { isZone, readTimePattern } from './time-pattern.ts';

const atMs = Date.UTC(2026, 1, 3, 0, 5, 9, 42);

function written(text: string, zone = 'UTC'): string {
  const pattern = readTimePattern(text);
  return typeof pattern === 'string' ? pattern : pattern.write(atMs, zone);
}

describe('a pattern of DateTimeFormatter', () => {
  test.each([
    ['yyyy-MM-dd', '2026-02-03'],
    ['yy/M/d', '26/2/3'],
    ['HH:mm:ss.SSS', '00:05:09.042'],
    ['S', '0'],
    ['SSSSSS', '042000'],
    ['D', '34'],
    ['DDD', '034'],
    ['k', '24'],
    ['h', '12'],
    ['K', '0'],
    ["'year='yyyy", 'year=2026'],
    ["yyyy''", "2026'"],
    ["'it''s' d", "it's 3"],
  ])('%s is written %s', (text, expected) => {
    expect(written(text)).toBe(expected);
  });

  test.each([['MMM'], ['E'], ['z'], ['w'], [''], ['HHH'], ['ddd'], ['DDDD'], ['SSSSSSSSSS'], ['yyyy[-MM]'], ['yyyy#']])(
    '%s is refused',
    (text) => {
      expect(typeof readTimePattern(text)).toBe('string');
    },
  );

  test('a quote has to be closed', () => {
    expect(written("'a")).toContain('never closed');
  });

  test('knows summer time', () => {
    const pattern = readTimePattern('HH');
    if (typeof pattern === 'string') throw new Error(pattern);
    expect(pattern.write(Date.UTC(2026, 0, 1, 12), 'Europe/Berlin')).toBe('13');
    expect(pattern.write(Date.UTC(2026, 6, 1, 12), 'Europe/Berlin')).toBe('14');
  });
});

test('time zones are those of the platform', () => {
  expect([isZone('Asia/Kolkata'), isZone('Nowhere/At_All')]).toEqual([true, false]);
});
