/** KIN-RS-06: how a reader learns that a shard has ended, and where to go on. */
import type { ChildShard } from '../../src/protocol/operations.ts';
import { broken, holds, loose, statement } from '../statement.ts';
import { rangeOf } from '../streams.ts';
import { drain } from './drain.ts';
import { splitStream, twoChildren } from './split-stream.ts';

export const kinRs06 = statement({
  id: 'KIN-RS-06',
  level: 'MUST',
  evidence: ['model'],
  sentence:
    'At the end of a closed shard GetRecords gives no NextShardIterator, and names its children in ChildShards.',
  source: 'GetRecordsOutput, NextShardIterator and ChildShards',
  fault: 'reshard.no-children',
  needs: [],
  lane: 'slow',
  uses: { shared: [], prepared: ['split stream'] },
  exercises: { 'closed shards read to their end': 1, 'children compared': 2 },
  check: async (context) => {
    const made = await splitStream.for(context);
    const { stream, parent } = made;
    const children = twoChildren(made);
    const { last, records, quietNs, namedEarly } = await drain(context, stream, parent.ShardId);
    if (!last) {
      return broken(
        `GetRecords of the closed ${parent.ShardId} gave ${records.length} records and then a NextShardIterator with every empty answer for ${(quietNs / 1e9).toFixed(1)} s`,
      );
    }
    context.count('closed shards read to their end');
    const named: unknown = last.ChildShards;
    if (!Array.isArray(named) || named.length === 0) {
      return broken(
        `the last answer of GetRecords for the closed ${parent.ShardId} has no ChildShards; AWS names them there`,
      );
    }
    const told = new Map((named as Partial<ChildShard>[]).map((child) => [child?.ShardId, child]));
    for (const child of children) {
      const { start, end } = rangeOf(child);
      const { ParentShards, HashKeyRange } = told.get(child.ShardId) ?? {};
      context.count('children compared');
      const right =
        Array.isArray(ParentShards) &&
        ParentShards.includes(parent.ShardId) &&
        HashKeyRange?.StartingHashKey === String(start) &&
        HashKeyRange.EndingHashKey === String(end);
      if (right) continue;
      return broken(
        `the end of ${parent.ShardId} names ChildShards ${JSON.stringify(named).slice(0, 500)}; ListShards has its child ${child.ShardId} with [${start}, ${end}]`,
      );
    }
    if (told.size !== children.length)
      return broken(`the end of ${parent.ShardId} names ${told.size} ChildShards; ListShards has ${children.length}`);
    return namedEarly > 0
      ? loose(`${namedEarly} answers before the end named ChildShards too; AWS names them only there`)
      : holds(`the end of ${parent.ShardId} named ${children.map(({ ShardId }) => ShardId).join(' and ')}`);
  },
});
