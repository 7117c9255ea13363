import { expect, test } from 'vitest';
import { Lineage } from './lineage.ts';

test('a shard came of its parents, of theirs, and of both sides of a merge; not of its siblings, its children or itself', () => {
  // 0 is split into 1 and 2, 2 into 3 and 4; 1 and 3 are merged into 5. The parents of 6 have expired; 7 and 8 are nonsense.
  const lineage = new Lineage([
    { shardId: '0', parents: [] },
    { shardId: '1', parents: ['0'] },
    { shardId: '2', parents: ['0'] },
    { shardId: '3', parents: ['2'] },
    { shardId: '4', parents: ['2'] },
    { shardId: '5', parents: ['1', '3'] },
    { shardId: '6', parents: ['gone'] },
    { shardId: '7', parents: ['8'] },
    { shardId: '8', parents: ['7'] },
  ]);
  const ancestors = (shardId: string) =>
    ['0', '1', '2', '3', '4', '5', '6', 'gone'].filter((from) => lineage.descends(shardId, from));
  expect(ancestors('5')).toEqual(['0', '1', '2', '3']);
  expect(ancestors('4')).toEqual(['0', '2']);
  expect(ancestors('0')).toEqual([]);
  expect(ancestors('6')).toEqual(['gone']);
  expect(lineage.descends('7', '0')).toBe(false);
});
