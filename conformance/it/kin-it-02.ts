/** KIN-IT-02: LATEST begins after what is there. */
import { absent, firstShard, iteratorAt, put, read, sweep } from '../records.ts';
import { broken, holds, statement } from '../statement.ts';

export const kinIt02 = statement({
  id: 'KIN-IT-02',
  level: 'MUST',
  evidence: ['model'],
  sentence: 'LATEST starts after the most recent record: earlier ones are left out, later ones are read.',
  source: 'GetShardIterator, ShardIteratorType',
  fault: 'iter.latest-includes-last',
  needs: [],
  exercises: { 'records behind LATEST': 3, 'records after LATEST': 3 },
  check: async (context) => {
    const stream = await context.stream(1);
    const { ShardId: shardId } = firstShard(stream);
    for (let trial = 0; trial < 3; trial += 1) {
      const before = await put(context, stream, { key: 'before' });
      // The tip is where readers see it: what is not yet visible cannot be expected to lie behind it.
      if (absent([before], await sweep(context, stream, shardId, [before])).length === 0) {
        context.count('records behind LATEST');
      }
      const latest = await iteratorAt(context, stream, shardId, { type: 'LATEST' });
      const after = await put(context, stream, { key: 'after' });
      const records = await read(context, stream, shardId, latest, { expect: [after] });
      context.count('records after LATEST', 1 - absent([after], records).length);
      if (absent([before], records).length === 0) {
        return broken(
          `a read from LATEST gave ${before.sequenceNumber}, acknowledged and readable before the iterator`,
        );
      }
      if (absent([after], records).length > 0) {
        return broken(`a read from LATEST left out ${after.sequenceNumber}, put after the iterator was given`);
      }
    }
    return holds('three times, what came before was left out and what came after was read');
  },
});
