import { expect, test } from 'vitest';
import { failed, history, put, scan } from './lines.test-data.ts';
import { malformed, renumbered, sharedAcrossShards, sharedNumbers } from './numbers.ts';

test.each(['0', '7', '49545115243490985018280067714973144582180062593244200961', '9'.repeat(129)])(
  '%s is a sequence number',
  (number) => {
    expect(malformed([['it', number]])).toEqual([]);
  },
);

test.each(['', '00', '017', '-1', '1e3', 'af', ' 1', '1 ', '9'.repeat(130)])('%j is none', (number) => {
  expect(malformed([['it', number]])).toHaveLength(1);
});

test('two records with one number are found in what puts were told and in what is read', () => {
  const [a, b] = [put('p', 'a', '1'), put('p', 'b', '1')];
  expect(sharedNumbers(history([a, b]))).toHaveLength(1);
  expect(sharedNumbers(history([], [scan('r', ['1a', '1b'])]))).toHaveLength(1);
});

test('one record met twice, one number in two shards, and readers who disagree are no shared number', () => {
  const [a, b] = [put('p', 'a', '1'), put('p', 'b', '1', { shardId: 's1' })];
  const scans = [scan('r', ['1a', '1a']), scan('r', ['1b'], 's1'), scan('q', ['1x'])];
  expect(sharedNumbers(history([a, b], scans))).toEqual([]);
  expect(sharedAcrossShards(history([a, b]))).toBe(1);
  expect(sharedAcrossShards(history([a, put('p', 'c', '2')]))).toBe(0);
});

test('a record that is read under another number, or in another shard, is renumbered', () => {
  const lines = [put('p', 'a', '1')];
  expect(renumbered(history(lines, [scan('r', ['1a'])]))).toEqual([]);
  expect(renumbered(history(lines, [scan('r', ['0a'])]))).toEqual([
    expect.stringContaining('answered 1 of s0; r has it at 0'),
  ]);
  expect(renumbered(history(lines, [scan('r', ['1a'], 's1')]))).toHaveLength(1);
});

test('a record that is missing, there twice, or was tried twice is not renumbered', () => {
  expect(renumbered(history([put('p', 'a', '1')], [scan('r', ['2b'])]))).toEqual([]);
  expect(renumbered(history([put('p', 'a', '1')], [scan('r', ['0a 1a'])]))).toEqual([]);
  expect(renumbered(history([failed('p', 'a', 'unknown'), put('p', 'a', '1')], [scan('r', ['0a'])]))).toEqual([]);
});
