/** KIN-IT-13: Limit bounds an answer, and the next one goes on where it ended. */
import { absent, firstShard, inOrder, putAll, read, sweep } from '../records.ts';
import { broken, holds, statement, unobserved } from '../statement.ts';

const RECORDS = 15;
const LIMITS = [1, 7, 10_000];

export const kinIt13 = statement({
  id: 'KIN-IT-13',
  level: 'MUST',
  evidence: ['model'],
  sentence:
    'An answer of GetRecords holds no more records than Limit (1 to 10,000), and nothing is lost between two answers.',
  source: 'GetRecords, Limit',
  fault: 'poll.limit-plus-one',
  needs: [],
  exercises: { 'answers as full as Limit allows': RECORDS + Math.floor(RECORDS / 7), 'records put': RECORDS },
  check: async (context) => {
    const stream = await context.stream(1);
    const { ShardId: shardId } = firstShard(stream);
    const keys = Array.from({ length: RECORDS }, (_, index) => `limit-${index}`);
    const acknowledged = inOrder(await putAll(context, stream, keys));
    const seen = await sweep(context, stream, shardId, acknowledged);
    if (absent(acknowledged, seen).length > 0) return unobserved('not all of what was put became readable');
    const from = { type: 'AT_SEQUENCE_NUMBER', sequenceNumber: acknowledged[0]!.sequenceNumber } as const;
    for (const limit of LIMITS) {
      let most = 0;
      const records = await read(context, stream, shardId, from, {
        limit,
        expect: acknowledged,
        onPage: ({ Records }) => {
          most = Math.max(most, Records.length);
          if (Records.length === limit) context.count('answers as full as Limit allows');
        },
      });
      if (most > limit) return broken(`GetRecords with Limit ${limit} was answered with ${most} records`);
      const [lost] = absent(acknowledged, records);
      if (lost) {
        return broken(
          `a read with Limit ${limit} left out ${lost.sequenceNumber}, which a read with a larger one had given`,
        );
      }
    }
    return holds(
      `reads with Limit ${LIMITS.join(', ')} gave all of ${RECORDS} records in answers of that size at most`,
    );
  },
});
