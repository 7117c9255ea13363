/** KIN-API-08: a name that is taken stays with who has it. */
import { absent, firstShard, putAll, sweep } from '../records.ts';
import { broken, holds, loose, statement, unobserved } from '../statement.ts';
import { answerTo, worded } from './asking.ts';

export const kinApi08 = statement({
  id: 'KIN-API-08',
  level: 'MUST',
  evidence: ['model'],
  sentence:
    'CreateStream with a name that is taken is refused with ResourceInUseException, and leaves the stream as it was.',
  source: 'CreateStream, ResourceInUseException',
  fault: 'life.create-resets',
  needs: [],
  uses: { streams: [1], shared: [] },
  exercises: { 'second creations': 2, 'records read': 20 },
  check: async (context) => {
    const stream = await context.stream(1, 'fresh');
    const keys = Array.from({ length: 20 }, (_, index) => `key-${index}`);
    const acknowledged = await putAll(context, stream, keys);
    const { ShardId } = firstShard(stream);
    const before = await sweep(context, stream, ShardId, acknowledged);
    const unseen = absent(acknowledged, before);
    if (unseen.length > 0) return unobserved(`${unseen.length} of 20 records were not readable to begin with`);
    const odd: string[] = [];
    // The same again, and one that asks for another stream by that name.
    for (const ShardCount of [1, 2]) {
      const answer = await answerTo(context, 'CreateStream', { StreamName: stream.name, ShardCount });
      context.count('second creations');
      const said = `CreateStream of ${stream.name}, which exists, with ${ShardCount} shards was answered with ${worded(answer)}`;
      if (answer.kind === 'ok') return broken(said);
      if (answer.code !== 'ResourceInUseException') odd.push(said);
    }
    const after = await sweep(context, stream, ShardId, acknowledged);
    const lost = absent(acknowledged, after);
    if (lost.length > 0) {
      return broken(
        `after CreateStream of ${stream.name}, which exists and has 20 records, ${lost.length} of them are not readable, the first of them ${lost[0]!.sequenceNumber}`,
      );
    }
    return odd.length > 0 ? loose(odd.join('; ')) : holds('refused twice as in use, and the 20 records are there');
  },
});
