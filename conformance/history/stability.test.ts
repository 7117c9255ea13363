import { expect, test } from 'vitest';
import { failed, history, put, record, scan } from './lines.test-data.ts';
import {
  changedData,
  changedMarks,
  disagreements,
  refusedYetRead,
  replayDiffers,
  scanPairs,
  suffixDiffers,
  unexplained,
} from './stability.ts';

test('scans are compared with those of the same shard', () => {
  const [one, two, other] = [scan('one', []), scan('two', []), scan('other', [], 's1')];
  expect(scanPairs([one, other, two])).toEqual([[one, two]]);
});

test('readers who see other data, or another order, disagree', () => {
  const one = scan('one', ['1a 2b']);
  expect(disagreements(one, scan('two', ['1a', '2b 3c']))).toEqual([]);
  expect(disagreements(one, scan('two', ['1a 2x']))).toEqual([expect.stringContaining('2 of s0')]);
  expect(disagreements(one, scan('two', ['2b 1a']))).toHaveLength(1);
});

const earlier = scan('earlier', ['1a 2b', '3c']);

test('a later replay may have more behind the end, in pages of any size', () => {
  expect(replayDiffers(earlier, scan('later', ['1a 2b 3c 4d']))).toEqual([]);
});

test.each([
  ['lacks one', ['1a 3c'], 'lacks it'],
  ['lacks the last', ['1a 2b'], 'lacks it'],
  ['has other data', ['1a 2x 3c'], 'shows "x"'],
])('a later replay that %s differs', (_, pages, said) => {
  expect(replayDiffers(earlier, scan('later', pages))).toEqual([expect.stringContaining(said)]);
});

test('a later replay with one between those of the earlier differs', () => {
  const later = scan('later', ['1a 2b 3c']);
  expect(replayDiffers(scan('earlier', ['1a 3c']), later)).toEqual([expect.stringContaining('has 2 before 3')]);
});

test('a replay with another key differs', () => {
  const other = { ...scan('later', []), pages: [[record('1a', { key: 'other' })]] };
  expect(replayDiffers(scan('earlier', ['1a']), other)).toHaveLength(1);
});

test('data that are read otherwise than they were put have changed', () => {
  const attempts = [put('p', 'a', '1'), put('p', 'b', '2')];
  expect(changedData(history(attempts, [scan('r', ['1a 2b'])]))).toEqual([]);
  expect(changedData(history(attempts, [scan('r', ['1a 2x'])]))).toEqual([expect.stringContaining('answered 2 of s0')]);
  // Under another number they are renumbered, which is another statement's matter.
  expect(changedData(history(attempts, [scan('r', ['1b 2a'])]))).toEqual([]);
});

test('of two puts that were answered with one number, the one that is nowhere has changed, whichever came first', () => {
  const [a, b] = [put('p', 'a', '1'), put('p', 'b', '1')];
  for (const attempts of [
    [a, b],
    [b, a],
  ]) {
    expect(changedData(history(attempts, [scan('r', ['1a'])]))).toEqual([expect.stringContaining(`put ${b.data}`)]);
  }
});

test('a key or an arrival time that changes from read to read is found', () => {
  const of = (reader: string, rest: object) => ({ ...scan(reader, []), pages: [[record('1a', rest)]] });
  expect(changedMarks(of('one', {}), of('two', {}))).toEqual([]);
  expect(changedMarks(of('one', {}), of('two', { arrivalS: 2 }))).toHaveLength(1);
  expect(changedMarks(of('one', {}), of('two', { key: 'other' }))).toHaveLength(1);
});

test('records that nobody put, and more copies than tries, are unexplained', () => {
  const once = [put('p', 'a', '1')];
  expect(unexplained(history(once, [scan('r', ['1a'])]))).toEqual([]);
  expect(unexplained(history(once, [scan('r', ['1a 2a'])]))).toEqual([expect.stringContaining('put once, at 1 and 2')]);
  expect(unexplained(history(once, [scan('r', ['1a 2x'])]))).toEqual([expect.stringContaining('"x", that nobody put')]);
});

test('copies of a record that was tried again, one record on two pages, and changed data are explained', () => {
  const twice = [failed('p', 'a', 'unknown'), put('p', 'a', '2')];
  expect(unexplained(history(twice, [scan('r', ['1a 2a'])]))).toEqual([]);
  expect(unexplained(history([put('p', 'a', '1')], [scan('r', ['1a', '1a'])]))).toEqual([]);
  expect(unexplained(history([put('p', 'a', '1')], [scan('r', ['1x'])]))).toEqual([]);
});

test('what was refused each time it was tried must not be there', () => {
  const seen = [scan('r', ['1a'])];
  expect(refusedYetRead(history([failed('p', 'a', 'refused')], seen))).toEqual([
    expect.stringContaining('400 refused'),
  ]);
  expect(refusedYetRead(history([failed('p', 'a', 'refused'), put('p', 'a', '1')], seen))).toEqual([]);
  expect(refusedYetRead(history([failed('p', 'a', 'refused'), failed('p', 'a', 'unknown')], seen))).toEqual([]);
  expect(refusedYetRead(history([failed('p', 'b', 'refused')], seen))).toEqual([]);
});

test('a read from a checkpoint is the rest of the whole, and may go on', () => {
  const rest = [record('2b'), record('3c')];
  expect(suffixDiffers('a read', rest, [...rest, record('4d')])).toEqual([]);
  expect(suffixDiffers('a read', rest, [record('1a'), ...rest])).toEqual([expect.stringContaining('has 1 "a"')]);
  expect(suffixDiffers('a read', rest, [record('3c')])).toHaveLength(1);
  expect(suffixDiffers('a read', rest, [record('2b')])).toEqual([expect.stringContaining('nothing at place 1')]);
  expect(suffixDiffers('a read', rest, [record('2x'), record('3c')])).toHaveLength(1);
});
