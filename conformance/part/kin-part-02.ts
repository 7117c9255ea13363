/** KIN-PART-02: an explicit hash key wins over the partition key. */
import { hashKeyOf, rangeIndexOf } from '../../src/protocol/hash.ts';
import { put } from '../records.ts';
import { broken, holds, statement } from '../statement.ts';

export const kinPart02 = statement({
  id: 'KIN-PART-02',
  level: 'MUST',
  evidence: ['model'],
  sentence: 'ExplicitHashKey determines the shard, overriding the hash of the partition key.',
  source: 'PutRecord, ExplicitHashKey',
  fault: 'hash.ehk-ignored',
  needs: [],
  uses: { shared: [3] },
  exercises: { 'puts against the key hash': 12 },
  check: async (context) => {
    const stream = await context.stream(3);
    for (const [index, range] of stream.ranges.entries()) {
      const { ShardId: expected } = stream.shards[index]!;
      const explicitHashKey = (range.start + range.end) / 2n;
      for (let trial = 0; trial < 4; trial += 1) {
        let key: string;
        do key = `elsewhere-${context.random.uint32()}`;
        while (rangeIndexOf(stream.ranges, hashKeyOf(key)) === index);
        context.count('puts against the key hash');
        const { shardId } = await put(context, stream, { key, explicitHashKey });
        if (shardId === expected) continue;
        return broken(
          `PutRecord of key ${key} with ExplicitHashKey ${explicitHashKey} was stored in ${shardId}; the hash key lies in ${expected}`,
        );
      }
    }
    return holds('every record went to the shard of its explicit hash key');
  },
});
