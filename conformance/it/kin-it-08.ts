/** KIN-IT-08: a reader at the tip of an open shard is always told where to go on. */
import { NS_PER_S, sleepFor } from '../../src/clock.ts';
import { firstShard, iteratorAt } from '../records.ts';
import { openShards } from '../streams.ts';
import { broken, holds, statement, unobserved } from '../statement.ts';

const POLLS = 10;
/** A little less than five a second. */
const PAUSE_NS = 0.22 * NS_PER_S;

export const kinIt08 = statement({
  id: 'KIN-IT-08',
  level: 'MUST',
  evidence: ['model', 'recorded'],
  sentence: 'GetRecords on an open shard gives a NextShardIterator, with or without records.',
  source: 'GetRecords, NextShardIterator (null only where the shard is closed and read)',
  fault: 'iter.null-when-empty',
  needs: [],
  exercises: { 'empty answers': POLLS },
  check: async (context) => {
    const stream = await context.stream(1);
    const { ShardId: shardId } = firstShard(stream);
    let iterator = await iteratorAt(context, stream, shardId, { type: 'LATEST' });
    for (let poll = 1; poll <= POLLS; poll += 1) {
      const { Records, NextShardIterator } = await context.send('GetRecords', { ShardIterator: iterator });
      if (Records.length === 0) context.count('empty answers');
      if (!NextShardIterator) {
        const open = await openShards((operation, input) => context.send(operation, input), stream.name);
        if (!open.some((shard) => shard.ShardId === shardId)) return unobserved(`${shardId} was closed meanwhile`);
        return broken(
          `poll ${poll} from LATEST gave ${Records.length} records and NextShardIterator ${JSON.stringify(NextShardIterator)}, and ${shardId} is open`,
        );
      }
      iterator = NextShardIterator;
      await sleepFor(context.clock, PAUSE_NS);
    }
    return holds(`${POLLS} polls of an open shard each gave the next iterator`);
  },
});
