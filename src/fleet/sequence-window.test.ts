/** From where documents are read on, and which of those that are read are new. */
import { expect, test } from 'vitest';
import { SequenceWindow } from './sequence-window.ts';

test('numbers without a gap are behind, and none of them is remembered', () => {
  const window = new SequenceWindow();
  expect([2, 0, 1].map((seq) => window.see(seq, 0))).toEqual([true, true, true]);
  window.advance(0);
  expect(window.behind).toBe(2);
  expect([1, 2, 3].map((seq) => window.see(seq, 0))).toEqual([false, false, true]);
});

test('a number that comes after a higher one is read, and the higher one is not taken for new', () => {
  const window = new SequenceWindow();
  for (const seq of [0, 2, 3]) window.see(seq, 0);
  window.advance(5e9);
  expect(window.behind).toBe(0);
  expect([1, 2, 3].map((seq) => window.see(seq, 5e9))).toEqual([true, false, false]);
  window.advance(5e9);
  expect(window.behind).toBe(3);
});

test('a number that never comes is given up ten seconds after one behind it', () => {
  const window = new SequenceWindow();
  for (const seq of [0, 2, 3]) window.see(seq, 0);
  window.see(5, 4e9);
  window.advance(9.9e9);
  expect(window.behind).toBe(0);
  window.advance(10e9);
  expect(window.behind).toBe(3);
  window.advance(14e9);
  expect(window.behind).toBe(5);
});
