/** KIN-IT-06: nothing is read from the future. */
import { firstShard } from '../records.ts';
import { statement } from '../statement.ts';
import { refusesAll } from './refused-calls.ts';

/** Beyond every difference between two clocks that signatures would survive, in ms. */
const AHEAD_MS = 3_600_000;

export const kinIt06 = statement({
  id: 'KIN-IT-06',
  level: 'SHOULD',
  evidence: ['emulator'],
  sentence: 'AT_TIMESTAMP with a time in the future is refused with InvalidArgumentException.',
  source: 'GetShardIterator, Timestamp',
  fault: 'iter.future-ok',
  needs: [],
  exercises: { 'iterators of the future': 2 },
  check: async (context) => {
    const stream = await context.stream(1);
    const { ShardId } = firstShard(stream);
    const calls = [AHEAD_MS, 365 * 24 * AHEAD_MS].map((aheadMs) => ({
      what: `AT_TIMESTAMP and a Timestamp ${aheadMs / 3_600_000} h ahead`,
      input: {
        StreamName: stream.name,
        ShardId,
        ShardIteratorType: 'AT_TIMESTAMP' as const,
        Timestamp: Math.floor((context.clock.now() + aheadMs) / 1000),
      },
    }));
    return refusesAll(context, 'GetShardIterator', calls, 'iterators of the future');
  },
});
