/** KIN-PART-04: the open shards share all hash keys, without gap and without overlap. */
import { HASH_KEY_COUNT } from '../../src/protocol/hash.ts';
import { broken, holds, statement } from '../statement.ts';

export const kinPart04 = statement({
  id: 'KIN-PART-04',
  level: 'MUST',
  evidence: ['model'],
  sentence: 'The hash ranges of the open shards cover 0 to 2^128-1 with no gap and no overlap.',
  source: 'Shard, HashKeyRange; CreateStream',
  fault: 'shard.range-gap',
  needs: [],
  uses: { shared: [1, 3] },
  exercises: { 'borders between shards': 2 },
  check: async (context) => {
    for (const shards of [1, 3]) {
      const { ranges } = await context.stream(shards);
      if (ranges.length !== shards) {
        return broken(`CreateStream with ShardCount ${shards} was listed with ${ranges.length} open shards`);
      }
      let next = 0n;
      for (const { start, end } of ranges) {
        if (start !== next) {
          const what = start > next ? 'a gap' : 'an overlap';
          return broken(`of ${shards} shards, one starts at ${start} where ${next} is due: ${what}`);
        }
        next = end + 1n;
      }
      if (next !== HASH_KEY_COUNT) return broken(`the last of ${shards} shards ends at ${next - 1n}, not at 2^128-1`);
      context.count('borders between shards', ranges.length - 1);
    }
    return holds('1 and 3 shards cover every hash key exactly once');
  },
});
