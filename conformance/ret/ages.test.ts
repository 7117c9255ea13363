import { expect, test } from 'vitest';
import { type AgedHistory, type AgedPut, disorder, horizonMoves, keptTooLong, lostEarly } from './ages.ts';

const put = (sequenceNumber: string, sentMs: number, answeredMs = sentMs, shardId = 's'): AgedPut => {
  return { shardId, sequenceNumber, sentMs, answeredMs };
};
const look = (beganMs: number, numbers: readonly string[], endedMs = beganMs, shardId = 's') => {
  return { shardId, beganMs, endedMs, numbers };
};
const numbersOf = (found: readonly { readonly put: AgedPut }[]) =>
  found.map(({ put: { sequenceNumber } }) => sequenceNumber);

const puts = [put('9', 0), put('10', 10), put('11', 20)];

test('a record is lost early where a look lacks it before its life is over, and nowhere else', () => {
  const early = (looks: AgedHistory['looks']) =>
    numbersOf(lostEarly({ puts, looks: [look(30, ['9', '10']), ...looks] }, 100));
  expect(early([look(99, ['10', '11'])])).toEqual(['9']);
  expect(early([look(100, ['10', '11'])])).toEqual([]);
  // One that no look had; one of another shard; a look at the same time.
  expect(early([look(99, ['9', '10'])])).toEqual([]);
  expect(early([look(99, [], 99, 'other'), look(29, [])])).toEqual([]);
});

test('a record is kept too long where a look has it after its life is over', () => {
  const late = (looks: AgedHistory['looks']) => numbersOf(keptTooLong({ puts, looks }, 100));
  expect(late([look(105, ['9', '10', '11'])])).toEqual(['9']);
  expect(late([look(100, ['9', '10', '11']), look(105, ['10', '11'])])).toEqual([]);
});

test('what took time is judged only where it is certain', () => {
  const slow = { puts: [put('1', 0, 50)], looks: [look(60, ['1']), look(90, [], 101)] };
  expect(numbersOf(lostEarly(slow, 100))).toEqual([]);
  expect(numbersOf(lostEarly(slow, 102))).toEqual(['1']);
  expect(numbersOf(keptTooLong({ ...slow, looks: [look(120, ['1'], 200)] }, 100))).toEqual([]);
  expect(numbersOf(keptTooLong({ ...slow, looks: [look(151, ['1'], 200)] }, 100))).toEqual(['1']);
});

test('the moves of a horizon are counted by shard, and an empty look is none', () => {
  const looks = [look(0, ['9', '10']), look(1, ['5'], 1, 'other'), look(2, ['9']), look(3, []), look(4, ['10'])];
  expect(horizonMoves({ puts, looks })).toBe(1);
});

test.each([
  [[look(0, ['9', '10', '11']), look(1, ['10', '11'])], undefined],
  [[look(0, ['10', '9'])], '9 came after 10'],
  [[look(0, ['9', '11'])], undefined],
  [[look(0, ['10']), look(1, ['9', '11'])], '10 was left out between 9 and 11'],
  [[look(0, ['10', '11']), look(1, ['9', '10', '11'])], 'began with 9, after an earlier one had begun with 10'],
])('disorder of %j: %s', (looks, wrong) => {
  const found = disorder({ puts, looks });
  if (wrong === undefined) expect(found).toBeUndefined();
  else expect(found).toContain(wrong);
});
