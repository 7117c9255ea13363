import { expect, test } from 'vitest';
import { findingOf } from './history.ts';
import { data, failed, history, put, scan } from './lines.test-data.ts';
import {
  apartPairs,
  chainedPairs,
  crossedPairs,
  fallingPairs,
  faultyPages,
  orderDiffers,
  sequentialPairs,
  stepsBack,
} from './order.ts';

/** Records a, b, c and so on, each chained to the one before. */
const chain = (...numbers: string[]) =>
  numbers.map((number, index) =>
    put('p', 'abc'[index]!, number, index === 0 ? {} : { after: data('abc'[index - 1]!) }),
  );

test('a chain whose numbers rise is in order, whatever their lengths', () => {
  expect(fallingPairs(chainedPairs(history(chain('9', '10', '11'))))).toEqual([]);
});

test.each([
  ['falls', ['9', '10', '8']],
  ['stands still', ['9', '10', '10']],
  ['is less by its digits and more by its text', ['10', '9']],
])('a chain that %s is not', (_, numbers) => {
  const breaches = fallingPairs(chainedPairs(history(chain(...numbers))));
  expect(breaches).toHaveLength(1);
  expect(breaches[0]).toContain(`answered ${numbers.at(-1)}, which is not greater`);
});

test('what a put was chained to is looked for among what was stored', () => {
  const lost = failed('p', 'a', 'unknown');
  expect(chainedPairs(history([lost, put('p', 'b', '2', { after: lost.data })]))).toEqual([]);
});

test('a chain that is read in another order is crossed, by whichever reader', () => {
  const attempts = chain('1', '2', '3');
  const right = scan('right', ['1a 2b', '3c']);
  const wrong = scan('wrong', ['2b 1a', '3c']);
  const lines = history(attempts, [right, wrong]);
  const breaches = crossedPairs(chainedPairs(lines), lines);
  expect(breaches).toHaveLength(1);
  expect(breaches[0]).toContain('p put "b" after "a" was acknowledged; wrong met it in s0 at place 0');
});

test('records of other shards and records that may be there twice are not crossed', () => {
  const [first, second] = chain('1', '2');
  const elsewhere = { ...second!, shardId: 's1' };
  const apart = history([first!, elsewhere], [scan('r', ['2b 1a'])]);
  expect(crossedPairs(chainedPairs(apart), apart)).toEqual([]);
  const again = history([failed('p', 'b', 'unknown'), first!, second!], [scan('r', ['2b 1a'])]);
  expect(crossedPairs(chainedPairs(again), again)).toEqual([]);
});

test('puts in turn are those of one producer in one shard, each sent after the last was answered', () => {
  const [a, b, c] = [put('p', 'a', '1'), put('q', 'b', '2'), put('p', 'c', '3')];
  const early = { ...put('p', 'd', '4'), sent: c.answered - 1 };
  const there = put('p', 'e', '5', { shardId: 's1' });
  const chained = put('p', 'f', '6', { after: early.data });
  const pairs = sequentialPairs(history([a, b, c, early, there, chained]));
  expect(pairs).toEqual([[a, c]]);
  const lines = history([a, b, c], [scan('r', ['2b 3c 1a'])]);
  expect(crossedPairs(pairs, lines)).toHaveLength(1);
});

test('puts apart are those of two producers of which one was answered before the other was sent', () => {
  const [a, b] = [put('p', 'a', '7'), put('q', 'b', '6')];
  const while_ = { ...put('r', 'c', '5'), sent: a.sent };
  const pairs = apartPairs(history([a, b, while_]));
  expect(pairs).toEqual([[a, b]]);
  expect(fallingPairs(pairs)[0]).toContain('p was answered 7 for "a"; q then put "b" and was answered 6');
  expect(apartPairs(history([a, { ...b, shardId: 's1' }]))).toEqual([]);
});

test.each([
  ['repeats the last record', ['1a 2b', '2b 3c'], 'the same record'],
  ['steps back', ['1a 3c', '2b'], 'a step back'],
  ['steps back behind an empty page', ['1a 3c', '', '2b'], 'a step back'],
])('a page that %s is found', (_, pages, said) => {
  expect(stepsBack(history([], [scan('r', pages)]))).toEqual([expect.stringContaining(said)]);
});

test('pages that go on are none', () => {
  expect(stepsBack(history([], [scan('r', ['', '9a', '10b 11c', '', '12d'])]))).toEqual([]);
});

const three = [put('p', 'a', '1'), put('p', 'b', '2'), put('p', 'c', '3')];

test('a record that is left out inside a page is found where another reader has it', () => {
  const lines = history(three, [scan('one', ['1a 3c']), scan('two', ['1a 2b 3c'])]);
  expect(faultyPages(lines)).toEqual([expect.stringContaining('lacks 2')]);
});

test('a record that nobody has, and one between two pages, are not left out inside a page', () => {
  expect(faultyPages(history(three, [scan('one', ['1a 3c'])]))).toEqual([]);
  expect(faultyPages(history(three, [scan('one', ['1a', '3c']), scan('two', ['1a 2b 3c'])]))).toEqual([]);
});

test('a page with a record before a smaller one is found', () => {
  expect(faultyPages(history(three, [scan('one', ['1a 3c 2b'])]))).toEqual([expect.stringContaining('has 2 after 3')]);
});

test('two readers with the same records in another order differ, where one has more they do not', () => {
  const one = scan('one', ['1a 2b', '3c']);
  expect(orderDiffers(one, scan('two', ['2b 1a 3c']))).toEqual([
    expect.stringContaining('one had 1 at place 0, two had 2'),
  ]);
  expect(orderDiffers(one, scan('two', ['2b 3c 4d']))).toEqual([]);
});

test('the first breach is the witness, the others are counted', () => {
  expect(findingOf([], 'all well')).toEqual({ outcome: 'holds', message: 'all well' });
  expect(findingOf(['one'], '')).toEqual({ outcome: 'broken', message: 'one' });
  expect(findingOf(['one', 'two'], '')).toEqual({ outcome: 'broken', message: 'one (the first of 2 such)' });
});
