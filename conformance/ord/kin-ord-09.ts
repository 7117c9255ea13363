/** KIN-ORD-09: what was acknowledged becomes readable. */
import { type Acknowledged, absent, put, sweep } from '../records.ts';
import { broken, holds, statement } from '../statement.ts';

const WRITERS = 16;
const PUTS_EACH = 12;

export const kinOrd09 = statement({
  id: 'KIN-ORD-09',
  level: 'MUST',
  evidence: ['model'],
  sentence: 'Every record that was acknowledged becomes readable.',
  source: 'PutRecord ("data records are accessible for 24 hours from the time that they are added to a stream")',
  fault: 'log.ack-then-drop',
  needs: [],
  uses: { shared: [3], records: 290 },
  exercises: { 'records put': WRITERS * PUTS_EACH, 'shards hit': 2 },
  check: async (context) => {
    const stream = await context.stream(3);
    const writer = async (number: number) => {
      const acknowledged: Acknowledged[] = [];
      for (let index = 0; index < PUTS_EACH; index += 1) {
        acknowledged.push(await put(context, stream, { key: `writer-${number}-${index}` }));
      }
      return acknowledged;
    };
    const acknowledged = (await Promise.all(Array.from({ length: WRITERS }, (_, number) => writer(number)))).flat();
    context.count('shards hit', new Set(acknowledged.map((record) => record.shardId)).size);
    const shardIds = stream.shards.map((shard) => shard.ShardId);
    const records = await Promise.all(shardIds.map((shardId) => sweep(context, stream, shardId, acknowledged)));
    const lost = absent(acknowledged, records.flat());
    if (lost.length === 0) return holds(`${acknowledged.length} acknowledged records were all read`);
    const [first] = lost;
    return broken(
      `${lost.length} of ${acknowledged.length} acknowledged records are not there ${context.settleNs / 1e9} s later, first ${first!.sequenceNumber} of ${first!.shardId}`,
    );
  },
});
