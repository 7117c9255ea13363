import { expect, test } from 'vitest';
import { DueTimes, firstDueAfter } from './due-times.ts';

function notedOf(records: number): DueTimes {
  const times = new DueTimes();
  for (let counter = 0; counter < records; counter += 1) times.note(counter, counter * 1e9);
  return times;
}

test('the first record that was surely due by a time, exact while there is room for all', () => {
  const few = notedOf(1000).export();
  expect(firstDueAfter(few, -Infinity)).toBe(0);
  expect(firstDueAfter(few, 500e9)).toBe(500);
  expect(firstDueAfter(few, 500e9 + 1)).toBe(501);
  expect(firstDueAfter(few, Infinity)).toBeGreaterThanOrEqual(1000);
});

test('of many records a bounded sample, which takes a record for older and never for younger', () => {
  const many = notedOf(1_000_000).export();
  expect(many.timesNs.length).toBeLessThan(1024);
  for (const second of [1, 12_345, 777_777, 999_990]) {
    const first = firstDueAfter(many, second * 1e9);
    expect(first).toBeGreaterThanOrEqual(second);
    expect(first - second).toBeLessThanOrEqual(1_000_000 / 511);
  }
});

test('as soon as there is no room for one more, every second time goes', () => {
  expect(notedOf(1023).export()).toMatchObject({ stride: 1 });
  const { stride, timesNs } = notedOf(1024).export();
  expect([stride, timesNs.length, timesNs[1]]).toEqual([2, 512, 2e9]);
});
