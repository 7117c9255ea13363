import { expect, test } from 'vitest';
import { Tally } from './tally.ts';

const lost = (counter: number, sequenceNumber: string | null = null) => ({
  anomaly: 'lost' as const,
  producer: 'w',
  counter,
  shardId: sequenceNumber === null ? null : 's',
  sequenceNumber,
  detail: '',
});
const countersOf = (tally: Tally) => tally.witnesses.map(({ counter }) => counter);

test('of a class that is not counted there are no witnesses', () => {
  const tally = new Tally();
  tally.keep(lost(1));
  expect(tally.witnesses).toEqual([]);
  tally.counts.lost += 1;
  expect(tally.witnesses).toEqual([lost(1)]);
});

test('of each record there is one witness, five of a class, and as many of no record as there is room for', () => {
  const tally = new Tally();
  for (const counter of [0, 0, 1, 1, -1, -1]) tally.keep(lost(counter));
  tally.counts.lost += 1;
  expect(countersOf(tally)).toEqual([0, 1, -1, -1]);
  for (const counter of [2, 3, 4]) tally.keep(lost(counter));
  expect(countersOf(tally)).toEqual([0, 1, -1, -1, 2]);
});

test('records of two producers are two records', () => {
  const tally = new Tally();
  tally.keep(lost(1));
  tally.keep({ ...lost(1), producer: 'other' });
  tally.counts.lost += 1;
  expect(countersOf(tally)).toEqual([1, 1]);
});

test('a record whose place is known takes the room of one whose place is not, only where there is no other room', () => {
  const tally = new Tally();
  const place = (counter: number) => ({ shardId: 's', sequenceNumber: String(counter) });
  tally.add('lost', 'w', 0, '');
  tally.add('lost', 'w', 1, '', place(1));
  expect(countersOf(tally)).toEqual([0, 1]);
  for (const counter of [2, 3, 4]) tally.add('lost', 'w', counter, '');
  tally.add('lost', 'w', 5, '', place(5));
  expect(countersOf(tally)).toEqual([0, 1, 2, 3, 5]);
  for (const counter of [6, 7, 8, 9]) tally.add('lost', 'w', counter, '', place(counter));
  expect(countersOf(tally)).toEqual([1, 5, 6, 7, 8]);
  expect(tally.counts.lost).toBe(10);
});

test('a suspect is a witness once it is counted, and not before', () => {
  const tally = new Tally();
  tally.suspect(lost(1, '7'));
  tally.add('lost', 'w', 2, 'plain');
  expect(tally.witnesses).toEqual([{ ...lost(2), detail: 'plain' }]);
  tally.add('lost', 'w', 1, 'plain');
  expect(tally.witnesses.at(-1)).toEqual(lost(1, '7'));
});
