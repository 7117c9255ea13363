/** KIN-ORD-05: a chain of iterators leaves nothing out between its pages. */
import { absent, firstShard, horizon, inOrder, putAll, read, sweep } from '../records.ts';
import { broken, holds, statement, unobserved } from '../statement.ts';

export const kinOrd05 = statement({
  id: 'KIN-ORD-05',
  level: 'MUST',
  evidence: ['model'],
  sentence: 'Following NextShardIterator from page to page skips no record.',
  source: 'GetRecords, NextShardIterator',
  fault: 'poll.skip-on-limit',
  needs: [],
  uses: { streams: [1], shared: [], records: 110 },
  exercises: { 'pages of the chain': 10, 'records read': 120 },
  check: async (context) => {
    const stream = await context.stream(1, 'fresh');
    const { ShardId: shardId } = firstShard(stream);
    const acknowledged = inOrder(
      await putAll(
        context,
        stream,
        Array.from({ length: 70 }, (_, index) => `key-${index}`),
      ),
    );
    const whole = await sweep(context, stream, shardId, acknowledged);
    const chain = await read(context, stream, shardId, horizon, { limit: 7, expect: acknowledged });
    context.count('pages of the chain', Math.ceil(chain.length / 7));
    const skipped = absent(acknowledged, chain);
    const unread = absent(skipped, whole);
    if (skipped.length === 0) return holds(`pages of 7 gave all ${acknowledged.length} records`);
    if (unread.length === skipped.length) {
      return unobserved(`${unread.length} acknowledged records came in no read at all: that is KIN-ORD-09's matter`);
    }
    return broken(
      `of ${acknowledged.length} acknowledged records, a chain with Limit 7 left out ${skipped.length}, first ${skipped[0]!.sequenceNumber}, which one large page had`,
    );
  },
});
