/** KIN-RET-10: reading takes nothing away. */
import { absent, firstShard, putAll, sweep } from '../records.ts';
import { broken, holds, statement, unobserved } from '../statement.ts';

const READS = 10;

export const kinRet10 = statement({
  id: 'KIN-RET-10',
  level: 'MUST',
  evidence: ['model'],
  sentence: 'Reading a record, however often, never shortens its life.',
  source: 'Kinesis Data Streams, data retention (records stay for the retention period)',
  fault: 'ret.delete-on-read',
  needs: [],
  uses: { streams: [1], shared: [] },
  exercises: { 'full reads': READS, 'records put': 20 },
  check: async (context) => {
    const stream = await context.stream(1, 'fresh');
    const { ShardId: shardId } = firstShard(stream);
    const acknowledged = await putAll(
      context,
      stream,
      Array.from({ length: 20 }, (_, index) => `key-${index}`),
    );
    for (let number = 1; number <= READS; number += 1) {
      const gone = absent(acknowledged, await sweep(context, stream, shardId, acknowledged));
      if (gone.length > 0 && number === 1) return unobserved(`${gone.length} of 20 records never became readable`);
      if (gone.length > 0) {
        return broken(`read ${number} from TRIM_HORIZON lacks ${gone.length} of 20 records that read 1 had`);
      }
      context.count('full reads');
    }
    return holds(`${READS} reads from TRIM_HORIZON gave the same 20 records`);
  },
});
