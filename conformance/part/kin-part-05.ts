/** KIN-PART-05: both ends of a shard's hash range belong to it. */
import { put } from '../records.ts';
import { broken, holds, statement } from '../statement.ts';

export const kinPart05 = statement({
  id: 'KIN-PART-05',
  level: 'MUST',
  evidence: ['emulator'],
  sentence: "A record whose hash key is a shard's StartingHashKey or EndingHashKey goes to that shard.",
  source: 'HashKeyRange (both ends inclusive)',
  fault: 'hash.end-exclusive',
  needs: [],
  uses: { shared: [3] },
  exercises: { 'ends of ranges': 6 },
  check: async (context) => {
    const stream = await context.stream(3);
    for (const [index, range] of stream.ranges.entries()) {
      const { ShardId: expected } = stream.shards[index]!;
      for (const [end, explicitHashKey] of Object.entries(range)) {
        const { shardId } = await put(context, stream, { key: `${end}-of-range`, explicitHashKey });
        context.count('ends of ranges');
        if (shardId === expected) continue;
        return broken(
          `PutRecord with ExplicitHashKey ${explicitHashKey}, the ${end} of ${expected}, was stored in ${shardId}`,
        );
      }
    }
    return holds('the first and the last hash key of every shard lead to it');
  },
});
