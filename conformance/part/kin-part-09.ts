/** KIN-PART-09: keys at random spread over the shards as their ranges are wide. */
import { HASH_KEY_COUNT } from '../../src/protocol/hash.ts';
import { putAll } from '../records.ts';
import { broken, holds, statement } from '../statement.ts';

const KEYS = 1500;
/** Of two degrees of freedom, chi-square exceeds this once in a thousand times. */
const CHI_SQUARE_MAX = 13.8;

export const kinPart09 = statement({
  id: 'KIN-PART-09',
  level: 'INFO',
  evidence: ['inferred'],
  sentence: 'Random partition keys are spread over the shards in proportion to their hash ranges.',
  source: 'PutRecord, PartitionKey (an MD5 hash)',
  fault: 'hash.low-bits',
  needs: [],
  lane: 'sentinel',
  uses: { shared: [3], records: 2300 },
  exercises: { 'records put': KEYS, shards: 3 },
  check: async (context) => {
    const stream = await context.stream(3);
    const keys = Array.from({ length: KEYS }, () => `spread-${context.random.uint32()}`);
    const acknowledged = await putAll(context, stream, keys);
    let chiSquare = 0;
    const told: string[] = [];
    for (const [index, { start, end }] of stream.ranges.entries()) {
      const { ShardId } = stream.shards[index]!;
      const share = Number(((end - start + 1n) * 1_000_000n) / HASH_KEY_COUNT) / 1_000_000;
      const expected = share * acknowledged.length;
      const count = acknowledged.filter((record) => record.shardId === ShardId).length;
      chiSquare += (count - expected) ** 2 / expected;
      told.push(`${ShardId} ${count} of ${Math.round(expected)} expected`);
      context.count('shards');
    }
    const seen = `${KEYS} random keys: ${told.join(', ')}; chi-square ${chiSquare.toFixed(1)}`;
    return chiSquare <= CHI_SQUARE_MAX ? holds(seen) : broken(`${seen}, beyond ${CHI_SQUARE_MAX} (p < 0.001)`);
  },
});
