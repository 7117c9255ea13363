/** KIN-API-15: a stream that comes back under its name comes back empty. */
import { horizon, putAll, read, sweep } from '../records.ts';
import { broken, holds, statement, unobserved } from '../statement.ts';
import { created, removed } from './own-streams.ts';

export const kinApi15 = statement({
  id: 'KIN-API-15',
  level: 'MUST',
  evidence: ['model'],
  sentence: 'A stream that is deleted and created again has none of its former records.',
  source: 'DeleteStream ("deletes a Kinesis data stream and all its shards and data")',
  fault: 'life.delete-keeps-log',
  needs: [],
  uses: { streams: [2, 2], shared: [] },
  exercises: { 'former records': 20, 'records read': 40 },
  check: async (context) => {
    // The session removes it at the end by its name, whichever of the two it is.
    const former = await context.stream(2, 'fresh');
    const keys = Array.from({ length: 20 }, (_, index) => `key-${index}`);
    const old = await putAll(context, former, keys);
    let readable = 0;
    for (const { ShardId } of former.shards) readable += (await sweep(context, former, ShardId, old)).length;
    if (readable < old.length) return unobserved(`${readable} of ${old.length} records were readable to begin with`);
    context.count('former records', readable);
    await removed(context, former.name);
    const stream = await created(context, { StreamName: former.name, ShardCount: 2 });
    // What is put now shows that the shards are read to their ends.
    const fresh = await putAll(context, stream, keys);
    const before = new Set(old.map(({ data }) => data));
    for (const { ShardId } of stream.shards) {
      const own = fresh.filter((record) => record.shardId === ShardId);
      const records = await read(context, stream, ShardId, horizon, { expect: own });
      const returned = records.filter(({ Data }) => before.has(Data.toString('base64')));
      if (returned.length === 0) continue;
      return broken(
        `${ShardId} of a stream that was deleted and created again gave ${returned.length} of its former records, the first of them ${returned[0]!.SequenceNumber}`,
      );
    }
    return holds('of twenty former records none came back, and twenty new ones were read');
  },
});
