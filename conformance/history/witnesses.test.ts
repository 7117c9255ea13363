/** What a checker says of the few lines that it rejects, word for word, and what stands just beside them. */
import { expect, test } from 'vitest';
import { isStored, textOf } from './history.ts';
import { data, failed, history, put, record, scan } from './lines.test-data.ts';
import { malformed, renumbered, sharedAcrossShards, sharedNumbers } from './numbers.ts';
import {
  apartPairs,
  chainedPairs,
  crossedPairs,
  fallingPairs,
  faultyPages,
  sequentialPairs,
  stepsBack,
} from './order.ts';
import {
  changedData,
  changedMarks,
  disagreements,
  refusedYetRead,
  replayDiffers,
  suffixDiffers,
  unexplained,
} from './stability.ts';

/** An attempt that came to nothing known, although its answer named a place. */
const doubtful = (text: string, number: string, shardId = 's0') => put('p', text, number, { fate: 'unknown', shardId });

test('a malformed number is shown, and where it stood', () => {
  expect(malformed([['SequenceNumber of PutRecord', '01']])).toEqual([
    'SequenceNumber of PutRecord is "01"; AWS documents 0|([1-9]\\d{0,128})',
  ]);
});

test('a shared number names both records and whoever showed them', () => {
  expect(sharedNumbers(history([put('p', 'a', '1'), put('p', 'b', '1')]))).toEqual([
    'by the answers to p, "a" and "b" are both 1 of s0',
  ]);
  expect(sharedNumbers(history([], [scan('r', ['1a', '1b'])]))).toEqual([
    'by what r read, "a" and "b" are both 1 of s0',
  ]);
  expect(sharedNumbers(history([put('p', 'a', '1'), doubtful('b', '1')]))).toEqual([]);
});

test('numbers are shared across shards by what was acknowledged alone', () => {
  expect(sharedAcrossShards(history([put('p', 'a', '1'), doubtful('b', '1', 's1')]))).toBe(0);
});

test('a renumbered record says where it was put, and every place where it is', () => {
  expect(renumbered(history([put('p', 'a', '1')], [scan('r', ['2a', '3a'])]))).toEqual([
    'p put "a" and was answered 1 of s0; r has it at 2 and 3 of s0',
  ]);
});

test('puts in turn go by when they were sent, however they are listed', () => {
  const [a, b, c] = [put('p', 'a', '1'), put('p', 'b', '2'), put('p', 'c', '3')];
  expect(sequentialPairs(history([c, a, b]))).toEqual([
    [a, b],
    [b, c],
  ]);
});

test('a put that was sent in the moment in which another was answered is not after it', () => {
  const a = put('p', 'a', '2');
  const b = put('p', 'b', '1', { sent: a.answered });
  expect(sequentialPairs(history([a, b]))).toEqual([]);
  const c = put('q', 'c', '1', { sent: a.answered });
  expect(apartPairs(history([a, c]))).toEqual([]);
});

test('numbers that fall are shown with their puts, and whether these were chained', () => {
  const chain = history([put('p', 'a', '9'), put('p', 'b', '8', { after: data('a') })]);
  expect(fallingPairs(chainedPairs(chain))).toEqual([
    'in s0 p was answered 9 for "a"; p then put "b", sent with SequenceNumberForOrdering 9, and was answered 8, which is not greater',
  ]);
  const apart = history([put('p', 'a', '9'), put('q', 'b', '8')]);
  expect(fallingPairs(apartPairs(apart))).toEqual([
    'in s0 p was answered 9 for "a"; q then put "b" and was answered 8, which is not greater',
  ]);
});

test('a pair of which one belongs to another shard is crossed in neither', () => {
  for (const [one, two] of [
    ['s0', 's1'],
    ['s1', 's0'],
  ] as const) {
    const lines = history(
      [put('p', 'a', '1', { shardId: one }), put('p', 'b', '2', { shardId: two, after: data('a') })],
      [scan('r', ['2b 1a'])],
    );
    expect(crossedPairs(chainedPairs(lines), lines)).toEqual([]);
  }
});

test('a crossed pair says who met it, and where', () => {
  const lines = history([put('p', 'a', '1'), put('p', 'b', '2', { after: data('a') })], [scan('r', ['2b 1a'])]);
  expect(crossedPairs(chainedPairs(lines), lines)).toEqual([
    'p put "b" after "a" was acknowledged; r met it in s0 at place 0, before the other at place 1',
  ]);
});

test('a step back says where the pages met', () => {
  expect(stepsBack(history([], [scan('r', ['1a 3c', '2b'])]))).toEqual([
    'r of s0 had a page that ended with 3; the next one, by its NextShardIterator, began with 2: a step back',
  ]);
});

test('a page lacks what lies anywhere between its first record and its last, and nothing else', () => {
  const four = ['1', '2', '3', '4'].map((number) => put('p', `r${number}`, number));
  const whole = scan('whole', ['1r1 2r2 3r3 4r4']);
  expect(faultyPages(history(four, [scan('r', ['1r1 2r2 4r4']), whole]))).toEqual([
    'a page of 3 records that r got of s0, from 1 to 4, lacks 3, which was acknowledged and read by others',
  ]);
  expect(faultyPages(history(four, [scan('r', ['2r2 3r3']), whole]))).toEqual([]);
  expect(faultyPages(history([doubtful('r2', '2')], [scan('r', ['1r1 3r3']), whole]))).toEqual([]);
  expect(faultyPages(history([], [scan('r', ['1a 3c 2b'])]))).toEqual([
    'a page of 3 records that r got of s0 has 2 after 3',
  ]);
});

const shown = (text: string) => `"${text}" (4 characters of base64 ending …${data(text)}, key "k")`;

