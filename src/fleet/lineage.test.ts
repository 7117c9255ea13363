import { expect, test } from 'vitest';
import { Lineage } from './lineage.ts';

test('a child begins when all of its known parents are read, and once only', () => {
  const lineage = new Lineage(['a', 'b']);
  const merged = { shardId: 'c', parents: ['a', 'b'] };
  expect(lineage.finish('a', [merged])).toEqual([]);
  expect(lineage.finish('b', [merged])).toEqual(['c']);
  expect(lineage.finish('b', [merged])).toEqual([]);
  const split = ['d', 'e'].map((shardId) => ({ shardId, parents: ['c'] }));
  expect(lineage.finish('c', split)).toEqual(['d', 'e']);
});

test('a parent that was never known keeps nobody waiting, a shard that is read already is no child', () => {
  const lineage = new Lineage(['a', 'b']);
  expect(
    lineage.finish('a', [
      { shardId: 'c', parents: ['gone', 'a'] },
      { shardId: 'b', parents: ['a'] },
    ]),
  ).toEqual(['c']);
});
