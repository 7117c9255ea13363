/** KIN-RS-07: a closed shard takes nothing more, and its children take what was its. */
import { rangeIndexOf } from '../../src/protocol/hash.ts';
import { absent, sweep } from '../records.ts';
import { broken, holds, statement } from '../statement.ts';
import { rangeOf } from '../streams.ts';
import { splitStream, twoChildren } from './split-stream.ts';

export const kinRs07 = statement({
  id: 'KIN-RS-07',
  level: 'MUST',
  evidence: ['guide'],
  sentence: 'After a split, records go to the child whose hash range holds their hash key.',
  source: 'Resharding (after the split, records for the parent are routed to its children)',
  fault: 'reshard.route-to-parent',
  needs: [],
  lane: 'slow',
  uses: { shared: [], prepared: ['split stream'] },
  exercises: { 'records put after the split': 16, 'read in the children': 8 },
  check: async (context) => {
    const made = await splitStream.for(context);
    const { stream, parent, at, after } = made;
    const children = twoChildren(made);
    const ranges = children.map(rangeOf);
    for (const { hashKey, shardId, sequenceNumber } of after) {
      context.count('records put after the split');
      const due = children[rangeIndexOf(ranges, hashKey)]?.ShardId;
      if (due === undefined || due === shardId) continue;
      return broken(
        `after ${parent.ShardId} was split at ${at} and the stream was ACTIVE, PutRecord with ExplicitHashKey ${hashKey} was stored in ${shardId} at ${sequenceNumber}; it belongs to ${due}`,
      );
    }
    for (const { ShardId } of children) {
      const own = after.filter(({ shardId }) => shardId === ShardId);
      const lost = absent(own, await sweep(context, stream, ShardId, own));
      context.count('read in the children', own.length - lost.length);
      if (lost.length > 0)
        return broken(
          `${lost[0]!.sequenceNumber} was acknowledged in ${ShardId} after the split, and is not readable there`,
        );
    }
    return holds(`${after.length} records, with the hash keys at every edge, went to the right child`);
  },
});
