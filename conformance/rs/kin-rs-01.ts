/** KIN-RS-01: what a split makes. */
import { broken, holds, statement } from '../statement.ts';
import { rangeOf } from '../streams.ts';
import { childrenOf, isOpen, parentsOf, rangeText } from './shard-list.ts';
import { splitStream } from './split-stream.ts';

export const kinRs01 = statement({
  id: 'KIN-RS-01',
  level: 'MUST',
  evidence: ['model'],
  sentence:
    'SplitShard closes a shard and makes two that name it as ParentShardId and share its hash keys at NewStartingHashKey, without gap or overlap.',
  source: 'SplitShard; Shard, ParentShardId and HashKeyRange',
  fault: 'reshard.child-overlap',
  needs: [],
  lane: 'slow',
  uses: { shared: [], prepared: ['split stream'] },
  exercises: { splits: 1 },
  check: async (context) => {
    const { parent, at, shards } = await splitStream.for(context);
    context.count('splits');
    const whole = rangeOf(parent);
    const sent = `SplitShard of ${parent.ShardId} ${rangeText(whole)} at ${at}`;
    const listed = shards.find(({ ShardId }) => ShardId === parent.ShardId);
    if (listed && isOpen(listed)) {
      return broken(
        `after ${sent} and with the stream ACTIVE again, ${parent.ShardId} is listed without EndingSequenceNumber`,
      );
    }
    const children = childrenOf(shards, parent.ShardId);
    if (children.length !== 2)
      return broken(`after ${sent}, ${children.length} shards are listed that name it as parent`);
    const expected = [
      { start: whole.start, end: at - 1n },
      { start: at, end: whole.end },
    ];
    for (const [index, child] of children.entries()) {
      const range = rangeOf(child);
      const due = expected[index]!;
      if (range.start !== due.start || range.end !== due.end) {
        return broken(`${sent} made ${child.ShardId} with ${rangeText(range)}; due is ${rangeText(due)}`);
      }
      if (parentsOf(child).length !== 1 || child.ParentShardId !== parent.ShardId) {
        return broken(`${child.ShardId}, made by ${sent}, names the parents ${parentsOf(child).join(' and ')}`);
      }
    }
    return holds(`${sent} made two shards that meet there`);
  },
});