test('readers who disagree are named with what each saw', () => {
  expect(disagreements(scan('one', ['1a']), scan('two', ['1b']))).toEqual([
    `1 of s0 is ${shown('a')} to one and ${shown('b')} to two`,
  ]);
  expect(disagreements(scan('one', ['1nine_bytes']), scan('two', ['1nine_bytes_more']))).toEqual([
    '1 of s0 is "nine_bytes" (16 characters of base64 ending …eXRlcw==, key "k") to one and "nine_bytes_more" (20 characters of base64 ending …c19tb3Jl, key "k") to two',
  ]);
  const other = { ...scan('two', []), pages: [[record('1a', { key: 'other' })]] };
  expect(disagreements(scan('one', ['1a']), other)).toHaveLength(1);
});

test('a replay that differs says what was there before and what is there now', () => {
  const had = `one of s0 had 2 with ${shown('b')}; two, from TRIM_HORIZON too,`;
  expect(replayDiffers(scan('one', ['1a 2b 3c']), scan('two', ['1a 3c']))).toEqual([`${had} lacks it`]);
  expect(replayDiffers(scan('one', ['1a 2b 3c']), scan('two', ['1a 2x 3c']))).toEqual([
    `${had} shows ${shown('x')} there`,
  ]);
  expect(replayDiffers(scan('one', ['1a 3c']), scan('two', ['1a 2b 3c']))).toEqual([
    'two of s0 has 2 before 3, where one, from TRIM_HORIZON too, had passed without it',
  ]);
  expect(replayDiffers(scan('one', []), scan('two', ['1a']))).toEqual([]);
  // Without the last of the earlier, it is not known what has come behind it.
  expect(replayDiffers(scan('one', ['1a']), scan('two', ['2b 3c']))).toHaveLength(1);
});

test('changed data are shown as they were put and as they are read', () => {
  expect(changedData(history([put('p', 'a', '1')], [scan('r', ['1b'])]))).toEqual([
    `p put ${data('a')} and was answered 1 of s0; there r read ${data('b')} (base64)`,
  ]);
  expect(changedData(history([doubtful('a', '1')], [scan('r', ['1b'])]))).toEqual([]);
  expect(changedData(history([put('p', 'a', '1')], [scan('r', ['1b'], 's1')]))).toEqual([]);
});

test('changed marks are shown as each reader has them', () => {
  const of = (reader: string, key: string, arrivalS: number) => ({
    ...scan(reader, []),
    pages: [[record('1a', { key, arrivalS })]],
  });
  expect(changedMarks(of('one', 'k', 1), of('two', 'l', 2))).toEqual([
    '1 of s0 has key "k" and arrival 1 to one, key "l" and arrival 2 to two',
  ]);
  expect(changedMarks(of('one', 'k', 1), scan('two', ['2b']))).toEqual([]);
});

test('an unexplained record says how often it was put, and every place where it is', () => {
  expect(unexplained(history([], [scan('r', ['1a'])]))).toEqual(['r of s0 has "a", that nobody put, at 1']);
  expect(unexplained(history([put('p', 'a', '1')], [scan('r', ['1a', '2a'])]))).toEqual([
    'r of s0 has "a", that was put once, at 1 and 2',
  ]);
  const twice = [failed('p', 'a', 'unknown'), put('p', 'a', '1')];
  expect(unexplained(history(twice, [scan('r', ['1a 2a 3a'])]))).toEqual([
    'r of s0 has "a", that was put 2 times, at 1 and 2 and 3',
  ]);
  expect(unexplained(history([put('p', 'b', '1')], [scan('r', ['1a 2a'])]))).toEqual([]);
  expect(unexplained(history([doubtful('b', '1')], [scan('r', ['1a'])]))).toHaveLength(1);
  expect(unexplained(history([put('p', 'b', '1', { shardId: 's1' })], [scan('r', ['1a'])]))).toHaveLength(1);
});

test('a refused record that is read says how it was refused', () => {
  expect(refusedYetRead(history([failed('p', 'a', 'refused')], [scan('r', ['1a'])]))).toEqual([
    'p put "a" and was refused with 400 refused; r of s0 has it at 1',
  ]);
});

test('a read from a checkpoint says the first place in which it differs', () => {
  expect(suffixDiffers('a read', [record('1a'), record('2b')], [record('1a')])).toEqual([
    `a read has nothing at place 1; a read of the whole has 2 ${shown('b')} there`,
  ]);
  expect(suffixDiffers('a read', [record('1a')], [record('1b')])).toEqual([
    `a read has 1 ${shown('b')} at place 0; a read of the whole has 1 ${shown('a')} there`,
  ]);
  expect(suffixDiffers('a read', [record('1a')], [record('2a')])).toHaveLength(1);
  expect(suffixDiffers('a read', [record('1a')], [record('1a', { key: 'other' })])).toHaveLength(1);
});

test('long texts are cut, and the filler at the end of a record is left out', () => {
  expect(textOf(data('a.b...'))).toBe('"a.b"');
  expect(textOf(data('x'.repeat(60)))).toBe(`"${'x'.repeat(60)}"`);
  expect(textOf(data('x'.repeat(61)))).toBe(`"${'x'.repeat(60)}…"`);
});

test('an attempt is stored where it was acknowledged with a shard and a number', () => {
  expect(isStored(put('p', 'a', '1'))).toBe(true);
  expect(isStored(put('p', 'a', '1', { shardId: undefined }))).toBe(false);
  expect(isStored(put('p', 'a', '1', { sequenceNumber: undefined }))).toBe(false);
  expect(isStored(doubtful('a', '1'))).toBe(false);
});
